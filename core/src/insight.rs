//! Questions to a cluster, answered in sentences.

mod lint;
mod why;

pub use lint::{Advice, Change, lint};
pub use why::{Check, Fix, Gate, Mark, Obstacle, Stage, Verdict, Why};
pub use why::{eligibility, obstacle, why, why_not};
