//! The end of a run: its callers, the listeners and the other tabs are told; and a retry, which begins another.

use std::cell::RefCell;
use std::rc::Rc;

use super::alarms::Alarm;
use super::begin::{Ask, Way};
use super::{LATER_MS, Run};
use crate::browser::clock;
use crate::browser::task::{self, Slot};
use crate::driver::client::{Inner, SignedOutEvent, SignedOutReason};
use crate::driver::ending::Ending;
use crate::driver::popup::Popup;
use crate::driver::report::{Report, status};
use crate::driver::returned;
use crate::error::{AuthError, AuthErrorCode};
use crate::flow::{Asked, Hosted, Leave, Machine, Tag};
use crate::options::{HostedUiMode, SignOutOptions};
use crate::outcome::{LocalFuture, StepName};

impl Run {
    pub(super) fn settle(self: &Rc<Self>) {
        let machine = self.machine.get();
        let by_page = machine.plan.leave != Leave::Popup;
        let left = machine.hosted == Hosted::Done && by_page;
        let replaced = machine.hosted == Hosted::Unconfirmed && by_page;
        let tried = self.journal.borrow().step(StepName::Navigate).is_some();
        if tried {
            let failed = match replaced {
                true => Some(AuthErrorCode::Unconfirmed),
                false => (!left).then_some(AuthErrorCode::Navigation),
            };
            self.end_step(StepName::Navigate, failed.map(AuthError::new).as_ref());
        }
        if tried && !left && !replaced {
            self.client.leaving.replace(None);
            if self.is_retry.get() {
                self.client.note_retry(false);
            }
        }
        // No record outlives a sign-out that did not leave, but that of one by which this document is on its way.
        let leaving = self.client.left_here.get();
        if (left || replaced) && leaving {
            returned::save(self);
        } else if tried || !leaving {
            returned::forget(&self.client);
        }
        let report = self.report(None, None);
        let failed = report.tag == Tag::Failed;
        self.mark_settled(&report, &machine);
        let line = ["sign-out ", status(report.tag)].concat();
        self.client.log(report.tag != Tag::Complete, &line);
        let callers = self.callers.take();
        for caller in &callers {
            caller.slot.fill(self.report(None, Some(&caller.ask)));
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
        self.client.release_unused();
        self.close_popup();
        self.alarms.take();
        self.set_alarm(LATER_MS, Alarm::ReadBackLater);
        // A sign-out that ran beside this one waits for its outcome.
        let runs = self.client.runs.borrow().clone();
        for run in &runs {
            run.check_other_tab();
        }
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
        let now = clock::wall();
        self.update_mark(&mut |entry| entry.settles(report.codes, left, now));
    }

    /// The page goes away before the sign-out has settled: who follows it learns what is known, for nobody will say more.
    pub(super) fn mark_hidden(self: &Rc<Self>) {
        let machine = self.machine.get();
        if machine.following || !machine.removed || self.is_settled() || self.is_clearing() {
            return;
        }
        let report = self.report(Some(AuthErrorCode::Unconfirmed), None);
        self.update_mark(&mut |entry| entry.codes = Some(report.codes));
        self.client.broadcast();
    }

    /// Leaves for the hosted UI once more, and does nothing else.
    pub fn leave_again(client: &Rc<Inner>, way: &Rc<Way>) -> LocalFuture<Rc<Report>> {
        let options = SignOutOptions {
            hosted_ui: HostedUiMode::Redirect,
            ..SignOutOptions::default()
        };
        let ending = Rc::new(RefCell::new(Ending::new(Ok(way.clone()), None)));
        let run = Rc::new(Run::new(client, options, ending, None));
        run.is_retry.set(true);
        let slot = Slot::new();
        let machine = Machine::leave_only(run.machine.get().plan);
        run.begin_as(machine, run.ask_of_all(), slot.clone());
        Box::pin(slot)
    }

    /// Runs again what failed, as far as it concerns one caller.
    pub fn run_again(self: &Rc<Self>, ask: Ask) -> Slot<Rc<Report>> {
        let slot = Slot::new();
        self.retry(ask, slot.clone());
        slot
    }

    fn retry(self: &Rc<Self>, mut ask: Ask, slot: Slot<Rc<Report>>) {
        if !self.is_settled() {
            // It left early, or another caller's retry is under way: what comes of that is waited for.
            let ms = ask.timeout_ms;
            let id = self.add_caller(ask, slot);
            self.set_alarm(ms, Alarm::Caller(id));
            return;
        }
        let next = self.retried.borrow().clone();
        if let Some(next) = next {
            next.retry(ask, slot);
        } else if self.superseded.get() {
            // What `online` has begun is waited for.
            self.waiting.borrow_mut().push((ask, slot));
        } else if self.machine.get().verdict_for(&ask.asked, None).tag == Tag::Complete {
            slot.fill(self.report(None, Some(&ask)));
        } else {
            let next = self.machine.get().retry_for(&ask.asked);
            if next.hosted == Hosted::Due || !next.removed {
                // Now it is this caller's own.
                ask.asked.refused = [false; 3];
                let mut ending = self.ending.borrow_mut();
                ending.way = ask.way.clone();
                ending.navigate = ask.navigate.clone();
            }
            let run = self.take_over(next, self.options.clone(), ask, slot);
            self.retried.replace(Some(run));
            // A revocation that was held back is the retry's now.
            if self.alarms.borrow().is_empty() {
                self.let_go();
            }
        }
    }

    /// As if one caller had asked for all of it.
    fn ask_of_all(&self) -> Ask {
        let plan = self.machine.get().plan;
        let ending = self.ending.borrow();
        Ask {
            asked: Asked {
                global: plan.global,
                forget_device: plan.forget_device,
                leave: plan.leave,
                refused: [false; 3],
            },
            way: ending.way.clone(),
            own_way: false,
            navigate: ending.navigate.clone(),
            app_state: self.app_state.borrow().clone(),
            signal: None,
            timeout_ms: self.options.timeout_ms,
            retry_when_online: false,
        }
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
        let run = self.take_over(next, options, self.ask_of_all(), slot.clone());
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
            for (ask, slot) in before.waiting.take() {
                before.retry(ask, slot);
            }
            before.let_go();
        }));
    }

    /// A run of this one's tokens with another machine, which takes over from here.
    fn take_over(
        &self,
        next: Machine,
        options: SignOutOptions,
        mut ask: Ask,
        slot: Slot<Rc<Report>>,
    ) -> Rc<Run> {
        self.superseded.set(true);
        ask.signal = None;
        if ask.timeout_ms <= 0.0 {
            ask.timeout_ms = SignOutOptions::default().timeout_ms;
        }
        let popup = match (next.plan.leave, next.hosted) {
            (Leave::Popup, Hosted::Due) => Popup::open_now(),
            _ => None,
        };
        let run = Rc::new(Run::new(&self.client, options, self.ending.clone(), popup));
        run.app_state.replace(ask.app_state.clone());
        run.is_retry.set(true);
        run.journal.borrow_mut().inherit(&self.journal.borrow());
        run.begin_as(next, ask, slot);
        run
    }

    fn begin_as(self: &Rc<Self>, machine: Machine, ask: Ask, slot: Slot<Rc<Report>>) {
        self.machine.set(machine);
        self.add_caller(ask, slot);
        self.begin();
        if !self.is_clearing() {
            self.begin_remote();
        }
    }
}
