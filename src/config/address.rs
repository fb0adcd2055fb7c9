//! Ids and addresses of a configuration, checked: a request must never go where it was not meant to.

use crate::text::{contains, cut};
use crate::url::Url;

/// Cognito's own origin for the pool; `None` where it is no pool id. The region becomes a part of a host
/// name, so nothing else may be in it.
pub(super) fn pool_origin(pool: &str) -> Option<String> {
    let (region, id) = cut(pool, b"_")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if region.is_empty() || id.is_empty() || pool.len() > 55 {
        return None;
    }
    if !region.bytes().chain(id.bytes()).all(plain) {
        return None;
    }
    // AWS General Reference, "Amazon Cognito endpoints": China and the EU sovereign cloud have domains of their own.
    let domain = if region.starts_with("cn-") {
        "com.cn"
    } else if region.starts_with("eusc-") {
        "eu"
    } else {
        "com"
    };
    Some(["https://cognito-idp.", region, ".amazonaws.", domain].concat())
}

/// Whether it is an app client id: it becomes a part of storage keys, so it holds no dot.
pub(super) fn is_client_id(id: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'+';
    id.len() <= 128 && id.bytes().all(known)
}

/// An address without query and fragment: https, or http on this machine.
pub(super) fn plain_url(text: &str) -> Option<Url> {
    Url::parse(text).filter(|url| url.safe && url.query.is_empty() && !url.fragment)
}

/// The address that requests are posted to, in place of AWS's own.
pub(super) fn endpoint(text: &str) -> Option<String> {
    let url = plain_url(text)?;
    let slash = if url.path.is_empty() || text.ends_with('/') {
        "/"
    } else {
        ""
    };
    Some([url.origin.as_str(), &url.path, slash].concat())
}

/// The origin of the hosted UI: a bare host or an origin was given.
pub(super) fn domain(text: &str) -> Option<String> {
    let scheme = if contains(text, "//") { "" } else { "https://" };
    plain_url(&[scheme, text].concat())
        .filter(|url| url.path.is_empty())
        .map(|url| url.origin)
}

/// A sign-out URL that Cognito would register: a web address, or a scheme of the app's own.
pub(super) fn is_redirect(text: &str) -> bool {
    Url::parse(text).is_some_and(|url| !url.fragment && (url.safe || !url.web))
}
