//! The steps that are no requests: reading back, leaving the page, following another tab.

use std::rc::Rc;

use super::alarms::Alarm;
use super::{LEAVING_MS, Run};
use crate::browser::{clock, js, page, task};
use crate::driver::journal::LEAVING;
use crate::driver::{leaving, requests, returned, sweep};
use crate::error::{AuthError, AuthErrorCode};
use crate::flow::{self, Back, Call, Departure, Event, Heard, Phase};
use crate::outcome::{LocalFuture, StepName};

impl Run {
    pub(super) fn read_back(self: &Rc<Self>) {
        let run = self.clone();
        run.begin_step(StepName::ReadBack, 0);
        task::start(Box::pin(async move {
            let back = run.remove_again().await;
            let failed = (back == Back::Stuck).then(|| AuthError::new(AuthErrorCode::Storage));
            run.end_step(StepName::ReadBack, failed.as_ref());
            if matches!(back, Back::Removed { .. }) {
                run.journal.borrow_mut().note(
                    StepName::ReadBack,
                    "the session had been written back".into(),
                );
            }
            run.dispatch(Event::ReadBack(back));
        }));
    }

    /// Removes what was written back of the sessions, and keeps the newest refresh token of it.
    fn remove_again(self: &Rc<Self>) -> LocalFuture<Back> {
        let run = self.clone();
        Box::pin(async move {
            let (ids, keys) = {
                let ending = run.ending.borrow();
                (ending.ids.clone(), ending.keys.clone())
            };
            if ids.is_empty() {
                return Back::Gone;
            }
            let mut stock = sweep::read_all(&run.client, &run.patience, keys).await;
            let (back, newer) = run.ending.borrow().written_back(&mut stock.places);
            let stock = stock.remove(false).await;
            if newer.is_some() {
                run.ending.borrow_mut().refresh = newer;
            }
            match stock.error {
                Some(_) => Back::Stuck,
                None => back,
            }
        })
    }

    pub(super) fn read_back_later(self: &Rc<Self>) {
        let run = self.clone();
        task::start(Box::pin(async move {
            if run.remove_again().await == (Back::Removed { newer_token: true }) {
                let token = run.ending.borrow().refresh.clone();
                requests::revoke_in_passing(&run.client, token.as_ref());
            }
            run.let_go();
        }));
    }

    /// Forgets the run, unless a held-back revocation still waits for `pagehide`, or for the network.
    pub(super) fn let_go(self: &Rc<Self>) {
        let held = matches!(self.machine.get().revoke, Call::HeldBack | Call::Waiting);
        // What `online` began comes back to this run; what `retry()` began does not.
        let online = self.online.get() && self.retried.borrow().is_none();
        let over = self.superseded.get() && !online;
        if over || !(held || self.waits_for_network()) {
            self.listeners.take();
            self.client
                .runs
                .borrow_mut()
                .retain(|run| !Rc::ptr_eq(run, self));
            self.client.release_unused();
        }
    }

    pub(super) fn leave(self: &Rc<Self>) {
        let (way, navigate) = {
            let ending = self.ending.borrow();
            (ending.way.clone(), ending.navigate.clone())
        };
        let Ok(way) = way else {
            self.dispatch(Event::LeaveFailed);
            return;
        };
        self.begin_step(StepName::Navigate, 0);
        let now = clock::wall();
        self.update_mark(&mut |entry| entry.leaves(now));
        self.client.left_here.set(true);
        let leaving = leaving::begin(&self.client, &way.url);
        if self.is_retry.get() {
            self.client.note_retry(true);
        }
        returned::save(self);
        self.set_alarm(LEAVING_MS, Alarm::Event(Event::LeaveFailed));
        let run = self.clone();
        task::start(Box::pin(async move {
            leaving.calling.set(navigate.is_none());
            let left = page::leave(&way.url, navigate.as_ref());
            leaving.calling.set(false);
            let left = match left {
                Ok(value) if navigate.is_some() && task::is_thenable(&value) => {
                    task::settle(&value, Some(LEAVING_MS)).await
                }
                left => left,
            };
            match left {
                // location.assign returns at once; `pagehide` says when the page goes.
                Ok(_) if navigate.is_none() => {}
                Ok(_) => {
                    if leaving.departure() == Departure::Replaced {
                        run.dispatch(Event::Replaced);
                    }
                    run.dispatch(Event::Left);
                }
                Err(thrown) => {
                    let error = js::error(AuthErrorCode::Navigation, &thrown);
                    run.journal.borrow_mut().set_error(LEAVING, Some(error));
                    run.dispatch(Event::LeaveFailed);
                }
            }
        }));
    }

    /// Looks whether the other tab's sign-out has settled.
    pub fn check_other_tab(self: &Rc<Self>) {
        if self.phase() != Phase::Following {
            return;
        }
        let mark = self.client.mark();
        let id = self.ending.borrow().ids.first().copied();
        let entry = id.and_then(|id| mark.entry(id));
        match entry {
            // It failed there, or had to make room: no more will be heard of it.
            None => self.dispatch(Event::Deadline),
            Some(entry) => {
                if let Some(codes) = entry.codes {
                    self.heard_leaves.set(entry.redirecting);
                    self.dispatch(Event::OtherTabSettled(Heard {
                        codes,
                        global: entry.global,
                        forget_device: entry.forget_device,
                    }));
                }
            }
        }
    }

    /// GlobalSignOut succeeded; Cognito's `Date` tells other tabs which sign-ins it ended.
    pub fn global_ended(&self, date: Option<&str>) {
        let ended_at = date.map(js_sys::Date::parse).filter(|at| at.is_finite());
        let ended_at = ended_at.unwrap_or_else(clock::wall);
        self.update_mark(&mut |entry| entry.ended_at = Some(ended_at));
        self.client.broadcast();
    }

    pub fn update_mark(&self, change: &mut dyn FnMut(&mut flow::MarkEntry)) {
        let ids = self.ending.borrow().ids.clone();
        self.client.change_mark(&mut |mark| {
            for id in &ids {
                mark.update(*id, &mut *change);
            }
        });
    }

    /// A step begins. The time is read first: no borrow is held over a call into JavaScript.
    pub fn begin_step(&self, step: StepName, requests: usize) {
        let at = self.elapsed();
        self.journal.borrow_mut().begin(step, requests, at);
    }

    /// A step has ended, for now.
    pub fn end_step(&self, step: StepName, error: Option<&AuthError>) {
        let at = self.elapsed();
        self.journal
            .borrow_mut()
            .end(step, at, error.map(|error| error.code));
        self.log_step(step, error);
    }

    pub(super) fn log_step(&self, step: StepName, error: Option<&AuthError>) {
        let outcome = match error {
            None => [step.as_str(), " ok"].concat(),
            Some(error) => [step.as_str(), " failed: ", error.code.as_str()].concat(),
        };
        self.client.log(error.is_some(), &outcome);
    }
}
