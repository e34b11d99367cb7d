//! How much a caller may ask at once, and from where. Pure.
