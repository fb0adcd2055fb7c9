//! Refresh: GetTokensFromRefreshToken, or InitiateAuth where a pool does not know that.

use crate::error::{AuthError, AuthErrorCode};
use crate::protocol::{Request, Response};
use crate::session::Secret;

/// The tokens of a refresh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refreshed {
    /// The new access token.
    pub access_token: Secret,
    /// The new ID token.
    pub id_token: Option<Secret>,
    /// The next refresh token, where rotation is on; the old one is dead then.
    pub refresh_token: Option<Secret>,
}

/// The request: GetTokensFromRefreshToken.
pub fn request(
    endpoint: &str,
    client_id: &str,
    refresh_token: &Secret,
    device_key: Option<&str>,
) -> Request {
    let _ = (client_id, refresh_token, device_key);
    Request { target: "GetTokensFromRefreshToken", url: endpoint.to_owned(), body: String::new() }
}

/// The request for a pool that does not know the first: InitiateAuth with REFRESH_TOKEN_AUTH.
pub fn fallback_request(
    endpoint: &str,
    client_id: &str,
    refresh_token: &Secret,
    device_key: Option<&str>,
) -> Request {
    let _ = (client_id, refresh_token, device_key);
    Request { target: "InitiateAuth", url: endpoint.to_owned(), body: String::new() }
}

/// Whether an error of the first request says that [`fallback_request`] is worth a try.
pub fn wants_fallback(error: &AuthError) -> bool {
    let _ = error;
    false
}

/// What the answer to either request means.
///
/// # Errors
/// By the table of [`crate::protocol::service_error`].
pub fn answer(response: &Response) -> Result<Refreshed, AuthError> {
    let _ = response;
    Err(AuthError::new(AuthErrorCode::Unknown))
}
