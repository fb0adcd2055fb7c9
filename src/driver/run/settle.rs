//! The end of a run: its callers, the listeners and the other tabs are told; and a retry, which begins another.

use std::rc::Rc;

use super::alarms::Alarm;
use super::begin::Way;
use super::callers::Caller;
use super::{LATER_MS, Run};
use crate::browser::task::{self, Slot};
use crate::driver::client::{Hooks, Inner, SignedOutEvent, SignedOutReason};
use crate::driver::popup::Popup;
use crate::driver::returned;
use crate::flow::{Hosted, Leave, Machine, Tag};
use crate::options::{HostedUiMode, SignOutOptions};
use crate::outcome::{LocalFuture, SignOutResult};

impl Run {
    pub(super) fn settle(self: &Rc<Self>) {
        let machine = *self.machine.borrow();
        if machine.hosted == Hosted::NotLeft {
            returned::forget(&self.client);
        } else if self.client.left_here.get() && machine.hosted == Hosted::Done {
            let way = self.way.borrow().clone();
            if let Ok(way) = way {
                returned::save(self, &way);
            }
        }
        let failed = machine.verdict(None).tag == Tag::Failed;
        self.mark_settled(failed, &machine);
        let result = self.result(None);
        self.log_result(&result);
        let callers: Vec<Caller> = self.callers.borrow_mut().drain(..).collect();
        for caller in callers {
            caller.slot.fill(result.clone());
        }
        if !failed {
            self.client.broadcast();
        }
        // One who followed another tab may have heard of it already.
        let told = machine.following && !self.client.tells_first(&self.ids.borrow());
        if !failed && !self.told.replace(true) && !told {
            self.client.tell(SignedOutEvent {
                reason: SignedOutReason::SignOut,
                global: machine.plan.global,
                redirecting: machine.hosted == Hosted::Done && machine.plan.leave != Leave::Popup,
            });
        }
        if let Some(popup) = &*self.popup.borrow() {
            popup.close();
        }
        self.alarms.borrow_mut().clear();
        self.set_alarm(LATER_MS, Alarm::ReadBackLater);
    }

    pub(super) fn log_result(&self, result: &SignOutResult) {
        let line = ["sign-out ", result.status()].concat();
        self.client
            .log(!matches!(result, SignOutResult::Complete(_)), &line);
    }

    pub(super) fn mark_settled(self: &Rc<Self>, failed: bool, machine: &Machine) {
        if machine.following {
            return;
        }
        if failed {
            let ids = self.ids.borrow().clone();
            self.client.change_mark(&mut |mark| {
                for id in &ids {
                    mark.remove(*id);
                }
            });
            return;
        }
        let codes = self.step_codes();
        let left = machine.hosted == Hosted::Done;
        self.update_mark(&mut |entry| {
            entry.codes = Some(codes);
            if !left {
                entry.leaving_since = None;
            }
        });
    }

    /// Leaves for the hosted UI once more, and does nothing else.
    pub fn leave_again(client: &Rc<Inner>, way: &Way) -> LocalFuture<SignOutResult> {
        let options = SignOutOptions {
            hosted_ui: HostedUiMode::Redirect,
            ..SignOutOptions::default()
        };
        let hooks = Hooks::default();
        let run = Run::new(client, options, Ok(way.clone()), &hooks);
        let plan = run.machine.borrow().plan;
        *run.machine.borrow_mut() = Machine::leave_only(plan);
        let slot = Slot::new();
        run.add_caller(&hooks, slot.clone());
        run.begin();
        run.begin_remote();
        Box::pin(slot)
    }

    /// Runs again what failed; every call gets the same result.
    pub fn run_again(self: &Rc<Self>) -> LocalFuture<SignOutResult> {
        if let Some(slot) = &*self.retry.borrow() {
            return Box::pin(slot.clone());
        }
        let next = self.machine.borrow().retry();
        let (_, slot) = self.again(next);
        *self.retry.borrow_mut() = Some(slot.clone());
        Box::pin(slot)
    }

    /// Sends again what failed of the revocations. The hosted UI waits for `retry()`: no page is left unasked.
    pub(super) fn revoke_again(self: &Rc<Self>) {
        let mut next = self.machine.borrow().retry();
        next.hosted = Hosted::NotDue;
        let (run, slot) = self.again(next);
        let before = self.clone();
        task::start(Box::pin(async move {
            slot.await;
            let done = *run.machine.borrow();
            let mut machine = before.machine.borrow_mut();
            machine.forget = done.forget;
            machine.global = done.global;
            machine.revoke = done.revoke;
            machine.others = done.others;
        }));
    }

    /// A run of this one's tokens with another machine, which takes over from here.
    fn again(self: &Rc<Self>, next: Machine) -> (Rc<Run>, Slot<SignOutResult>) {
        let slot = Slot::new();
        self.superseded.set(true);
        let hooks = Hooks {
            navigate: self.navigate.borrow().clone(),
            app_state: self.app_state.clone(),
            ..Hooks::default()
        };
        let mut options = self.options.clone();
        if options.timeout_ms <= 0.0 {
            options.timeout_ms = SignOutOptions::default().timeout_ms;
        }
        let popup = match (next.plan.leave, next.hosted) {
            (Leave::Popup, Hosted::Due) => Popup::open_now(),
            _ => None,
        };
        let run = Run::new(&self.client, options, self.way.borrow().clone(), &hooks);
        *run.popup.borrow_mut() = popup;
        *run.machine.borrow_mut() = next;
        *run.vault.borrow_mut() = self.vault.borrow().clone();
        *run.ids.borrow_mut() = self.ids.borrow().clone();
        *run.keys.borrow_mut() = self.keys.borrow().clone();
        run.user.set(self.user.get());
        run.told.set(self.told.get());
        run.lost_answer.set(self.lost_answer.get());
        run.journal.borrow_mut().inherit(&self.journal.borrow());
        run.add_caller(&hooks, slot.clone());
        run.begin();
        if !run.is_clearing() {
            run.begin_remote();
        }
        (run, slot)
    }
}
