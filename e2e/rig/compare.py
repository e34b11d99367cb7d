"""Two answers to one request: what is left of them once what changes from call to call is taken out."""

import gzip
import json
import re
import zlib
from dataclasses import dataclass, replace

from .gateway import SELF
from .wire import Answer

# Differ from call to call whoever answers. Of these only the presence is compared.
VOLATILE_HEADERS = {"date", "audit-id"}
FRAMING = {"content-length", "transfer-encoding"}
# A stand-in is a second server: these follow from when it was started and from its port.
SERVER_HEADERS = {"last-modified", "etag"} if SELF else set()
SERVER_RULES = [(re.compile(rb"127\.0\.0\.1:\d{4,5}"), b"SERVER")] if SELF else []

RULES = [
    # The version of a list moves with every write anywhere.
    (re.compile(rb'("resourceVersion": ?)"\d+"'), rb'\1"#"'),
    (re.compile(rb'(resourceVersion: )"\d+"'), rb'\1"#"'),
    (re.compile(rb'("continue": ?)"[^"]+"'), rb'\1"#"'),
    (re.compile(rb'(continue: )\S+'), rb'\1#'),
]
# Taken out of the answers to writes alone: objects that were there before keep theirs in the comparison.
WRITE_RULES = [
    (re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), b"UID"),
    (re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), b"TIME"),
    (re.compile(rb"eyJ[\w-]+\.[\w-]+\.[\w-]+"), b"TOKEN"),
    (re.compile(rb"(made|kube-api-access)-[a-z0-9]{5}\b"), rb"\1-#####"),
]
# Binary encodings hold the same digits without their names.
BINARY = re.compile(rb"\d{2,}")
BINARY_TYPES = ("protobuf", "cbor")
AGE = re.compile(rb'"(\d+[smhd])+"')


@dataclass(frozen=True)
class Plain:
    """An answer in the form in which it is compared."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def plain(answer: Answer, compare: str, writes: bool) -> Plain:
    body = b"" if compare in ("headers", "status") else _body(answer, compare, writes)
    changed = body != answer.body
    headers = () if compare == "status" else tuple(sorted(_headers(answer, changed or compare == "headers")))
    return Plain(answer.status, headers, body)


def differences(direct: Plain, through: Plain) -> list[str]:
    """What differs, in words; empty if nothing does."""
    found = []
    direct, through = _framed_alike(direct, through)
    if direct.status != through.status:
        found.append(f"status {direct.status} became {through.status}")
    lost, added = set(direct.headers) - set(through.headers), set(through.headers) - set(direct.headers)
    if direct.headers != through.headers:
        found.append(f"headers lost {sorted(lost)} added {sorted(added)}")
    if direct.body != through.body:
        found.append("body " + _first_difference(direct.body, through.body))
    return found


def _framed_alike(*sides: Plain) -> list[Plain]:
    """Each hop frames a body in its own way: Go chunks from 2 KiB on over HTTP/1.1, and from 4 KiB on over HTTP/2."""
    chunked = ["transfer-encoding" in dict(side.headers) for side in sides]
    if len(set(chunked)) == 1:
        return list(sides)
    return [replace(side, headers=tuple(pair for pair in side.headers if pair[0] not in FRAMING)) for side in sides]


def _headers(answer: Answer, length_varies: bool):
    for name, value in answer.headers:
        if name in SERVER_HEADERS or (name == "content-length" and length_varies):
            continue
        yield name, "" if name in VOLATILE_HEADERS else value
    for name, value in answer.trailers:
        yield f"trailer {name}", value


def _body(answer: Answer, compare: str, writes: bool) -> bytes:
    body = _decoded(answer)
    kind = answer.first("content-type")
    if compare == "rules":
        body = _sorted_rules(body)
    for pattern, put in RULES + SERVER_RULES + (WRITE_RULES if writes else []):
        body = pattern.sub(put, body)
    if "as=Table" in kind or b'"kind":"Table"' in body:
        body = AGE.sub(b'"AGE"', body)
    return BINARY.sub(b"#", body) if any(name in kind for name in BINARY_TYPES) else body


def _sorted_rules(body: bytes) -> bytes:
    """A rules review lists bindings in an order that is not fixed from one kube-apiserver to the next."""
    review = json.loads(body)
    if review["kind"] != "SelfSubjectRulesReview":
        return body
    for kind in ("resourceRules", "nonResourceRules"):
        review["status"][kind].sort(key=json.dumps)
    return json.dumps(review).encode()


def _decoded(answer: Answer) -> bytes:
    coding = answer.first("content-encoding")
    if not answer.body or not coding:
        return answer.body
    return gzip.decompress(answer.body) if coding == "gzip" else zlib.decompress(answer.body)


def _first_difference(left: bytes, right: bytes) -> str:
    at = next((index for index, (one, other) in enumerate(zip(left, right)) if one != other), min(len(left), len(right)))
    start = max(at - 60, 0)
    return f"at {at}: {left[start:at + 160]!r} became {right[start:at + 160]!r}"
