//! Practice 10: what pods may do to their node and to each other.

/// An example of one pod, by what stands in its `spec`.
macro_rules! pod {
    ($name:literal, $expected:expr, $spec:expr) => {
        $crate::Example::of(
            $name,
            $expected,
            &[$crate::ExampleFile::manifest(concat!(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: apps}\nspec:\n",
                $spec
            ))],
        )
    };
}

/// An example of one pod with one container, by what stands in its `securityContext`.
macro_rules! container {
    ($name:literal, $expected:expr, $security:literal) => {
        pod!(
            $name,
            $expected,
            concat!(
                "  containers:\n  - name: web\n    image: example.com/web:1\n    securityContext: ",
                $security,
                "\n"
            )
        )
    };
}

/// A manifest of an API server that is started with one flag.
macro_rules! server {
    ($flag:literal) => {
        concat!(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    image: registry.k8s.io/kube-apiserver\n    command:\n    - kube-apiserver\n    - ",
            $flag,
            "\n    - --secure-port=6443\n"
        )
    };
}

mod accepted;
mod engine;
mod host_files;
mod plugin;
mod ps_019;
mod ps_021;
mod ps_022;
mod ps_023;
mod ps_024;
mod ps_025;
mod ps_026;
mod ps_027;
mod ps_028;
mod ps_029;
mod ps_030;
mod ps_031;
mod ps_032;
mod ps_033;
mod ps_034;
mod ps_035;
mod standard;
mod toll;

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[
    standard::baseline_host::CHECKS,
    standard::baseline_kernel::CHECKS,
    standard::restricted::CHECKS,
    ps_019::CHECKS,
    &[
        ps_021::PS_021,
        ps_022::PS_022,
        ps_023::PS_023,
        ps_024::PS_024,
        ps_025::PS_025,
        ps_026::PS_026,
        ps_027::PS_027,
        ps_028::PS_028,
        ps_029::PS_029,
        ps_030::PS_030,
        ps_031::PS_031,
        ps_032::PS_032,
        ps_033::PS_033,
        ps_034::PS_034,
        ps_035::PS_035,
    ],
];
