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

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::engine::outcome::Outcome;
    use crate::outcome::{ForgetDeviceError, GlobalSignOutError, RevokeTokenError};
    use crate::session::Secret;

    fn any_code() -> impl Strategy<Value = AuthErrorCode> {
        select(AuthErrorCode::all().collect::<Vec<_>>())
    }

    fn any_error() -> impl Strategy<Value = AuthError> {
        let service = ("[A-Za-z]{0,9}", any::<u16>(), prop::option::of(".{0,9}"));
        let service = service.prop_map(|(kind, status, request_id)| ServiceAnswer {
            kind,
            status,
            request_id,
        });
        let cause = (".{0,9}", ".{0,9}").prop_map(|(name, message)| Cause { name, message });
        let texts = (any_code(), any::<String>(), ".{0,9}", any::<bool>());
        (texts, prop::option::of(service), prop::option::of(cause)).prop_map(
            |((code, message, suggestion, retryable), service, cause)| {
                let mut error = AuthError::with_message(code, message).suggest(suggestion);
                error.retryable = retryable;
                error.service = service;
                error.cause = cause;
                error
            },
        )
    }

    fn any_step() -> impl Strategy<Value = SignOutStep> {
        (
            (select(&StepName::ALL[..]), select(&StepOutcome::ALL[..])),
            prop::option::of(".{0,9}".prop_map(Cow::Owned)),
            (any::<u32>(), any::<u32>(), any::<u32>()),
            prop::option::of(any::<u16>()),
            prop::option::of(".{0,9}"),
            prop::option::of(any_code()),
        )
            .prop_map(
                |((step, outcome), reason, times, status, request_id, code)| SignOutStep {
                    step,
                    outcome,
                    reason,
                    attempts: times.0,
                    started_at_ms: times.1.into(),
                    duration_ms: times.2.into(),
                    status,
                    request_id,
                    code,
                },
            )
    }

    fn any_outcome() -> impl Strategy<Value = Outcome> {
        let error = || prop::option::of(any_error());
        (
            (select(&Status::ALL[..]), any::<bool>()),
            (error(), error(), error(), error()),
            (prop::option::of(".{0,9}"), prop::option::of(".{0,9}")),
            prop::collection::vec(any_step(), 0..4),
        )
            .prop_map(|((tag, was_signed_in), errors, (url, logout_url), steps)| {
                let (revoke, global, hosted, forget) = errors;
                let secret = Some(Secret::new("secret-token"));
                Outcome {
                    tag,
                    error: None,
                    was_signed_in,
                    revoke_token_error: revoke.map(|error| RevokeTokenError {
                        refresh_token: secret.clone(),
                        error,
                        others: secret.iter().cloned().collect(),
                    }),
                    global_sign_out_error: global.map(|error| GlobalSignOutError {
                        access_token: secret.clone(),
                        error,
                    }),
                    hosted_ui_error: hosted.map(|error| HostedUiError { url, error }),
                    forget_device_error: forget.map(|error| ForgetDeviceError { error }),
                    logout_url,
                    steps,
                    retry: None,
                }
            })
    }

    fn read_text(text: &str) -> ReturnedSignOutResult {
        let returned = Returned {
            at: 1.0,
            result: Json::parse(text).unwrap_or(Json::Null),
            app_state: None,
            retry: None,
        };
        read(&returned, None)
    }

    proptest! {
        /// By way of the storage, as the page before wrote it; the tokens are not in it.
        #[test]
        fn what_was_written_is_read(outcome in any_outcome()) {
            let text = outcome.json().to_text();
            prop_assert!(!text.contains("secret-token"));
            let read = read_text(&text);
            let revoke = outcome.revoke_token_error.map(|step| step.error);
            let global = outcome.global_sign_out_error.map(|step| step.error);
            let forget = outcome.forget_device_error.map(|step| step.error);
            prop_assert_eq!(read.status, outcome.tag);
            prop_assert_eq!(read.was_signed_in, outcome.was_signed_in);
            prop_assert_eq!(read.revoke_token_error, revoke);
            prop_assert_eq!(read.global_sign_out_error, global);
            prop_assert_eq!(read.hosted_ui_error, outcome.hosted_ui_error);
            prop_assert_eq!(read.forget_device_error, forget);
            prop_assert_eq!(read.logout_url, outcome.logout_url);
            prop_assert_eq!(read.steps, outcome.steps);
        }

        /// A record that was cut off or changed: `complete` only where it still says so.
        #[test]
        fn a_spoiled_record_is_no_success(
            outcome in any_outcome(),
            at in any::<prop::sample::Index>(),
            piece in select(&["", "\"", "null", "1e999", "{", "[", ",\"status\":1", "x"][..]),
        ) {
            let text: Vec<char> = outcome.json().to_text().chars().collect();
            let (head, tail) = text.split_at(at.index(text.len() + 1));
            let cut = head.iter().chain(tail.iter().skip(1));
            let text: String = head.iter().copied().chain(piece.chars()).chain(tail.iter().copied()).collect();
            for text in [cut.collect::<String>(), text] {
                let read = read_text(&text);
                prop_assert!(read.status != Status::Complete || text.contains("\"complete\""));
                prop_assert!(read.steps.len() <= outcome.steps.len() || !piece.is_empty());
            }
        }
    }
}
