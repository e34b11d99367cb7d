//! An item of `jwt`: an issuer and what its tokens' claims mean.

use std::collections::BTreeSet;

use super::reader::{Problems, Reader};
use super::{authority, claims, url};
use crate::Issuer;
use crate::jwt::Algorithm;

/// Reads an item. What it returns is valid only if no problem was reported.
pub(super) fn read(item: &Reader<'_>) -> Issuer {
    item.only(&["issuer", "claimValidationRules", "claimMappings", "userValidationRules"]);
    let place = item.field("issuer");
    place.only(&[
        "url",
        "discoveryURL",
        "certificateAuthority",
        "audiences",
        "audienceMatchPolicy",
        "egressSelectorType",
    ]);
    let authority = place.field("certificateAuthority");
    let server = server(
        (place.field("url").path(), &place.field("url").text()),
        (authority.path(), authority.text()),
        item.problems(),
    );
    let discovery_url = discovery_url(&place.field("discoveryURL"), &server.url);
    let audiences = audiences(&place);
    if !place.field("egressSelectorType").text().is_empty() {
        place
            .field("egressSelectorType")
            .report("is not supported: the gateway connects to issuers directly; leave it out");
    }
    let mappings = claims::mappings(&item.field("claimMappings"));
    let required = claims::rules(&item.field("claimValidationRules"));
    claims::user_rules(&item.field("userValidationRules"));
    Issuer {
        url: server.url,
        discovery_url,
        certificate_authority: server.certificate_authority,
        audiences,
        algorithms: Algorithm::ALL.to_vec(),
        username: mappings.username,
        groups: mappings.groups,
        uid: mappings.uid,
        required,
    }
}

/// Who an issuer is and who vouches for its server.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) certificate_authority: Option<String>,
}

/// Checks them, wherever they were written.
pub(crate) fn server(
    (url_path, url): (&str, &str),
    (authority_path, authority): (&str, String),
    problems: &Problems,
) -> Server {
    if url.is_empty() {
        problems.report(url_path, "is required".to_owned());
    } else {
        check_url(url_path, url, problems);
    }
    let certificate_authority = Some(authority).filter(|pem| !pem.is_empty());
    if let Some(problem) = certificate_authority.as_deref().and_then(authority::problem) {
        problems.report(authority_path, problem.to_owned());
    }
    Server { url: url.to_owned(), certificate_authority }
}

fn check_url(path: &str, url: &str, problems: &Problems) {
    for problem in url::problems(url) {
        problems.report(path, format!("{problem}, but is {url:?}"));
    }
}

fn discovery_url(place: &Reader<'_>, url: &str) -> Option<String> {
    let discovery_url = place.text_if_present().filter(|url| !url.is_empty())?;
    if !url.is_empty() && url.trim_end_matches('/') == discovery_url.trim_end_matches('/') {
        place.report("must be different from url; the exact place of the document is needed");
    }
    check_url(place.path(), &discovery_url, place.problems());
    Some(discovery_url)
}

fn audiences(place: &Reader<'_>) -> Vec<String> {
    let list = place.field("audiences");
    let items = list.items();
    let mut audiences = Vec::new();
    let mut seen = BTreeSet::new();
    for item in &items {
        let audience = item.text();
        if audience.is_empty() {
            item.report("must not be empty");
        } else if !seen.insert(audience.clone()) {
            item.report_duplicate(&audience);
        }
        audiences.push(audience);
    }
    if audiences.is_empty() {
        list.report("at least one audience is required");
        return audiences;
    }
    let policy = place.field("audienceMatchPolicy");
    match (audiences.len(), policy.text().as_str()) {
        (1, "") | (_, "MatchAny") => {}
        (1, _) => policy.report("must be empty or MatchAny for a single audience"),
        (_, _) => policy.report("must be MatchAny for several audiences"),
    }
    audiences
}
