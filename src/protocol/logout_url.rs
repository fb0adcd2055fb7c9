//! The hosted UI's logout address, and the sign-out URL to come back to.

use crate::config::HostedUi;
use crate::error::AuthError;
use crate::text::{COMPONENT, parts, push_encoded};
use crate::url::Url;

/// `{origin}/logout?client_id=..&logout_uri=..`: Cognito ignores all other parameters, `state` included.
pub fn build(hosted_ui: &HostedUi, client_id: &str, redirect: &str) -> String {
    let mut out = hosted_ui.origin.clone();
    out.push_str("/logout?client_id=");
    push_encoded(&mut out, client_id, COMPONENT);
    out.push_str("&logout_uri=");
    push_encoded(&mut out, redirect, COMPONENT);
    out
}

/// The sign-out URL to come back to: always one of the configured (contract, "Which redirect").
///
/// # Errors
/// `configuration`: the explicit one is not configured, or none fits the page.
pub fn choose(
    redirects: &[String],
    explicit: Option<&str>,
    page_url: &str,
) -> Result<String, AuthError> {
    if let Some(explicit) = explicit {
        // Cognito compares them letter by letter.
        let known = redirects.iter().any(|redirect| redirect == explicit);
        return known.then(|| explicit.to_owned()).ok_or_else(|| {
            AuthError::configuration(
                "redirectUrl",
                "is none of the configured sign-out URLs. It must equal one of them exactly.",
            )
        });
    }
    let page = Url::parse(page_url).filter(|page| page.web);
    let on_loopback = page.as_ref().is_some_and(|page| page.loopback);
    let mut best: Option<&String> = None;
    let mut best_rank = 0;
    for redirect in redirects {
        let Some(url) = Url::parse(redirect) else {
            continue;
        };
        let rank = match &page {
            Some(page) if page.origin == url.origin => 2 + shared_segments(&page.path, &url.path),
            _ if url.loopback && !on_loopback => 0,
            _ => 1,
        };
        // Of equals, the first configured one stays.
        if rank > best_rank {
            (best, best_rank) = (Some(redirect), rank);
        }
    }
    best.cloned().ok_or_else(|| {
        AuthError::configuration(
            "redirectSignOut",
            "the sign-out URL could not be created: none is configured that fits this page. Configure one that the app client allows.",
        )
    })
}

/// How many path segments are the same, from the first on.
fn shared_segments(a: &str, b: &str) -> usize {
    parts(a, b'/')
        .zip(parts(b, b'/'))
        .take_while(|(a, b)| a == b)
        .count()
}

/// Whether two addresses are of one origin.
pub fn same_origin(a: &str, b: &str) -> bool {
    match (Url::parse(a), Url::parse(b)) {
        (Some(a), Some(b)) => a.origin == b.origin,
        _ => false,
    }
}

/// Whether two addresses are the same: parsed, without fragment and trailing slash.
pub fn same_address(a: &str, b: &str) -> bool {
    match (Url::parse(a), Url::parse(b)) {
        (Some(a), Some(b)) => a.origin == b.origin && a.path == b.path && a.query == b.query,
        _ => false,
    }
}
