//! Those who wait for a run: they join, abort, run out of time, or leave before the others.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::alarms::Alarm;
use super::begin::{is_aborted, way};
use super::{BEFORE_LEAVING_MS, Run};
use crate::browser::clock;
use crate::browser::js::Listener;
use crate::browser::task::Slot;
use crate::driver::client::Hooks;
use crate::driver::popup::Popup;
use crate::error::AuthErrorCode;
use crate::flow::{Event, Hosted};
use crate::options::{HostedUiMode, SignOutOptions};
use crate::outcome::SignOutResult;

/// Someone who waits for the result.
pub struct Caller {
    pub(super) id: u32,
    pub(super) timeout_ms: f64,
    pub(super) deadline: f64,
    signal: Option<JsValue>,
    pub(super) slot: Slot<SignOutResult>,
    _listener: Option<Listener>,
}

impl Run {
    /// The longest time that anyone waits for what is remote.
    pub fn longest_wait_ms(&self) -> f64 {
        let callers = self.callers.borrow();
        callers.iter().map(|c| c.timeout_ms).fold(0.0, f64::max)
    }

    pub(super) fn add_caller(self: &Rc<Self>, hooks: &Hooks, slot: Slot<SignOutResult>) -> u32 {
        self.add_caller_with(hooks, slot, self.options.timeout_ms)
    }

    pub(super) fn add_caller_with(
        self: &Rc<Self>,
        hooks: &Hooks,
        slot: Slot<SignOutResult>,
        timeout_ms: f64,
    ) -> u32 {
        let id = self.client.next_id();
        let weak = Rc::downgrade(self);
        let listener = hooks.signal.as_ref().and_then(|signal| {
            Listener::new(
                signal,
                "abort",
                Box::new(move |_| {
                    if let Some(run) = weak.upgrade() {
                        run.caller_aborted(id);
                    }
                }),
            )
        });
        let deadline = clock::now() + timeout_ms;
        self.callers.borrow_mut().push(Caller {
            id,
            timeout_ms,
            deadline,
            signal: hooks.signal.clone(),
            slot,
            _listener: listener,
        });
        id
    }

    pub(super) fn join(
        self: &Rc<Self>,
        options: &SignOutOptions,
        hooks: Hooks,
        popup: Option<Popup>,
        slot: Slot<SignOutResult>,
    ) {
        let id = self.add_caller_with(&hooks, slot, options.timeout_ms);
        if !self.is_clearing() {
            self.set_alarm(options.timeout_ms, Alarm::Caller(id));
        } else if options.timeout_ms > 0.0 {
            // The latest deadline counts, and it leaves time for more than one request.
            self.machine.borrow_mut().plan.one_request = false;
        }
        let own_way = self.way.borrow().clone();
        if let (Some(popup), Ok(way)) = (popup, own_way) {
            popup.go(&way.url);
        }
        if options.hosted_ui == HostedUiMode::Redirect {
            if let Ok(Ok(way)) = way(&self.client, options, hooks.navigate.is_some()) {
                *self.way.borrow_mut() = Ok(way);
            }
            if hooks.navigate.is_some() {
                *self.navigate.borrow_mut() = hooks.navigate.clone();
            }
            self.dispatch(Event::AlsoRedirect);
            if !self.is_clearing() {
                self.set_alarm(BEFORE_LEAVING_MS, Alarm::Event(Event::LeaveNow));
            }
        }
        if options.global {
            self.dispatch(Event::Upgrade);
        }
    }

    pub(super) fn caller_aborted(self: &Rc<Self>, id: u32) {
        // A signal of another make may call back when it is read.
        let others: Vec<Option<JsValue>> = {
            let callers = self.callers.borrow();
            let others = callers.iter().filter(|caller| caller.id != id);
            others.map(|caller| caller.signal.clone()).collect()
        };
        let all = others.iter().all(|signal| is_aborted(signal.as_ref()));
        if all {
            self.dispatch(Event::Aborted);
        } else {
            self.leave_early(id, AuthErrorCode::Aborted);
        }
    }

    pub(super) fn caller_late(self: &Rc<Self>, id: u32) {
        let latest = {
            let callers = self.callers.borrow();
            let own = callers.iter().find(|c| c.id == id).map(|c| c.deadline);
            let Some(own) = own else {
                return;
            };
            callers.iter().all(|caller| caller.deadline <= own)
        };
        if latest {
            self.dispatch(Event::Deadline);
        } else if self.machine.borrow().hosted != Hosted::Due {
            self.leave_early(id, AuthErrorCode::Unconfirmed);
        }
    }

    pub(super) fn leave_early(self: &Rc<Self>, id: u32, code: AuthErrorCode) {
        if self.is_clearing() {
            return;
        }
        let caller = {
            let mut callers = self.callers.borrow_mut();
            let index = callers.iter().position(|caller| caller.id == id);
            index.map(|index| callers.remove(index))
        };
        if let Some(caller) = caller {
            caller.slot.fill(self.result(Some(code)));
        }
    }
}
