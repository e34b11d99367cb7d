//! Credential bytes to a caller: X.509, OpenID Connect, service accounts. Pure.
