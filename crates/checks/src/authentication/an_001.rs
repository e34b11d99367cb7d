//! AN-001: requests without credentials at every path. What mends it must keep the probes of a
//! static pod working: a kubelet that gets 401 restarts the server in a loop.

mod remedy;

use inventory::{Kind, Object};

use super::BASE;
use super::effective::{Anonymous, Effective};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(crate) const AN_001: Check = Check {
    id: "AN-001",
    name: "anonymous-access",
    title: "Anyone may ask the API server anything without a credential",
    severities: &[Severity::High, Severity::Medium],
    why: "A stranger gets as far as authorization, so one wrong binding, or one hole before authorization, opens the cluster to everybody who reaches the port.",
    fails: "Anonymous requests are let in at all paths: --anonymous-auth is true or not given, and no AuthenticationConfiguration limits them to some paths. High if a binding besides the defaults gives something to system:anonymous or system:unauthenticated. With AlwaysAllow among the authorization modes the server turns anonymous access off by itself: that passes here.",
    fix: Fix::Sometimes(
        "From 1.32 an AuthenticationConfiguration limits anonymous requests to /livez, /readyz and /healthz; where one is there already it is changed. Below 1.32 --anonymous-auth=false together with probes that need no answer from the API; kubeadm join then has to be told the authority by a file, since it reads cluster-info without a credential.",
    ),
    references: &[
        Reference::Cis("1.2.1"),
        Reference::Nsa("Authentication and authorization"),
        Reference::Mitre("T1190"),
        Reference::Owasp("K09"),
    ],
    judge: Judge::Whole(|seen| Effective::judge_each(seen, judge)),
    examples: &[
        Example::of(
            "the default, as kubeadm leaves it",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at(MANIFEST, apiserver!("--client-ca-file=/etc/kubernetes/pki/ca.crt"))],
        )
        .on(34),
        Example::of(
            "on 1.32",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at(MANIFEST, apiserver!("--secure-port=6443"))],
        )
        .on(32),
        Example::of(
            "nothing tells the version",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at(MANIFEST, apiserver!("--secure-port=6443"))],
        ),
        Example::of(
            "before 1.32, with probes that ask the API",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at(MANIFEST, PROBED)],
        )
        .on(31),
        Example::of(
            "and a binding gives strangers something",
            Expected::Fail(Severity::High),
            &[
                ExampleFile::at(MANIFEST, apiserver!("--anonymous-auth=true")),
                ExampleFile::at("binding.yaml", BINDING),
            ],
        )
        .on(36),
        Example::of(
            "a file that limits nothing",
            Expected::Fail(Severity::Medium),
            &[
                ExampleFile::at(MANIFEST, apiserver!("--authentication-config=/etc/kubernetes/authentication.yaml")),
                ExampleFile::at("/etc/kubernetes/authentication.yaml", "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\nanonymous: {enabled: true}\n"),
            ],
        )
        .on(36),
        Example::of(
            "limited to health checks",
            Expected::Pass,
            &[
                ExampleFile::at(MANIFEST, apiserver!("--authentication-config", "/etc/kubernetes/authentication.yaml")),
                ExampleFile::at("/etc/kubernetes/authentication.yaml", LIMITED),
            ],
        )
        .on(36),
        Example::of(
            "off",
            Expected::Pass,
            &[ExampleFile::at(MANIFEST, apiserver!("--anonymous-auth=false"))],
        ),
        Example::of(
            "AlwaysAllow turns it off",
            Expected::Pass,
            &[ExampleFile::at(MANIFEST, "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver, --anonymous-auth=true]\n")],
        ),
        Example::of(
            "the file was not seen",
            Expected::Unknown,
            &[ExampleFile::at(MANIFEST, apiserver!("--authentication-config=/etc/kubernetes/authentication.yaml"))],
        ),
        Example::of("no API server was seen", Expected::Unknown, &[]),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>, effective: &Effective<'_>) -> Judged {
    match effective.anonymous()? {
        Anonymous::Off | Anonymous::Paths(_) => return Ok(Verdict::Pass),
        Anonymous::Everywhere => {}
    }
    let held: Vec<String> = [Kind::CLUSTER_ROLE_BINDING, Kind::ROLE_BINDING]
        .into_iter()
        .flat_map(|kind| seen.of(kind))
        .filter(|binding| gives_to_strangers(binding) && !is_default(binding))
        .map(Object::describe)
        .collect();
    let (severity, message) = match held.first() {
        None => {
            (Severity::Medium, "Requests without a credential are let in at every path.".to_owned())
        }
        Some(binding) => (
            Severity::High,
            format!(
                "Requests without a credential are let in at every path, and {binding} gives them something to do."
            ),
        ),
    };
    Ok(Verdict::fail(remedy::mended(seen, effective, Problem::new(severity, message))))
}

fn gives_to_strangers(binding: &Object) -> bool {
    binding.tree().get("subjects").items().iter().any(|subject| {
        matches!(subject.get("name").str(), "system:anonymous" | "system:unauthenticated")
            && subject.get("kind").str() != "ServiceAccount"
    })
}

/// What every cluster has, by name and by role.
fn is_default(binding: &Object) -> bool {
    let role = binding.tree().at(&["roleRef", "name"]).str();
    match (binding.namespace(), binding.name()) {
        ("", "system:public-info-viewer") => role == "system:public-info-viewer",
        ("kube-public", "kubeadm:bootstrap-signer-clusterinfo") => {
            role == "kubeadm:bootstrap-signer-clusterinfo"
        }
        _ => false,
    }
}

const MANIFEST: &str = "/etc/kubernetes/manifests/kube-apiserver.yaml";

const PROBED: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command:
    - kube-apiserver
    - --authorization-mode=Node,RBAC
    livenessProbe:
      failureThreshold: 8
      httpGet: # asks without a credential
        host: 10.0.0.2
        path: /livez
        port: 6443
        scheme: HTTPS
    readinessProbe:
      httpGet: {host: 10.0.0.2, path: /readyz, port: 6443, scheme: HTTPS}
";

const BINDING: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: dashboard}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: system:anonymous}]
";

const LIMITED: &str = "\
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
anonymous:
  enabled: true
  conditions: [{path: /livez}, {path: /readyz}, {path: /healthz}]
";
