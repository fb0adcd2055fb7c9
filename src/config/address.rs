//! Ids and addresses of a configuration, checked: a request must never go where it was not meant to.

use crate::config::shape::Found;
use crate::error::AuthError;
use crate::fields::{At, Fields};
use crate::text::contains;
use crate::url::Url;

/// What the shapes have in common.
pub(super) struct Source {
    pub(super) user_pool_id: String,
    pub(super) user_pool_client_id: String,
    pub(super) identity_pool_id: Option<String>,
    pub(super) endpoint: String,
    pub(super) authority: String,
}

/// Reads a shape that names the user pool.
pub(super) fn pool<F: Fields>(found: &Found<F>, root: &At<F>) -> Result<Source, AuthError> {
    let (shape, at) = (found.shape, found.at(root));
    let user_pool_id = at.required(shape.pool)?;
    let origin = pool_origin(&user_pool_id).ok_or_else(|| {
        at.error(
            shape.pool,
            "is not a user pool id. It looks like eu-central-1_AbCdEf123.",
        )
    })?;
    Ok(Source {
        user_pool_client_id: client_id(at, shape.client)?,
        identity_pool_id: at.text(shape.identity_pool)?,
        endpoint: match at.text(shape.endpoint)? {
            Some(text) => endpoint(at, shape.endpoint, &text)?,
            None => [origin.as_str(), "/"].concat(),
        },
        authority: [origin.as_str(), "/", &user_pool_id].concat(),
        user_pool_id,
    })
}

/// Reads the settings of oidc-client-ts, whose authority ends with the user pool id.
pub(super) fn oidc<F: Fields>(root: &At<F>) -> Result<Source, AuthError> {
    let authority = root.required("authority")?;
    let problem = "must be https://cognito-idp.<region>.amazonaws.com/<userPoolId>.";
    let url = plain_url(&authority).ok_or_else(|| root.error("authority", problem))?;
    let user_pool_id = url.bare_path().rsplit('/').next().unwrap_or_default();
    if pool_origin(user_pool_id).is_none() {
        return Err(root.error("authority", problem));
    }
    Ok(Source {
        user_pool_id: user_pool_id.to_owned(),
        user_pool_client_id: client_id(root, "client_id")?,
        identity_pool_id: None,
        endpoint: [url.origin.as_str(), "/"].concat(),
        authority,
    })
}

/// Cognito's own origin for the pool; `None` where it is no pool id. The region becomes a part of a host
/// name, so nothing else may be in it.
fn pool_origin(pool: &str) -> Option<String> {
    let (region, id) = pool.split_once('_')?;
    let plain = |text: &str, hyphen: bool| {
        !text.is_empty()
            && text.len() <= 55
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || hyphen && byte == b'-')
    };
    if !plain(region, true) || !plain(id, false) {
        return None;
    }
    // cognito-wire.md, "Region": China and the EU sovereign cloud have domains of their own.
    let domain = if region.starts_with("cn-") {
        ".amazonaws.com.cn"
    } else if region.starts_with("eusc-") {
        ".amazonaws.eu"
    } else {
        ".amazonaws.com"
    };
    Some(["https://cognito-idp.", region, domain].concat())
}

/// An app client id: it becomes a part of storage keys, so it holds no dot.
fn client_id<F: Fields>(at: &At<F>, name: &str) -> Result<String, AuthError> {
    let id = at.required(name)?;
    let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'+';
    if id.len() > 128 || !id.bytes().all(known) {
        return Err(at.error(
            name,
            "is not an app client id. It is letters and digits, such as 1example23456789.",
        ));
    }
    Ok(id)
}

/// An address without query and fragment: https, or http on this machine.
fn plain_url(text: &str) -> Option<Url> {
    Url::parse(text).filter(|url| url.is_safe() && url.query.is_empty() && !url.fragment)
}

/// The address that requests are posted to, in place of AWS's own.
pub(super) fn endpoint<F: Fields>(at: &At<F>, name: &str, text: &str) -> Result<String, AuthError> {
    match plain_url(text) {
        Some(url) => Ok([url.origin, url.path].concat()),
        None => Err(at.error(
            name,
            "must be an https URL (http on this machine only) without user, query and fragment.",
        )),
    }
}

/// The origin of the hosted UI: a bare host or an origin was given.
pub(super) fn domain<F: Fields>(at: &At<F>, text: &str) -> Result<String, AuthError> {
    let scheme = if contains(text, "//") { "" } else { "https://" };
    let full = [scheme, text].concat();
    match plain_url(&full) {
        Some(url) if url.path == "/" => Ok(url.origin),
        _ => Err(at.error(
            "domain",
            "must be a host such as my-app.auth.eu-central-1.amazoncognito.com, or an https origin (http on this machine only).",
        )),
    }
}

/// A sign-out URL that Cognito would register: a web address, or a scheme of the app's own.
pub(super) fn is_redirect(text: &str) -> bool {
    Url::parse(text).is_some_and(|url| !url.fragment && (url.is_safe() || !url.is_web()))
}
