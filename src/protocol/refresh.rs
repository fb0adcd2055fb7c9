//! Refresh: GetTokensFromRefreshToken, or InitiateAuth where a pool does not know that.

use crate::error::AuthError;
use crate::json::{Json, object_of};
use crate::protocol::message::{Request, Response};
use crate::protocol::service_error::{Operation, foreign, read};
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

/// The request: GetTokensFromRefreshToken. A remembered device must name its key, else Cognito says
/// "Invalid Refresh Token.".
pub fn request(
    endpoint: &str,
    client_id: &str,
    refresh_token: &Secret,
    device_key: Option<&str>,
) -> Request {
    let all = [
        ("RefreshToken", refresh_token.expose()),
        ("ClientId", client_id),
        ("DeviceKey", device_key.unwrap_or_default()),
    ];
    let [two @ .., _] = &all;
    let members = if device_key.is_some() { &all[..] } else { two };
    Request::new("GetTokensFromRefreshToken", endpoint, members)
}

/// The request for a pool that does not know the first: InitiateAuth with REFRESH_TOKEN_AUTH.
pub fn fallback_request(
    endpoint: &str,
    client_id: &str,
    refresh_token: &Secret,
    device_key: Option<&str>,
) -> Request {
    let all = [
        ("REFRESH_TOKEN", refresh_token.expose()),
        ("DEVICE_KEY", device_key.unwrap_or_default()),
    ];
    let [one @ .., _] = &all;
    let parameters = object_of(if device_key.is_some() { &all[..] } else { one });
    let members = [("AuthFlow", "REFRESH_TOKEN_AUTH"), ("ClientId", client_id)];
    let mut request = Request::new("InitiateAuth", endpoint, &members);
    request.body.pop();
    request.body.push_str(",\"AuthParameters\":");
    request.body.push_str(&parameters);
    request.body.push('}');
    request
}

/// Whether an error of the first request says that [`fallback_request`] is worth a try: the operation,
/// not the token, was refused.
pub fn wants_fallback(error: &AuthError) -> bool {
    error.service.as_ref().is_some_and(|service| {
        let unknown = service.kind.is_empty() && service.status == 404;
        unknown
            || matches!(
                service.kind.as_str(),
                "UnknownOperationException"
                    | "UnsupportedOperationException"
                    | "OperationNotEnabledException"
                    | "InvalidParameterException"
                    | "InvalidAction"
            )
    })
}

/// What the answer to either request means.
///
/// # Errors
/// By the table of [`crate::protocol::service_error`]; a success without an access token is none.
pub fn answer(response: &Response) -> Result<Refreshed, AuthError> {
    let json = read(Operation::Refresh, response)?;
    let token = |name: &str| {
        json.get("AuthenticationResult")
            .and_then(|result| result.get(name))
            .and_then(Json::as_str)
            .filter(|token| !token.is_empty())
            .map(Secret::new)
    };
    Ok(Refreshed {
        access_token: token("AccessToken").ok_or_else(|| foreign(response))?,
        id_token: token("IdToken"),
        refresh_token: token("RefreshToken"),
    })
}
