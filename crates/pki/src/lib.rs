//! Certificates: read and issued. Pure.
