//! Certificates and tokens in kubeconfigs: files, and texts in `ConfigMap`s.

use inventory::{Kind, NamedUser, Object, Origin};
use pki::Role;
use tree::{Path, Tree};

use super::{Credentials, Dated, Place, Sort, Use, decoded};
use crate::{About, Seen};

pub(super) fn read(seen: &Seen<'_>, found: &mut Credentials) {
    for object in seen.of(Kind::KUBECONFIG) {
        let about = about(seen, object);
        for (index, item) in object.tree().get("clusters").items().iter().enumerate() {
            let path = Path::of(&["clusters"]).then(index).then("cluster");
            authority(&about, item.get("cluster"), &path, found);
        }
        for user in
            inventory::Kubeconfig::of(object).into_iter().flat_map(inventory::Kubeconfig::users)
        {
            client(seen, &about, &user, found);
        }
    }
}

/// A kubeconfig goes by the path of its file; one in a `ConfigMap` by that object.
pub(crate) fn about(seen: &Seen<'_>, object: &Object) -> About {
    let name = match object.origin() {
        Origin::Document { file, .. } => seen.file_at(*file).map(inventory::File::path_on_node),
        Origin::Within { object, .. } => Some(object.as_str()),
        Origin::Live => None,
    };
    About { name: name.unwrap_or_default().to_owned(), ..About::object(object) }
}

/// Whose kubeconfig it is, where its place tells.
pub(crate) fn role(about: &About) -> Option<Role> {
    pki::role::of_path(&about.name).map(|placed| placed.role)
}

fn authority(about: &About, cluster: &Tree, path: &Path, found: &mut Credentials) {
    const FIELD: &str = "certificate-authority-data";
    let Some(text) = cluster.get(FIELD).text().and_then(decoded) else { return };
    found.add_pem(&place(about, path.then(FIELD), FIELD), None, Use::Trusted, &text);
}

fn client(seen: &Seen<'_>, about: &About, user: &NamedUser<'_>, found: &mut Credentials) {
    const CERTIFICATE: &str = "client-certificate-data";
    let role = role(about);
    for field in [CERTIFICATE, "client-key-data"] {
        let Some(text) = user.user.get(field).text().and_then(decoded) else { continue };
        let detail = format!("{} {field}", user.name);
        let place = place(about, user.path.then(field), &detail);
        found.add_pem(&place, role, Use::Shown, &text);
    }
    let named = user.user.get("tokenFile").text().and_then(|path| seen.file(path));
    let in_file = named.and_then(|file| file.text.as_deref());
    for (field, token) in [("token", user.user.get("token").text()), ("tokenFile", in_file)] {
        let Some(token) = token.filter(|token| !token.is_empty()) else { continue };
        let place = place(about, user.path.then(field), &format!("{} {field}", user.name));
        add_token(found, place, role, token);
    }
}

fn add_token(found: &mut Credentials, place: Place, role: Option<Role>, token: &str) {
    let Some(claims) = pki::jwt::claims(token) else {
        let what = "token without a date".to_owned();
        return found.add_endless(place, role, what, STATIC.to_owned());
    };
    let credential = pki::Credential { role, ..pki::Credential::of_token(&place.text, &claims) };
    found.dated.push(Dated { credential, place, sort: Sort::Token });
}

fn place(about: &About, path: Path, detail: &str) -> Place {
    let text = format!("{}, {detail}", about.name);
    let pair = super::stem(&text).to_owned();
    Place { about: about.clone(), path: Some(path), text, detail: detail.to_owned(), pair }
}

const STATIC: &str = "Use a credential that ends: a client certificate, or OpenID Connect.";
