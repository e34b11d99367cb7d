"""The gateway's own identity at the cluster, with the rights that the shipped manifests give it and no more."""

from .people import Person
from .plane import MANIFESTS, REPOSITORY, Plane

NAME = "ravelin"


def identity(plane: Plane) -> Person:
    """A user `ravelin` with the manifests of deploy/ bound to it."""
    plane.kubectl("apply", "-f", MANIFESTS / "gateway.yaml")
    shipped = REPOSITORY / "deploy"
    if shipped.is_dir():
        plane.kubectl("apply", "-R", "-f", shipped)
    return plane.person(NAME)
