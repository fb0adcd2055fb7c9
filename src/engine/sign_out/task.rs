//! One sign-out under way: the machine, and everything that it must not know. It reads and changes only itself and its context;
//! what it wants done it hands to the engine.

use std::rc::Rc;

use super::ask::{Ask, Caller};
use super::popup_window::Popup;
use super::scope::{Action, Purpose, Scope};
use crate::engine::clients::Client;
use crate::engine::io::{Effect, EffectId, Handle, RetryId, TaskId};
use crate::engine::steps::{StepLog, line};
use crate::engine::storage::STORAGE_MS;
use crate::engine::tables::{
    Back, Call, Claim, Command, Departure, Event, Found, Hosted, Machine, MarkEntry, Op, Phase,
    Plan, pause_ms,
};
use crate::error::{AuthError, AuthErrorCode};
use crate::options::SignOutOptions;
use crate::outcome::StepName;
use crate::protocol::Request;
use crate::session::Secret;

/// How long remote steps may hold up a navigation, in milliseconds.
pub(super) const BEFORE_LEAVING_MS: f64 = 1000.0;
/// How long ForgetDevice is waited for, in milliseconds.
pub(super) const FORGET_DEVICE_MS: f64 = 1000.0;
/// How long leaving the page may take, in milliseconds.
pub(super) const LEAVING_MS: f64 = 30_000.0;
/// When the storage is read back once more, in milliseconds after the end.
pub(super) const LATER_MS: f64 = 2000.0;

/// What is due at a time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Alarm {
    Event(Event),
    Caller(u32),
    PopupPoll,
    PopupOver,
    ReadBackLater,
}

/// A request in flight.
pub(super) struct Flight {
    pub(super) effect: EffectId,
    pub(super) op: Op,
    /// The number of its batch; the answer to an earlier one does not count.
    pub(super) batch: u32,
    pub(super) token: Option<Secret>,
    /// What to send instead to a pool that does not know it.
    pub(super) instead: Option<Box<Request>>,
}

/// What of an operation is still under way.
pub(super) struct Batch {
    pub(super) op: Op,
    pub(super) number: u32,
    pub(super) left: usize,
    pub(super) error: Option<AuthError>,
}

/// One sign-out.
pub struct SignOutTask {
    /// Its number.
    pub id: TaskId,
    /// The client whose sign-out it is.
    pub client: Rc<Client>,
    /// The number of its context.
    pub context: u32,
    /// The contexts of the sign-outs of this tab that were under way when this one began, or while its popup was open.
    pub concurrent: Vec<u32>,
    /// The task that this one sends again for, as the browser came online.
    pub on_behalf_of: Option<TaskId>,
    /// What its `retry()` began.
    pub retried: Option<TaskId>,
    pub(super) machine: Machine,
    pub(super) options: SignOutOptions,
    pub(super) began: f64,
    pub(super) log: StepLog,
    pub(super) callers: Vec<Caller>,
    pub(super) app_state: Option<String>,
    /// Who holds `redirectUrl`, `navigate` and `appState`.
    pub(super) claims: [Claim; 3],
    /// A caller that may leave the page chose the way out.
    pub(super) has_leaver: bool,
    pub(super) popup: Option<Popup>,
    pub(super) storage_ms: f64,
    /// What the scan for the clear found, until the removal is over.
    pub(super) found: Option<Found>,
    /// The clear removes the keys of the remembered device.
    pub(super) clears_device: bool,
    /// Keys of the remembered device are not known to be gone, though a call that joined asked for it.
    pub(super) device_left: bool,
    /// What a read-back saw, until the removal is over.
    pub(super) back: Back,
    /// How the page goes away, until the storage was read back.
    departed: Option<Departure>,
    /// A newer refresh token was found while another tab was followed: it is revoked after the end.
    pub(super) newer_later: bool,
    /// Newer refresh tokens of further sessions were found, until the removal is over.
    pub(super) newer_others: usize,
    /// Callers that leave before the others, once the stores were read for them, and the code of what is unknown to each.
    pub(super) early: Vec<(u32, AuthErrorCode)>,
    /// What happens once the stores were read.
    pub(super) after_read: Option<Event>,
    pub(super) leaving: Option<EffectId>,
    /// The other tab, which was followed, leaves for the hosted UI.
    pub(super) heard_leaves: bool,
    pub(super) flights: Vec<Flight>,
    pub(super) batches: Vec<Batch>,
    /// It is a `retry()`, or begins as one.
    pub is_retry: bool,
    /// Its keys were removed before it began: no call joins it.
    pub removed_before: bool,
    /// Failed revocations are sent again on `online`.
    pub(super) online: bool,
    /// The browser came online while it was under way.
    pub online_meanwhile: bool,
    /// A retry has taken over.
    pub superseded: bool,
    /// Retries that wait for what `online` began.
    pub(super) waiting: Vec<(Box<Ask>, RetryId)>,
    /// Nothing more happens to it but a retry.
    is_let_go: bool,
    alarms: Vec<(f64, Alarm)>,
    events: Vec<Event>,
    is_busy: bool,
}

impl SignOutTask {
    /// A sign-out that has touched nothing, or a retry.
    pub fn new(
        id: TaskId,
        context: u32,
        client: &Rc<Client>,
        machine: Machine,
        options: SignOutOptions,
        now: f64,
    ) -> Box<SignOutTask> {
        Box::new(SignOutTask {
            id,
            client: client.clone(),
            context,
            concurrent: Vec::new(),
            on_behalf_of: None,
            retried: None,
            machine,
            online: options.retry_when_online,
            options,
            began: now,
            log: StepLog::default(),
            callers: Vec::new(),
            app_state: None,
            claims: Default::default(),
            has_leaver: false,
            popup: None,
            storage_ms: STORAGE_MS,
            found: None,
            clears_device: false,
            device_left: false,
            back: Back::Gone,
            newer_later: false,
            newer_others: 0,
            early: Vec::new(),
            after_read: None,
            departed: None,
            leaving: None,
            heard_leaves: false,
            flights: Vec::new(),
            batches: Vec::new(),
            is_retry: false,
            removed_before: false,
            online_meanwhile: false,
            superseded: false,
            waiting: Vec::new(),
            is_let_go: false,
            alarms: Vec::new(),
            events: Vec::new(),
            is_busy: false,
        })
    }

    /// Where it stands.
    pub fn phase(&self) -> Phase {
        self.machine.phase
    }

    /// What was asked, by all of its callers together.
    pub fn plan(&self) -> &Plan {
        &self.machine.plan
    }

    /// The callers were told.
    pub fn is_settled(&self) -> bool {
        self.machine.phase == Phase::Settled
    }

    /// Nothing was removed yet.
    pub fn is_clearing(&self) -> bool {
        matches!(
            self.machine.phase,
            Phase::Checked | Phase::Popup | Phase::Clearing
        )
    }

    /// It revokes the newest token itself, now or when the page goes away.
    pub fn is_to_revoke(&self) -> bool {
        !self.is_settled() || matches!(self.machine.revoke, Call::HeldBack | Call::Waiting)
    }

    /// It clears later; a `retry()` does not.
    pub fn is_to_clear(&self) -> bool {
        self.is_clearing() && !self.machine.removed
    }

    /// From the local clear until the promise settles; with a popup from its opening.
    pub fn is_signing_out(&self) -> bool {
        !matches!(self.machine.phase, Phase::Checked | Phase::Settled)
    }

    /// Nothing more happens to it but a retry.
    pub fn is_let_go(&self) -> bool {
        self.is_let_go
    }

    /// Milliseconds since it began.
    pub(super) fn elapsed(&self, scope: &Scope) -> f64 {
        scope.now.mono - self.began
    }

    /// Begins. A retry has no clear: its time begins at once, with a popup when that ends.
    pub fn begin(&mut self, scope: &mut Scope) {
        self.dispatch(Event::Start, scope);
        if self.is_retry && !self.is_clearing() && !self.is_settled() {
            self.begin_remote(scope);
        }
    }

    /// Takes an event. Events that come while one is handled wait for their turn.
    pub fn dispatch(&mut self, event: Event, scope: &mut Scope) {
        self.events.push(event);
        if std::mem::replace(&mut self.is_busy, true) {
            return;
        }
        while !self.events.is_empty() {
            for event in std::mem::take(&mut self.events) {
                self.handle(event, scope);
            }
        }
        self.is_busy = false;
    }

    #[inline(never)]
    fn handle(&mut self, event: Event, scope: &mut Scope) {
        let mut commands = Vec::new();
        self.machine.handle(event, &mut commands);
        let popup_over = matches!(event, Event::PopupEnded(_)) && !self.is_clearing();
        if matches!(event, Event::Cleared(_)) || popup_over {
            self.begin_remote(scope);
        }
        for command in commands {
            self.execute(command, scope);
        }
    }

    #[inline(never)]
    fn execute(&mut self, command: Command, scope: &mut Scope) {
        match command {
            Command::RunPopup => self.run_popup(scope),
            Command::AbortPopup => {
                let error = AuthError::new(AuthErrorCode::Aborted);
                self.end_step(StepName::Popup, Some(&error), scope);
            }
            Command::Clear => {
                self.begin_step(StepName::Clear, 0, scope);
                self.scan(Purpose::Clear, scope);
            }
            Command::Follow => {
                self.check_other_tab(scope);
                // With no time to wait, what is known already counts.
                if self.machine.is_over() {
                    self.dispatch(Event::Deadline, scope);
                }
            }
            Command::Send(op) => self.send(op, scope),
            Command::Pause(op, tries) => {
                let ms = pause_ms(tries, scope.random.jitter());
                self.set_alarm(ms, Alarm::Event(Event::PauseOver(op)), scope);
            }
            Command::ReadBack => self.read_back(scope),
            Command::Leave => self.leave(scope),
            Command::AbortRequests => {
                for flight in &self.flights {
                    scope.out.effects.push(Effect::Abort(flight.effect));
                }
            }
            Command::Settle => self.settle(scope),
        }
    }

    pub(super) fn scan(&mut self, purpose: Purpose, scope: &mut Scope) {
        let known = match purpose {
            Purpose::Clear => Vec::new(),
            _ => scope.context.keys.clone(),
        };
        let scan = Action::Scan(purpose, known, self.storage_ms);
        scope.actions.push(scan);
    }

    /// The clear is done, or there was none: the time for what is remote begins.
    #[inline(never)]
    fn begin_remote(&mut self, scope: &mut Scope) {
        let now = scope.now.mono;
        let mut aborted = Vec::new();
        for caller in &mut self.callers {
            caller.deadline = now + caller.ask.timeout_ms;
            self.alarms
                .push((caller.deadline, Alarm::Caller(caller.id)));
            if caller.ask.aborted {
                aborted.push(caller.id);
            }
        }
        if self.machine.hosted == Hosted::Due {
            self.set_alarm(BEFORE_LEAVING_MS, Alarm::Event(Event::LeaveNow), scope);
        }
        if self.machine.forget != Call::Unneeded {
            let over = Alarm::Event(Event::ForgetDeviceOver);
            self.set_alarm(FORGET_DEVICE_MS, over, scope);
        }
        // Who aborted while the storage took its time leaves now.
        for id in aborted {
            self.caller_aborted(id, scope);
        }
    }

    pub(super) fn set_alarm(&mut self, ms: f64, alarm: Alarm, scope: &Scope) {
        self.alarms.push((scope.now.mono + ms, alarm));
    }

    /// Nothing is due any more but this.
    pub(super) fn set_last_alarm(&mut self, ms: f64, alarm: Alarm, scope: &Scope) {
        self.alarms.clear();
        self.set_alarm(ms, alarm, scope);
    }

    /// When it wants to be looked at.
    pub fn due(&self) -> f64 {
        let mut due = f64::INFINITY;
        for alarm in &self.alarms {
            due = due.min(alarm.0);
        }
        due
    }

    /// Fires what is due, by the clock and not by the timer: hidden pages run timers late, and some run early.
    #[inline(never)]
    pub fn tick(&mut self, scope: &mut Scope) {
        let now = scope.now.mono;
        let mut due = Vec::new();
        self.alarms.retain(|alarm| {
            if alarm.0 <= now {
                due.push(alarm.1);
            }
            alarm.0 > now
        });
        for alarm in due {
            match alarm {
                Alarm::Event(Event::LeaveFailed) => self.read_before(Event::LeaveFailed, scope),
                Alarm::Event(event) => self.dispatch(event, scope),
                Alarm::Caller(id) => self.caller_late(id, scope),
                Alarm::PopupPoll => self.look_at_popup(scope),
                Alarm::PopupOver => self.popup_timed_out(scope),
                Alarm::ReadBackLater => self.read_back_later(scope),
            }
        }
    }

    /// `pagehide`: the promise settles after it was judged how the page goes.
    pub fn page_hidden(&mut self, departure: Departure, scope: &mut Scope) {
        if self.superseded || self.is_let_go {
            return;
        }
        self.departed = Some(departure);
        if self.machine.phase == Phase::Leaving {
            // While the page was leaving, a refresh may have written the session back.
            self.read_back_meanwhile(scope);
        }
        // A storage that takes its time has none now.
        if self.machine.phase != Phase::Leaving || scope.client.stores.is_slow() {
            self.hides(scope);
        }
    }

    /// The page is gone, once the storage was read back.
    pub(super) fn hides(&mut self, scope: &mut Scope) {
        let Some(departure) = self.departed.take() else {
            return;
        };
        if departure != Departure::Ours {
            self.dispatch(Event::Replaced, scope);
        }
        self.dispatch(Event::PageHide, scope);
        self.note_hidden(scope);
    }

    /// Forgets it, unless a held-back revocation still waits for `pagehide`, or for the network.
    pub fn let_go(&mut self) {
        let machine = &self.machine;
        let held = matches!(machine.revoke, Call::HeldBack | Call::Waiting)
            || machine.others == Call::Waiting;
        // What `online` began comes back to this one; what `retry()` began does not.
        let online = self.online && self.retried.is_none();
        let over = self.superseded && !online;
        self.is_let_go |= over || !(held || self.waits_for_network());
    }

    /// A revocation that was held back is the retry's now, once nothing else is due.
    pub fn retry_begun(&mut self, retry: TaskId) {
        self.retried = Some(retry);
        if self.alarms.is_empty() {
            self.let_go();
        }
    }

    /// A step begins.
    pub(super) fn begin_step(&mut self, step: StepName, requests: usize, scope: &Scope) {
        let at = self.elapsed(scope);
        self.log.begin(step, requests, at);
    }

    /// A step has ended, for now.
    pub(super) fn end_step(
        &mut self,
        step: StepName,
        error: Option<&AuthError>,
        scope: &mut Scope,
    ) {
        let at = self.elapsed(scope);
        self.log.end(step, at, error.map(|error| error.code));
        if let Some(step) = self.log.step(step) {
            self.log_line(error.is_some(), line(step, error), scope);
        }
    }

    /// Gives the app's logger a line. No token is ever in one.
    pub(super) fn log_line(&self, warning: bool, line: String, scope: &mut Scope) {
        scope.effect(Effect::Log(self.client.id, warning, line));
    }

    /// Changes the entries of its sessions in the record of ended sessions.
    pub(super) fn update_ended(&self, scope: &mut Scope, change: &mut dyn FnMut(&mut MarkEntry)) {
        let ids = &scope.context.ids;
        let (plan, follows) = (self.machine.plan, self.machine.following);
        let main = ids.first().copied();
        scope
            .ended
            .update(ids, scope.now, scope.out.effects, &mut |entry| {
                change(entry);
                // A tab that was as quick may have put its own entry there.
                if !follows && Some(entry.id) == main {
                    entry.global = plan.global || entry.ended_at.is_some();
                    entry.forget_device = plan.forget_device;
                }
            });
    }

    /// The handles that it needs.
    pub fn handles(&self, used: &mut Vec<Handle>) {
        for caller in &self.callers {
            used.extend(caller.ask.signal);
            used.extend(caller.ask.navigate);
        }
        for (ask, _) in &self.waiting {
            used.extend(ask.navigate);
        }
        used.extend(self.popup.as_ref().and_then(|popup| popup.window));
    }
}
