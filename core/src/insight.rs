//! Questions to a cluster, answered in sentences.

mod why;

pub use why::why_not;
