"""Certificate files that change while the gateway runs, and client certificates that are not good."""

import datetime
import ssl

import pytest
from cryptography.x509.oid import NameOID
from rig import certificates, wire
from rig.people import Person
from rig.wait import until

PATH = "/api/v1/namespaces/demo/pods/web"
JANE = [(NameOID.ORGANIZATION_NAME, "dev"), (NameOID.COMMON_NAME, "jane")]
# Both watch their files; kube-apiserver also looks once a minute.
RELOAD = 75


@pytest.fixture
def own(plane, launcher, tmp_path):
    """A gateway with certificate files of its own."""
    ours = certificates.load_authority(plane.pki)
    crt, key = certificates.write(tmp_path / "serving", *certificates.leaf(ours, [(NameOID.COMMON_NAME, "gateway")], server=True))
    ca = tmp_path / "clients.crt"
    ca.write_bytes(plane.ca.read_bytes())
    gateway = launcher.start("own-certificates", tls_cert_file=crt, tls_private_key_file=key, client_ca_file=ca)
    yield gateway, tmp_path, ours
    launcher.stop(gateway)


def served(gateway) -> bytes:
    return ssl.get_server_certificate(gateway.address).encode()


def test_a_new_serving_certificate_is_taken_up(own, people):
    gateway, folder, ours = own
    fresh = certificates.leaf(ours, [(NameOID.COMMON_NAME, "gateway-2")], server=True)
    certificates.write(folder / "serving", *fresh)
    until("the new certificate is served", lambda: served(gateway) == certificates.pem(fresh[0]), RELOAD)
    assert wire.ask(gateway.address, people["jane"], "GET", PATH).status == 200


def test_a_half_written_certificate_changes_nothing(own, people):
    gateway, folder, ours = own
    before = served(gateway)
    whole = certificates.pem(certificates.leaf(ours, [(NameOID.COMMON_NAME, "gateway-3")], server=True)[0])
    (folder / "serving.crt").write_bytes(whole[:len(whole) // 2])
    (folder / "serving.key").write_bytes(b"")
    for _ in range(20):
        assert served(gateway) == before
        assert wire.ask(gateway.address, people["jane"], "GET", PATH).status == 200
    # Once both files are whole again they are taken up, without a restart.
    fresh = certificates.leaf(ours, [(NameOID.COMMON_NAME, "gateway-4")], server=True)
    certificates.write(folder / "serving", *fresh)
    until("the whole certificate is served", lambda: served(gateway) == certificates.pem(fresh[0]), RELOAD)


def test_a_new_client_authority_is_taken_up_and_an_old_one_let_go(own, plane, people):
    gateway, folder, _ = own
    other = certificates.authority("other-clients")
    crt, key = certificates.write(folder / "jane-2", *certificates.leaf(other, JANE))
    newcomer = Person("jane", plane.ca, crt, key)
    assert refused(gateway, newcomer)
    certificates.replace(folder / "clients.crt", certificates.pem(other[0]))
    until("the new authority is trusted", lambda: not refused(gateway, newcomer), RELOAD)
    assert refused(gateway, people["jane"])
    (folder / "clients.crt").write_bytes(certificates.pem(other[0])[:100])
    assert not refused(gateway, newcomer)


def refused(gateway, person) -> bool:
    """A bad certificate may be refused in the handshake or with 401."""
    try:
        return wire.ask(gateway.address, person, "GET", PATH).status == 401
    except (ssl.SSLError, OSError, wire.Cut):
        return True


@pytest.mark.parametrize("what", ["expired", "of another authority", "for servers", "without a name", "signed by itself"])
def test_bad_client_certificates_are_refused(plane, gateway, tmp_path, what):
    ours, other = certificates.load_authority(plane.pki), certificates.authority("ca")
    made = {
        "expired": lambda: certificates.leaf(ours, JANE, life=datetime.timedelta(hours=-1)),
        "of another authority": lambda: certificates.leaf(other, JANE),
        "for servers": lambda: certificates.leaf(ours, JANE, server=True),
        "without a name": lambda: certificates.leaf(ours, JANE[:1]),
        "signed by itself": lambda: certificates.authority("jane"),
    }[what]()
    crt, key = certificates.write(tmp_path / "client", *made)
    assert refused(gateway, Person("jane", plane.ca, crt, key))


def test_a_good_client_certificate_of_ours_is_taken(plane, gateway, tmp_path):
    """What the refusals above are measured against."""
    crt, key = certificates.write(tmp_path / "client", *certificates.leaf(certificates.load_authority(plane.pki), JANE))
    assert wire.ask(gateway.address, Person("jane", plane.ca, crt, key), "GET", PATH).status == 200
