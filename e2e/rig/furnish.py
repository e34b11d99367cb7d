"""Fills a fresh control plane with what the tests look at."""

import json

from .plane import MANIFESTS, Plane

LARGE = 200_000


def furnish(plane: Plane) -> None:
    """Applies the manifests and waits until everything they name is there and runs."""
    plane.kubectl("apply", "-f", MANIFESTS / "cluster.yaml")
    plane.kubectl("apply", "-f", MANIFESTS / "rights.yaml")
    plane.kubectl("wait", "--for=condition=Established", "crd/widgets.example.com", "--timeout=30s")
    plane.kubectl("apply", "-f", MANIFESTS / "widgets.yaml")
    plane.kubectl("create", "-f", "-", text=json.dumps(_large()))
    for namespace in ("demo", "demo2"):
        plane.kubectl("wait", "--for=condition=Ready", "pod", "--all", "-n", namespace, "--timeout=60s")


def _large() -> dict[str, object]:
    """An object past the size from which kube-apiserver compresses its answers."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "large", "namespace": "demo"},
            "data": {"text": "0123456789" * (LARGE // 10)}}
