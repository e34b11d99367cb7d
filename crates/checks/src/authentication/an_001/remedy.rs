//! What limits anonymous requests without taking the health checks away.

use edit::Edit;
use inventory::{Component, Minor, Started};
use tree::Path;

use crate::authentication::effective::Effective;
use crate::flag::set_flag;
use crate::{About, Problem, Remedy, Seen};

/// The problem with its place and with what mends it.
pub(super) fn mended(seen: &Seen<'_>, effective: &Effective<'_>, problem: Problem) -> Problem {
    let flag = effective.component().and_then(|one| one.flags.get("anonymous-auth"));
    let problem = problem.detail("anonymous-auth").evidence(flag.map_or_else(
        || "--anonymous-auth is not given; the default is true".to_owned(),
        |flag| format!("--anonymous-auth={}", flag.value),
    ));
    // Without asking for the version: that the server is open holds at every version.
    let minor =
        effective.component().and_then(|one| one.minor).or_else(|| seen.inventory().minor());
    match (effective.config(), effective.component()) {
        (Ok(Some(config)), _) if flag.is_none() && minor.is_none_or(|one| one >= LIMITS) => problem
            .evidence("anonymous of the AuthenticationConfiguration names no paths")
            .about(About::object(config))
            .at(Path::of(&["anonymous"]))
            .mended_by(Remedy::set(Path::of(&["anonymous"]), limited())),
        (_, Some(component)) => {
            let remedy = match minor {
                Some(minor) if minor < LIMITS => turned_off(seen, component),
                Some(minor) => Remedy::Steps(steps(minor)),
                None => Remedy::Steps(format!(
                    "See the version: kubectl version. From 1.32 on (v1beta1 instead of v1 before 1.34):\n{}\nBefore 1.32: {BEFORE}",
                    steps(Minor::NEWEST)
                )),
            };
            match flag.and_then(|flag| flag.path.clone()) {
                Some(path) => problem.at(path).mended_by(remedy),
                None => problem.mended_by(remedy),
            }
        }
        (_, None) => problem,
    }
}

/// The first version that limits anonymous requests to paths without a feature gate.
const LIMITS: Minor = Minor::of(32);

fn limited() -> serde_json::Value {
    let conditions: Vec<_> = super::super::an_002::HEALTH
        .iter()
        .map(|path| serde_json::json!({ "path": path }))
        .collect();
    serde_json::json!({ "enabled": true, "conditions": conditions })
}

fn steps(minor: Minor) -> String {
    let version = super::super::an_002::api_version(minor);
    format!(
        "On every control plane node, write /etc/kubernetes/authentication/config.yaml (mode 600, root):
  apiVersion: {version}
  kind: AuthenticationConfiguration
  anonymous:
    enabled: true
    conditions:
    - path: /livez
    - path: /readyz
    - path: /healthz
If nodes join by kubeadm tokens, add: - path: /api/v1/namespaces/kube-public/configmaps/cluster-info
Then, in one change of /etc/kubernetes/manifests/kube-apiserver.yaml:
  remove --anonymous-auth from the command, if it is there; the server refuses both
  add to the command: - --authentication-config=/etc/kubernetes/authentication/config.yaml
  add to volumeMounts: - {{name: authentication, mountPath: /etc/kubernetes/authentication, readOnly: true}}
  add to volumes: - {{name: authentication, hostPath: {{path: /etc/kubernetes/authentication, type: DirectoryOrCreate}}}}
If a file is named by --authentication-config already, add the field anonymous to that one instead.
Keep it over kubeadm upgrades: put the same under apiServer.extraArgs and extraVolumes of the ConfigMap kube-system/kubeadm-config.
Check: curl -k https://SERVER:6443/livez answers 200, and https://SERVER:6443/api answers 401."
    )
}

/// The flag and the probes at once: either alone would stop the server or change nothing.
fn turned_off(seen: &Seen<'_>, component: &Component) -> Remedy {
    let Started::Container { container, .. } = &component.started else {
        return Remedy::Steps(BEFORE.to_owned());
    };
    let flag = set_flag(seen.inventory(), component, "anonymous-auth", "false");
    let Remedy::Edit(mut edits) = flag else { return flag };
    let Some(object) = component.object(seen.inventory()) else { return Remedy::Edit(edits) };
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let path = container.then(probe);
        let asks = object.tree().follow(&path).get("httpGet");
        if asks.is_null() {
            continue;
        }
        let mut connects = serde_json::Map::new();
        for key in ["host", "port"] {
            let value = asks.get(key);
            if !value.is_null() {
                connects.insert(key.to_owned(), value.to_json());
            }
        }
        edits.push(Edit::Remove { path: path.then("httpGet") });
        edits.push(Edit::set(path.then("tcpSocket"), serde_json::Value::Object(connects)));
    }
    Remedy::Edit(edits)
}

const BEFORE: &str = "give health checks (the probes of the static pod, load balancers, monitors) a credential, or let them connect only (tcpSocket). In the same change start kube-apiserver with --anonymous-auth=false.
Nodes that join by kubeadm tokens need --discovery-file from then on.";

#[cfg(test)]
mod tests {
    use crate::authentication::an_001::AN_001;
    use crate::{Example, Remedy, Seen, run};

    /// What the remedy of the example of a name is: steps as they are, edits as they print.
    fn remedy(example: &str) -> String {
        static CHECK: crate::Check = AN_001;
        let example = CHECK.examples.iter().find(|one| one.name == example).expect(example);
        let inventory = example.inventory();
        let outcome = run(&CHECK, &Seen::new(&inventory, Example::now()));
        let (_, problem) = outcome.tally.problems.first().expect("a problem");
        if let Remedy::Steps(steps) = &problem.remedy {
            return steps.clone();
        }
        format!("{:?}", problem.remedy)
    }

    #[test]
    fn never_turns_anonymous_access_off_without_the_probes() {
        for (example, holds, lacks) in [
            ("the default, as kubeadm leaves it", "apiserver.config.k8s.io/v1\n", "=false"),
            ("on 1.32", "apiserver.config.k8s.io/v1beta1\n", "=false"),
            ("before 1.32, with probes that ask the API", "tcpSocket", "authentication-config"),
            ("nothing tells the version", "tcpSocket", "Edit"),
            ("a file that limits nothing", "/readyz", "=false"),
        ] {
            let remedy = remedy(example);
            assert!(remedy.contains(holds) && !remedy.contains(lacks), "{example}: {remedy}");
        }
    }
}
