//! Those who wait for a sign-out: they join, abort, run out of time, leave before the others, or call `retry()`.

use std::rc::Rc;

use super::ask::{Ask, Caller, Waiter};
use super::scope::{Action, Purpose, Scope};
use super::task::{Alarm, BEFORE_LEAVING_MS, FORGET_DEVICE_MS, SignOutTask};
use crate::engine::io::{Effect, Handle, RetryId, TaskId};
use crate::engine::storage::Scanned;
use crate::engine::tables::{Asked, Claim, Claimed, Event, Hosted, Leave, Machine, Phase, Status};
use crate::engine::target::LogoutTarget;
use crate::error::{AuthError, AuthErrorCode};

impl SignOutTask {
    /// The longest time that anyone waits for what is remote.
    pub(super) fn longest_wait_ms(&self) -> f64 {
        let mut longest = 0.0_f64;
        for caller in &self.callers {
            longest = longest.max(caller.ask.timeout_ms);
        }
        longest
    }

    fn add_caller(&mut self, ask: Box<Ask>, waiter: Waiter, scope: &mut Scope) -> u32 {
        let id = scope.out.id();
        self.callers.push(Caller {
            id,
            deadline: scope.now.mono + ask.timeout_ms,
            ask,
            waiter,
        });
        id
    }

    /// The one that begins the sign-out: its options are the first.
    pub fn first_caller(&mut self, mut ask: Box<Ask>, waiter: Waiter, scope: &mut Scope) {
        self.claim(&mut ask, scope);
        self.add_caller(ask, waiter, scope);
    }

    /// The caller of a call that joins another sign-out instead.
    pub fn take_caller(&mut self) -> Option<(Box<Ask>, Waiter)> {
        let caller = self.callers.pop()?;
        Some((caller.ask, caller.waiter))
    }

    /// The window that was opened for it.
    pub fn take_window(&mut self) -> Option<Handle> {
        self.popup.take()?.window
    }

    /// Another call joins.
    pub fn join(
        &mut self,
        mut ask: Box<Ask>,
        waiter: Waiter,
        window: Option<Handle>,
        scope: &mut Scope,
    ) {
        self.claim(&mut ask, scope);
        let (asked, timeout_ms) = (ask.asked, ask.timeout_ms);
        let aborted = ask.aborted;
        self.online |= ask.retry_when_online;
        let id = self.add_caller(ask, waiter, scope);
        if !self.is_clearing() {
            self.set_alarm(timeout_ms, Alarm::Caller(id), scope);
        } else if timeout_ms > 0.0 {
            // The latest deadline counts, and it leaves time for more than one request.
            self.machine.plan.one_request = false;
        }
        let possible = scope.context.target.is_ok();
        // One popup is enough, and its page knows the nonce of the first.
        if let Some(window) = window {
            scope.effect(Effect::ClosePopup(window));
        }
        if asked.forget_device {
            self.also_forget(scope);
        }
        if asked.may_leave() {
            let before = self.machine.hosted;
            let always = asked.leave == Leave::Redirect;
            self.dispatch(Event::AlsoLeave { always, possible }, scope);
            let due = self.machine.hosted == Hosted::Due && before != Hosted::Due;
            if due && !self.is_clearing() {
                let leave = Alarm::Event(Event::LeaveNow);
                self.set_alarm(BEFORE_LEAVING_MS, leave, scope);
            }
        }
        if asked.global {
            self.dispatch(Event::Upgrade, scope);
        }
        let machine = self.machine;
        if !machine.following && !self.is_clearing() && !self.is_settled() {
            // Those who follow learn that it is asked for here.
            let codes = self.codes(Some(AuthErrorCode::Unconfirmed), scope);
            self.update_ended(scope, &mut |entry| {
                // Said before: what is asked for only now belongs to it.
                entry.codes = entry.codes.map(|_| codes);
                entry.redirecting |= machine.hosted == Hosted::Due;
            });
        }
        // It may have been aborted while the storage was looked at.
        if aborted {
            self.caller_aborted(id, scope);
        }
    }

    /// What a page can follow once only: the first explicit option counts, and the caller of a later one is told.
    fn claim(&mut self, ask: &mut Ask, scope: &mut Scope) {
        let leaves = ask.asked.may_leave();
        let leaving = self.machine.phase == Phase::Leaving;
        let popup = self.machine.plan.leave == Leave::Popup;
        let [url, navigate, state] = &mut self.claims;
        let context = &mut *scope.context;
        let back = |target: &Result<Rc<LogoutTarget>, AuthError>| {
            target.as_ref().ok().map(|target| target.back.clone())
        };
        let of = |claim: &mut Claim, given: bool, same: bool, late: bool| match given {
            true => claim.ask(leaves, same, late),
            false => Claimed::Kept,
        };
        let same = back(&context.target) == back(&ask.target);
        let target = of(url, ask.own_target, same, leaving);
        let chosen = self.has_leaver && (context.target.is_ok() || ask.target.is_err());
        if target == Claimed::Taken || (leaves && !chosen && !leaving && !popup) {
            context.target = ask.target.clone();
        }
        self.has_leaver |= leaves;
        let same = context.navigate == ask.navigate;
        let navigate = of(navigate, ask.navigate.is_some(), same, leaving);
        if navigate == Claimed::Taken {
            context.navigate = ask.navigate;
        }
        // The record is written when the page goes away: until then there is time for it.
        let same = self.app_state == ask.app_state;
        let state = of(state, ask.app_state.is_some(), same, false);
        if state == Claimed::Taken {
            self.app_state = ask.app_state.clone();
        }
        ask.asked.refused = [target, navigate, state].map(|claimed| claimed == Claimed::Refused);
    }

    fn also_forget(&mut self, scope: &mut Scope) {
        let before = self.machine.plan.forget_device;
        self.dispatch(Event::AlsoForget, scope);
        if before || self.is_clearing() {
            return;
        }
        self.remove_device_keys(scope);
        if !self.machine.forget.is_settled() {
            let over = Alarm::Event(Event::ForgetDeviceOver);
            self.set_alarm(FORGET_DEVICE_MS, over, scope);
        }
    }

    /// Removes the keys of the remembered device where the clear did not, and reads back.
    pub(super) fn remove_device_keys(&mut self, scope: &mut Scope) {
        self.device_left = true;
        let keys = Scanned::of_keys(&scope.context.device_keys, self.storage_ms);
        scope
            .actions
            .push(Action::Remove(Purpose::DeviceKeys, keys));
    }

    /// A signal was aborted.
    pub fn signal_aborted(&mut self, signal: Handle, scope: &mut Scope) {
        for id in self.note_aborted(signal) {
            self.caller_aborted(id, scope);
        }
    }

    /// Notes which callers have aborted.
    pub fn note_aborted(&mut self, signal: Handle) -> Vec<u32> {
        let mut ids = Vec::new();
        for caller in &mut self.callers {
            if caller.ask.signal == Some(signal) {
                caller.ask.aborted = true;
                ids.push(caller.id);
            }
        }
        ids
    }

    pub(super) fn caller_aborted(&mut self, id: u32, scope: &mut Scope) {
        let all = |caller: &Caller| caller.id == id || caller.ask.aborted;
        if self.callers.iter().all(all) {
            self.dispatch(Event::Aborted, scope);
        } else {
            self.leave_early(id, AuthErrorCode::Aborted, scope);
        }
    }

    pub(super) fn caller_late(&mut self, id: u32, scope: &mut Scope) {
        let (mut own, mut latest) = (None, 0.0_f64);
        for caller in &self.callers {
            latest = latest.max(caller.deadline);
            if caller.id == id {
                own = Some((caller.deadline, caller.ask.asked.may_leave()));
            }
        }
        let Some((own, leaves)) = own else { return };
        let is_leaving = self.machine.phase == Phase::Leaving;
        if own >= latest && !is_leaving {
            self.dispatch(Event::Deadline, scope);
        } else if self.machine.hosted != Hosted::Due || !leaves {
            self.leave_early(id, AuthErrorCode::Unconfirmed, scope);
        }
    }

    /// The page begins to leave: who has asked for no more than what is done is told now.
    pub(super) fn tell_who_stays(&mut self, scope: &mut Scope) {
        let (machine, now) = (self.machine, scope.now.mono);
        let stays = |caller: &Caller| {
            let asked = &caller.ask.asked;
            let is_done = || machine.verdict_for(asked, None).tag == Status::Complete;
            !asked.may_leave() && (caller.deadline <= now || is_done())
        };
        while let Some(at) = self.callers.iter().position(stays) {
            self.tell_early(at, AuthErrorCode::Unconfirmed, scope);
        }
    }

    fn leave_early(&mut self, id: u32, code: AuthErrorCode, scope: &mut Scope) {
        if self.is_clearing() {
            return;
        }
        // What is read back at the end comes too late for this one.
        self.early.push((id, code));
        self.read_back_meanwhile(scope);
    }

    /// The stores are read once more, and then this happens.
    pub(super) fn read_before(&mut self, event: Event, scope: &mut Scope) {
        self.after_read = Some(event);
        self.read_back_meanwhile(scope);
    }

    /// The stores were read for those who leave early, or for a page that is on its way or stays.
    pub(super) fn read_for_early(&mut self, scope: &mut Scope) {
        if let Some(event) = self.after_read.take() {
            self.dispatch(event, scope);
        }
        for (id, code) in std::mem::take(&mut self.early) {
            if let Some(at) = self.callers.iter().position(|caller| caller.id == id) {
                self.tell_early(at, code, scope);
            }
        }
    }

    fn tell_early(&mut self, at: usize, code: AuthErrorCode, scope: &mut Scope) {
        let caller = self.callers.remove(at);
        self.tell(caller.ask, caller.waiter, Some(code), scope);
    }

    /// Tells one of the callers.
    fn tell(&self, ask: Box<Ask>, waiter: Waiter, early: Option<AuthErrorCode>, scope: &mut Scope) {
        let mut outcome = self.outcome(early, Some(&ask), scope);
        // What another tab said a second time, a third `retry()` would only hear again.
        let hosted = outcome.hosted_ui_error.as_ref();
        let is_to_leave = hosted.is_some_and(|hosted| hosted.error.retryable);
        let heard_again = self.is_retry && self.machine.following && !is_to_leave;
        let may_retry = scope.returns.may_retry(scope.now) && !heard_again;
        if outcome.tag == Status::Partial && may_retry {
            let id = scope.out.id();
            outcome.retry = Some(id);
            scope.actions.push(Action::OfferRetry(id, ask));
        }
        scope
            .actions
            .push(Action::TellCaller(waiter, Rc::new(outcome)));
    }

    /// Tells all of the callers.
    pub(super) fn tell_callers(&mut self, scope: &mut Scope) {
        for caller in std::mem::take(&mut self.callers) {
            self.tell(caller.ask, caller.waiter, None, scope);
        }
    }

    // ---- retry

    /// `retry()` is called. Returns the task to begin for it.
    pub fn retry(
        &mut self,
        mut ask: Box<Ask>,
        retry: RetryId,
        next: TaskId,
        scope: &mut Scope,
    ) -> Option<Box<SignOutTask>> {
        let waiter = Waiter::Retry(retry);
        if !self.is_settled() {
            // It left early, or another caller's retry is under way: what comes of that is waited for.
            let ms = ask.timeout_ms;
            let id = self.add_caller(ask, waiter, scope);
            self.set_alarm(ms, Alarm::Caller(id), scope);
        } else if self.superseded && self.on_behalf_of.is_none() {
            // What `online` has begun is waited for; one that it has begun itself is over.
            self.waiting.push((ask, retry));
        } else {
            // Where all was done meanwhile it still reads back: a refresh in flight may have written the session back.
            let machine = self.machine.retry_for(&ask.asked);
            if machine.hosted == Hosted::Due || !machine.removed {
                // Now it is this caller's own.
                ask.asked.refused = [false; 3];
                scope.context.target = ask.target.clone();
                scope.context.navigate = ask.navigate;
            }
            return Some(self.take_over(next, machine, (ask, waiter), scope));
        }
        None
    }

    /// Back online: what failed of the revocations is sent again. The hosted UI waits for `retry()`: no page is left unasked.
    pub fn revoke_again(&mut self, next: TaskId, scope: &mut Scope) -> Option<Box<SignOutTask>> {
        // What is under way may have been sent before the browser went offline once more.
        self.online_meanwhile = !self.is_settled();
        let due = self.is_settled() && self.waits_for_network() && !self.superseded;
        if !due || self.is_let_go() {
            return None;
        }
        let mut machine = self.machine.retry();
        machine.hosted = Hosted::NotDue;
        let all = self.ask_of_all(scope);
        let mut task = self.take_over(next, machine, (all, Waiter::Nobody), scope);
        // This one goes on listening.
        task.online = false;
        task.on_behalf_of = Some(self.id);
        Some(task)
    }

    /// What `online` began has settled: what came of it counts. Returns the retries that waited.
    pub fn revoked_again(&mut self, run: &mut SignOutTask) -> Vec<(Box<Ask>, RetryId)> {
        self.machine.forget = run.machine.forget;
        self.machine.global = run.machine.global;
        self.machine.revoke = run.machine.revoke;
        self.machine.others = run.machine.others;
        self.log.inherit(&run.log);
        run.superseded = true;
        self.superseded = false;
        std::mem::take(&mut self.waiting)
    }

    /// Whether what failed is to be sent again on `online`.
    pub(super) fn waits_for_network(&self) -> bool {
        let verdict = self.machine.verdict(None);
        let failed = verdict.revoke.or(verdict.others).or(verdict.global);
        self.online && verdict.tag == Status::Partial && failed.is_some()
    }

    /// As if one caller had asked for all of it.
    fn ask_of_all(&self, scope: &Scope) -> Box<Ask> {
        let plan = &self.machine.plan;
        Box::new(Ask {
            asked: Asked {
                global: plan.global,
                forget_device: plan.forget_device,
                leave: plan.leave,
                refused: [false; 3],
            },
            target: scope.context.target.clone(),
            own_target: false,
            navigate: scope.context.navigate,
            app_state: self.app_state.clone(),
            signal: None,
            aborted: false,
            timeout_ms: self.options.timeout_ms(),
            retry_when_online: false,
        })
    }

    /// A task for the same sessions with another machine, which takes over from here.
    fn take_over(
        &mut self,
        id: TaskId,
        machine: Machine,
        (mut ask, waiter): (Box<Ask>, Waiter),
        scope: &mut Scope,
    ) -> Box<SignOutTask> {
        self.superseded = true;
        ask.for_retry();
        let options = self.options.clone();
        let now = scope.now.mono;
        let mut task = SignOutTask::new(id, self.context, &self.client, machine, options, now);
        task.app_state = ask.app_state.clone();
        // It may be a joining call that asked for it.
        task.online = self.online;
        task.log.inherit(&self.log);
        task.runs_again(ask, waiter, scope);
        task
    }

    /// It is a retry, for one caller.
    pub fn runs_again(&mut self, ask: Box<Ask>, waiter: Waiter, scope: &mut Scope) {
        self.is_retry = true;
        self.add_caller(ask, waiter, scope);
    }

    /// Leaves for the hosted UI once more, and does nothing else.
    pub fn leaves_again(&mut self, waiter: Waiter, scope: &mut Scope) {
        let ask = self.ask_of_all(scope);
        self.runs_again(ask, waiter, scope);
    }
}
