//! Leaving the page for the hosted UI, and following another tab that does it.

use super::ask::{Caller, Waiter};
use super::scope::{Action, Scope};
use super::task::{Alarm, LEAVING_MS, SignOutTask};
use crate::engine::io::{Effect, EffectId};
use crate::engine::steps::ErrorOf;
use crate::engine::tables::{Departure, Event, Heard, Phase};
use crate::error::{AuthError, AuthErrorCode};
use crate::outcome::StepName;

impl SignOutTask {
    pub(super) fn leave(&mut self, scope: &mut Scope) {
        let Ok(target) = scope.context.target.clone() else {
            self.dispatch(Event::LeaveFailed, scope);
            return;
        };
        self.tell_who_stays(scope);
        self.begin_step(StepName::Navigate, 0, scope);
        let (now, follows) = (scope.now.wall, self.machine.following);
        // Who follows it need not wait until the page is gone.
        let codes = self.codes(Some(AuthErrorCode::Unconfirmed), scope);
        self.update_ended(scope, &mut |entry| {
            entry.leaves(now);
            if !follows {
                entry.codes = Some(codes);
            }
        });
        scope.returns.leave(&target);
        if self.leaves_by_retry() {
            scope.returns.note_retry(true, scope.now, scope.out.effects);
        }
        self.save_record(scope);
        self.set_alarm(LEAVING_MS, Alarm::Event(Event::LeaveFailed), scope);
        scope.actions.push(Action::Settled);
        let effect = scope.out.id();
        self.leaving = Some(effect);
        let navigate = scope.context.navigate;
        scope.effect(Effect::Leave(effect, target.url.clone(), navigate));
    }

    /// It is a `retry()`, or those who want the page to leave have called that.
    pub(super) fn leaves_by_retry(&self) -> bool {
        let is_retry = |caller: &Caller| matches!(caller.waiter, Waiter::Retry(_));
        let leaves = |caller: &&Caller| caller.ask.asked.may_leave();
        let mut callers = self.callers.iter().filter(leaves);
        self.is_retry || callers.next().is_some_and(is_retry) && callers.all(is_retry)
    }

    /// Writes the record for the page after.
    pub(super) fn save_record(&self, scope: &mut Scope) {
        if let Ok(target) = scope.context.target.clone() {
            let outcome = self.outcome_after(scope);
            let ids = &scope.context.ids;
            let state = self.app_state.as_deref();
            let what = (&outcome, state);
            scope
                .returns
                .save(scope.now, &target, ids, what, scope.out.effects);
        }
    }

    /// The app's own navigation settled, or leaving threw; false where another sign-out left.
    pub fn navigated(
        &mut self,
        effect: EffectId,
        result: Result<(), AuthError>,
        scope: &mut Scope,
    ) -> Result<(), Result<(), AuthError>> {
        if self.leaving != Some(effect) {
            return Err(result);
        }
        self.leaving = None;
        match result {
            Ok(()) => {
                if scope.returns.departure(scope.page) == Departure::Replaced {
                    self.dispatch(Event::Replaced, scope);
                }
                self.read_before(Event::Left, scope);
            }
            Err(error) => {
                self.log.set_error(ErrorOf::Leaving, Some(error));
                self.read_before(Event::LeaveFailed, scope);
            }
        }
        Ok(())
    }

    /// Looks whether the other tab's sign-out has settled.
    pub fn check_other_tab(&mut self, scope: &mut Scope) {
        if self.machine.phase != Phase::Following {
            return;
        }
        let mark = scope.ended.all(scope.now);
        let id = scope.context.ids.first().copied();
        match id.and_then(|id| mark.entry(id)) {
            // It failed there, or had to make room: no more will be heard of it.
            None => self.dispatch(Event::Deadline, scope),
            Some(entry) => {
                if let Some(codes) = entry.codes {
                    self.heard_leaves = entry.redirecting;
                    let heard = Heard {
                        codes,
                        global: entry.global,
                        forget_device: entry.forget_device,
                    };
                    self.dispatch(Event::OtherTabSettled(heard), scope);
                }
            }
        }
    }
}
