//! Practice 6: what is recorded of requests.

mod au_001;
mod au_002;
mod au_006;
mod au_007;
mod au_008;
mod au_009;
mod au_010;
mod au_011;
mod au_012;
mod au_013;
mod au_014;
mod au_015;
mod au_016;
mod au_017;
mod au_018;
mod au_019;
mod au_020;
mod au_021;
mod au_022;
mod au_023;
mod au_024;
mod au_025;
mod au_026;
mod insert;
mod policy;
mod reach;
mod request;
mod rotation;
mod shipper;

use crate::{Check, Fix, Judge, Practice, Severity, Span};

pub(crate) const CHECKS: &[&[Check]] = &[
    rotation::CHECKS,
    &[
        au_001::AU_001,
        au_002::AU_002,
        au_006::AU_006,
        au_007::AU_007,
        au_008::AU_008,
        au_009::AU_009,
        au_010::AU_010,
        au_011::AU_011,
        au_012::AU_012,
        au_013::AU_013,
        au_014::AU_014,
        au_015::AU_015,
        au_016::AU_016,
        au_017::AU_017,
        au_018::AU_018,
        au_019::AU_019,
        au_020::AU_020,
        au_021::AU_021,
        au_022::AU_022,
        au_023::AU_023,
        au_024::AU_024,
        au_025::AU_025,
        au_026::AU_026,
    ],
];

/// What the checks of this practice have in common.
const AUDIT: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::Audit,
    severities: &[Severity::Medium],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

/// A policy to start from: what matters in full, no secrets, no noise.
const RECOMMENDED: &str = include_str!("audit/recommended.yaml");

/// A static pod as kubeadm writes it: no audit flags.
const APISERVER: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.36.0
    command:
    - kube-apiserver
    - --secure-port=6443
    volumeMounts:
    - {mountPath: /etc/kubernetes/pki, name: k8s-certs, readOnly: true}
  volumes:
  - {name: k8s-certs, hostPath: {path: /etc/kubernetes/pki, type: DirectoryOrCreate}}
";

/// One with a policy that stands elsewhere.
const APISERVER_WITH_POLICY: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.36.0
    command:
    - kube-apiserver
    - --audit-policy-file=/etc/kubernetes/audit/policy.yaml
    - --audit-log-path=/var/log/kubernetes/audit/audit.log
    volumeMounts:
    - {mountPath: /etc/kubernetes/audit, name: audit-policy, readOnly: true}
    - {mountPath: /var/log/kubernetes/audit, name: audit-log}
  volumes:
  - {name: audit-policy, hostPath: {path: /etc/kubernetes/audit, type: DirectoryOrCreate}}
  - {name: audit-log, hostPath: {path: /var/log/kubernetes/audit, type: DirectoryOrCreate}}
";

/// A shipper that has all it needs.
const SHIPPER: &str = "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: fluent-bit, namespace: logging}
spec:
  template:
    spec:
      tolerations:
      - {key: node-role.kubernetes.io/control-plane, operator: Exists, effect: NoSchedule}
      containers:
      - name: fluent-bit
        image: cr.fluentbit.io/fluent/fluent-bit:3.1
        volumeMounts: [{name: log, mountPath: /var/log}]
      volumes:
      - {name: log, hostPath: {path: /var/log}}
      - {name: configuration, configMap: {name: fluent-bit}}
";

#[cfg(test)]
mod tests {
    use inventory::{File, Inventory, Minor};

    use crate::{Example, Seen};

    /// What AU-001 has people write is what the other checks want, at every version.
    #[test]
    fn nothing_is_wrong_with_the_recommended_policy() {
        for minor in Minor::all() {
            let mut builder = Inventory::builder();
            builder.add_file(File::new("/etc/kubernetes/audit/policy.yaml"), super::RECOMMENDED);
            builder.set_minor(minor);
            let inventory = builder.build();
            for check in super::CHECKS.iter().copied().flatten() {
                let outcome = crate::run(check, &Seen::new(&inventory, Example::now()));
                assert_eq!(outcome.tally.problems, [], "{} at {minor}", check.id);
                let passes = outcome.tally.passes;
                let is_about_policies = ("AU-007"..="AU-014").contains(&check.id);
                assert!(passes == 1 || !is_about_policies, "{} at {minor}", check.id);
            }
        }
    }
}
