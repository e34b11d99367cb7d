//! Practice 11: nodes, their kubelets and their files.

/// An example of one kubelet's configuration file, by what stands in it.
macro_rules! kubelet {
    ($name:literal, $expected:expr, $text:literal) => {
        $crate::Example::of(
            $name,
            $expected,
            &[$crate::ExampleFile::at(
                "/var/lib/kubelet/config.yaml",
                concat!(
                    "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
                    $text
                ),
            )],
        )
    };
}

mod access;
mod kubelet;
mod limits;
mod manifests;

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[access::CHECKS, limits::CHECKS, manifests::CHECKS];
