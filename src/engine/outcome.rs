//! What a sign-out came to: one typed value, from which JSON is written for JavaScript and for the record of a redirect.

use crate::engine::tables::{Codes, Status};
use crate::error::{AuthError, AuthErrorCode};
use crate::json::Json;
use crate::object::Object;
use crate::outcome::{
    ForgetDeviceError, GlobalSignOutError, HostedUiError, RevokeTokenError, SignOutStep, StepName,
};

/// The number of a `retry()` that a caller was given.
pub type RetryId = u32;

/// What a sign-out came to, for one of its callers.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Complete, partial or failed.
    pub tag: Status,
    /// Why it failed.
    pub error: Option<AuthError>,
    /// A session was found.
    pub was_signed_in: bool,
    /// RevokeToken failed, was held back, or its outcome is not known.
    pub revoke_token_error: Option<RevokeTokenError>,
    /// GlobalSignOut failed, or its outcome is not known.
    pub global_sign_out_error: Option<GlobalSignOutError>,
    /// The hosted UI's own session is not known to have ended.
    pub hosted_ui_error: Option<HostedUiError>,
    /// ForgetDevice failed.
    pub forget_device_error: Option<ForgetDeviceError>,
    /// The browser is on its way there, or the app must go there.
    pub logout_url: Option<String>,
    /// What was done, in order.
    pub steps: Vec<SignOutStep>,
    /// What `retry()` is called by.
    pub retry: Option<RetryId>,
}

/// The result of a sign-out that left the page, for the page after.
#[derive(Clone, Debug)]
pub struct Returned {
    /// When the page left, which tells one record from another.
    pub at: f64,
    /// The result as JSON; it went through the storage and holds no token.
    pub result: Json,
    /// The app's own JSON.
    pub app_state: Option<String>,
    /// What leaves for the hosted UI once more.
    pub retry: Option<RetryId>,
}

impl Outcome {
    /// Why a step failed.
    pub fn error_of(&self, step: StepName) -> Option<&AuthError> {
        let Outcome {
            revoke_token_error: revoke,
            global_sign_out_error: global,
            hosted_ui_error: hosted,
            forget_device_error: forget,
            ..
        } = self;
        match step {
            StepName::RevokeToken => revoke.as_ref().map(|failed| &failed.error),
            StepName::GlobalSignOut => global.as_ref().map(|failed| &failed.error),
            StepName::Navigate => hosted.as_ref().map(|failed| &failed.error),
            StepName::ForgetDevice => forget.as_ref().map(|failed| &failed.error),
            _ => None,
        }
    }

    /// A failure before anything was touched.
    pub fn refused(error: AuthError) -> Outcome {
        Outcome {
            tag: Status::Failed,
            error: Some(error),
            was_signed_in: false,
            revoke_token_error: None,
            global_sign_out_error: None,
            hosted_ui_error: None,
            forget_device_error: None,
            logout_url: None,
            steps: Vec::new(),
            retry: None,
        }
    }

    /// The codes of the steps that failed, for the other tabs.
    pub fn codes(&self) -> Codes {
        [
            self.revoke_token_error.as_ref().map(|step| step.error.code),
            self.global_sign_out_error
                .as_ref()
                .map(|step| step.error.code),
            self.hosted_ui_error.as_ref().map(|step| step.error.code),
            self.forget_device_error
                .as_ref()
                .map(|step| step.error.code),
        ]
    }

    /// The result without a token.
    pub fn json(&self) -> Json {
        let mut fields = Object::default();
        fields.text("status", self.tag.as_str());
        fields.put("signedOutLocally", Json::Bool(self.tag != Status::Failed));
        match &self.error {
            Some(error) => fields.put("error", error_json(error)),
            None => fields.put("wasSignedIn", Json::Bool(self.was_signed_in)),
        }
        fields.maybe("logoutUrl", self.logout_url.as_deref());
        if let Some(step) = &self.hosted_ui_error {
            fields.put(
                "hostedUIError",
                failed_json(step.url.as_deref(), &step.error),
            );
        }
        let forget = self.forget_device_error.as_ref();
        let revoke = self.revoke_token_error.as_ref();
        let global = self.global_sign_out_error.as_ref();
        for (name, error) in [
            ("forgetDeviceError", forget.map(|step| &step.error)),
            ("revokeTokenError", revoke.map(|step| &step.error)),
            ("globalSignOutError", global.map(|step| &step.error)),
        ] {
            if let Some(error) = error {
                fields.put(name, failed_json(None, error));
            }
        }
        let mut steps = Vec::new();
        for step in &self.steps {
            steps.push(step_json(step));
        }
        fields.put("steps", Json::Array(steps));
        fields.done()
    }
}

/// A step as JSON.
pub fn step_json(step: &SignOutStep) -> Json {
    let mut fields = Object::default();
    fields.text("step", step.step.as_str());
    fields.text("outcome", step.outcome.as_str());
    fields.maybe("reason", step.reason.as_deref());
    fields.put("attempts", Json::Number(step.attempts.into()));
    fields.put("startedAtMs", Json::Number(step.started_at_ms));
    fields.put("durationMs", Json::Number(step.duration_ms));
    fields.number("status", step.status.map(f64::from));
    fields.maybe("requestId", step.request_id.as_deref());
    fields.maybe("code", step.code.map(AuthErrorCode::as_str));
    fields.done()
}

/// The error of a step as JSON.
pub fn failed_json(url: Option<&str>, error: &AuthError) -> Json {
    let mut fields = Object::default();
    fields.maybe("url", url);
    fields.put("error", error_json(error));
    fields.done()
}

/// An error as JSON: what its `toJSON()` gives, and its cause.
pub fn error_json(error: &AuthError) -> Json {
    let mut fields = Object::default();
    fields.text("code", error.code.as_str());
    fields.text("message", &error.message);
    fields.text("recoverySuggestion", &error.recovery_suggestion);
    fields.put("retryable", Json::Bool(error.retryable));
    if let Some(service) = &error.service {
        let mut inner = Object::default();
        let kind = Some(&*service.kind);
        inner.maybe("type", kind.filter(|kind| !kind.is_empty()));
        inner.put("status", Json::Number(service.status.into()));
        inner.maybe("requestId", service.request_id.as_deref());
        fields.put("service", inner.done());
    }
    if let Some(cause) = &error.cause {
        let mut inner = Object::default();
        inner.text("name", &cause.name);
        inner.text("message", &cause.message);
        fields.put("cause", inner.done());
    }
    fields.done()
}

/// The error for what came of the hosted UI: no request was sent there, the browser went.
pub fn hosted_ui_error(code: AuthErrorCode) -> AuthError {
    let error = AuthError::new(code);
    match code {
        AuthErrorCode::Unconfirmed => error
            .say("The browser went to the hosted UI; nothing shows whether its session has ended.")
            .suggest(
                "Call retry() on a click, where there is one. Check the allowed sign-out URLs and route guards.",
            ),
        AuthErrorCode::Timeout => error
            .say("The sign-out window did not report in time.")
            .suggest(
                "Check that the page it returns to calls configure(), and is an allowed sign-out URL; popupTimeoutMs allows more time.",
            ),
        _ => error,
    }
}
