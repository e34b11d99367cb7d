"""Who asks: a name and the credential that proves it."""

import functools
import pathlib
import ssl
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Person:
    """A caller. Without a certificate and without a token it is a stranger."""

    name: str
    ca: pathlib.Path
    certificate: pathlib.Path | None = None
    key: pathlib.Path | None = None
    token: str = ""

    def tls(self, *protocols: str) -> ssl.SSLContext:
        """How this person opens a TLS connection."""
        return _context(self.ca, self.certificate, self.key, protocols)

    def headers(self) -> list[tuple[str, str]]:
        return [("Authorization", f"Bearer {self.token}")] if self.token else []

    def with_token(self, token: str) -> "Person":
        return replace(self, token=token)

    def kubeconfig_user(self) -> dict[str, str]:
        """The `user` part of a kubeconfig."""
        if self.token:
            return {"token": self.token}
        return {"client-certificate": str(self.certificate), "client-key": str(self.key)} if self.certificate else {}


@functools.cache
def _context(ca: pathlib.Path, certificate: pathlib.Path | None, key: pathlib.Path | None,
             protocols: tuple[str, ...]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(ca))
    if certificate:
        context.load_cert_chain(str(certificate), str(key))
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context
