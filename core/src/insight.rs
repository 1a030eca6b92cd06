//! Questions to a cluster, answered in sentences.

mod lint;
mod why;

pub use lint::{Advice, Change, lint};
pub use why::{Check, Fix, Gate, Mark, Stage, Verdict, Why, eligibility, why, why_not};
