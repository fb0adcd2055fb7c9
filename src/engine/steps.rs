//! The log of a sign-out: what each step did and when, and the error that each request ended with.

use std::borrow::Cow;

use crate::engine::tables::Op;
use crate::error::{AuthError, AuthErrorCode};
use crate::outcome::{SignOutStep, StepName, StepOutcome};
use crate::text::push_decimal;

/// The duration of a step that goes on.
const UNDER_WAY: f64 = -1.0;

fn begun(step: StepName, at: f64) -> SignOutStep {
    SignOutStep {
        step,
        // What is not known to have happened has failed, until it is known.
        outcome: StepOutcome::Failed,
        reason: None,
        attempts: 0,
        started_at_ms: tenths(at),
        duration_ms: UNDER_WAY,
        status: None,
        request_id: None,
        code: None,
    }
}

/// A step that was not begun.
pub fn skipped(step: StepName, at: f64, reason: &'static str) -> SignOutStep {
    SignOutStep {
        outcome: StepOutcome::Skipped,
        reason: Some(reason.into()),
        duration_ms: 0.0,
        ..begun(step, at)
    }
}

/// A step as it stands at a time.
pub fn as_of(step: &SignOutStep, now: f64) -> SignOutStep {
    let mut step = step.clone();
    if step.duration_ms == UNDER_WAY {
        step.duration_ms = tenths(now - step.started_at_ms);
    }
    step
}

/// Milliseconds to one decimal: browsers' clocks are hardly finer.
fn tenths(ms: f64) -> f64 {
    (ms * 10.0 + 0.5).floor() / 10.0
}

/// A step in a line, for the logger. No token is ever in one.
pub fn line(step: &SignOutStep, error: Option<&AuthError>) -> String {
    let mut status = String::new();
    if let Some(number) = step.status {
        push_decimal(&mut status, number.into());
    }
    let why = error.map(|error| &error.message).or(step.reason.as_ref());
    let mut line = String::new();
    for (before, text) in [
        ("", step.step.as_str()),
        (" ", step.outcome.as_str()),
        (", ", step.code.map_or("", AuthErrorCode::as_str)),
        (", HTTP ", &status),
        (", request ", step.request_id.as_deref().unwrap_or_default()),
        (": ", why.map_or("", |why| why)),
    ] {
        if !text.is_empty() {
            line.push_str(before);
            line.push_str(text);
        }
    }
    line
}

/// What an error is kept for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorOf {
    /// A request.
    Request(Op),
    /// The clear.
    Clear,
    /// Leaving the page.
    Leaving,
}

/// The error that each part of a sign-out ended with.
#[derive(Clone, Default)]
struct Errors {
    refresh: Option<AuthError>,
    forget_device: Option<AuthError>,
    global_sign_out: Option<AuthError>,
    revoke_token: Option<AuthError>,
    revoke_others: Option<AuthError>,
    clear: Option<AuthError>,
    leaving: Option<AuthError>,
}

impl Errors {
    fn of(&mut self, of: ErrorOf) -> &mut Option<AuthError> {
        match of {
            ErrorOf::Request(Op::Refresh) => &mut self.refresh,
            ErrorOf::Request(Op::ForgetDevice) => &mut self.forget_device,
            ErrorOf::Request(Op::GlobalSignOut) => &mut self.global_sign_out,
            ErrorOf::Request(Op::RevokeToken) => &mut self.revoke_token,
            ErrorOf::Request(Op::RevokeOthers) => &mut self.revoke_others,
            ErrorOf::Clear => &mut self.clear,
            ErrorOf::Leaving => &mut self.leaving,
        }
    }
}

/// The steps of one sign-out in the order of their start.
#[derive(Clone, Default)]
pub struct StepLog {
    steps: Vec<SignOutStep>,
    errors: Errors,
}

/// The step that a request belongs to.
pub fn step_of(op: Op) -> StepName {
    match op {
        Op::Refresh => StepName::Refresh,
        Op::ForgetDevice => StepName::ForgetDevice,
        Op::GlobalSignOut => StepName::GlobalSignOut,
        Op::RevokeToken | Op::RevokeOthers => StepName::RevokeToken,
    }
}

impl StepLog {
    /// The steps so far.
    pub fn steps(&self) -> &[SignOutStep] {
        &self.steps
    }

    /// Whether a step was begun.
    pub fn has(&self, name: StepName) -> bool {
        self.steps.iter().any(|step| step.step == name)
    }

    fn change(&mut self, name: StepName) -> Option<&mut SignOutStep> {
        self.steps.iter_mut().find(|step| step.step == name)
    }

    /// A step begins, or is tried again.
    pub fn begin(&mut self, name: StepName, requests: usize, at: f64) {
        if !self.has(name) {
            self.steps.push(begun(name, at));
        }
        if let Some(step) = self.change(name) {
            step.attempts += requests as u32;
        }
    }

    /// A step has ended, for now.
    pub fn end(&mut self, name: StepName, at: f64, code: Option<AuthErrorCode>) {
        if let Some(step) = self.change(name) {
            step.duration_ms = tenths(at - step.started_at_ms);
            step.outcome = match code {
                Some(_) => StepOutcome::Failed,
                None => StepOutcome::Ok,
            };
            step.code = code;
        }
    }

    /// A step.
    pub fn step(&self, name: StepName) -> Option<&SignOutStep> {
        self.steps.iter().find(|step| step.step == name)
    }

    /// Whether a step of a result was begun and has ended as it is there, so that the logger has its line.
    pub fn has_ended(&self, step: &SignOutStep) -> bool {
        let how = |step: &SignOutStep| (step.outcome, step.code, step.duration_ms);
        step.outcome != StepOutcome::Skipped && self.step(step.step).map(how) == Some(how(step))
    }

    /// A step is not begun.
    pub fn skip(&mut self, name: StepName, at: f64, reason: &'static str) {
        self.steps.push(skipped(name, at, reason));
    }

    /// What the last answer said of itself.
    pub fn answered(&mut self, name: StepName, status: u16, request_id: Option<String>) {
        if let Some(step) = self.change(name) {
            step.status = Some(status);
            step.request_id = request_id;
        }
    }

    /// What is special about a step.
    pub fn note(&mut self, name: StepName, reason: Cow<'static, str>) {
        if let Some(step) = self.change(name) {
            step.reason = Some(reason);
        }
    }

    /// Keeps, or forgets, an error.
    pub fn set_error(&mut self, of: ErrorOf, error: Option<AuthError>) {
        *self.errors.of(of) = error;
    }

    /// What the clear failed with.
    pub fn clear_error(&self) -> Option<&AuthError> {
        self.errors.clear.as_ref()
    }

    /// What leaving the page failed with.
    pub fn leaving_error(&self) -> Option<&AuthError> {
        self.errors.leaving.as_ref()
    }

    /// The error that a request ended with. One that could only fail because the refresh before it did says why that failed.
    pub fn error_of(&self, op: Op) -> AuthError {
        let errors = &self.errors;
        let error = match op {
            Op::Refresh => &errors.refresh,
            Op::ForgetDevice => &errors.forget_device,
            Op::GlobalSignOut => &errors.global_sign_out,
            Op::RevokeToken => &errors.revoke_token,
            Op::RevokeOthers => &errors.revoke_others,
        };
        let mut error = error.as_ref();
        if matches!(op, Op::GlobalSignOut | Op::ForgetDevice)
            && error.is_none_or(|error| error.code == AuthErrorCode::TokenExpired)
        {
            error = errors.refresh.as_ref().or(error);
        }
        error
            .cloned()
            .unwrap_or_else(|| AuthError::new(AuthErrorCode::Unknown))
    }

    /// A retry knows the errors of what it does not run again.
    pub fn inherit(&mut self, before: &StepLog) {
        self.errors = before.errors.clone();
        self.errors.leaving = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_became_of_a_step() {
        let mut log = StepLog::default();
        log.begin(StepName::Clear, 0, 1.0);
        log.begin(StepName::RevokeToken, 1, 1.0);
        log.answered(StepName::RevokeToken, 400, Some("a1b2".to_owned()));
        let mut line_of = |name, error: Option<AuthError>| {
            log.end(name, 7.0, error.as_ref().map(|error| error.code));
            log.step(name).map(|step| line(step, error.as_ref()))
        };
        assert_eq!(line_of(StepName::Clear, None).unwrap(), "clear ok");
        let storage = AuthError::new(AuthErrorCode::Storage);
        assert_eq!(
            line_of(StepName::Clear, Some(storage)).unwrap(),
            "clear failed, storage: The tokens could not be removed from the storage."
        );
        assert_eq!(
            line_of(StepName::RevokeToken, None).unwrap(),
            "revokeToken ok, HTTP 400, request a1b2"
        );
        let service = AuthError::with_message(AuthErrorCode::Service, "Forbidden.");
        assert_eq!(
            line_of(StepName::RevokeToken, Some(service)).unwrap(),
            "revokeToken failed, service, HTTP 400, request a1b2: Forbidden."
        );
        let skipped = skipped(StepName::ForgetDevice, 7.0, "nobody was signed in");
        assert_eq!(
            line(&skipped, None),
            "forgetDevice skipped: nobody was signed in"
        );
    }

    #[test]
    fn times_have_one_decimal() {
        let mut log = StepLog::default();
        log.begin(StepName::Clear, 0, 0.0499);
        log.begin(StepName::RevokeToken, 1, 1234.5678);
        log.end(StepName::Clear, 0.85, None);
        let [clear, revoke] = log.steps() else {
            panic!("two steps");
        };
        assert_eq!((clear.started_at_ms, clear.duration_ms), (0.0, 0.9));
        let revoke = as_of(revoke, 2000.0001);
        assert_eq!((revoke.started_at_ms, revoke.duration_ms), (1234.6, 765.4));
    }
}
