//! The Kubernetes API as a client: watch caches, token reviews, key sets.
