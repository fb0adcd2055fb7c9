//! A request and its answer.

use crate::json::object_of;

/// What stands before the operation in `X-Amz-Target`.
pub const TARGET_PREFIX: &str = "AWSCognitoIdentityProviderService.";

/// The media type of requests.
pub const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// A POST request of the JSON API. It does not print its body, which holds a token.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The operation; it goes into `X-Amz-Target`, after [`TARGET_PREFIX`].
    pub target: &'static str,
    /// The absolute URL.
    pub url: String,
    /// The JSON text to send.
    pub body: String,
}

impl Request {
    #[inline(never)]
    pub(super) fn new(target: &'static str, url: &str, members: &[(&str, &str)]) -> Request {
        Request {
            target,
            url: url.to_owned(),
            body: object_of(members),
        }
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.target)
    }
}

/// An answer, as far as it matters. It does not print its body, which may hold tokens.
#[derive(Clone, Default, PartialEq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// `x-amzn-ErrorType`
    pub error_type: Option<String>,
    /// `x-amzn-RequestId`
    pub request_id: Option<String>,
    /// `Date`, in milliseconds since the epoch
    pub answered_at: Option<f64>,
    /// The body.
    pub body: String,
    /// The request was sent twice, since no answer to the first could be had.
    pub repeated: bool,
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[response]")
    }
}
