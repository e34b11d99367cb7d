//! Helpers the tests share. Never ships.
