//! Reads the result of a sign-out that left the page, which the engine has as JSON.

use std::borrow::Cow;

use crate::engine::outcome::Returned;
use crate::error::{AuthError, AuthErrorCode, Cause, ServiceAnswer};
use crate::json::Json;
use crate::outcome::{HostedUiError, SignOutStep, Status, StepName, StepOutcome};
use crate::result::{Retry, ReturnedSignOutResult};

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

fn hosted_ui_error(result: &Json) -> Option<HostedUiError> {
    Some(HostedUiError {
        url: owned(result.get("hostedUIError")?, "url"),
        error: failed(result, "hostedUIError")?,
    })
}

/// Reads it from the record that the page before stored.
pub fn read(returned: &Returned, retry: Option<Retry>) -> ReturnedSignOutResult {
    let json = &returned.result;
    ReturnedSignOutResult {
        status: Status::ALL
            .into_iter()
            .find(|status| json.get("status").and_then(Json::as_str) == Some(status.as_str()))
            // A record that does not say it proves nothing.
            .unwrap_or(Status::Failed),
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
