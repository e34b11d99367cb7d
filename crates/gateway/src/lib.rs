//! The front door: listener, the chain, the proxy.
