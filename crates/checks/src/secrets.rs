//! Practice 13: secrets at rest and in plain sight.

/// A key for examples, drawn for them.
macro_rules! key {
    () => {
        concat!("NPQE9IOj5+utBq6AnZc7", "cRS0jQ1o0a5HZgFuQ9SH/+U=")
    };
}

/// Another one.
macro_rules! other_key {
    () => {
        concat!("Js2IoTKejk4U4lY9Ymi8", "9/+OC4yVLeFcxna7PVVbeuU=")
    };
}

/// A key id of AWS that nobody has.
macro_rules! aws_key_id {
    () => {
        concat!("AKIA", "Q3EGZ7W5K2XR4T6V")
    };
}

/// A secret of AWS that nobody has.
macro_rules! aws_secret {
    () => {
        concat!("w7Kq9ZpL2mXr4VtB", "8nYc3HfD6sJg1QeR5uTaOiPk")
    };
}

use {aws_key_id, aws_secret, key, other_key};

mod cipher;
mod configuration;
mod found;
mod listed;
mod plain_sight;
mod sc_001;
mod sc_002;
mod sc_003;
mod sc_007;
mod sc_008;
mod sc_009;
mod sc_010;
mod sc_011;
mod sc_016;
mod sc_017;
mod sc_018;
mod sc_019;
mod sc_020;
mod sc_021;
mod sc_022;
mod sc_023;

pub(crate) use found::Found;

use crate::{Check, Fix, Judge, Practice, Severity, Span};

pub(crate) const CHECKS: &[&[Check]] = &[
    cipher::CHECKS,
    plain_sight::CHECKS,
    &[
        sc_001::SC_001,
        sc_002::SC_002,
        sc_003::SC_003,
        sc_003::SC_004,
        sc_007::SC_007,
        sc_008::SC_008,
        sc_009::SC_009,
        sc_010::SC_010,
        sc_016::SC_016,
        sc_017::SC_017,
        sc_023::SC_023,
        sc_022::SC_022,
        sc_021::SC_021,
        sc_020::SC_020,
        sc_019::SC_019,
        sc_018::SC_018,
        sc_011::SC_011,
    ],
];

/// What the checks of this practice have in common.
const SECRETS: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::Secrets,
    severities: &[Severity::High],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

/// An API server that encrypts as a file says.
const APISERVER: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command:
    - kube-apiserver
    - --encryption-provider-config=/etc/kubernetes/encryption.yaml
";

/// A configuration with which nothing is wrong.
const SOUND: &str = concat!(
    "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n",
    "- resources: [secrets]\n  providers:\n  - secretbox: {keys: [{name: k1, secret: ",
    key!(),
    "}]}\n  - identity: {}\n"
);

#[cfg(test)]
mod tests {
    use crate::{Example, Remedy, Seen};

    /// Whatever is said of an example, its secrets are not.
    #[test]
    fn no_finding_repeats_a_secret() {
        let secrets = [
            "Xk9q-Tr7LmZ2w",
            "Xk9qTr7LmZ2w",
            "WGs5cS1UcjdMbVoydw==",
            "correcthorsebattery",
            "q7Rk2LxP",
            aws_key_id!(),
            aws_secret!(),
            key!(),
            other_key!(),
        ];
        let mut told: usize = 0;
        for check in super::CHECKS.iter().copied().flatten() {
            for example in check.examples {
                let inventory = example.inventory();
                let outcome = crate::run(check, &Seen::new(&inventory, Example::now()));
                for (_, problem) in &outcome.tally.problems {
                    if matches!(problem.remedy, Remedy::Edit(_)) {
                        continue;
                    }
                    told += 1;
                    let text = format!("{problem:?}");
                    for secret in secrets {
                        assert!(!text.contains(secret), "{} {}: {text}", check.id, example.name);
                    }
                }
            }
        }
        assert!(told > 30, "{told}");
    }
}
