//! Where each library keeps a session in the browser: keys in, sessions out.

pub mod amplify;
pub mod cookie;
pub mod oidc_client;

use crate::session::Session;

/// What was read of one store: keys and values.
pub type Snapshot = Vec<(String, String)>;

/// Whose sessions are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The app client.
    pub client_id: String,
    /// The identity pool.
    pub identity_pool_id: Option<String>,
    /// The issuer as oidc-client-ts names it in its keys.
    pub authority: String,
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
    /// Entries to write: the list of users without those whose sessions end.
    pub writes: Vec<(String, String)>,
    /// Whether a flag in this store says that the hosted UI signed the user in. Amplify keeps its flags
    /// in localStorage, wherever the tokens are.
    pub hosted_ui: bool,
}

/// Whether a key of an enumerable store is worth reading.
pub fn is_relevant(target: &Target, key: &str) -> bool {
    let _ = (target, key);
    true
}

/// The keys to read first in a store that can't list its keys.
pub fn first_reads(target: &Target) -> Vec<String> {
    let _ = target;
    Vec::new()
}

/// The keys to read next in a store that can't list its keys: those of each user seen so far.
pub fn user_reads(target: &Target, first: &[(String, String)]) -> Vec<String> {
    let _ = (target, first);
    Vec::new()
}

/// The sessions of this client in what was read of one store.
pub fn find(target: &Target, snapshot: &[(String, String)]) -> Found {
    let _ = (target, snapshot);
    Found::default()
}
