//! The layout of oidc-client-ts and react-oidc-context: one JSON record a user, one a sign-in under way.

use crate::config::address;
use crate::json::Json;
use crate::layout::keys::OIDC;
use crate::layout::{Found, Layout, StoredSession, Target, is_empty, token};
use crate::session::{Session, SignInMethod};
use crate::text::{after_last, contains};

/// What a user's key begins with: as the store was made, and by default.
pub(super) fn user_prefixes(target: &Target) -> Vec<String> {
    let mut prefixes = vec![[&target.user_store_prefix, "user:"].concat()];
    if target.user_store_prefix != OIDC {
        prefixes.push([OIDC, "user:"].concat());
    }
    prefixes
}

/// The keys of the user, with each authority spelt both ways.
pub(super) fn user_keys(target: &Target, keys: &mut Vec<String>) {
    for prefix in user_prefixes(target) {
        for authority in &target.authorities {
            for slash in ["", "/"] {
                keys.push([&prefix, authority, slash, ":", &target.client_id].concat());
            }
        }
    }
}

/// The app client whose user this key holds, where its authority is a user pool's or a hosted UI's.
pub(super) fn client_of<'a>(target: &Target, key: &'a str) -> Option<&'a str> {
    let prefixes = user_prefixes(target);
    let rest = prefixes
        .iter()
        .find_map(|prefix| key.strip_prefix(prefix.as_str()))?;
    // A pool's id is the last segment of its issuer: `region_name`.
    let is_cognito = contains(rest, "cognito") || contains(after_last(rest, b'/'), "_");
    is_cognito.then(|| after_last(rest, b':'))
}

/// Whether it is the id of a sign-in under way: a UUID without its hyphens.
pub(super) fn is_id(key: &str) -> bool {
    key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether an authority is the pool's: a configured one, or another host's that names the same pool.
fn is_ours(target: &Target, authority: &str) -> bool {
    let authority = authority.strip_suffix('/').unwrap_or(authority);
    let pool = after_last(authority, b'/');
    target.authorities.iter().any(|ours| ours == authority)
        || !pool.is_empty() && pool == target.user_pool_id
}

/// Whether a session is of the pool: its tokens say so. Only where they can't, the authority it is stored under does.
fn is_of_pool(target: &Target, session: &Session, authority: &str) -> bool {
    match session.issuer() {
        None => is_ours(target, authority),
        Some(issuer) if target.user_pool_id.is_empty() => {
            address::issuer(&issuer).is_some() || is_ours(target, authority)
        }
        Some(issuer) => after_last(&issuer, b'/') == target.user_pool_id,
    }
}

/// The sessions and the sign-ins under way of the client in what was read of one store.
pub(super) fn find(target: &Target, snapshot: &[(String, String)], found: &mut Found) {
    let prefixes = user_prefixes(target);
    for (key, value) in snapshot {
        let rest = prefixes.iter().find_map(|prefix| key.strip_prefix(prefix));
        if let Some(rest) = rest {
            let authority = rest
                .strip_suffix(target.client_id.as_str())
                .and_then(|rest| rest.strip_suffix(':'));
            let Some(authority) = authority else {
                continue;
            };
            match session(value) {
                Some(session) if is_of_pool(target, &session, authority) => {
                    found.sessions.push(StoredSession {
                        session,
                        layout: Layout::OidcClient,
                        keys: vec![key.clone()],
                        device_keys: Vec::new(),
                    });
                }
                None if is_ours(target, authority) => found.leftovers.push(key.clone()),
                _ => {}
            }
        } else if (key.starts_with(OIDC) || is_id(key))
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
