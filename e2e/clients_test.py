"""Python's `kubernetes` client and kube-rs list, write, watch and exec through the gateway."""

import os
import subprocess
import uuid

import pytest
from kubernetes import client, config, watch
from kubernetes.client.exceptions import ApiException
from kubernetes.stream import stream
from kubernetes.stream.ws_client import ERROR_CHANNEL
from rig.plane import REPOSITORY


@pytest.fixture(params=["jane", "builder"])
def core(request, plane, gateway, people, folder):
    """By certificate, and by token."""
    kubeconfig = plane.kubeconfig(people[request.param], gateway.address, folder / f"{request.param}.client.kubeconfig")
    with config.new_client_from_config(str(kubeconfig)) as connection:
        yield client.CoreV1Api(connection)


def test_lists(core):
    names = [pod.metadata.name for pod in core.list_namespaced_pod("demo2").items]
    assert "box" in names


def test_pages(core):
    first = core.list_namespaced_config_map("demo2", limit=1)
    second = core.list_namespaced_config_map("demo2", limit=1, _continue=first.metadata._continue)
    assert first.items[0].metadata.name != second.items[0].metadata.name


def test_is_refused_with_a_status(core):
    with pytest.raises(ApiException) as refused:
        core.list_node()
    assert refused.value.status == 403 and '"kind":"Status"' in refused.value.body


def test_watches_what_it_writes(core):
    name = f"own-{uuid.uuid4().hex[:8]}"
    start = core.list_namespaced_config_map("demo2").metadata.resource_version
    core.create_namespaced_config_map("demo2", {"metadata": {"name": name}, "data": {"k": "1"}})
    core.patch_namespaced_config_map(name, "demo2", {"data": {"k": "2"}})
    core.delete_namespaced_config_map(name, "demo2")
    seen = []
    for event in watch.Watch().stream(core.list_namespaced_config_map, "demo2", resource_version=start, timeout_seconds=20):
        if event["object"].metadata.name == name:
            seen.append(event["type"])
        if event["type"] == "DELETED" and event["object"].metadata.name == name:
            break
    assert seen == ["ADDED", "MODIFIED", "DELETED"]


def test_executes(core):
    said = stream(core.connect_get_namespaced_pod_exec, "box", "demo2", command=["sh", "-c", "echo hello; exit 3"],
                  stdout=True, stderr=True, stdin=False, tty=False, _preload_content=False)
    said.run_forever(timeout=20)
    assert said.read_stdout() == "hello\n"
    assert said.returncode == 3, said.read_channel(ERROR_CHANNEL)


def test_talks_to_a_running_command(core):
    talk = stream(core.connect_get_namespaced_pod_exec, "box", "demo2", command=["cat"], stdout=True, stderr=True, stdin=True,
                  tty=False, _preload_content=False)
    for word in ("one", "two"):
        talk.write_stdin(f"{word}\n")
        assert talk.readline_stdout(timeout=20) == word
    talk.close()


def test_reads_logs(core):
    assert core.read_namespaced_pod_log("box", "demo2", container="main").splitlines()[0] == "line 1 of main"


@pytest.mark.parametrize("person", ["jane", "builder"])
def test_kube_rs(plane, gateway, people, folder, person):
    """The example of the `cluster` crate, by certificate and by token."""
    kubeconfig = plane.kubeconfig(people[person], gateway.address, folder / f"{person}.kube-rs.kubeconfig")
    command = ["cargo", "run", "--quiet", "--locked", "-p", "cluster", "--example", "kube_client", "demo2", "box"]
    done = subprocess.run(command, cwd=REPOSITORY, env={**os.environ, "KUBECONFIG": str(kubeconfig)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == ["watched", "ran cat"], done.stdout
