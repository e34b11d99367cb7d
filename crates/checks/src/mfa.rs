//! Practice 14: a second factor for people.

mod factors;
mod mf_001;
mod mf_002;
mod mf_003;
mod mf_004;
mod mf_005;
mod mf_006;
mod mf_007;
mod mf_008;
mod mf_009;
mod mf_010;
mod providers;

use crate::{Check, Fix, Judge, Practice, Span};

pub(crate) const CHECKS: &[&[Check]] = &[
    &[mf_001::MF_001, mf_002::MF_002, mf_003::MF_003, mf_004::MF_004, mf_005::MF_005],
    &[mf_006::MF_006, mf_007::MF_007, mf_008::MF_008, mf_009::MF_009, mf_010::MF_010],
];

/// What checks of the practice have in common.
const BASE: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::Mfa,
    severities: &[],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};
