//! What the room promises, asked from outside.

#![cfg(test)]

mod blocks;
mod foreign;
mod naive;
mod places;
mod remedy;
mod summary;
mod unknown;
mod verdicts;
