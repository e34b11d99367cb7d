//! Texts become the objects, components and problems that they are.

use super::*;
use crate::ComponentKind;

fn inventory(files: &[(&str, &str)]) -> Inventory {
    let mut builder = Inventory::builder();
    for (path, text) in files {
        builder.add_file(File::new(*path), text);
    }
    builder.build()
}

fn names(inventory: &Inventory) -> Vec<String> {
    inventory.objects().iter().map(Object::describe).collect()
}

#[test]
fn lists_are_opened() {
    let list = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: b}}\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n";
    assert_eq!(names(&inventory(&[("x.yaml", list)])), ["Pod a", "Pod b"]);
    let typed = r#"{"apiVersion":"apps/v1","kind":"DeploymentList","items":[{"metadata":{"name":"a","namespace":"ns"}}]}"#;
    let seen = inventory(&[("x.json", typed)]);
    assert_eq!(names(&seen), ["Deployment ns/a"]);
    let Origin::Document { path, .. } = seen.objects()[0].origin() else { panic!() };
    assert_eq!(path.to_string(), "items[0]");
}

#[test]
fn one_bad_document_spoils_no_other() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\na: [\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\n";
    let seen = inventory(&[("x.yaml", text)]);
    assert_eq!(names(&seen), ["Pod a", "Pod b"]);
    let [problem] = seen.unreadable() else { panic!() };
    assert_eq!((problem.file.as_str(), problem.line), ("x.yaml", 5));
    let Origin::Document { line, document, .. } = seen.objects()[1].origin() else { panic!() };
    assert_eq!((*line, *document), (7, 2));
}

#[test]
fn the_order_of_files_is_nowhere_seen() {
    let one = ("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n");
    let other = ("b.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: y}\n");
    let show = |seen: &Inventory| format!("{:?} {:?}", seen.objects(), seen.files());
    assert_eq!(show(&inventory(&[one, other])), show(&inventory(&[other, one])));
}

#[test]
fn static_pods_are_components() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    image: registry.k8s.io/kube-apiserver:v1.30.2\n    command:\n    - kube-apiserver\n    - --profiling=false\n    args: [--authorization-mode, \"Node,RBAC\"]\n";
    let seen = inventory(&[("/etc/kubernetes/manifests/kube-apiserver.yaml", text)]);
    let server = seen.components(ComponentKind::ApiServer).next().unwrap();
    assert_eq!(server.flags.value("profiling"), Some("false"));
    assert_eq!(server.flags.value("authorization-mode"), Some("Node,RBAC"));
    assert_eq!(
        server.flags.get("profiling").unwrap().path.as_ref().unwrap().to_string(),
        "spec.containers[0].command[1]"
    );
    assert_eq!(seen.minor(), Some(Minor::of(30)));
}

#[test]
fn flags_of_kubelets_are_read_from_unit_files() {
    let seen = inventory(&[
        (
            "/var/lib/kubelet/kubeadm-flags.env",
            "KUBELET_KUBEADM_ARGS=\"--pod-infra-container-image=x --v=2\"\n",
        ),
        (
            "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
            "[Service]\nEnvironment=\"K=--config=/var/lib/kubelet/config.yaml\"\nExecStart=\nExecStart=/usr/bin/kubelet $K --read-only-port=0\n",
        ),
    ]);
    let values: Vec<_> = seen
        .components(ComponentKind::Kubelet)
        .map(|one| {
            (one.flags.value("config"), one.flags.value("read-only-port"), one.flags.value("v"))
        })
        .collect();
    assert!(
        values.contains(&(Some("/var/lib/kubelet/config.yaml"), Some("0"), None)),
        "{values:?}"
    );
    assert!(values.contains(&(None, None, Some("2"))), "{values:?}");
}

#[test]
fn certificates_and_templates_are_told_apart() {
    let seen = inventory(&[
        ("ca.crt", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"),
        ("templates/x.yaml", "{{ if .Values.a }}\na: b\n  c: d\n{{ end }}\n"),
        ("values.yaml", "replicas: 2\n"),
    ]);
    assert!(seen.objects().is_empty());
    assert!(seen.file("ca.crt").unwrap().text.is_some());
    assert!(seen.unreadable()[0].is_template);
}

#[test]
fn what_a_controller_made_is_not_told_twice() {
    let text = "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: r, namespace: ns}\nspec: {template: {spec: {containers: []}}}\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  namespace: ns\n  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: r, controller: true}]\nspec: {containers: []}\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: q\n  namespace: ns\n  ownerReferences: [{apiVersion: x/v1, kind: Unseen, name: r, controller: true}]\nspec: {containers: []}\n";
    let seen = inventory(&[("x.yaml", text)]);
    let workloads: Vec<_> = seen.workloads().map(|one| one.object().describe()).collect();
    assert_eq!(workloads, ["Pod ns/q", "ReplicaSet ns/r"]);
    let within = |namespace| seen.workloads().filter(move |one| one.namespace() == namespace);
    let there: Vec<_> = within("ns").map(|one| one.object().describe()).collect();
    assert_eq!(there, ["Pod ns/q", "ReplicaSet ns/r"]);
    assert_eq!(within("other").count(), 0);
    assert!(seen.all_workloads_in("ns").is_err());
}

#[test]
fn what_does_not_say_it_is_yaml_is_no_mistake() {
    let seen = inventory(&[("Makefile", "all:\n\tgo build\n"), ("x.yaml", "all:\n\tgo build\n")]);
    let files: Vec<_> = seen.unreadable().iter().map(|one| one.file.as_str()).collect();
    assert_eq!(files, ["x.yaml"]);
    assert!(seen.file("Makefile").unwrap().text.is_some());
}

#[test]
fn a_template_is_told_once() {
    let text = "a: {{ .x }}\n---\nb: {{ .y }}\n";
    let seen = inventory(&[("templates/x.yaml", text)]);
    assert_eq!(seen.unreadable().len(), 1);
}

#[test]
fn a_container_is_the_component_whose_program_it_starts() {
    let check = |args: &str, expected: usize| {
        let text = format!(
            "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {{name: a, namespace: b}}\nspec: {{template: {{spec: {{containers: [{{name: a, args: {args}}}]}}}}}}\n"
        );
        let mut builder = Inventory::builder();
        builder.add_file(File::new("a.yaml"), &text);
        let inventory = builder.build();
        assert_eq!(inventory.components(ComponentKind::Kubelet).count(), expected, "{args}");
    };
    check("[/usr/bin/kubelet, --v=2]", 1);
    check("[tini, --, kubelet]", 1);
    check("[--kubelet-service=kube-system/kubelet]", 0);
    check("[--kubelet=/usr/bin/kubelet, --v=2]", 0);
}
