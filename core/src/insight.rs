//! Questions to a cluster, answered in sentences.

mod completion;
mod lint;
mod plan;
mod reconcile;
mod why;

pub use completion::{Completion, Completions, Description, Sort, complete, describe};
pub use lint::{Advice, Change, further_reading, lint};
pub use plan::{Cause, Fate, Forecast, NodePlan, Plan, SetPlan, Stuck, WavePlan, estimate};
pub use reconcile::{Act, Compared, Observed, Reconciliation};
pub use why::{
    Check, Explained, Figure, Fix, Gate, Mark, Obstacle, Reason, Stage, Verdict, Why, eligibility,
    explain, obstacle, why, why_not,
};
