//! Credentials in other objects: Secrets, requests, certificates that cert-manager keeps, keys of
//! the encryption at rest, authorities of identity providers.

use encryption::Reload;
use inventory::{Kind, Object};
use pki::Rotation;
use tree::Path;

use super::{CERT_MANAGER_CERTIFICATE, Credentials, Dated, Place, Sort, Use, decoded};
use crate::{Seen, when};

pub(super) fn read(seen: &Seen<'_>, found: &mut Credentials) {
    for object in seen.of(Kind::SECRET) {
        match object.tree().get("type").str() {
            "kubernetes.io/tls" => certificates(object, found),
            "kubernetes.io/service-account-token" => token(object, found),
            "bootstrap.kubernetes.io/token" => bootstrap(object, found),
            _ => {}
        }
    }
    for object in seen.of(Kind::CERTIFICATE_SIGNING_REQUEST) {
        let text = object.tree().at(&["status", "certificate"]).text().and_then(decoded);
        let place = Place::field(object, Path::of(&["status", "certificate"]), "certificate");
        found.add_pem(&place, None, Use::Issued, &text.unwrap_or_default());
    }
    for object in seen.of(CERT_MANAGER_CERTIFICATE) {
        let secret = object.tree().at(&["spec", "secretName"]).str();
        if seen.find(Kind::SECRET, object.namespace(), secret).is_none() {
            kept(object, found);
        }
    }
    for object in seen.of(Kind::ENCRYPTION_CONFIGURATION) {
        encryption_keys(seen, object, found);
    }
    for object in seen.of(Kind::AUTHENTICATION_CONFIGURATION) {
        providers(object, found);
    }
}

/// A value of a Secret, from either of its fields.
pub(crate) fn value(secret: &Object, key: &str) -> Option<(String, Path)> {
    let plain = secret.tree().get("stringData").get(key).text().map(str::to_owned);
    let plain = plain.map(|text| (text, Path::of(&["stringData", key])));
    let coded = || secret.tree().get("data").get(key).text().and_then(decoded);
    plain.or_else(|| Some((coded()?, Path::of(&["data", key]))))
}

fn certificates(secret: &Object, found: &mut Credentials) {
    for (key, used) in [("tls.crt", Use::Shown), ("tls.key", Use::Shown), ("ca.crt", Use::Trusted)]
    {
        let Some((text, path)) = value(secret, key) else { continue };
        let before = found.dated.len();
        found.add_pem(&Place::field(secret, path, key), None, used, &text);
        let issuer = secret.annotation("cert-manager.io/certificate-name");
        for dated in found.dated.iter_mut().skip(before) {
            if let Some(name) = issuer {
                dated.credential.rotates = Rotation::ByItself;
                dated.credential.renew =
                    format!("Run `cmctl renew {name} -n {}`.", secret.namespace());
            }
        }
    }
}

fn token(secret: &Object, found: &mut Credentials) {
    let path = Path::of(&["data", "token"]);
    let place = Place::field(secret, path, "token");
    let account = secret.annotation("kubernetes.io/service-account.name").unwrap_or_default();
    let claims = value(secret, "token").and_then(|(token, _)| pki::jwt::claims(&token));
    let name = format!("system:serviceaccount:{}:{account}", secret.namespace());
    let claims = claims
        .unwrap_or_else(|| pki::jwt::Claims { subject: Some(name), ..pki::jwt::Claims::default() });
    let credential = pki::Credential::of_token(&place.text, &claims);
    found.dated.push(Dated { credential, place, sort: Sort::Token });
}

fn bootstrap(secret: &Object, found: &mut Credentials) {
    let expiration = value(secret, "expiration");
    let path = expiration.as_ref().map_or_else(Path::root, |(_, path)| path.clone());
    let place = Place::field(secret, path, "expiration");
    let credential = pki::Credential {
        what: "bootstrap token".to_owned(),
        role: None,
        place: place.text.clone(),
        not_before: None,
        ends: expiration.and_then(|(text, _)| when::parse(&text)),
        rotates: Rotation::Never,
        renew: "Let it end: `kubeadm token create` makes a new one when a node is to join."
            .to_owned(),
    };
    found.dated.push(Dated { credential, place, sort: Sort::Joining });
}

/// What cert-manager says of a certificate whose Secret may not have been seen.
fn kept(certificate: &Object, found: &mut Credentials) {
    let status = certificate.tree().get("status");
    let Some(ends) = status.get("notAfter").text().and_then(when::parse) else { return };
    let place = Place::field(certificate, Path::of(&["status", "notAfter"]), "notAfter");
    let credential = pki::Credential {
        what: format!("certificate that cert-manager keeps as {}", certificate.name()),
        role: None,
        place: place.text.clone(),
        not_before: status.get("notBefore").text().and_then(when::parse),
        ends: Some(ends),
        rotates: Rotation::ByItself,
        renew: format!("Run `cmctl renew {} -n {}`.", certificate.name(), certificate.namespace()),
    };
    found.dated.push(Dated { credential, place, sort: Sort::Kept });
}

fn encryption_keys(seen: &Seen<'_>, object: &Object, found: &mut Credentials) {
    let Ok(reading) = encryption::read(object.tree(), Reload::AtStart) else { return };
    let file = object.origin().file().and_then(|file| seen.file_at(file));
    for (entry_index, entry) in reading.configuration.entries.iter().enumerate() {
        for (index, provider) in entry.providers.iter().enumerate() {
            for (number, key) in provider.keys().iter().enumerate() {
                let path = Path::of(&["resources"]).then(entry_index).then("providers").then(index);
                let path = path.join(&[provider.field(), "keys"]).then(number);
                let detail = format!("{} key {}", provider.field(), key.name);
                let mut place = Place::field(object, path, &detail);
                if let Some(file) = file {
                    place.text = format!("{}, {detail}", file.path_on_node());
                }
                let what = format!("encryption key {} ({})", key.name, provider.field());
                found.add_endless(place, None, what, ENCRYPTION.to_owned());
            }
        }
    }
}

fn providers(object: &Object, found: &mut Credentials) {
    for (index, provider) in object.tree().get("jwt").items().iter().enumerate() {
        let issuer = provider.get("issuer");
        let text = issuer.get("certificateAuthority").str();
        let path = Path::of(&["jwt"]).then(index).join(&["issuer", "certificateAuthority"]);
        let detail = format!("{} certificateAuthority", issuer.get("url").str());
        found.add_pem(&Place::field(object, path, &detail), None, Use::Trusted, text);
    }
}

const ENCRYPTION: &str = "Add a new key behind it on every API server and restart them, put the new one first and restart, rewrite all Secrets, then remove the old one.";
