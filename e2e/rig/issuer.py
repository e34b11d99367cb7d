"""A small OpenID provider, for what a real one will not do: rotate on demand, lie, count, vanish."""

import base64
import hashlib
import hmac
import http.server
import json
import pathlib
import ssl
import threading
import time
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from .ports import LOOPBACK, free_port

AUDIENCE = "kubernetes"


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    """An RSA signing key with its name."""

    def __init__(self, kid: str):
        self.kid = kid
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def jwk(self) -> dict[str, str]:
        numbers = self.private.public_key().public_numbers()
        big = lambda number: encoded(number.to_bytes((number.bit_length() + 7) // 8, "big"))  # noqa: E731
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": big(numbers.n), "e": big(numbers.e)}

    def public_pem(self) -> bytes:
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def sign(self, data: bytes) -> bytes:
        return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())


@dataclass
class Issuer:
    """Serves discovery and keys over HTTPS for as long as the `with` lasts, and signs tokens."""

    pki: pathlib.Path
    keys: list[Key] = field(default_factory=lambda: [Key("first")])
    port: int = field(default_factory=free_port)
    key_requests: int = 0
    server: http.server.ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"https://{LOOPBACK}:{self.port}"

    def __enter__(self) -> "Issuer":
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self.down()

    def up(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(str(self.pki / "apiserver.crt"), str(self.pki / "apiserver.key"))
        self.server = http.server.ThreadingHTTPServer((LOOPBACK, self.port), self._handler())
        self.server.daemon_threads = True
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def down(self) -> None:
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def claims(self, **changed: object) -> dict[str, object]:
        """Those of a good token; None leaves one out."""
        now = int(time.time())
        good = {"iss": self.url, "aud": AUDIENCE, "sub": "jane", "groups": ["dev"], "exp": now + 600, "iat": now, "nbf": now - 5,
                "jti": f"id-{now}", "email": "jane@example.com"}
        return {name: value for name, value in {**good, **changed}.items() if value is not None}

    def token(self, key: Key | None = None, kid: str | None = None, **changed: object) -> str:
        key = key or self.keys[-1]
        return signed({"alg": "RS256", "typ": "JWT", "kid": kid or key.kid}, self.claims(**changed), key.sign)

    def _handler(self):
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                answers = {"/.well-known/openid-configuration": issuer.discovery, "/keys": issuer.jwks}
                body = json.dumps(answers[self.path]() if self.path in answers else {}).encode()
                self.send_response(200 if self.path in answers else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler

    def discovery(self) -> dict[str, object]:
        return {"issuer": self.url, "jwks_uri": f"{self.url}/keys", "authorization_endpoint": f"{self.url}/auth", "response_types_supported": ["id_token"],
                "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"]}

    def jwks(self) -> dict[str, object]:
        self.key_requests += 1
        return {"keys": [key.jwk() for key in self.keys]}


def signed(header: dict[str, object], claims: dict[str, object], sign) -> str:
    """A compact JWS; `sign` makes the signature of the first two parts."""
    data = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(claims).encode())}"
    return f"{data}.{encoded(sign(data.encode()))}"


def hmac_with(secret: bytes):
    return lambda data: hmac.new(secret, data, hashlib.sha256).digest()
