//! The end of a sign-out: its callers, the listeners and the other tabs are told.

use super::scope::{Action, Scope};
use super::task::{Alarm, LATER_MS, SignOutTask};
use crate::engine::io::{SignedOutEvent, SignedOutReason};
use crate::engine::outcome::Outcome;
use crate::engine::steps::line;
use crate::engine::tables::{Hosted, Leave, Status};
use crate::error::{AuthError, AuthErrorCode};
use crate::outcome::{StepName, StepOutcome};

impl SignOutTask {
    pub(super) fn settle(&mut self, scope: &mut Scope) {
        let machine = self.machine;
        let by_page = machine.plan.leave != Leave::Popup;
        let left = machine.hosted == Hosted::Done && by_page;
        let replaced = machine.hosted == Hosted::Unconfirmed && by_page;
        self.end_navigation(left, replaced, scope);
        let outcome = self.outcome(None, None, scope);
        let failed = outcome.tag == Status::Failed;
        self.note_settled(&outcome, scope);
        for step in &outcome.steps {
            if !self.log.has_ended(step) {
                let failed = step.outcome == StepOutcome::Failed;
                let error = outcome.error_of(step.step).filter(|_| failed);
                self.log_line(failed, line(step, error), scope);
            }
        }
        let line = ["sign-out ", outcome.tag.as_str()].concat();
        self.log_line(outcome.tag != Status::Complete, line, scope);
        self.tell_callers(scope);
        // A `retry()` has its caller's.
        scope.context.navigate = None;
        if !failed {
            scope.broadcast();
        }
        // One who followed another tab may have heard of it already.
        let heard = machine.following && !scope.ended.tells_first(&scope.context.ids);
        // A retry is no other sign-out.
        if !failed && !std::mem::replace(&mut scope.context.told, true) && !heard {
            scope.actions.push(Action::TellListeners(SignedOutEvent {
                reason: SignedOutReason::SignOut,
                global: machine.plan.global,
                redirecting: left,
            }));
        }
        self.close_popup(scope);
        self.set_last_alarm(LATER_MS, Alarm::ReadBackLater, scope);
        scope.actions.push(Action::Settled);
    }

    /// The record of a sign-out that left stays; no other outlives it, but that of one by which this document is on its way.
    fn end_navigation(&mut self, left: bool, replaced: bool, scope: &mut Scope) {
        let tried = self.log.has(StepName::Navigate);
        if tried {
            let failed = match replaced {
                true => Some(AuthErrorCode::Unconfirmed),
                false => (!left).then_some(AuthErrorCode::Navigation),
            };
            let error = failed.map(AuthError::new);
            self.end_step(StepName::Navigate, error.as_ref(), scope);
        }
        if tried && !left && !replaced {
            scope.returns.stay(scope.out.effects);
            if self.leaves_by_retry() {
                scope
                    .returns
                    .note_retry(false, scope.now, scope.out.effects);
            }
        }
        let leaving = scope.returns.left_here();
        if (left || replaced) && leaving {
            self.save_record(scope);
        } else if tried || !leaving {
            scope.returns.forget(scope.out.effects);
        }
    }

    fn note_settled(&self, outcome: &Outcome, scope: &mut Scope) {
        if self.machine.following {
            return;
        }
        if outcome.tag == Status::Failed {
            let ids = &scope.context.ids;
            scope
                .ended
                .change(scope.now, scope.out.effects, &mut |mark| {
                    for id in ids {
                        mark.remove(*id);
                    }
                });
            return;
        }
        let left = self.machine.hosted == Hosted::Done;
        let (codes, now) = (outcome.codes(), scope.now.wall);
        self.update_ended(scope, &mut |entry| entry.settles(codes, left, now));
    }

    /// The page goes away before the sign-out has settled: who follows it learns what is known, for nobody will say more.
    pub(super) fn note_hidden(&mut self, scope: &mut Scope) {
        let machine = &self.machine;
        if machine.following || !machine.removed || self.is_settled() || self.is_clearing() {
            return;
        }
        let codes = self.codes(Some(AuthErrorCode::Unconfirmed), scope);
        self.update_ended(scope, &mut |entry| entry.codes = Some(codes));
        scope.broadcast();
    }
}
