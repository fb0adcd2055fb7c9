//! What each step did and when, and the error that each request ended with.

use crate::error::{AuthError, AuthErrorCode};
use crate::flow::Op;
use crate::outcome::{SignOutStep, StepName, StepOutcome};

/// The steps of one sign-out in the order of their start.
#[derive(Default)]
pub struct Journal {
    steps: Vec<SignOutStep>,
    errors: [Option<AuthError>; 5],
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

impl Journal {
    /// A step begins, or is tried again.
    pub fn begin(&mut self, name: StepName, is_request: bool, at: f64) {
        let sent = u32::from(is_request);
        if let Some(step) = self.steps.iter_mut().find(|step| step.step == name) {
            step.attempts += sent;
            return;
        }
        self.steps.push(SignOutStep {
            step: name,
            // What is not known to have happened has failed, until it is known.
            outcome: StepOutcome::Failed,
            reason: None,
            attempts: sent,
            started_at_ms: at,
            duration_ms: -1.0,
            status: None,
            request_id: None,
            code: None,
        });
    }

    /// A step has ended, for now.
    pub fn end(&mut self, name: StepName, at: f64, error: Option<&AuthError>) {
        if let Some(step) = self.steps.iter_mut().find(|step| step.step == name) {
            step.duration_ms = at - step.started_at_ms;
            step.outcome = match error {
                Some(_) => StepOutcome::Failed,
                None => StepOutcome::Ok,
            };
            step.code = error.map(|error| error.code);
        }
    }

    /// What the last answer said of itself.
    pub fn answered(&mut self, name: StepName, status: u16, request_id: Option<String>) {
        if let Some(step) = self.steps.iter_mut().find(|step| step.step == name) {
            step.status = Some(status);
            step.request_id = request_id;
        }
    }

    /// Why a step was skipped, or what is special about it.
    pub fn note(&mut self, name: StepName, reason: &'static str) {
        if let Some(step) = self.steps.iter_mut().find(|step| step.step == name) {
            step.reason = Some(reason.into());
        }
    }

    /// Keeps, or forgets, the error of a request.
    pub fn set_error(&mut self, op: Op, error: Option<AuthError>) {
        if let Some(kept) = self.errors.get_mut(op as usize) {
            *kept = error;
        }
    }

    /// The error that a request ended with. One that could only fail because the refresh before it did says why that failed.
    pub fn error(&self, op: Op) -> AuthError {
        let kept = |op: Op| self.errors.get(op as usize).cloned().flatten();
        let own = kept(op);
        let needs_refresh = matches!(op, Op::GlobalSignOut | Op::ForgetDevice)
            && own
                .as_ref()
                .is_none_or(|error| error.code == AuthErrorCode::TokenExpired);
        let refresh = if needs_refresh {
            kept(Op::Refresh)
        } else {
            None
        };
        refresh
            .or(own)
            .unwrap_or_else(|| AuthError::new(AuthErrorCode::Unknown))
    }

    /// A retry knows the errors of what it does not run again.
    pub fn inherit(&mut self, before: &Journal) {
        self.errors = before.errors.clone();
    }

    /// Takes over the steps, to say more of them.
    pub fn copy_steps(&mut self, from: &Journal) {
        self.steps = from.steps.clone();
    }

    /// All steps, as of now.
    pub fn steps(&self, at: f64) -> Vec<SignOutStep> {
        let mut steps = self.steps.clone();
        for step in &mut steps {
            if step.duration_ms < 0.0 {
                step.duration_ms = at - step.started_at_ms;
            }
        }
        steps
    }

    /// Adds a step that was not begun.
    pub fn skip(&mut self, name: StepName, at: f64, reason: &'static str) {
        if self.steps.iter().all(|step| step.step != name) {
            self.begin(name, false, at);
            self.end(name, at, None);
            if let Some(step) = self.steps.last_mut() {
                step.outcome = StepOutcome::Skipped;
                step.reason = Some(reason.into());
            }
        }
    }

    /// Says of a step that it failed with this code.
    pub fn fail(&mut self, name: StepName, code: AuthErrorCode) {
        if let Some(step) = self.steps.iter_mut().find(|step| step.step == name) {
            step.outcome = StepOutcome::Failed;
            step.code = Some(code);
        }
    }
}
