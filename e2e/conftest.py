"""What every test shares: one control plane, its people, and the gateways in front of it."""

import os
import pathlib
import shutil
import tempfile
from collections.abc import Iterator

import pytest
from rig import wire
from rig.early import dawdlers, early, keycloak_starting, long_watches
from rig.furnish import furnish
from rig.gateway import SELF, Gateway, Launcher
from rig.identity import identity
from rig.people import Person
from rig.plane import MANIFESTS, Plane

__all__ = ["dawdlers", "early", "keycloak_starting", "long_watches"]
LAUNCHER = pytest.StashKey[Launcher]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow(fixtures): waits long by its nature; the fixtures are started with the session")
    config.addinivalue_line("markers", "gateway_only: about what the gateway adds; left out when kube-apiserver stands in")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)
    if SELF:
        skip = pytest.mark.skip(reason="about the gateway alone")
        for item in items:
            if item.get_closest_marker("gateway_only"):
                item.add_marker(skip)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Shows the end of every gateway's log beside a failure."""
    outcome = yield
    report = outcome.get_result()
    launcher = item.session.stash.get(LAUNCHER, None)
    if report.failed and launcher:
        report.sections.append(("gateway logs", launcher.tails()))


@pytest.fixture(scope="session")
def folder(request: pytest.FixtureRequest) -> Iterator[pathlib.Path]:
    """Where everything of this run is; kept, and named, if a test failed."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="ravelin-e2e-"))
    yield path
    if request.session.testsfailed:
        print(f"\nlogs kept in {path}")
    else:
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def plane(folder: pathlib.Path) -> Iterator[Plane]:
    """The control plane. Anonymous access is off, as it is at the gateway.

    RAVELIN_E2E_PLANE names a folder whose control plane is used again, and left running, by one run after another.
    """
    kept = os.environ.get("RAVELIN_E2E_PLANE")
    plane = Plane(pathlib.Path(kept) if kept else folder / "plane")
    if kept and (plane.folder / "pids").exists():
        yield plane
        return
    try:
        plane.up(f"--audit-policy-file={MANIFESTS / 'audit-policy.yaml'}", "--anonymous-auth=false")
        furnish(plane)
        yield plane
    finally:
        if not kept:
            plane.down()


@pytest.fixture(scope="session")
def people(plane: Plane) -> dict[str, Person]:
    """Everybody who asks anything, by name."""
    return {
        "admin": plane.person("admin"),
        "jane": plane.person("jane", "dev"),
        "ops": plane.person("ops", "ops"),
        "clerk": plane.person("clerk"),
        "deputy": plane.person("deputy"),
        "nobody": plane.person("nobody"),
        "stranger": Person("stranger", plane.ca),
        "builder": plane.account("demo", "builder"),
        "idle": plane.account("demo", "idle"),
    }


@pytest.fixture(scope="session")
def launcher(request: pytest.FixtureRequest, plane: Plane, folder: pathlib.Path) -> Iterator[Launcher]:
    """Starts further gateways; those still running end with the session."""
    launcher = Launcher(plane, folder, identity(plane))
    request.session.stash[LAUNCHER] = launcher
    yield launcher
    launcher.stop_all()


@pytest.fixture(scope="session")
def gateway(launcher: Launcher, plane: Plane, people: dict[str, Person]) -> Gateway:
    """The gateway that most tests go through: front-proxy mode, default audit mode."""
    gateway = launcher.start("gateway")
    # Of several ways to impersonate, a server first tries the one that last worked for this caller, and a refusal
    # names the first one tried. Once each side has seen a success the two agree.
    for side in (plane.address, gateway.address):
        told = wire.ask(side, people["deputy"], "GET", "/version", [("Impersonate-User", "jane")])
        assert told.status == 200, told
    return gateway


@pytest.fixture(scope="session")
def impersonating(launcher: Launcher) -> Gateway:
    """A gateway that tells the upstream who asks by impersonation."""
    return launcher.start("impersonating", impersonate=True)
