"""Certificates beyond the control plane's own."""

import datetime
import ipaddress
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)


def authority(name: str) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder([(NameOID.COMMON_NAME, name)], key, DAY)
    builder = builder.issuer_name(_name([(NameOID.COMMON_NAME, name)]))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(key, hashes.SHA256()), key


def load_authority(folder: pathlib.Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    certificate = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
    return certificate, serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)


def leaf(issuer, subject: list[tuple[x509.ObjectIdentifier, str]], life: datetime.timedelta = DAY, server: bool = False):
    """A certificate for loopback, or for a client, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    usage = ExtendedKeyUsageOID.SERVER_AUTH if server else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = _builder(subject, key, life).issuer_name(issuer[0].subject)
    builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    if server:
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(issuer[1], hashes.SHA256()), key


def write(path: pathlib.Path, certificate: x509.Certificate, key) -> tuple[pathlib.Path, pathlib.Path]:
    """Writes PATH.crt and PATH.key, each put in place in one step."""
    files = path.with_suffix(".crt"), path.with_suffix(".key")
    for file, data in zip(files, (pem(certificate), key_pem(key))):
        replace(file, data)
    return files


def replace(file: pathlib.Path, data: bytes) -> None:
    fresh = file.with_name(file.name + ".new")
    fresh.write_bytes(data)
    fresh.rename(file)


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def key_pem(key) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _builder(subject, key, life: datetime.timedelta) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    start = min(now - DAY, now + life - DAY)
    return (x509.CertificateBuilder().subject_name(_name(subject)).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(now + life))


def _name(parts) -> x509.Name:
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])
