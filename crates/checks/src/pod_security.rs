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

mod accepted;
mod image;
mod ps_028;
mod standard;

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[
    standard::baseline_host::CHECKS,
    standard::baseline_kernel::CHECKS,
    standard::restricted::CHECKS,
    &[ps_028::PS_028],
];
