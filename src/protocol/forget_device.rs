//! ForgetDevice: the remembered device is remembered no more.

use crate::error::AuthError;
use crate::protocol::message::{Request, Response};
use crate::protocol::service_error::{Operation, read};
use crate::session::Secret;

/// The request. It comes before GlobalSignOut and RevokeToken, which kill the access token.
pub fn request(endpoint: &str, access_token: &Secret, device_key: &str) -> Request {
    Request::new(
        "ForgetDevice",
        endpoint,
        &[
            ("AccessToken", access_token.expose()),
            ("DeviceKey", device_key),
        ],
    )
}

/// What the answer means.
///
/// # Errors
/// By the table of [`crate::protocol::service_error`].
pub fn answer(response: &Response) -> Result<(), AuthError> {
    read(Operation::ForgetDevice, response).map(drop)
}
