"""The gateway's own identity at the cluster, with the rights that the shipped manifests give it and no more."""

from .people import Person
from .plane import REPOSITORY, Plane

NAME = "ravelin"


# For the version of the peers; the manifest for older clusters would be the wider grant.
SHIPPED = ("rules.yaml", "impersonation.yaml")


def identity(plane: Plane) -> Person:
    """A user `ravelin`, to whom the manifests of deploy/ are bound."""
    for name in SHIPPED:
        plane.kubectl("apply", "-f", REPOSITORY / "deploy" / name)
    return plane.person(NAME)
