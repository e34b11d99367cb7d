//! What is kept on disk: the audit log file.

mod audit_file;
pub mod audit_log;

pub use audit_file::{AuditFile, Counts, Mode, OpenError, Output, Rotation, Unwritten};
