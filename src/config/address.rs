//! Ids and addresses of a configuration, checked: a request must never go where it was not meant to.

use crate::error::redact;
use crate::text::{after_last, contains, cut, parts};
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
    web_url(text).filter(|url| url.safe)
}

/// An address without query and fragment: https or http.
fn web_url(text: &str) -> Option<Url> {
    Url::parse(text).filter(|url| url.web && url.query.is_empty() && !url.fragment)
}

/// The address that requests are posted to, in place of AWS's own; and whether nobody on the network can read them.
pub(super) fn endpoint(text: &str) -> Option<(String, bool)> {
    let url = web_url(text)?;
    let slash = if url.path.is_empty() || text.ends_with('/') {
        "/"
    } else {
        ""
    };
    Some(([url.origin.as_str(), &url.path, slash].concat(), url.safe))
}

/// Cognito's own issuer, read: the pool, and the origin that requests go to. `None` for any other text.
pub(crate) fn issuer(text: &str) -> Option<(String, String)> {
    let pool = after_last(text, b'/');
    let origin = pool_origin(pool).filter(|_| is_region(pool))?;
    (text == [&origin, "/", pool].concat()).then(|| (pool.to_owned(), origin))
}

/// The pool that an authority of oidc-client-ts names at its end, as an issuer does.
pub(super) fn pool_of(authority: &Url) -> Option<&str> {
    let pool = after_last(&authority.path, b'/');
    // Any path may hold an underscore; only an emulator's pools have names of their own.
    let is_pool = authority.loopback || is_region(pool);
    pool_origin(pool).filter(|_| is_pool).map(|_| pool)
}

/// Whether it begins with a region of AWS, such as `eu-central-1_`.
fn is_region(pool: &str) -> bool {
    let region = cut(pool, b"_").map_or("", |pool| pool.0);
    let number = after_last(region, b'-');
    region.starts_with(|c: char| c.is_ascii_lowercase())
        && contains(region, "-")
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The origin of the hosted UI: a bare host or an origin was given. Else what to write instead, where that is known.
pub(super) fn domain(text: &str, pool: &str) -> Result<String, Option<String>> {
    let whole = contains(text, "//");
    let url = Url::parse(&[if whole { "" } else { "https://" }, text].concat());
    let Some(url) = url.filter(|url| url.web) else {
        return Err(None);
    };
    // The dot of the root is no part of a certificate's name.
    let origin = url.origin.strip_suffix('.').unwrap_or(&url.origin);
    let host = after_last(origin, b'/');
    if host.is_empty() || host.starts_with('.') {
        return Err(None);
    }
    if !url.loopback && !contains(host, ".") && !contains(host, ":") {
        let region = cut(pool, b"_").map_or("<region>", |pool| pool.0);
        let prefix = redact(host);
        return Err(Some(
            [&prefix, ".auth.", region, ".amazoncognito.com"].concat(),
        ));
    }
    if url.safe && url.path.is_empty() && url.query.is_empty() && !url.fragment {
        return Ok(origin.to_owned());
    }
    let scheme = match (whole, url.loopback) {
        (false, _) => "",
        (true, false) => "https://",
        (true, true) => "http://",
    };
    Err(Some([scheme, &redact(host)].concat()))
}

/// A sign-out URL that Cognito would register: a web address, or a scheme of the app's own.
pub(super) fn is_redirect(text: &str) -> bool {
    // A host and its port read like a scheme.
    Url::parse(text)
        .is_some_and(|url| !url.fragment && (url.safe || !url.web && with_http(text).is_none()))
}

/// The address that a text without a scheme is meant to be.
fn with_http(text: &str) -> Option<Url> {
    Url::parse(&["http://", text].concat()).filter(|url| !url.fragment)
}

/// How to write a sign-out URL that lacks its scheme, or has http where only https will do.
pub(super) fn written(text: &str) -> Option<String> {
    let bare = text.strip_prefix("http://").unwrap_or(text);
    let url = with_http(bare)?;
    let host = after_last(&url.origin, b'/');
    let scheme = match url.loopback {
        true => "http://",
        // A lone word is as likely a path.
        false if contains(host, ".") || contains(host, ":") => "https://",
        false => return None,
    };
    Some([scheme, &redact(bare)].concat())
}

/// The addresses of a text that may hold several, joined by commas as Amplify v5 does. A comma in a query is a part of it,
/// unless another address follows.
pub(super) fn joined(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut gap = String::new();
    for part in parts(text, b',') {
        let trimmed = part.trim_ascii();
        let begins = cut(trimmed, b":").is_some_and(|(_, rest)| rest.starts_with('/'))
            && Url::parse(trimmed).is_some();
        match all.last_mut() {
            Some(last) if contains(last, "?") && !begins => {
                gap.push(',');
                if !trimmed.is_empty() {
                    last.push_str(&gap);
                    last.push_str(part);
                    gap.clear();
                }
            }
            _ if trimmed.is_empty() => {}
            _ => {
                all.push(trimmed.to_owned());
                gap.clear();
            }
        }
    }
    all
}
