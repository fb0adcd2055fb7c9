//! What each step did and when, and the error that each request ended with.

use std::borrow::Cow;

use crate::error::{AuthError, AuthErrorCode};
use crate::flow::Op;
use crate::outcome::{StepName, StepOutcome};

/// A step under way, or done.
pub struct Step {
    pub name: StepName,
    pub outcome: StepOutcome,
    pub reason: Option<Cow<'static, str>>,
    /// How many requests were sent for it.
    pub attempts: u32,
    /// In milliseconds since the sign-out began.
    pub started_at_ms: f64,
    /// In milliseconds; negative while it goes on.
    pub duration_ms: f64,
    /// The HTTP status of the last answer.
    pub status: Option<u16>,
    pub request_id: Option<String>,
    pub code: Option<AuthErrorCode>,
}

impl Step {
    fn new(name: StepName, at: f64) -> Step {
        Step {
            name,
            // What is not known to have happened has failed, until it is known.
            outcome: StepOutcome::Failed,
            reason: None,
            attempts: 0,
            started_at_ms: at,
            duration_ms: -1.0,
            status: None,
            request_id: None,
            code: None,
        }
    }

    /// One that was not begun.
    pub fn skipped(name: StepName, at: f64, reason: &'static str) -> Step {
        Step {
            outcome: StepOutcome::Skipped,
            reason: Some(reason.into()),
            duration_ms: 0.0,
            ..Step::new(name, at)
        }
    }
}

/// The steps of one sign-out in the order of their start.
#[derive(Default)]
pub struct Journal {
    steps: Vec<Step>,
    errors: [Option<AuthError>; 7],
}

/// Behind the errors of the requests: what the clear failed with.
pub const STORAGE: usize = 5;
/// What leaving the page failed with.
pub const LEAVING: usize = 6;

/// The step that a request belongs to.
pub fn step_of(op: Op) -> StepName {
    match op {
        Op::Refresh => StepName::Refresh,
        Op::ForgetDevice => StepName::ForgetDevice,
        Op::GlobalSignOut => StepName::GlobalSignOut,
        Op::RevokeToken | Op::RevokeOthers => StepName::RevokeToken,
    }
}

impl Journal {
    /// The steps so far.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The step of that name, where it was begun.
    pub fn step(&self, name: StepName) -> Option<&Step> {
        self.steps.iter().find(|step| step.name == name)
    }

    fn change(&mut self, name: StepName) -> Option<&mut Step> {
        self.steps.iter_mut().find(|step| step.name == name)
    }

    /// A step begins, or is tried again.
    pub fn begin(&mut self, name: StepName, requests: usize, at: f64) {
        if self.step(name).is_none() {
            self.steps.push(Step::new(name, at));
        }
        if let Some(step) = self.change(name) {
            step.attempts += requests as u32;
        }
    }

    /// A step has ended, for now.
    pub fn end(&mut self, name: StepName, at: f64, code: Option<AuthErrorCode>) {
        if let Some(step) = self.change(name) {
            step.duration_ms = at - step.started_at_ms;
            step.outcome = match code {
                Some(_) => StepOutcome::Failed,
                None => StepOutcome::Ok,
            };
            step.code = code;
        }
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

    /// Keeps, or forgets, the error of a request, of the clear or of leaving.
    pub fn set_error(&mut self, of: usize, error: Option<AuthError>) {
        if let Some(kept) = self.errors.get_mut(of) {
            *kept = error;
        }
    }

    /// What was kept.
    pub fn error(&self, of: usize) -> Option<&AuthError> {
        self.errors.get(of)?.as_ref()
    }

    /// The error that a request ended with. One that could only fail because the refresh before it did says why that failed.
    pub fn error_of(&self, op: Op) -> AuthError {
        let mut error = self.error(op as usize);
        if matches!(op, Op::GlobalSignOut | Op::ForgetDevice)
            && error.is_none_or(|error| error.code == AuthErrorCode::TokenExpired)
        {
            error = self.error(Op::Refresh as usize).or(error);
        }
        error
            .cloned()
            .unwrap_or_else(|| AuthError::new(AuthErrorCode::Unknown))
    }

    /// A retry knows the errors of what it does not run again.
    pub fn inherit(&mut self, before: &Journal) {
        self.errors = before.errors.clone();
        self.set_error(LEAVING, None);
    }
}
