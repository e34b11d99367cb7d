//! Practice 3: who may say who they are, and how.

/// A static pod of kube-apiserver with some flags, for examples.
macro_rules! apiserver {
    ($($word:literal),* $(,)?) => {
        concat!(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\n",
            "spec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n",
            "    - --authorization-mode=Node,RBAC\n",
            $("    - ", $word, "\n",)*
        )
    };
}

/// An `AuthenticationConfiguration` with one issuer, for examples: the fields below its issuer.
macro_rules! structured {
    ($($line:literal),* $(,)?) => {
        concat!(
            "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt:\n",
            "- issuer: {url: https://id.example.com, audiences: [cluster-1]}\n",
            $("  ", $line, "\n",)*
        )
    };
}

mod an_001;
mod an_002;
mod an_003;
mod an_004;
mod an_006;
mod an_007;
mod an_008;
mod an_010;
mod an_011;
mod an_012;
mod an_013;
mod an_014;
mod an_015;
mod an_016;
mod an_017;
mod an_019;
mod an_020;
mod an_023;
mod an_024;
mod an_025;
mod an_026;
mod an_027;
mod an_028;
mod an_029;
mod an_030;
mod an_032;
mod an_033;
mod an_034;
mod bootstrap;
pub(crate) mod cel;
pub(crate) mod certificates;
mod duration;
pub(crate) mod effective;
pub(crate) mod issuer;
pub(crate) mod kubeconfigs;
pub(crate) mod names;
pub(crate) mod people;
mod token_flags;

pub(crate) use an_012::unclear;
pub(crate) use apiserver;
pub(crate) use structured;

use crate::{Check, Fix, Judge, Practice, Span};

pub(crate) const CHECKS: &[&[Check]] = &[
    &[an_001::AN_001, an_002::AN_002, an_003::AN_003],
    an_004::CHECKS,
    &[an_006::AN_006, an_007::AN_007],
    an_008::CHECKS,
    &[an_010::AN_010, an_011::AN_011, an_012::AN_012, an_013::AN_013, an_014::AN_014],
    &[an_015::AN_015, an_016::AN_016, an_017::AN_017, an_019::AN_019, an_020::AN_020],
    token_flags::CHECKS,
    &[an_023::AN_023, an_024::AN_024, an_025::AN_025, an_026::AN_026, an_027::AN_027],
    &[an_028::AN_028, an_029::AN_029, an_030::AN_030, an_032::AN_032, an_033::AN_033],
    &[an_034::AN_034],
];

/// What checks of the practice have in common.
const BASE: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::Authentication,
    severities: &[],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};
