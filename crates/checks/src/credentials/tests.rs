//! What is listed, by whom and where.

use inventory::{File, Inventory};
use pki::{PrivateKey, Role};

use super::samples::{certificates, objects};
use super::*;
use crate::Example;

fn listed(files: &[(&str, &str)]) -> Vec<String> {
    let mut builder = Inventory::builder();
    for (path, text) in files {
        builder.add_file(File::new(*path), text);
    }
    let inventory = builder.build();
    let seen = Seen::new(&inventory, Example::now());
    let timeline = timeline(&seen);
    let show = |one: &pki::Credential| format!("{} @ {}", one.what, one.place);
    timeline.credentials().iter().map(show).collect()
}

#[test]
fn each_kind_of_place_is_read() {
    let check = |path: &str, text: &str, expected: &[&str]| {
        assert_eq!(listed(&[(path, text)]), expected, "{path}");
    };
    let pki = "/etc/kubernetes/pki/apiserver.crt";
    check(pki, certificates::APISERVER, &[&format!("certificate of kube-apiserver @ {pki}")]);
    check(
        "/etc/kubernetes/admin.conf",
        objects::ADMIN_KUBECONFIG,
        &[
            "kubeconfig of the administrator @ /etc/kubernetes/admin.conf, admin client-certificate-data",
            "certificate of CN=kubernetes @ /etc/kubernetes/admin.conf, certificate-authority-data",
        ],
    );
    check(
        "w.yaml",
        objects::WEBHOOK,
        &[
            "certificate of CN=webhook-ca @ ValidatingWebhookConfiguration policy, pods.policy.example.com caBundle",
        ],
    );
    check(
        "s.yaml",
        objects::TLS_SECRET_SOON,
        &["certificate of CN=kube-apiserver @ Secret apps/web-tls, tls.crt"],
    );
    check(
        "c.yaml",
        objects::CLUSTER_INFO,
        &[
            "certificate of CN=kubernetes @ ConfigMap kube-public/cluster-info, certificate-authority-data",
        ],
    );
    check(
        "b.yaml",
        "apiVersion: v1\nkind: Secret\ntype: bootstrap.kubernetes.io/token\nmetadata: {name: bootstrap-token-abcdef, namespace: kube-system}\nstringData: {expiration: \"2026-06-02T00:00:00Z\"}\n",
        &["bootstrap token @ Secret kube-system/bootstrap-token-abcdef, expiration"],
    );
    check(
        "t.yaml",
        "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\nmetadata: {name: t, namespace: apps, annotations: {kubernetes.io/service-account.name: web}}\n",
        &["token of system:serviceaccount:apps:web @ Secret apps/t, token"],
    );
    check(
        "/etc/kubernetes/enc.yaml",
        "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  - secretbox: {keys: [{name: k1, secret: AAAA}]}\n",
        &["encryption key k1 (secretbox) @ /etc/kubernetes/enc.yaml, secretbox key k1"],
    );
    check(
        "m.yaml",
        "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: web, namespace: apps}\nstatus: {notAfter: \"2026-08-01T00:00:00Z\"}\n",
        &["certificate that cert-manager keeps as web @ Certificate apps/web, notAfter"],
    );
}

#[test]
fn what_a_kubelet_has_replaced_does_not_count() {
    let folder = "/var/lib/kubelet/pki";
    let old = format!("{folder}/kubelet-client-2026-04-08-00-00-00.pem");
    let new = format!("{folder}/kubelet-client-2026-05-08-00-00-00.pem");
    let current = format!("{folder}/kubelet-client-current.pem");
    let (stuck, fresh) = (certificates::KUBELET_CLIENT_STUCK, certificates::KUBELET_CLIENT);
    let what = "client certificate of the kubelet";
    let all = listed(&[(&old, stuck), (&new, fresh), (&current, fresh)]);
    assert_eq!(all, [format!("{what} @ {current}")]);
    assert_eq!(listed(&[(&old, stuck), (&new, fresh)]), [format!("{what} @ {new}")]);
    assert_eq!(listed(&[(&old, stuck)]), [format!("{what} @ {old}")]);
}

#[test]
fn a_flag_tells_what_a_file_is_for() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver, --tls-cert-file=/srv/server.crt]\n";
    let all = listed(&[("p.yaml", pod), ("/srv/server.crt", certificates::APISERVER)]);
    assert_eq!(all, ["certificate of kube-apiserver @ /srv/server.crt"]);
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n  - name: etcd\n    command: [etcd]\n    env: [{name: ETCD_PEER_CERT_FILE, value: /srv/peer.crt}]\n";
    let all = listed(&[("p.yaml", pod), ("/srv/peer.crt", certificates::ETCD_PEER)]);
    assert_eq!(all, ["certificate of etcd among its peers @ /srv/peer.crt"]);
}

#[test]
fn what_an_operating_system_trusts_is_not_listed() {
    let store = certificates::CA.repeat(11);
    assert!(listed(&[("/etc/ssl/certs/ca.crt", &store)]).is_empty());
    assert_eq!(listed(&[("/etc/kubernetes/pki/ca.crt", &store)]).len(), 11);
}

#[test]
fn of_a_private_key_only_the_public_half_is_kept() {
    let at = |day: &str| when_of(day);
    let validity = pki::Validity::new(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
    let authority = pki::Authority::new("kubernetes", validity.unwrap()).unwrap();
    let key: PrivateKey = authority.key();
    let mut builder = Inventory::builder();
    builder.add_file(File::new("/etc/kubernetes/pki/ca.crt"), authority.certificate());
    builder.add_file(File::new("/etc/kubernetes/pki/ca.key"), key.expose());
    let inventory = builder.build();
    let seen = Seen::new(&inventory, Example::now());
    let found = seen.credentials();
    let [key] = found.keys.as_slice() else { panic!("{:?}", found.keys) };
    assert!(key.is_private && key.role == Some(Role::ClusterCa));
    assert_eq!(key.spki, found.certificates.first().map(|one| one.inspection.spki));
}

fn when_of(text: &str) -> std::time::SystemTime {
    crate::when::parse(text).unwrap()
}

#[test]
fn what_kubeadm_makes_is_not_found_fault_with() {
    let pki = "/etc/kubernetes/pki";
    let mut builder = Inventory::builder();
    for (path, text) in [
        (format!("{pki}/ca.crt"), certificates::CA),
        (format!("{pki}/etcd/ca.crt"), certificates::ETCD_CA),
        (format!("{pki}/front-proxy-ca.crt"), certificates::FRONT_PROXY_CA),
        (format!("{pki}/apiserver.crt"), certificates::APISERVER),
        (format!("{pki}/front-proxy-client.crt"), certificates::FRONT_PROXY_CLIENT),
        (format!("{pki}/etcd/peer.crt"), certificates::ETCD_PEER),
        ("/etc/kubernetes/admin.conf".to_owned(), objects::ADMIN_KUBECONFIG),
        (
            "/var/lib/kubelet/pki/kubelet-client-current.pem".to_owned(),
            certificates::KUBELET_CLIENT,
        ),
    ] {
        builder.add_file(File::new(path), text);
    }
    let inventory = builder.build();
    let seen = Seen::new(&inventory, Example::now());
    let mut judged = 0_usize;
    for id in ["TL-022", "TL-023", "TL-024", "TL-025", "TL-026", "TL-027", "TL-028", "TL-029"]
        .into_iter()
        .chain(["RT-001", "RT-002", "RT-011", "RT-012"])
    {
        let tally = crate::run(crate::find(id).unwrap(), &seen).tally;
        assert!(tally.problems.is_empty() && tally.gaps.is_empty(), "{id}: {tally:#?}");
        judged += tally.passes;
    }
    assert!(judged > 40, "{judged}");
}

#[test]
fn a_kubeconfig_tells_what_the_files_beside_it_are_for() {
    let config = "apiVersion: v1\nkind: Config\nclusters: [{name: a, cluster: {certificate-authority: ca.crt}}]\nusers: [{name: b, user: {client-certificate: ./b.crt}}]\n";
    let mut builder = Inventory::builder();
    builder.add_file(File::new("ci/config"), config);
    builder.add_file(File::new("ci/ca.crt"), certificates::CA);
    builder.add_file(File::new("ci/b.crt"), certificates::KUBELET_CLIENT);
    builder.add_file(File::new("other/b.crt"), certificates::KUBELET_CLIENT);
    let inventory = builder.build();
    let seen = Seen::new(&inventory, Example::now());
    let all = seen.credentials().certificates.iter();
    let uses: Vec<_> = all.map(|one| (one.place.text.as_str(), one.used)).collect();
    let expected =
        [("ci/b.crt", Use::Shown), ("ci/ca.crt", Use::Trusted), ("other/b.crt", Use::Untold)];
    assert_eq!(uses, expected);
}
