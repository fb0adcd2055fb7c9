//! The result of a sign-out that left the page, as Rust has it: read from the record that the page before stored.

use std::borrow::Cow;

use crate::engine::outcome::Returned;
use crate::error::{AuthError, AuthErrorCode, Cause, ServiceAnswer};
use crate::json::Json;
use crate::outcome::{HostedUIError, Retry, SignOutStep, StepName, StepOutcome};

/// What a sign-out that left the page came to, without tokens.
#[derive(Clone, Debug)]
pub struct ReturnedSignOutResult {
    /// `complete`, `partial` or `failed`.
    pub status: String,
    /// Whether a session was found.
    pub was_signed_in: bool,
    /// RevokeToken failed, or its outcome is not known.
    pub revoke_token_error: Option<AuthError>,
    /// GlobalSignOut failed, or its outcome is not known.
    pub global_sign_out_error: Option<AuthError>,
    /// The hosted UI's session could not be ended.
    pub hosted_ui_error: Option<HostedUIError>,
    /// ForgetDevice failed.
    pub forget_device_error: Option<AuthError>,
    /// The logout URL that the browser was sent to.
    pub logout_url: Option<String>,
    /// What was done, in order.
    pub steps: Vec<SignOutStep>,
    /// The JSON that was given to the sign-out.
    pub app_state: Option<String>,
    /// Leaves for the hosted UI once more; only where that step alone failed.
    pub retry: Option<Retry>,
}

fn owned(json: &Json, name: &str) -> Option<String> {
    json.get(name).and_then(Json::as_str).map(str::to_owned)
}

fn error_of(json: &Json) -> Option<AuthError> {
    let mut error = AuthError::new(AuthErrorCode::from_name(json.get("code")?.as_str()?)?);
    if let Some(message) = owned(json, "message") {
        error.message = Cow::Owned(message);
    }
    if let Some(suggestion) = owned(json, "recoverySuggestion") {
        error.recovery_suggestion = Cow::Owned(suggestion);
    }
    if let Some(retryable) = json.get("retryable").and_then(Json::as_bool) {
        error.retryable = retryable;
    }
    error.service = json.get("service").map(|service| ServiceAnswer {
        kind: owned(service, "type").unwrap_or_default(),
        status: number(service, "status") as u16,
        request_id: owned(service, "requestId"),
    });
    error.cause = json.get("cause").map(|cause| Cause {
        name: owned(cause, "name").unwrap_or_default(),
        message: owned(cause, "message").unwrap_or_default(),
    });
    Some(error)
}

fn number(json: &Json, name: &str) -> f64 {
    json.get(name).and_then(Json::as_f64).unwrap_or(0.0)
}

fn step_of(json: &Json) -> Option<SignOutStep> {
    let named = |name: &str| json.get(name).and_then(Json::as_str);
    Some(SignOutStep {
        step: StepName::ALL
            .into_iter()
            .find(|step| named("step") == Some(step.as_str()))?,
        outcome: StepOutcome::ALL
            .into_iter()
            .find(|outcome| named("outcome") == Some(outcome.as_str()))?,
        reason: owned(json, "reason").map(Cow::Owned),
        attempts: number(json, "attempts") as u32,
        started_at_ms: number(json, "startedAtMs"),
        duration_ms: number(json, "durationMs"),
        status: json.get("status").map(|_| number(json, "status") as u16),
        request_id: owned(json, "requestId"),
        code: named("code").and_then(AuthErrorCode::from_name),
    })
}

fn steps(result: &Json) -> Vec<SignOutStep> {
    let steps = result.get("steps").map(Json::items).unwrap_or_default();
    steps.iter().filter_map(step_of).collect()
}

/// The error of a step of a result.
fn failed(result: &Json, name: &str) -> Option<AuthError> {
    error_of(result.get(name)?.get("error")?)
}

fn hosted_ui_error(result: &Json) -> Option<HostedUIError> {
    Some(HostedUIError {
        url: owned(result.get("hostedUIError")?, "url"),
        error: failed(result, "hostedUIError")?,
    })
}

impl ReturnedSignOutResult {
    pub(crate) fn read(returned: &Returned, retry: Option<Retry>) -> ReturnedSignOutResult {
        let json = &returned.result;
        ReturnedSignOutResult {
            status: owned(json, "status").unwrap_or_default(),
            was_signed_in: json.get("wasSignedIn").and_then(Json::as_bool) == Some(true),
            revoke_token_error: failed(json, "revokeTokenError"),
            global_sign_out_error: failed(json, "globalSignOutError"),
            hosted_ui_error: hosted_ui_error(json),
            forget_device_error: failed(json, "forgetDeviceError"),
            logout_url: owned(json, "logoutUrl"),
            steps: steps(json),
            app_state: returned.app_state.clone(),
            retry,
        }
    }
}
