"""`ravelin scan` and `ravelin fix` at a real control plane: as it is when it starts, with objects that are wrong, and mended.

The golden lists say what is found: check, severity, what it is about. UPDATE=1 writes them anew; read the difference.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest
import yaml
from rig.plane import MANIFESTS, REPOSITORY, Plane

pytestmark = pytest.mark.gateway_only
SCAN = MANIFESTS / "scan"
BINARY = os.environ["RAVELIN_BIN"]


@pytest.fixture(scope="module")
def scanned(folder: pathlib.Path) -> Iterator[Plane]:
    """A control plane of its own: other tests leave objects in the shared one."""
    plane = Plane(folder / "scanned")
    try:
        plane.up(nodes=1)
        plane.kubectl("apply", "-f", REPOSITORY / "deploy" / "scan.yaml")
        yield plane
    finally:
        plane.down()


@pytest.fixture(scope="module")
def node(scanned: Plane, folder: pathlib.Path) -> pathlib.Path:
    """The files of the node of the control plane, where kubeadm would have them: manifest, PKI, audit policy."""
    root = folder / "node" / "etc" / "kubernetes"
    (root / "manifests").mkdir(parents=True)
    shutil.copytree(scanned.pki, root / "pki")
    shutil.copy(scanned.folder / "audit-policy.yaml", root / "audit-policy.yaml")
    program, *flags = scanned.apiserver_command()
    words = [pathlib.Path(program).name, *flags]
    words = [word.replace(str(scanned.pki), "/etc/kubernetes/pki") for word in words]
    words = [word.replace(str(scanned.folder / "audit-policy.yaml"), "/etc/kubernetes/audit-policy.yaml") for word in words]
    words = [word.replace(str(scanned.folder), "/var/log/kubernetes") for word in words]
    paths = ["/etc/kubernetes/pki", "/etc/kubernetes/audit-policy.yaml", "/var/log/kubernetes"]
    volumes = [{"name": f"files-{number}", "hostPath": {"path": path}} for number, path in enumerate(paths)]
    mounts = [{"name": f"files-{number}", "mountPath": path} for number, path in enumerate(paths)]
    container = {"volumeMounts": mounts, "name": "kube-apiserver", "image": "registry.k8s.io/kube-apiserver:v1.36.3", "command": words}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "kube-apiserver", "namespace": "kube-system"},
        "spec": {"hostNetwork": True, "containers": [container], "volumes": volumes},
    }
    (root / "manifests" / "kube-apiserver.yaml").write_text(yaml.safe_dump(pod, sort_keys=False))
    return folder / "node"


def run(*arguments: object, status: int | None = None, text: str | None = None) -> subprocess.CompletedProcess:
    done = subprocess.run([BINARY, *map(str, arguments)], input=text, capture_output=True, text=True, timeout=120)
    if status is not None:
        assert done.returncode == status, done.stdout[-4000:] + done.stderr
    return done


def scan(*arguments: object, status: int | None = None) -> dict:
    done = run("scan", "--format", "json", *arguments, status=status)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def live(plane: Plane, *arguments: object, status: int | None = None) -> dict:
    return scan("--kubeconfig", plane.folder / "admin.kubeconfig", *arguments, status=status)


def told(report: dict) -> list[str]:
    """What is open, a line each, without what differs from run to run."""
    lines = set()
    for finding in report["findings"]:
        if finding["status"] != "fail":
            continue
        thing = finding["object"]
        about = f"{thing['kind']} {thing['namespace'] or ''}/{thing['name']}" if thing else "-"
        line = f"{finding['check']} {finding['severity']} {about} {finding['detail']}".strip()
        lines.add(re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", line))
    return sorted(lines)


def golden(name: str, lines: list[str]) -> None:
    path = SCAN / name
    if os.environ.get("UPDATE"):
        path.write_text("".join(f"{line}\n" for line in lines))
    assert lines == path.read_text().splitlines()


def test_a_fresh_cluster_gives_what_an_administrator_would_agree_with(scanned: Plane) -> None:
    report = live(scanned)
    assert report["coverage"]["incomplete"] == []
    golden("fresh.txt", told(report))


def test_the_files_of_its_node_are_read_with_their_certificates(node: pathlib.Path) -> None:
    golden("node.txt", told(scan(node)))


def test_what_is_wrong_is_found_and_what_is_right_is_left_alone(scanned: Plane) -> None:
    before = set(told(live(scanned)))
    scanned.kubectl("apply", "-f", SCAN / "bad.yaml")
    scanned.kubectl("apply", "-f", SCAN / "good.yaml")
    fresh = [line for line in told(live(scanned, status=1)) if line not in before]
    assert not [line for line in fresh if " good" in line], fresh
    golden("seeded.txt", fresh)


def test_the_role_that_ships_is_enough_and_reads_no_secret(scanned: Plane) -> None:
    auditor = ["--as", "auditor", "--as-group", "cluster-auditors", "--as-group", "system:authenticated"]
    report = live(scanned, *auditor)
    assert report["coverage"]["incomplete"] == []
    denied = live(scanned, *auditor, "--with-secrets")
    assert any("Secret" in why for why in denied["coverage"]["incomplete"])


def test_what_may_not_be_listed_is_unknown_and_the_scan_says_so(scanned: Plane) -> None:
    report = live(scanned, "--as", "nobody", status=3)
    assert report["coverage"]["incomplete"]
    assert not [finding for finding in report["findings"] if finding["status"] == "fail" and finding["severity"] in ("high", "critical")]


def test_live_objects_are_mended_and_scanned_again(scanned: Plane) -> None:
    kubeconfig = scanned.folder / "admin.kubeconfig"
    mended = "PS-002,PS-003,RB-046"
    assert {line.split()[0] for line in told(live(scanned, "--checks", mended, status=1))} == set(mended.split(","))
    shown = run("fix", "--kubeconfig", kubeconfig, "--only", mended, status=0)
    assert "kubectl patch" in shown.stdout and "--apply" in shown.stderr
    run("fix", "--kubeconfig", kubeconfig, "--only", mended, "--apply", status=0)
    assert told(live(scanned, "--checks", mended, status=0)) == []
    kept = json.loads(scanned.kubectl("get", "clusterrolebinding", "anybody-may-look", "-o", "json"))
    assert [subject["name"] for subject in kept["subjects"]] == ["auditors"]


def test_files_are_mended_and_kept_as_they_were(tmp_path: pathlib.Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    shutil.copy(SCAN / "bad.yaml", work)
    before = (work / "bad.yaml").read_text()
    done = subprocess.run([BINARY, "fix", "--only", "PS-002,PS-003", "bad.yaml"], cwd=work, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    patched = subprocess.run(["git", "apply", "--verbose", "-"], cwd=work, input=done.stdout, capture_output=True, text=True)
    assert patched.returncode == 0, patched.stderr + done.stdout
    by_git = (work / "bad.yaml").read_text()
    (work / "bad.yaml").write_text(before)
    run("fix", "--write", "--backup", tmp_path / "kept", "--only", "PS-002,PS-003", work / "bad.yaml", status=0)
    assert (work / "bad.yaml").read_text() == by_git
    [kept] = (tmp_path / "kept").rglob("bad.yaml")
    assert kept.read_text() == before
    assert told(scan("--checks", "PS-002,PS-003", work, status=0)) == []


def test_a_stream_and_every_format(tmp_path: pathlib.Path) -> None:
    text = (SCAN / "bad.yaml").read_text()
    for form in ("table", "json", "sarif", "junit", "html", "markdown", "csv"):
        output = tmp_path / f"report.{form}"
        done = run("scan", "--format", form, "--output", output, "-", text=text, status=1)
        assert done.stdout == "" and output.stat().st_size > 500
    sarif = json.loads((tmp_path / "report.sarif").read_text())
    assert sarif["version"] == "2.1.0" and sarif["runs"][0]["results"]


def test_waivers_and_baselines(tmp_path: pathlib.Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    shutil.copy(SCAN / "bad.yaml", work)
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(
        "waivers:\n- check: PS-003\n  object: {kind: Deployment, namespace: bad, name: agent}\n"
        "  reason: the agent needs it\n  owner: platform\n  expires: 2999-12-31\n"
    )
    run("scan", "--checks", "PS-003", work, status=1)
    run("scan", "--checks", "PS-003", "--waivers", waivers, work, status=0)
    waivers.write_text(waivers.read_text().replace("2999", "2020"))
    expired = scan("--checks", "PS-003", "--waivers", waivers, work, status=1)
    assert any(finding["check"].startswith("IN-") for finding in expired["findings"])
    old = tmp_path / "old.json"
    run("scan", "--format", "json", "--output", old, work, status=1)
    run("scan", "--baseline", old, work, status=0)


def test_wrong_commands_say_what_is_right() -> None:
    for arguments, text in [
        (["scan", "/nonexistent"], "no such file"),
        (["scan", "--checks", "XX-001", "."], "ravelin checks list"),
        (["scan", "--kubernetes-version", "two", "."], "1.36"),
        (["explain", "nothing"], "ravelin checks list"),
    ]:
        done = run(*arguments, status=2)
        assert text in done.stderr, done.stderr


def test_every_check_explains_itself() -> None:
    listed = json.loads(run("checks", "list", "--output", "json", status=0).stdout)
    done = [check for check in listed if check["implemented"]]
    assert len(done) >= 200
    for practice in range(1, 16):
        assert len([check for check in done if check["practice"] == practice]) >= 6, practice
    text = run("explain", *[check["id"] for check in listed], status=0).stdout
    assert all(check["title"] in text for check in listed)


def test_rights_are_answered_by_the_rules_of_the_cluster(scanned: Plane) -> None:
    kubeconfig = scanned.folder / "admin.kubeconfig"
    done = run("who-can", "get", "secrets", "--kubeconfig", kubeconfig, status=0)
    assert 'ClusterRoleBinding "secret-reader"' in done.stdout
    for user, verb, resource, subresource, allowed in [
        ("system:serviceaccount:bad:deployer", "create", "pods", "exec", True),
        ("system:serviceaccount:bad:monitor", "get", "nodes", "proxy", True),
        ("system:serviceaccount:bad:monitor", "get", "nodes", "", False),
        ("system:serviceaccount:bad:monitor", "create", "pods", "", False),
        ("jane", "get", "secrets", "", False),
    ]:
        sub = [f"--subresource={subresource}"] if subresource else []
        run("can", verb, resource, *sub, "--as", user, "--kubeconfig", kubeconfig, status=0 if allowed else 1)
        command = [str(scanned.assets / "kubectl"), f"--kubeconfig={kubeconfig}", "auth", "can-i", verb, resource, *sub, "-A", "--as", user]
        asked = subprocess.run(command, capture_output=True, text=True)
        assert asked.stdout.strip() == ("yes" if allowed else "no"), asked


def test_the_smallest_role_is_learnt_and_is_enough(scanned: Plane, folder: pathlib.Path) -> None:
    name = "system:serviceaccount:kube-system:node-controller"
    learnt = run("audit", "learn", scanned.audit_log, "--as", name, "--role-name", "relearnt", status=0).stdout
    path = folder / "learnt.yaml"
    path.write_text(learnt)
    scanned.kubectl("apply", "--dry-run=server", "-f", path)
    assert "kind: ClusterRole\n" in learnt
