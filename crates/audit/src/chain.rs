//! The hash chain over the lines of an audit log.
