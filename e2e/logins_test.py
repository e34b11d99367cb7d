"""Ways in that kube-apiserver does not have, or has otherwise: revoked certificates, and strangers on chosen paths."""

import datetime
import json
import signal

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from rig import certificates, events, wire
from rig.people import Person
from rig.wait import until

pytestmark = pytest.mark.gateway_only

PODS = "/api/v1/namespaces/demo/pods?limit=1"
JANE = [(NameOID.ORGANIZATION_NAME, "dev"), (NameOID.COMMON_NAME, "jane")]


def revocations(issuer, *revoked: x509.Certificate) -> bytes:
    """A revocation list of `issuer`."""
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer[0].subject)
    builder = builder.last_update(now - certificates.DAY).next_update(now + certificates.DAY)
    for certificate in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(now)
        builder = builder.add_revoked_certificate(entry.build())
    builder = builder.add_extension(x509.CRLNumber(1), critical=False)
    key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer[1].public_key())
    builder = builder.add_extension(key_id, critical=False)
    return builder.sign(issuer[1], hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def revoking(plane, launcher, tmp_path):
    """A gateway with a revocation list of its own, two certificates of jane, and the list's file."""
    ours = certificates.load_authority(plane.pki)
    made = [certificates.leaf(ours, JANE) for _ in range(2)]
    files = [certificates.write(tmp_path / f"jane-{number}", *one) for number, one in enumerate(made)]
    janes = [Person("jane", plane.ca, crt, key) for crt, key in files]
    listed = tmp_path / "revoked.crl"
    listed.write_bytes(revocations(ours, made[0][0]))
    gateway = launcher.start("revoking", client_crl_file=listed)
    yield gateway, janes, listed, (ours, made)
    launcher.stop(gateway)


def status(gateway, person, target=PODS) -> int:
    return wire.ask(gateway.address, person, "GET", target).status


def test_a_revoked_certificate_is_nobodys(revoking):
    gateway, janes, _, _ = revoking
    assert [status(gateway, jane) for jane in janes] == [401, 200]


def test_a_new_list_holds_for_connections_that_are_open(revoking):
    gateway, janes, listed, (ours, made) = revoking
    with wire.Connection(gateway.address, janes[1]) as connection:
        connection.send(wire.request("GET", PODS))
        assert connection.answer().status == 200
        certificates.replace(listed, revocations(ours, *(certificate for certificate, _ in made)))
        gateway.process.send(signal.SIGHUP)
        until("the new list holds", lambda: status(gateway, janes[1]) == 401)
        connection.send(wire.request("GET", PODS))
        assert connection.answer().status == 401


def test_a_broken_list_changes_nothing(revoking):
    gateway, janes, listed, (ours, _) = revoking
    for broken in (b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", revocations(certificates.authority("other"))):
        before = gateway.process.log.stat().st_size
        certificates.replace(listed, broken)
        gateway.process.send(signal.SIGHUP)
        until("the mistake is told", lambda: "Changed files are not put in force" in gateway.process.log.read_text()[before:])
        assert [status(gateway, jane) for jane in janes] == [401, 200]


@pytest.fixture(scope="module")
def open_paths(launcher, folder):
    """A gateway that lets strangers ask for health."""
    configuration = folder / "anonymous.yaml"
    configuration.write_text(json.dumps({
        "apiVersion": "apiserver.config.k8s.io/v1", "kind": "AuthenticationConfiguration",
        "anonymous": {"enabled": True, "conditions": [{"path": "/livez"}, {"path": "/readyz"}]}}))
    gateway = launcher.start("open-paths", authentication_config=configuration)
    yield gateway
    launcher.stop(gateway)


@pytest.mark.parametrize("target, expected", [
    ("/livez", 200), ("/readyz", 200), ("/livez?verbose", 200), ("/livez/ping", 401), ("/healthz", 401), ("/version", 401), (PODS, 401),
    ("//livez", 401), ("/livez/..", 401), ("/livez/../api", 401)])
def test_strangers_on_chosen_paths(open_paths, people, target, expected):
    assert status(open_paths, people["stranger"], target) == expected


def test_bad_credentials_are_not_made_good_by_an_open_path(open_paths, people):
    assert status(open_paths, people["stranger"].with_token("nobody.gave.it"), "/livez") == 401


def test_strangers_have_a_name_in_the_record(open_paths, people):
    headers = [("Audit-ID", "a-stranger")]
    assert wire.ask(open_paths.address, people["stranger"], "GET", "/livez", headers).status == 200
    user = events.complete(open_paths.audit_log, "a-stranger")["user"]
    assert (user["username"], user["groups"]) == ("system:anonymous", ["system:unauthenticated"])
