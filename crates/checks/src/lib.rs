//! The catalogue of checks: what each looks at, when it fails, why that matters, and what mends
//! it. Pure: what was seen is an argument, the time too.

mod practice;
mod severity;

pub use practice::Practice;
pub use severity::{Confidence, Severity, UnknownSeverity};
