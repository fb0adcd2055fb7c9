//! GlobalSignOut: ends all of the user's sessions.

use crate::error::{AuthError, AuthErrorCode};
use crate::protocol::message::{Request, Response};
use crate::protocol::service_error::{Operation, read};
use crate::session::Secret;

/// The request. The access token must be neither expired nor revoked, and have the scope
/// `aws.cognito.signin.user.admin`.
pub fn request(endpoint: &str, access_token: &Secret) -> Request {
    Request::new(
        "GlobalSignOut",
        endpoint,
        &[("AccessToken", access_token.expose())],
    )
}

/// What the answer means. `after_lost_answer`: an earlier try may have reached Cognito.
///
/// # Errors
/// By the table of [`crate::protocol::service_error`].
pub fn answer(response: &Response, after_lost_answer: bool) -> Result<(), AuthError> {
    let mut result = read(Operation::GlobalSignOut, response).map(drop);
    if let Err(error) = &mut result
        && (after_lost_answer || response.repeated)
        && error.code == AuthErrorCode::TokenRevoked
    {
        error.message = "The access token is revoked: the first try, whose answer was lost, probably succeeded.".into();
    }
    result
}
