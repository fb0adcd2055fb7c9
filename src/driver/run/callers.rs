//! Those who wait for a run: they join, abort, run out of time, or leave before the others.

use std::rc::Rc;

use super::alarms::Alarm;
use super::begin::{Ask, Way, is_aborted};
use super::{BEFORE_LEAVING_MS, FORGET_DEVICE_MS, Run};
use crate::browser::clock;
use crate::browser::js::Listener;
use crate::browser::task::{self, Slot};
use crate::driver::popup::Popup;
use crate::driver::report::Report;
use crate::driver::sweep;
use crate::error::{AuthError, AuthErrorCode};
use crate::flow::{Call, Claim, Claimed, Event, Hosted, Leave, Phase};

/// Someone who waits for the result.
pub struct Caller {
    pub(super) id: u32,
    pub(super) ask: Ask,
    pub(super) deadline: f64,
    pub(super) slot: Slot<Rc<Report>>,
    _listener: Option<Listener>,
}

impl Run {
    /// The longest time that anyone waits for what is remote.
    pub fn longest_wait_ms(&self) -> f64 {
        let mut longest = 0.0_f64;
        for caller in self.callers.borrow().iter() {
            longest = longest.max(caller.ask.timeout_ms);
        }
        longest
    }

    pub(super) fn add_caller(self: &Rc<Self>, ask: Ask, slot: Slot<Rc<Report>>) -> u32 {
        let id = self.client.next_id();
        let weak = Rc::downgrade(self);
        let listener = ask.signal.as_ref().and_then(|signal| {
            let aborted = move |_| {
                if let Some(run) = weak.upgrade() {
                    run.caller_aborted(id);
                }
            };
            Listener::new(signal, "abort", Box::new(aborted))
        });
        let deadline = clock::now() + ask.timeout_ms;
        self.callers.borrow_mut().push(Caller {
            id,
            ask,
            deadline,
            slot,
            _listener: listener,
        });
        id
    }

    /// The one that begins the run: its options are the first.
    pub(super) fn first_caller(self: &Rc<Self>, mut ask: Ask, slot: Slot<Rc<Report>>) {
        self.claim(&mut ask);
        self.add_caller(ask, slot);
    }

    pub(super) fn join(
        self: &Rc<Self>,
        mut ask: Ask,
        popup: Option<&Popup>,
        slot: Slot<Rc<Report>>,
    ) {
        self.claim(&mut ask);
        let (asked, timeout_ms) = (ask.asked, ask.timeout_ms);
        let (signal, online) = (ask.signal.clone(), ask.retry_when_online);
        let id = self.add_caller(ask, slot);
        if !self.is_clearing() {
            self.set_alarm(timeout_ms, Alarm::Caller(id));
        } else if timeout_ms > 0.0 {
            // The latest deadline counts, and it leaves time for more than one request.
            self.change_machine(&mut |machine| machine.plan.one_request = false);
        }
        let possible = self.ending.borrow().way.is_ok();
        // One popup is enough, and its page knows the nonce of the first.
        if let Some(popup) = popup {
            popup.close();
        }
        if online && !self.online.replace(true) {
            self.listen();
        }
        if asked.forget_device {
            self.also_forget();
        }
        if asked.may_leave() {
            let before = self.machine.get().hosted;
            let always = asked.leave == Leave::Redirect;
            self.dispatch(Event::AlsoLeave { always, possible });
            let due = self.machine.get().hosted == Hosted::Due && before != Hosted::Due;
            if due && !self.is_clearing() {
                self.set_alarm(BEFORE_LEAVING_MS, Alarm::Event(Event::LeaveNow));
            }
        }
        if asked.global {
            self.dispatch(Event::Upgrade);
        }
        let machine = self.machine.get();
        if !machine.following && !self.is_clearing() && !self.is_settled() {
            // Those who follow learn that it is asked for here.
            let forgets = machine.plan.forget_device && machine.forget != Call::Late;
            self.update_mark(&mut |entry| {
                entry.global |= machine.plan.global;
                entry.forget_device |= forgets;
                entry.redirecting |= machine.hosted == Hosted::Due;
            });
        }
        // It may have been aborted while the storage was looked at.
        if is_aborted(signal.as_ref()) {
            self.caller_aborted(id);
        }
    }

    /// What a page can follow once only: the first explicit option counts, and the caller of a later one is told.
    fn claim(&self, ask: &mut Ask) {
        let leaves = ask.asked.may_leave();
        let leaving = self.phase() == Phase::Leaving;
        let popup = self.machine.get().plan.leave == Leave::Popup;
        let mut claims = self.claims.get();
        let [url, navigate, state] = &mut claims;
        let ending = &mut *self.ending.borrow_mut();
        let app_state = &mut *self.app_state.borrow_mut();
        let back = |way: &Result<Rc<Way>, AuthError>| way.as_ref().ok().map(|way| way.back.clone());
        let of = |claim: &mut Claim, given: bool, same: bool, late: bool| match given {
            true => claim.ask(leaves, same, late),
            false => Claimed::Kept,
        };
        let same = back(&ending.way) == back(&ask.way);
        let way = of(url, ask.own_way, same, leaving);
        let chosen = self.has_leaver.get() && (ending.way.is_ok() || ask.way.is_err());
        if way == Claimed::Taken || (leaves && !chosen && !leaving && !popup) {
            ending.way = ask.way.clone();
        }
        self.has_leaver.set(self.has_leaver.get() || leaves);
        let same = ending.navigate == ask.navigate;
        let navigate = of(navigate, ask.navigate.is_some(), same, leaving);
        if navigate == Claimed::Taken {
            ending.navigate = ask.navigate.clone();
        }
        // The record is written when the page goes away: until then there is time for it.
        let state = of(
            state,
            ask.app_state.is_some(),
            *app_state == ask.app_state,
            false,
        );
        if state == Claimed::Taken {
            *app_state = ask.app_state.clone();
        }
        ask.asked.refused = [way, navigate, state].map(|claimed| claimed == Claimed::Refused);
        self.claims.set(claims);
    }

    fn also_forget(self: &Rc<Self>) {
        let before = self.machine.get().plan.forget_device;
        self.dispatch(Event::AlsoForget);
        if before || self.is_clearing() {
            return;
        }
        self.remove_device_keys();
        if !self.machine.get().forget.is_settled() {
            let over = Alarm::Event(Event::ForgetDeviceOver);
            self.set_alarm(FORGET_DEVICE_MS, over);
        }
    }

    /// Removes the keys of the remembered device where the clear did not, and reads back.
    pub fn remove_device_keys(self: &Rc<Self>) {
        let all = self.ending.borrow().device_keys.clone();
        self.device_left.set(true);
        let run = self.clone();
        task::start(Box::pin(async move {
            let mut left = false;
            for (index, keys) in &all {
                let store = run.client.places.get(*index);
                if let Some(store) = store.filter(|_| !keys.is_empty()) {
                    // What the removal throws does not count; what is still there does.
                    let _ = sweep::change(store, keys, &[], &run.patience).await;
                    let still = store.read_keys(keys, &run.patience).await;
                    left |= !still.is_ok_and(|still| still.is_empty());
                }
            }
            run.device_left.set(left);
        }));
    }

    pub(super) fn caller_aborted(self: &Rc<Self>, id: u32) {
        let mut others = Vec::new();
        for caller in self.callers.borrow().iter() {
            if caller.id != id {
                others.push(caller.ask.signal.clone());
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
            caller.slot.fill(self.report(Some(code), Some(&caller.ask)));
        }
    }
}
