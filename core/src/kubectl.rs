//! kubectl's language: what a person types or reads instead of pressing a button.

mod arguments;
mod line;

pub use arguments::{parse_label, parse_taint};
pub use line::line_of;
