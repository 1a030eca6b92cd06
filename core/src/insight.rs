//! Questions to a cluster, answered in sentences.

mod lint;
mod plan;
mod why;

pub use lint::{Advice, Change, lint};
pub use plan::{Cause, Fate, Forecast, NodePlan, Plan, SetPlan, Stuck, WavePlan, estimate};
pub use why::{
    Check, Explained, Figure, Fix, Gate, Mark, Obstacle, Reason, Stage, Verdict, Why, eligibility,
    explain, obstacle, why, why_not,
};
