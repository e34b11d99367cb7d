#!/usr/bin/env python3
"""Writes the default RBAC objects of Kubernetes as the table `src/bootstrap/defaults.txt`.

    defaults.py TREE... > defaults.txt

Each TREE is a source tree of k8s.io/kubernetes at a release, as the Go module cache holds it, in
a directory named kubernetes@v1.N.P; several releases of one minor version may be given, as
defaults change with patches. What kubeadm adds is listed below, as its Go sources have it.

The table: a line that starts an object is `kind namespace name versions [gates]`, `-` for no
namespace; the lines after it, each with one space in front, are its content. A rule is
`rule verbs groups resources names urls`, lists with commas, `""` for the core group, `-` for an
empty list. Objects whose content differs between versions stand there once for each content.
`gates` marks what a release holds with its alpha feature gates on.
"""

import pathlib
import re
import sys

import yaml

FILES = ["cluster-roles", "cluster-role-bindings", "controller-roles", "controller-role-bindings",
         "namespace-roles", "namespace-role-bindings"]
GATED = ["cluster-roles-featuregates"]
TESTDATA = "plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata"
AGGREGATE_TO = "rbac.authorization.k8s.io/aggregate-to-"
NEWEST = 37
JOINING = ("Group", "", "system:bootstrappers:kubeadm:default-node-token")
NODES = ("Group", "", "system:nodes")


def main():
    found = {}
    for tree in map(pathlib.Path, sys.argv[1:]):
        minor = int(re.search(r"kubernetes@v1\.(\d+)\.", str(tree) + "/").group(1))
        for names, gates in ((FILES, ""), (GATED, " gates")):
            for name in names:
                file = tree / TESTDATA / f"{name}.yaml"
                if file.exists():
                    for item in yaml.safe_load(file.read_text())["items"]:
                        key, content = item_lines(item)
                        found.setdefault((*key, gates, content), set()).add(minor)
    for (since, until, key, content) in kubeadm():
        found.setdefault((*key, "", content), set()).update(range(since, until + 1))
    drop_needless_gated(found)
    print("# The default RBAC objects of Kubernetes. Written by data/defaults.py; not by hand.")
    for (kind, namespace, name, gates, content), minors in sorted(found.items()):
        print(f"{kind} {namespace or '-'} {name} {ranges(minors)}{gates}")
        for line in content:
            print(f" {line}")


def drop_needless_gated(found):
    for key in [key for key in found if key[3]]:
        plain = (*key[:3], "", key[4])
        found[key] -= found.get(plain, set())
        if not found[key]:
            del found[key]


def item_lines(item):
    metadata = item["metadata"]
    key = (item["kind"], metadata.get("namespace", ""), metadata["name"])
    if "roleRef" in item:
        subjects = [(one["kind"], one.get("namespace", ""), one["name"])
                    for one in item.get("subjects") or []]
        return key, binding(item["roleRef"]["kind"], item["roleRef"]["name"], subjects)
    lines = []
    for label, value in sorted((metadata.get("labels") or {}).items()):
        if label.startswith(AGGREGATE_TO):
            lines.append(f"label {label} {value}")
    for selector in (item.get("aggregationRule") or {}).get("clusterRoleSelectors") or []:
        ((label, value),) = selector["matchLabels"].items()
        lines.append(f"picks {label} {value}")
    for one in item.get("rules") or []:
        lines.append(rule(one.get("verbs"), one.get("apiGroups"), one.get("resources"),
                          one.get("resourceNames"), one.get("nonResourceURLs")))
    return key, tuple(lines)


def rule(verbs, groups, resources, names=None, urls=None):
    lists = [verbs, groups, resources, names, urls]
    return "rule " + " ".join(",".join(word or '""' for word in words or []) or "-"
                              for words in lists)


def binding(kind, role, subjects):
    return (f"role {kind} {role}",
            *(f"subject {kind} {namespace or '-'} {name}" for kind, namespace, name in subjects))


def ranges(minors):
    parts, minors = [], sorted(minors)
    for minor in minors:
        if parts and parts[-1][1] == minor - 1:
            parts[-1][1] = minor
        else:
            parts.append([minor, minor])
    return ",".join(f"1.{since}-1.{until}" for since, until in parts)


def kubeadm():
    yield from for_cluster("kubeadm:get-nodes", "kubeadm:get-nodes", [JOINING])
    yield 20, NEWEST, ("ClusterRole", "", "kubeadm:get-nodes"), (rule(["get"], [""], ["nodes"]),)
    yield from for_cluster("kubeadm:kubelet-bootstrap", "system:node-bootstrapper", [JOINING])
    approve = "system:certificates.k8s.io:certificatesigningrequests:"
    yield from for_cluster("kubeadm:node-autoapprove-bootstrap", approve + "nodeclient", [JOINING])
    yield from for_cluster("kubeadm:node-autoapprove-certificate-rotation",
                           approve + "selfnodeclient", [NODES])
    yield from for_cluster("kubeadm:node-proxier", "system:node-proxier",
                           [("ServiceAccount", "kube-system", "kube-proxy")])
    yield from for_cluster("kubeadm:cluster-admins", "cluster-admin",
                           [("Group", "", "kubeadm:cluster-admins")], 29)
    yield from for_cluster("kubeadm:apiserver-kubelet-client", "system:kubelet-api-admin",
                           [("User", "", "kube-apiserver-kubelet-client")], 33)
    yield from for_cluster("system:coredns", "system:coredns",
                           [("ServiceAccount", "kube-system", "coredns")])
    watched = rule(["list", "watch"], [""], ["endpoints", "services", "pods", "namespaces"])
    nodes = rule(["get"], [""], ["nodes"])
    slices = rule(["list", "watch"], ["discovery.k8s.io"], ["endpointslices"])
    coredns = ("ClusterRole", "", "system:coredns")
    yield 20, 21, coredns, (watched, nodes)
    yield 22, 27, coredns, (watched, nodes, slices)
    yield 28, NEWEST, coredns, (watched, slices)
    yield from for_namespace("kube-system", "kube-proxy", "configmaps", "kube-proxy", [JOINING])
    yield from for_namespace("kube-system", "kubeadm:nodes-kubeadm-config", "configmaps",
                             "kubeadm-config", [JOINING, NODES])
    yield from for_namespace("kube-system", "kubeadm:kubeadm-certs", "secrets", "kubeadm-certs",
                             [JOINING])
    yield from for_namespace("kube-system", "kubeadm:kubelet-config", "configmaps",
                             "kubelet-config", [NODES, JOINING], 23)
    for minor in range(20, 25):
        yield from for_namespace("kube-system", f"kubeadm:kubelet-config-1.{minor}", "configmaps",
                                 f"kubelet-config-1.{minor}", [NODES, JOINING], minor, minor)
    yield from for_namespace("kube-public", "kubeadm:bootstrap-signer-clusterinfo", "configmaps",
                             "cluster-info", [("User", "", "system:anonymous")])


def for_cluster(name, role, subjects, since=20):
    yield since, NEWEST, ("ClusterRoleBinding", "", name), binding("ClusterRole", role, subjects)


def for_namespace(namespace, name, resource, object_name, subjects, since=20, until=NEWEST):
    rules = (rule(["get"], [""], [resource], [object_name]),)
    yield since, until, ("Role", namespace, name), rules
    yield since, until, ("RoleBinding", namespace, name), binding("Role", name, subjects)


if __name__ == "__main__":
    main()
