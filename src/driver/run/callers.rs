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
use crate::driver::report::Report;
use crate::error::AuthErrorCode;
use crate::flow::{Event, Hosted};
use crate::options::{HostedUiMode, SignOutOptions};

/// Someone who waits for the result.
pub struct Caller {
    pub(super) id: u32,
    pub(super) timeout_ms: f64,
    pub(super) deadline: f64,
    pub(super) signal: Option<JsValue>,
    pub(super) slot: Slot<Rc<Report>>,
    _listener: Option<Listener>,
}

impl Run {
    /// The longest time that anyone waits for what is remote.
    pub fn longest_wait_ms(&self) -> f64 {
        let mut longest = 0.0_f64;
        for caller in self.callers.borrow().iter() {
            longest = longest.max(caller.timeout_ms);
        }
        longest
    }

    pub(super) fn add_caller(
        self: &Rc<Self>,
        signal: Option<&JsValue>,
        slot: Slot<Rc<Report>>,
        timeout_ms: f64,
    ) -> u32 {
        let id = self.client.next_id();
        let weak = Rc::downgrade(self);
        let listener = signal.and_then(|signal| {
            let aborted = move |_| {
                if let Some(run) = weak.upgrade() {
                    run.caller_aborted(id);
                }
            };
            Listener::new(signal, "abort", Box::new(aborted))
        });
        let deadline = clock::now() + timeout_ms;
        self.callers.borrow_mut().push(Caller {
            id,
            timeout_ms,
            deadline,
            signal: signal.cloned(),
            slot,
            _listener: listener,
        });
        id
    }

    pub(super) fn join(
        self: &Rc<Self>,
        options: &SignOutOptions,
        hooks: &Hooks,
        popup: Option<&Popup>,
        slot: Slot<Rc<Report>>,
    ) {
        let id = self.add_caller(hooks.signal.as_ref(), slot, options.timeout_ms);
        if !self.is_clearing() {
            self.set_alarm(options.timeout_ms, Alarm::Caller(id));
        } else if options.timeout_ms > 0.0 {
            // The latest deadline counts, and it leaves time for more than one request.
            self.change_machine(&mut |machine| machine.plan.one_request = false);
        }
        let own_way = self.ending.borrow().way.clone();
        if let (Some(popup), Ok(way)) = (popup, own_way) {
            popup.begin(&self.client, &way);
        }
        if options.hosted_ui == HostedUiMode::Redirect {
            let (way, _) = way(&self.client, options, hooks.navigate.is_some());
            {
                let mut ending = self.ending.borrow_mut();
                if way.is_ok() {
                    ending.way = way;
                }
                if hooks.navigate.is_some() {
                    ending.navigate = hooks.navigate.clone();
                }
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
        let mut others = Vec::new();
        for caller in self.callers.borrow().iter() {
            if caller.id != id {
                others.push(caller.signal.clone());
            }
        }
        // A signal of another make may call back when it is read.
        if others.iter().all(|signal| is_aborted(signal.as_ref())) {
            self.dispatch(Event::Aborted);
        } else {
            self.leave_early(id, AuthErrorCode::Aborted);
        }
    }

    pub(super) fn caller_late(self: &Rc<Self>, id: u32) {
        let (mut own, mut latest) = (None, 0.0_f64);
        for caller in self.callers.borrow().iter() {
            latest = latest.max(caller.deadline);
            if caller.id == id {
                own = Some(caller.deadline);
            }
        }
        let Some(own) = own else {
            return;
        };
        if own >= latest {
            self.dispatch(Event::Deadline);
        } else if self.machine.get().hosted != Hosted::Due {
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
            caller.slot.fill(self.report(Some(code)));
        }
    }
}
