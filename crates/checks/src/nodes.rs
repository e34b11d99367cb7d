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
mod files;
mod identity;
mod kubelet;
mod kubelet_files;
mod limits;
mod manifests;
mod nd_008;
mod nd_013;
mod nd_014;
mod nd_016;
mod nd_017;
mod nd_032;
mod nd_038;
mod nd_039;

pub(crate) use kubelet::{is_conf, kubelets};

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[
    access::CHECKS,
    limits::CHECKS,
    &[nd_008::ND_008, nd_013::ND_013, nd_014::ND_014, nd_016::ND_016, nd_017::ND_017],
    identity::CHECKS,
    manifests::API_SERVER,
    manifests::CONTROLLER_MANAGER,
    manifests::SCHEDULER,
    manifests::ETCD,
    manifests::CNI,
    files::CHECKS,
    &[nd_032::ND_032, nd_038::ND_038, nd_039::ND_039],
];
