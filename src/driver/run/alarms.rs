//! Time: alarms that hold by the clock, however late a hidden page runs its timers, and the events of the page.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::begin::is_aborted;
use super::{BEFORE_LEAVING_MS, FORGET_DEVICE_MS, Run};
use crate::browser::clock::{self, Timer};
use crate::browser::js::{self, Listener};
use crate::flow::{Call, Departure, Event, Hosted, PopupEnd, Tag};

#[derive(Clone, Copy)]
pub(super) enum Alarm {
    Event(Event),
    Caller(u32),
    PopupPoll,
    PopupOver,
    ReadBackLater,
}

impl Run {
    /// The clear is done, or there was none: the time for what is remote begins.
    pub(super) fn begin_remote(self: &Rc<Self>) {
        let now = clock::now();
        let machine = self.machine.get();
        let mut signals = Vec::new();
        {
            let mut alarms = self.alarms.borrow_mut();
            for caller in self.callers.borrow_mut().iter_mut() {
                signals.push((caller.id, caller.ask.signal.clone()));
                caller.deadline = now + caller.ask.timeout_ms;
                alarms.push((caller.deadline, Alarm::Caller(caller.id)));
            }
            if machine.hosted == Hosted::Due {
                alarms.push((now + BEFORE_LEAVING_MS, Alarm::Event(Event::LeaveNow)));
            }
            if machine.forget != Call::Unneeded {
                let over = Alarm::Event(Event::ForgetDeviceOver);
                alarms.push((now + FORGET_DEVICE_MS, over));
            }
        }
        self.set_timer();
        // Who aborted while the storage took its time leaves now.
        for (id, signal) in &signals {
            if is_aborted(signal.as_ref()) {
                self.caller_aborted(*id);
            }
        }
    }

    pub(super) fn set_alarm(self: &Rc<Self>, ms: f64, alarm: Alarm) {
        let due = clock::now() + ms;
        self.alarms.borrow_mut().push((due, alarm));
        self.set_timer();
    }

    fn set_timer(self: &Rc<Self>) {
        let mut next = f64::INFINITY;
        for alarm in self.alarms.borrow().iter() {
            next = next.min(alarm.0);
        }
        let timer = next.is_finite().then(|| {
            let run = Rc::downgrade(self);
            let tick = move |_| {
                if let Some(run) = run.upgrade() {
                    run.tick();
                }
            };
            Timer::after(next - clock::now(), Box::new(tick))
        });
        self.timer.set(timer);
    }

    /// Fires what is due, by the clock and not by the timer: hidden pages run timers late, and some run early.
    pub fn tick(self: &Rc<Self>) {
        let now = clock::now();
        let all = self.alarms.take();
        let later = all.iter().filter(|alarm| alarm.0 > now);
        self.alarms.replace(later.copied().collect());
        for (_, alarm) in all.iter().filter(|alarm| alarm.0 <= now) {
            match *alarm {
                Alarm::Event(event) => self.dispatch(event),
                Alarm::Caller(id) => self.caller_late(id),
                Alarm::PopupPoll => self.poll_popup(),
                Alarm::PopupOver => self.popup_ended(PopupEnd::TimedOut),
                Alarm::ReadBackLater => self.read_back_later(),
            }
        }
        self.set_timer();
    }

    pub(super) fn listen(self: &Rc<Self>) {
        let global: JsValue = js_sys::global().into();
        let document = js::global("document");
        let on = |target: &JsValue, kind: &'static str, act: fn(&Rc<Run>)| {
            let run = Rc::downgrade(self);
            Listener::new(
                target,
                kind,
                Box::new(move |_| {
                    if let Some(run) = run.upgrade() {
                        act(&run);
                    }
                }),
            )
        };
        let mut listeners = Vec::new();
        listeners.extend(on(&global, "pagehide", Run::page_hide));
        listeners.extend(on(&global, "pageshow", Run::tick));
        listeners.extend(on(&document, "visibilitychange", Run::tick));
        if self.online.get() {
            listeners.extend(on(&global, "online", Run::back_online));
        }
        self.listeners.set(listeners);
    }

    pub(super) fn page_hide(self: &Rc<Self>) {
        if !self.superseded.get() {
            // Judged before the promise settles.
            if self.client.depart() != Departure::Ours {
                self.dispatch(Event::Replaced);
            }
            self.dispatch(Event::PageHide);
            self.mark_hidden();
        }
    }

    pub(super) fn back_online(self: &Rc<Self>) {
        if self.is_settled() && self.waits_for_network() && !self.superseded.get() {
            self.revoke_again();
        }
    }

    /// Whether what failed is to be sent again on `online`.
    pub(super) fn waits_for_network(&self) -> bool {
        let verdict = self.machine.get().verdict(None);
        let failed = verdict.revoke.or(verdict.others).or(verdict.global);
        self.online.get() && verdict.tag == Tag::Partial && failed.is_some()
    }
}
