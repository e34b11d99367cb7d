//! A small Kubernetes API in memory, to try things on.
