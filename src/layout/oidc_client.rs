//! The layout of oidc-client-ts and react-oidc-context: one JSON record a user, one a sign-in under way.

use crate::json::Json;
use crate::layout::{Found, Layout, StoredSession, Target, is_empty, token};
use crate::session::{Session, SignInMethod};
use crate::text::after_last;

/// What all keys of the library begin with, unless its stores are made with another prefix.
pub(crate) const PREFIX: &str = "oidc.";

/// What a user's key begins with.
pub(super) fn user_prefix(target: &Target) -> String {
    [&target.user_store_prefix, "user:"].concat()
}

/// The keys of the user, with the authority spelt both ways.
pub(super) fn user_keys(target: &Target, keys: &mut Vec<String>) {
    let bare = bare(&target.authority);
    let prefix = user_prefix(target);
    for slash in ["", "/"] {
        keys.push([&prefix, bare, slash, ":", &target.client_id].concat());
    }
}

/// The authority without a trailing slash.
fn bare(authority: &str) -> &str {
    authority.strip_suffix('/').unwrap_or(authority)
}

/// Whether an authority is the pool's: the configured one, or another host's that names the same pool.
fn is_ours(target: &Target, authority: &str) -> bool {
    let authority = bare(authority);
    authority == bare(&target.authority) || after_last(authority, b'/') == target.user_pool_id
}

/// The sessions and the sign-ins under way of the client in what was read of one store.
pub(super) fn find(target: &Target, snapshot: &[(String, String)], found: &mut Found) {
    let prefix = user_prefix(target);
    for (key, value) in snapshot {
        if let Some(rest) = key.strip_prefix(&prefix) {
            let authority = rest
                .strip_suffix(target.client_id.as_str())
                .and_then(|rest| rest.strip_suffix(':'));
            if authority.is_some_and(|authority| is_ours(target, authority)) {
                match session(value) {
                    Some(session) => found.sessions.push(StoredSession {
                        session,
                        layout: Layout::OidcClient,
                        keys: vec![key.clone()],
                        device_keys: Vec::new(),
                    }),
                    None => found.leftovers.push(key.clone()),
                }
            }
        } else if key.starts_with(PREFIX)
            && let Some(state) = Json::parse(value)
        {
            // A state record says in its value whose it is.
            let says = |name: &str| state.get(name).and_then(Json::as_str).unwrap_or_default();
            if says("client_id") == target.client_id && is_ours(target, says("authority")) {
                found.leftovers.push(key.clone());
            }
        }
    }
}

/// The session in a user record; `None` where it holds no token.
fn session(value: &str) -> Option<Session> {
    let json = Json::parse(value)?;
    let token = |name: &str| token(json.get(name).and_then(Json::as_str));
    let mut session = Session {
        access_token: token("access_token"),
        id_token: token("id_token"),
        refresh_token: token("refresh_token"),
        // Cognito speaks OpenID Connect at the hosted UI alone.
        sign_in_method: Some(SignInMethod::HostedUi),
        current: true,
        ..Session::default()
    };
    if is_empty(&session) {
        return None;
    }
    if let Some(name) = session.access_claims().and_then(|claims| claims.username) {
        session.username = name;
    }
    Some(session)
}
