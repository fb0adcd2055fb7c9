//! The layout of Amplify v6 and v5 and of amazon-cognito-identity-js.

use crate::session::Tokens;

/// What `storeTokens` does to a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries {
    /// Entries to write, in this order.
    pub set: Vec<(String, String)>,
    /// Keys of a session before it to remove.
    pub remove: Vec<String>,
}

/// The entries that make Amplify v6 read these tokens as the signed-in user's.
pub fn entries(client_id: &str, tokens: &Tokens) -> Entries {
    let _ = (client_id, tokens);
    Entries::default()
}
