//! Questions to a cluster, answered in sentences.

mod why;

pub use why::{Check, Fix, Gate, Mark, Stage, Verdict, Why, eligibility, why, why_not};
