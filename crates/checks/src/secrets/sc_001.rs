//! SC-001: an API server that stores Secrets in plain text.

use inventory::{Component, ComponentKind};

use super::configuration::REWRITE;
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict};

pub(super) const SC_001: Check = Check {
    id: "SC-001",
    name: "no-encryption-at-rest",
    title: "Secrets are stored in etcd in plain text",
    severities: &[Severity::High],
    why: "Whoever reads a disk, a snapshot or a backup of etcd has every Secret of the cluster.",
    fails: "--encryption-provider-config of kube-apiserver is not given. Encryption of the disk does not help against whoever reads a backup, so it does not pass.",
    fix: Fix::Steps(
        "Write an EncryptionConfiguration with a key of its own, name and mount it, and rewrite what is stored. The finding shows each command.",
    ),
    references: &[
        Reference::Cis("1.2.27"),
        Reference::Nsa("Network separation"),
        Reference::Owasp("K03"),
        Reference::Kubernetes("tasks/administer-cluster/encrypt-data/"),
    ],
    judge: Judge::Components(ComponentKind::ApiServer, &judge),
    examples: &[
        Example::of(
            "as kubeadm writes it",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(PLAIN)],
        ),
        Example::of(
            "a configuration is named, as two words",
            Expected::Pass,
            &[ExampleFile::manifest(NAMED)],
        ),
        Example::of("no control plane was seen", Expected::Unknown, &[]),
    ],
    ..super::SECRETS
};

fn judge(_seen: &Seen<'_>, component: &Component) -> Judged {
    let given = component.flags.value("encryption-provider-config");
    if given.is_some_and(|path| !path.is_empty()) {
        return Ok(Verdict::Pass);
    }
    Ok(Verdict::fail(
        Problem::new(Severity::High, "Secrets are stored in plain text.")
            .detail("encryption-provider-config")
            .evidence("--encryption-provider-config is not given")
            .mended_by(Remedy::Steps(format!("{STEPS}{REWRITE}"))),
    ))
}

/// With one server the order does not matter; with several, none may read what it has no key for.
const STEPS: &str = "\
draw a key on one control plane node, and write the configuration:
umask 077 && mkdir -p /etc/kubernetes/encryption && KEY=$(head -c 32 /dev/urandom | base64)
cat > /etc/kubernetes/encryption/configuration.yaml <<END
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - identity: {}
  - secretbox:
      keys:
      - name: key-1
        secret: $KEY
END
copy the file, mode 600, to the other control plane nodes; never into a repository
in /etc/kubernetes/manifests/kube-apiserver.yaml of each add to command:
- --encryption-provider-config=/etc/kubernetes/encryption/configuration.yaml
to volumeMounts:
- {mountPath: /etc/kubernetes/encryption, name: encryption, readOnly: true}
to volumes:
- {name: encryption, hostPath: {path: /etc/kubernetes/encryption, type: Directory}}
once every kube-apiserver runs again, put secretbox before identity in each file and restart them one by one
then rewrite what is stored:
";

const PLAIN: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command: [kube-apiserver, --secure-port=6443]
";

const NAMED: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command: [kube-apiserver]
    args: [--encryption-provider-config, /etc/kubernetes/encryption/configuration.yaml]
";
