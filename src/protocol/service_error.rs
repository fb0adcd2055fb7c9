//! From an answer to a code: the contract's table ("Codes").

use crate::error::{AuthError, AuthErrorCode, ServiceAnswer, redact};
use crate::json::Json;
use crate::protocol::message::Response;
use crate::text::{after_last, contains, push_decimal, split_at_any};

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

/// How much of the service's own message is passed on.
const MESSAGE_LENGTH: usize = 200;

/// The object in the body of a success (`Null` where the body is empty), or the error.
///
/// # Errors
/// By the contract's table.
pub fn read(operation: Operation, response: &Response) -> Result<Json, AuthError> {
    let json = Json::parse(&response.body);
    if response.status < 400 {
        return match json {
            _ if response.status != 200 => Err(foreign(response)),
            Some(object) if object.is_object() => Ok(object),
            None if response.body.trim_ascii().is_empty() => Ok(Json::Null),
            _ => Err(foreign(response)),
        };
    }
    let json = json.unwrap_or(Json::Null);
    let text = |name: &str| json.get(name).and_then(Json::as_str);
    let kind = kind_of(
        response
            .error_type
            .as_deref()
            .filter(|kind| !kind.is_empty())
            .or_else(|| text("code"))
            .or_else(|| text("__type"))
            .unwrap_or_default(),
    );
    let message = text("message")
        .or_else(|| text("Message"))
        .unwrap_or_default();
    let Some((code, suggestion)) = code_of(operation, response.status, &kind, message) else {
        return Ok(Json::Null);
    };
    let mut error = with_answer(code, response, kind, message);
    if let Some(suggestion) = suggestion {
        error = error.suggest(suggestion);
    }
    Err(error)
}

/// An answer without an error that is not Cognito's: a captive portal, a proxy. Never a success.
pub(super) fn foreign(response: &Response) -> AuthError {
    let mut error = with_answer(AuthErrorCode::Service, response, String::new(), "");
    error.message = "The answer was not Cognito's: something between, such as a sign-in page of the network, gave it.".into();
    error.retryable = true;
    error.suggest(
        "Check that the network lets requests to Cognito through, then call retry() on the result.",
    )
}

/// Whether the same request may succeed in a moment: no network, a captive portal, 5xx, 429, throttling
/// (contract, step 5, "Retries").
pub fn is_transient(error: &AuthError) -> bool {
    match error.code {
        AuthErrorCode::Network | AuthErrorCode::Throttled => true,
        AuthErrorCode::Service => error
            .service
            .as_ref()
            // A captive portal answers in the service's place.
            .is_some_and(|it| it.status == 200 || is_internal(it.status, &it.kind)),
        _ => false,
    }
}

/// A fault of the service's own.
fn is_internal(status: u16, kind: &str) -> bool {
    status >= 500 || kind == "InternalErrorException"
}

/// The bare error type: real Cognito ends it with a colon, others lead it with a namespace.
fn kind_of(text: &str) -> String {
    let text = redact(after_last(split_at_any(text, b",:").0, b'#').trim_ascii());
    // Shown to developers: only one word of a foreign answer, and no part of a token.
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let length = text.bytes().take_while(|&byte| word(byte)).count();
    text.get(..length).unwrap_or_default().to_owned()
}

/// The code, and what to do where the answer tells the cause; `None` where it is a success after all.
fn code_of(
    operation: Operation,
    status: u16,
    kind: &str,
    message: &str,
) -> Option<(AuthErrorCode, Option<&'static str>)> {
    use AuthErrorCode::*;
    let revoking = operation == Operation::RevokeToken;
    let says = |part: &str| contains(message, part);
    let code = match kind {
        // Such as "Client 1abc is configured with secret but SECRET_HASH was not received".
        "NotAuthorizedException" | "InvalidParameterException" | "UnauthorizedException"
            if says("secret") || says("SECRET") =>
        {
            return Some((
                Configuration,
                Some("Use an app client without a secret: a browser can't keep one."),
            ));
        }
        "NotAuthorizedException" => {
            let dead = says("has been revoked") || says("Invalid Refresh Token");
            if dead
                || says("Refresh Token has expired")
                    && (revoking || operation == Operation::Refresh)
            {
                // Revoking what is dead already is what was wanted.
                if revoking {
                    return None;
                }
                TokenRevoked
            } else if revoking {
                NotAuthorized
            } else if says("Access Token has expired") {
                TokenExpired
            } else if says("required scopes") {
                MissingScope
            } else {
                NotAuthorized
            }
        }
        "RefreshTokenReuseException" => TokenRevoked,
        "UserNotFoundException" => {
            return Some((
                NotAuthorized,
                Some(
                    "The user was deleted or disabled. The user is signed out here; there is nothing to retry.",
                ),
            ));
        }
        "PasswordResetRequiredException" | "UserNotConfirmedException" => NotAuthorized,
        "UnauthorizedException" if revoking => NotAuthorized,
        "UnsupportedOperationException"
        | "UnsupportedTokenTypeException"
        | "OperationNotEnabledException"
            if revoking =>
        {
            RevocationDisabled
        }
        "TooManyRequestsException" | "ThrottlingException" => Throttled,
        // A device that does not exist is no fault of the configuration.
        "ResourceNotFoundException" if operation != Operation::ForgetDevice || says("lient") => {
            return Some((
                Configuration,
                Some("Check the client id and the user pool id: no such app client exists there."),
            ));
        }
        _ if status == 429 => Throttled,
        _ => Service,
    };
    Some((code, None))
}

/// The error with the service's own words; tokens and overlong texts are kept out of it.
fn with_answer(code: AuthErrorCode, response: &Response, kind: String, message: &str) -> AuthError {
    let mut text = String::from(code.default_message().trim_end_matches('.'));
    text.push_str(" (");
    if kind.is_empty() {
        text.push_str("HTTP ");
        push_decimal(&mut text, u64::from(response.status));
    } else {
        text.push_str(&kind);
    }
    if !message.is_empty() {
        text.push_str(": ");
        text.extend(redact(message).chars().take(MESSAGE_LENGTH));
    }
    text.push_str(").");
    let mut error = AuthError::with_message(code, text);
    if code == AuthErrorCode::Service {
        error.retryable = is_internal(response.status, &kind);
    }
    error.service = Some(ServiceAnswer {
        kind,
        status: response.status,
        request_id: response.request_id.clone(),
    });
    error
}
