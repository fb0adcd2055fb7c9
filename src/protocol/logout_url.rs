//! The hosted UI's logout address, and the sign-out URL to come back to.

use crate::config::HostedUi;
use crate::error::AuthError;
use crate::text::push_encoded;
use crate::url::Url;

/// `{origin}/logout?client_id=..&logout_uri=..`: Cognito ignores all other parameters, `state` included.
pub fn build(hosted_ui: &HostedUi, client_id: &str, redirect: &str) -> String {
    let mut out = hosted_ui.origin.clone();
    out.push_str("/logout?client_id=");
    push_encoded(&mut out, client_id, "");
    out.push_str("&logout_uri=");
    push_encoded(&mut out, redirect, "");
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
    let page = Url::parse(page_url).filter(Url::is_web);
    let on_loopback = page.as_ref().is_some_and(Url::is_loopback);
    let mut best: Option<(usize, &String)> = None;
    for redirect in redirects {
        let Some(url) = Url::parse(redirect) else {
            continue;
        };
        let rank = match &page {
            Some(page) if page.origin == url.origin => 1 + shared_segments(&page.path, &url.path),
            _ if url.is_loopback() && !on_loopback => continue,
            _ => 0,
        };
        // Of equals, the first configured one stays.
        if best.is_none_or(|(best, _)| rank > best) {
            best = Some((rank, redirect));
        }
    }
    let problem = if redirects.is_empty() {
        "the sign-out URL could not be created: no sign-out redirect is configured. Configure one that the app client allows."
    } else {
        "the sign-out URL could not be created: no configured sign-out redirect fits this page. Configure one for it that the app client allows."
    };
    match best {
        Some((_, redirect)) => Ok(redirect.clone()),
        None => Err(AuthError::configuration(
            "hostedUI.redirectSignOut",
            problem,
        )),
    }
}

/// How many path segments are the same, from the first on.
fn shared_segments(a: &str, b: &str) -> usize {
    let mut others = b.split('/').filter(|segment| !segment.is_empty());
    a.split('/')
        .filter(|segment| !segment.is_empty())
        .take_while(|segment| others.next() == Some(segment))
        .count()
}

/// Whether two addresses are the same: parsed, without fragment and trailing slash.
pub fn same_address(a: &str, b: &str) -> bool {
    match (Url::parse(a), Url::parse(b)) {
        (Some(a), Some(b)) => {
            a.origin == b.origin && a.bare_path() == b.bare_path() && a.query == b.query
        }
        _ => false,
    }
}
