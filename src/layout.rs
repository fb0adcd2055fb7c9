//! Where each library keeps a session in the browser: keys in, sessions out.

pub mod amplify;
pub mod cookie;
pub(crate) mod keys;
pub mod oidc_client;

use crate::layout::keys::{GUEST, SHARED, USER_LIST};
use crate::session::{Secret, Session};
use crate::text::parts;

/// What was read of one store: keys and values.
pub type Snapshot = Vec<(String, String)>;

/// Whose sessions are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The user pool; empty where only the tokens name it.
    pub user_pool_id: String,
    /// The app client; no dot in it, so that no client's keys begin like another's.
    pub client_id: String,
    /// The identity pool.
    pub identity_pool_id: Option<String>,
    /// What may stand for the pool in a key of oidc-client-ts: its issuer, the hosted UI; no trailing slash.
    pub authorities: Vec<String>,
    /// What oidc-client-ts puts in front of the user's key.
    pub user_store_prefix: String,
}

/// The library whose layout a session is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Amplify v5 and v6, amazon-cognito-identity-js.
    Amplify,
    /// oidc-client-ts, react-oidc-context.
    OidcClient,
}

/// A session in one store, and the keys that go with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// The session.
    pub session: Session,
    /// Whose layout it is in.
    pub layout: Layout,
    /// The keys to remove when it ends, in this order.
    pub keys: Vec<String>,
    /// The keys of the remembered device, which go with `forgetDevice` only.
    pub device_keys: Vec<String>,
}

/// What a sign-out has to deal with in one store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The sessions to end, the current user's first.
    pub sessions: Vec<StoredSession>,
    /// Keys to remove with them, or when signed out already: sign-in state, flags, the guest identity.
    pub leftovers: Vec<String>,
    /// Entries to write when they end: the list of users without those whose sessions end.
    pub writes: Vec<(String, String)>,
    /// The remembered devices of users who have no session here: their names and keys. Nobody but another tab's sign-out
    /// says whose are meant.
    pub devices: Vec<(String, Vec<String>)>,
    /// Whether a flag in this store says that the hosted UI signed the user in. Amplify keeps its flags
    /// in localStorage, wherever the tokens are.
    pub hosted_ui: bool,
}

/// The keys of the guest identity.
fn guest_keys(target: &Target) -> Vec<String> {
    let mut keys = Vec::new();
    if let Some(pool) = &target.identity_pool_id {
        for (before, after) in GUEST {
            keys.push([before, pool, after].concat());
        }
    }
    keys
}

/// The names worth reading among all that a store lists, joined by NUL: one string is quicker to hand over
/// than thousands of foreign names.
pub fn pick(target: &Target, names: &str) -> Vec<String> {
    let prefix = amplify::prefix(&target.client_id);
    let oidc_users = oidc_client::user_prefixes(target);
    let guest = guest_keys(target);
    let mut picked = Vec::new();
    for name in parts(names, 0) {
        if name.starts_with(&prefix)
            || name.starts_with(keys::OIDC)
            || oidc_users.iter().any(|prefix| name.starts_with(prefix))
            || SHARED.contains(&name)
            || guest.iter().any(|key| key == name)
        {
            picked.push(name.to_owned());
        }
    }
    picked
}

/// What a sign-out says that found none of its sessions, but those of other app clients, among these names (joined
/// by NUL): it tells a wrong client id from a user who is signed out.
pub fn about_strangers(target: &Target, names: &str) -> Option<String> {
    let mut ids = Vec::new();
    for name in parts(names, 0) {
        let id = amplify::client_of(name).or_else(|| oidc_client::client_of(target, name));
        // A name may hold anything; what is told of it is no more than an id.
        if let Some(id) = id
            && (10..=64).contains(&id.len())
            && id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            && id != target.client_id
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    let mut text = String::new();
    for (index, id) in ids.iter().enumerate() {
        text.push_str(match index {
            0 => "found sessions of other app clients: ",
            1 | 2 => ", ",
            _ => {
                text.push_str(", ...");
                break;
            }
        });
        text.push_str(id);
    }
    if text.is_empty() {
        return None;
    }
    text.push_str("; configured ");
    text.push_str(&target.client_id);
    Some(text)
}

/// The same among the names of a `StateStore` of oidc-client-ts, where a sign-in under way is under its id alone.
pub fn pick_state(target: &Target, names: &str) -> Vec<String> {
    let mut picked = pick(target, names);
    for name in parts(names, 0) {
        if oidc_client::is_id(name) {
            picked.push(name.to_owned());
        }
    }
    picked
}

/// The keys to read first in a store that can't list its keys.
pub fn first_reads(target: &Target) -> Vec<String> {
    let mut keys = guest_keys(target);
    amplify::client_keys(&target.client_id, &mut keys);
    oidc_client::user_keys(target, &mut keys);
    for key in SHARED {
        keys.push(key.to_owned());
    }
    keys
}

/// The keys to read next in a store that can't list its keys: those of each user seen so far.
pub fn user_reads(target: &Target, first: &[(String, String)]) -> Vec<String> {
    amplify::user_keys(&target.client_id, first)
}

/// The sessions of this client in what was read of one store (contract, "Several sessions of this
/// client id").
pub fn find(target: &Target, snapshot: &[(String, String)]) -> Found {
    let mut found = Found::default();
    amplify::find(&target.client_id, snapshot, &mut found);
    oidc_client::find(target, snapshot, &mut found);
    let guest = guest_keys(target);
    for (key, value) in snapshot {
        if SHARED.contains(&key.as_str()) || guest.contains(key) {
            found.hosted_ui |= key == "amplify-signin-with-hostedUI" && value == "true";
            found.leftovers.push(key.clone());
        }
    }
    found
}

/// The sessions in what was removed to end them: all of them, whatever a list of users says.
pub fn find_removed(target: &Target, mut removed: Snapshot) -> Found {
    let list = [&amplify::prefix(&target.client_id), USER_LIST].concat();
    removed.retain(|entry| entry.0 != list);
    find(target, &removed)
}

/// A token that is there.
fn token(value: Option<&str>) -> Option<Secret> {
    value.filter(|token| !token.is_empty()).map(Secret::new)
}

/// Whether the session holds no token.
fn is_empty(session: &Session) -> bool {
    session.access_token.is_none() && session.id_token.is_none() && session.refresh_token.is_none()
}
