//! RevokeToken: ends a refresh token, and every access token made from it.

use crate::error::AuthError;
use crate::protocol::message::{Request, Response};
use crate::protocol::service_error::{Operation, read};
use crate::session::Secret;

/// The request. It needs no scope and no access token.
pub fn request(endpoint: &str, client_id: &str, refresh_token: &Secret) -> Request {
    Request::new(
        "RevokeToken",
        endpoint,
        &[("Token", refresh_token.expose()), ("ClientId", client_id)],
    )
}

/// What the answer means. A token that was revoked or has expired before is a success.
///
/// # Errors
/// By the table of [`crate::protocol::service_error`].
pub fn answer(response: &Response) -> Result<(), AuthError> {
    read(Operation::RevokeToken, response).map(drop)
}
