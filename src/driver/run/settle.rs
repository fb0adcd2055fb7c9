//! The end of a run: its callers, the listeners and the other tabs are told; and a retry, which begins another.

use std::cell::RefCell;
use std::rc::Rc;

use super::alarms::Alarm;
use super::begin::Way;
use super::{LATER_MS, Run};
use crate::browser::task::{self, Slot};
use crate::driver::client::{Inner, SignedOutEvent, SignedOutReason};
use crate::driver::ending::Ending;
use crate::driver::popup::Popup;
use crate::driver::report::{Report, status};
use crate::driver::returned;
use crate::error::{AuthError, AuthErrorCode};
use crate::flow::{Hosted, Leave, Machine, Tag};
use crate::options::{HostedUiMode, SignOutOptions};
use crate::outcome::{LocalFuture, StepName};

impl Run {
    pub(super) fn settle(self: &Rc<Self>) {
        let machine = self.machine.get();
        let left = machine.hosted == Hosted::Done && machine.plan.leave != Leave::Popup;
        let tried = self.journal.borrow().step(StepName::Navigate).is_some();
        if tried {
            let failed = (!left).then(|| AuthError::new(AuthErrorCode::Navigation));
            self.end_step(StepName::Navigate, failed.as_ref());
        }
        // No record outlives a sign-out that did not leave, but that of one by which this document is on its way.
        let leaving = self.client.left_here.get();
        if left && leaving {
            returned::save(self);
        } else if tried || !leaving {
            returned::forget(&self.client);
        }
        let report = self.report(None);
        let failed = report.tag == Tag::Failed;
        self.mark_settled(&report, &machine);
        let line = ["sign-out ", status(report.tag)].concat();
        self.client.log(report.tag != Tag::Complete, &line);
        let callers = self.callers.take();
        for caller in &callers {
            caller.slot.fill(report.clone());
        }
        if !failed {
            self.client.broadcast();
        }
        // One who followed another tab may have heard of it already.
        let heard = machine.following && {
            let ids = self.ending.borrow().ids.clone();
            !self.client.tells_first(&ids)
        };
        if !failed && !self.tell_once() && !heard {
            self.client.tell(SignedOutEvent {
                reason: SignedOutReason::SignOut,
                global: machine.plan.global,
                redirecting: left,
            });
        }
        self.close_popup();
        self.alarms.take();
        self.set_alarm(LATER_MS, Alarm::ReadBackLater);
    }

    /// Whether the listeners knew; from now on they do.
    fn tell_once(&self) -> bool {
        std::mem::replace(&mut self.ending.borrow_mut().told, true)
    }

    fn mark_settled(&self, report: &Report, machine: &Machine) {
        if machine.following {
            return;
        }
        if report.tag == Tag::Failed {
            let ids = self.ending.borrow().ids.clone();
            self.client.change_mark(&mut |mark| {
                for id in &ids {
                    mark.remove(*id);
                }
            });
            return;
        }
        let left = machine.hosted == Hosted::Done;
        self.update_mark(&mut |entry| {
            entry.codes = Some(report.codes);
            if !left {
                entry.leaving_since = None;
            }
        });
    }

    /// Leaves for the hosted UI once more, and does nothing else.
    pub fn leave_again(client: &Rc<Inner>, way: &Rc<Way>) -> LocalFuture<Rc<Report>> {
        let options = SignOutOptions {
            hosted_ui: HostedUiMode::Redirect,
            ..SignOutOptions::default()
        };
        let ending = Rc::new(RefCell::new(Ending::new(Ok(way.clone()), None)));
        let run = Rc::new(Run::new(client, options, ending, None, None));
        let slot = Slot::new();
        run.begin_as(Machine::leave_only(run.machine.get().plan), slot.clone());
        Box::pin(slot)
    }

    /// Runs again what failed; every call gets the same result.
    pub fn run_again(self: &Rc<Self>) -> LocalFuture<Rc<Report>> {
        let known = self.retry.borrow().clone();
        Box::pin(known.unwrap_or_else(|| {
            let slot = Slot::new();
            self.retry.replace(Some(slot.clone()));
            // What `online` has begun is waited for.
            if !self.superseded.get() {
                self.again(slot.clone());
            }
            slot
        }))
    }

    /// Sends again what failed of the revocations, and takes what came of it for its own. The hosted UI waits for `retry()`: no
    /// page is left unasked.
    pub(super) fn revoke_again(self: &Rc<Self>) {
        let mut next = self.machine.get().retry();
        next.hosted = Hosted::NotDue;
        let slot = Slot::new();
        // This one goes on listening.
        let options = SignOutOptions {
            retry_when_online: false,
            ..self.options.clone()
        };
        let run = self.take_over(next, options, slot.clone());
        let before = self.clone();
        task::start(Box::pin(async move {
            slot.await;
            let done = run.machine.get();
            before.change_machine(&mut |machine| {
                machine.forget = done.forget;
                machine.global = done.global;
                machine.revoke = done.revoke;
                machine.others = done.others;
            });
            before.journal.borrow_mut().inherit(&run.journal.borrow());
            run.superseded.set(true);
            before.superseded.set(false);
            let asked = before.retry.borrow().clone();
            if let Some(slot) = asked {
                before.again(slot);
            }
            before.let_go();
        }));
    }

    fn again(&self, slot: Slot<Rc<Report>>) {
        self.take_over(self.machine.get().retry(), self.options.clone(), slot);
    }

    /// A run of this one's tokens with another machine, which takes over from here.
    fn take_over(
        &self,
        next: Machine,
        mut options: SignOutOptions,
        slot: Slot<Rc<Report>>,
    ) -> Rc<Run> {
        self.superseded.set(true);
        if options.timeout_ms <= 0.0 {
            options.timeout_ms = SignOutOptions::default().timeout_ms;
        }
        let popup = match (next.plan.leave, next.hosted) {
            (Leave::Popup, Hosted::Due) => Popup::open_now(),
            _ => None,
        };
        let (ending, app_state) = (self.ending.clone(), self.app_state.clone());
        let run = Rc::new(Run::new(&self.client, options, ending, app_state, popup));
        run.journal.borrow_mut().inherit(&self.journal.borrow());
        run.begin_as(next, slot);
        run
    }

    fn begin_as(self: &Rc<Self>, machine: Machine, slot: Slot<Rc<Report>>) {
        self.machine.set(machine);
        self.add_caller(None, slot, self.options.timeout_ms);
        self.begin();
        if !self.is_clearing() {
            self.begin_remote();
        }
    }
}
