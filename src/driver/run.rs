//! One sign-out under way: the machine, and everything that it must not know.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

use super::client::{Hooks, Inner, SignedOutEvent, SignedOutReason};
use super::journal::Journal;
use super::popup::Popup;
use super::{clear, requests, returned, sweep};
use crate::browser::clock::{self, Timer};
use crate::browser::js::{self, Listener};
use crate::browser::page;
use crate::browser::storage::Patience;
use crate::browser::task::{self, Slot};
use crate::error::{AuthError, AuthErrorCode};
use crate::flow::{self, Back, Call, Command, Event, Hosted, Leave, Machine, Phase, Plan, Tag};
use crate::options::{HostedUiMode, SignOutOptions};
use crate::outcome::{LocalFuture, SignOutResult, StepName};
use crate::protocol::logout_url;
use crate::session::{Secret, SessionId};

/// How long remote steps may hold up a navigation, in milliseconds.
const BEFORE_LEAVING_MS: f64 = 1000.0;
/// How long ForgetDevice is waited for, in milliseconds.
const FORGET_DEVICE_MS: f64 = 1000.0;
/// How long leaving the page may take, in milliseconds.
const LEAVING_MS: f64 = 30_000.0;
/// When the storage is read back once more, in milliseconds after the end.
const LATER_MS: f64 = 2000.0;

/// The tokens of a run; they never leave it but in the result's own fields.
#[derive(Clone, Default)]
pub struct Vault {
    pub access: Option<Secret>,
    pub refresh: Option<Secret>,
    pub device: Option<String>,
    pub others: Vec<Secret>,
    /// The refresh token that Cognito confirmed to be revoked.
    pub revoked: Option<Secret>,
}

/// Someone who waits for the result.
pub struct Caller {
    id: u32,
    timeout_ms: f64,
    deadline: f64,
    signal: Option<JsValue>,
    slot: Slot<SignOutResult>,
    _listener: Option<Listener>,
}

#[derive(Clone, Copy)]
enum Alarm {
    Event(Event),
    Caller(u32),
    PopupPoll,
    ReadBackLater,
}

/// One sign-out.
pub struct Run {
    pub client: Rc<Inner>,
    pub machine: RefCell<Machine>,
    queue: RefCell<VecDeque<Event>>,
    busy: Cell<bool>,
    began: f64,
    pub journal: RefCell<Journal>,
    pub vault: RefCell<Vault>,
    /// The identities of the sessions that are being ended; the main one first.
    pub ids: RefCell<Vec<SessionId>>,
    pub user: Cell<Option<SessionId>>,
    /// The keys that were removed, by place.
    pub keys: RefCell<Vec<(usize, Vec<String>)>>,
    callers: RefCell<Vec<Caller>>,
    alarms: RefCell<Vec<(f64, Alarm)>>,
    timer: RefCell<Option<Timer>>,
    listeners: RefCell<Vec<Listener>>,
    pub abort: Option<AbortController>,
    /// The logout URL and where it leads back to, or why there is none.
    pub way: RefCell<Result<Way, AuthError>>,
    pub navigate: RefCell<Option<Function>>,
    pub app_state: Option<String>,
    pub popup: RefCell<Option<Popup>>,
    pub patience: Patience,
    pub lost_answer: Cell<bool>,
    /// What the clear or the navigation failed with.
    pub storage_error: RefCell<Option<AuthError>>,
    pub leave_error: RefCell<Option<AuthError>>,
    pub codes: Cell<Option<crate::flow::Codes>>,
    /// The other tab's sign-out was a global one.
    pub followed_global: Cell<bool>,
    /// How often each request was sent; the answer to an earlier one does not count.
    pub sent: Cell<[u32; 5]>,
    options: SignOutOptions,
    /// A retry has taken over.
    superseded: Cell<bool>,
    /// The listeners know; a retry is no other sign-out.
    told: Cell<bool>,
    retry: RefCell<Option<Slot<SignOutResult>>>,
}

/// The way out to the hosted UI.
#[derive(Clone)]
pub struct Way {
    pub url: String,
    pub back: String,
}

/// Signs out: checks, joins or begins.
pub fn sign_out(
    client: &Rc<Inner>,
    options: SignOutOptions,
    hooks: Hooks,
    popup: Option<Popup>,
) -> LocalFuture<SignOutResult> {
    let refuse = |error, popup: Option<Popup>| -> LocalFuture<SignOutResult> {
        if let Some(popup) = popup {
            popup.close();
        }
        Box::pin(async move { SignOutResult::failed(error) })
    };
    if is_aborted(hooks.signal.as_ref()) {
        return refuse(AuthError::new(AuthErrorCode::Aborted), popup);
    }
    let way = match way(client, &options, hooks.navigate.is_some()) {
        Ok(way) => way,
        Err(error) => return refuse(error, popup),
    };
    let slot = Slot::new();
    let running = client.active();
    let early = |run: &Rc<Run>| run.is_clearing();
    if let Some(run) = running.as_ref().filter(|run| early(run)) {
        run.join(&options, hooks, popup, slot.clone());
        return Box::pin(slot);
    }
    let run = Run::new(client, options, way, &hooks);
    *run.popup.borrow_mut() = popup;
    run.add_caller(&hooks, slot.clone());
    match running {
        None => run.begin(),
        Some(other) => {
            // It joins only if storage holds no session but the one being ended.
            let client = client.clone();
            task::start(Box::pin(async move {
                let (places, error) = sweep::read_all(&client, &run.patience).await;
                let foreign = places
                    .iter()
                    .flat_map(|place| &place.found.sessions)
                    .any(|stored| !other.holds(stored.session.identity()));
                if foreign || error.is_some() || other.is_settled() {
                    run.begin();
                } else {
                    let caller = run.callers.borrow_mut().pop();
                    if let Some(caller) = caller {
                        let popup = run.popup.borrow_mut().take();
                        other.join(&run.options, hooks, popup, caller.slot);
                    }
                }
            }));
        }
    }
    Box::pin(slot)
}

fn is_aborted(signal: Option<&JsValue>) -> bool {
    signal.is_some_and(|signal| js::get(signal, "aborted").is_truthy())
}

/// Checks the way out. An explicit one that is bad is an error; with "auto" the sign-out goes on without it.
fn way(
    client: &Inner,
    options: &SignOutOptions,
    own_navigation: bool,
) -> Result<Result<Way, AuthError>, AuthError> {
    let config = &client.config;
    let explicit = options.redirect_url.as_deref();
    let found = match &config.hosted_ui {
        Some(hosted) => {
            logout_url::choose(&hosted.redirect_sign_out, explicit, &page::url()).map(|back| Way {
                url: logout_url::build(hosted, &config.user_pool_client_id, &back),
                back,
            })
        }
        None => Err(AuthError::configuration(
            "hostedUI",
            "the sign-out URL could not be created: configure hostedUI { domain, redirectSignOut }",
        )),
    };
    let asked = !matches!(options.hosted_ui, HostedUiMode::Auto | HostedUiMode::None);
    if found.is_err() && (asked || explicit.is_some()) {
        return found.map(Ok);
    }
    let leaves = !matches!(options.hosted_ui, HostedUiMode::Manual);
    if leaves && !page::exists() {
        return Ok(found.and(Err(AuthError::with_message(
            AuthErrorCode::InvalidState,
            "Only a page can go through the hosted UI; a worker can't.",
        ))));
    }
    let popup = options.hosted_ui == HostedUiMode::Popup;
    if leaves && !popup && !own_navigation && page::is_framed() {
        return Ok(found.and(Err(AuthError::with_message(
            AuthErrorCode::InvalidState,
            "The hosted UI's logout needs the whole tab, and this page is in a frame.",
        )
        .suggest(
            "Sign out in the top-level page, or use hostedUI: \"popup\" or \"manual\".",
        ))));
    }
    Ok(found)
}

fn plan(client: &Inner, options: &SignOutOptions) -> Plan {
    Plan {
        global: options.global,
        forget_device: options.forget_device,
        revocation: client.config.token_revocation,
        leave: match options.hosted_ui {
            HostedUiMode::Auto => Leave::Auto,
            HostedUiMode::Redirect => Leave::Redirect,
            HostedUiMode::Popup => Leave::Popup,
            HostedUiMode::Manual => Leave::Manual,
            HostedUiMode::None => Leave::Never,
        },
        one_request: options.timeout_ms <= 0.0,
    }
}

impl Inner {
    /// The run that a call may join: the newest that has not settled.
    pub fn active(&self) -> Option<Rc<Run>> {
        let runs = self.runs.borrow();
        runs.iter().rev().find(|run| !run.is_settled()).cloned()
    }
}

impl Run {
    fn new(
        client: &Rc<Inner>,
        options: SignOutOptions,
        way: Result<Way, AuthError>,
        hooks: &Hooks,
    ) -> Rc<Run> {
        Rc::new(Run {
            client: client.clone(),
            machine: RefCell::new(Machine::new(plan(client, &options))),
            queue: RefCell::default(),
            busy: Cell::new(false),
            began: clock::now(),
            journal: RefCell::default(),
            vault: RefCell::default(),
            ids: RefCell::default(),
            user: Cell::new(None),
            keys: RefCell::default(),
            callers: RefCell::default(),
            alarms: RefCell::default(),
            timer: RefCell::default(),
            listeners: RefCell::default(),
            abort: AbortController::new().ok(),
            way: RefCell::new(way),
            navigate: RefCell::new(hooks.navigate.clone()),
            app_state: hooks.app_state.clone(),
            popup: RefCell::default(),
            patience: Patience::new(),
            lost_answer: Cell::new(false),
            storage_error: RefCell::default(),
            leave_error: RefCell::default(),
            codes: Cell::new(None),
            followed_global: Cell::new(false),
            sent: Cell::new([0; 5]),
            options,
            superseded: Cell::new(false),
            told: Cell::new(false),
            retry: RefCell::default(),
        })
    }

    fn begin(self: &Rc<Self>) {
        self.client.runs.borrow_mut().push(self.clone());
        self.listen();
        self.dispatch(Event::Start);
    }

    /// Milliseconds since the sign-out began.
    pub fn elapsed(&self) -> f64 {
        clock::now() - self.began
    }

    pub fn phase(&self) -> Phase {
        self.machine.borrow().phase
    }

    pub fn is_settled(&self) -> bool {
        self.phase() == Phase::Settled
    }

    fn is_clearing(&self) -> bool {
        matches!(
            self.phase(),
            Phase::Checked | Phase::Popup | Phase::Clearing
        )
    }

    /// From the local clear until the promise settles; with a popup from its opening.
    pub fn is_signing_out(&self) -> bool {
        !matches!(self.phase(), Phase::Checked | Phase::Settled)
    }

    /// Whether this run ends, or ended, that session.
    pub fn holds(&self, id: Option<SessionId>) -> bool {
        id.is_some_and(|id| self.ids.borrow().contains(&id))
    }

    /// The longest time that anyone waits for what is remote.
    pub fn longest_wait_ms(&self) -> f64 {
        let callers = self.callers.borrow();
        callers.iter().map(|c| c.timeout_ms).fold(0.0, f64::max)
    }

    /// Takes an event. Events that come while one is handled wait for their turn.
    pub fn dispatch(self: &Rc<Self>, event: Event) {
        self.queue.borrow_mut().push_back(event);
        if self.busy.replace(true) {
            return;
        }
        loop {
            let next = self.queue.borrow_mut().pop_front();
            let Some(event) = next else {
                break;
            };
            let mut commands = Vec::new();
            self.machine.borrow_mut().handle(event, &mut commands);
            // A retry has no clear: its time begins with the popup's end.
            let popup_over = matches!(event, Event::PopupEnded(_)) && !self.is_clearing();
            if matches!(event, Event::Cleared(_)) || popup_over {
                self.begin_remote();
            }
            for command in commands {
                self.execute(command);
            }
        }
        self.busy.set(false);
    }

    fn execute(self: &Rc<Self>, command: Command) {
        match command {
            Command::RunPopup => self.run_popup(),
            Command::ClosePopup => {
                if let Some(popup) = &*self.popup.borrow() {
                    popup.close();
                }
            }
            Command::Clear => clear::start(self),
            Command::Follow => self.check_other_tab(),
            Command::Send(op) => requests::run(self, op),
            Command::Pause(op, tries) => {
                let ms = flow::pause_ms(tries, clock::random());
                self.set_alarm(ms, Alarm::Event(Event::PauseOver(op)));
            }
            Command::ReadBack => self.read_back(),
            Command::Leave => self.leave(),
            Command::AbortRequests => {
                if let Some(abort) = &self.abort {
                    abort.abort();
                }
            }
            Command::Settle => self.settle(),
        }
    }

    /// The clear is done, or there was none: the time for what is remote begins.
    fn begin_remote(self: &Rc<Self>) {
        let now = clock::now();
        let waits: Vec<(u32, f64)> = {
            let mut callers = self.callers.borrow_mut();
            for caller in callers.iter_mut() {
                caller.deadline = now + caller.timeout_ms;
            }
            callers.iter().map(|c| (c.id, c.timeout_ms)).collect()
        };
        for (id, ms) in waits {
            self.set_alarm(ms, Alarm::Caller(id));
        }
        let machine = *self.machine.borrow();
        if machine.hosted == Hosted::Due {
            self.set_alarm(BEFORE_LEAVING_MS, Alarm::Event(Event::LeaveNow));
        }
        if machine.forget != Call::Unneeded {
            self.set_alarm(FORGET_DEVICE_MS, Alarm::Event(Event::ForgetDeviceOver));
        }
    }

    // ---- callers

    fn add_caller(self: &Rc<Self>, hooks: &Hooks, slot: Slot<SignOutResult>) -> u32 {
        self.add_caller_with(hooks, slot, self.options.timeout_ms)
    }

    fn add_caller_with(
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

    fn join(
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

    fn caller_aborted(self: &Rc<Self>, id: u32) {
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

    fn caller_late(self: &Rc<Self>, id: u32) {
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

    fn leave_early(self: &Rc<Self>, id: u32, code: AuthErrorCode) {
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

    // ---- time

    fn set_alarm(self: &Rc<Self>, ms: f64, alarm: Alarm) {
        let due = clock::now() + ms;
        self.alarms.borrow_mut().push((due, alarm));
        self.set_timer();
    }

    fn set_timer(self: &Rc<Self>) {
        let next = self
            .alarms
            .borrow()
            .iter()
            .map(|alarm| alarm.0)
            .fold(f64::INFINITY, f64::min);
        let timer = next.is_finite().then(|| {
            let run = Rc::downgrade(self);
            let tick = move |_| {
                if let Some(run) = run.upgrade() {
                    run.tick();
                }
            };
            Timer::after(next - clock::now(), Box::new(tick))
        });
        let old = std::mem::replace(&mut *self.timer.borrow_mut(), timer);
        drop(old);
    }

    /// Fires what is due, by the clock and not by the timer: hidden pages run timers late, and some run early.
    pub fn tick(self: &Rc<Self>) {
        let now = clock::now();
        let due: Vec<Alarm> = {
            let mut alarms = self.alarms.borrow_mut();
            let due = alarms.iter().filter(|a| a.0 <= now).map(|a| a.1).collect();
            alarms.retain(|alarm| alarm.0 > now);
            due
        };
        for alarm in due {
            match alarm {
                Alarm::Event(event) => self.dispatch(event),
                Alarm::Caller(id) => self.caller_late(id),
                Alarm::PopupPoll => self.poll_popup(),
                Alarm::ReadBackLater => self.read_back_later(),
            }
        }
        self.set_timer();
    }

    fn listen(self: &Rc<Self>) {
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
        if self.options.retry_when_online {
            listeners.extend(on(&global, "online", Run::back_online));
        }
        *self.listeners.borrow_mut() = listeners;
    }

    fn page_hide(self: &Rc<Self>) {
        if !self.superseded.get() {
            self.dispatch(Event::PageHide);
        }
    }

    fn back_online(self: &Rc<Self>) {
        if self.is_settled() {
            let verdict = self.machine.borrow().verdict(None);
            if verdict.tag == Tag::Partial && (verdict.revoke.is_some() || verdict.global.is_some())
            {
                let retry = self.run_again();
                task::start(Box::pin(async move {
                    retry.await;
                }));
            }
        }
    }

    // ---- steps

    fn read_back(self: &Rc<Self>) {
        let run = self.clone();
        run.begin_step(StepName::ReadBack, false);
        task::start(Box::pin(async move {
            let back = run.remove_again().await;
            let failed = (back == Back::Stuck).then(|| AuthError::new(AuthErrorCode::Storage));
            run.end_step(StepName::ReadBack, failed.as_ref());
            if matches!(back, Back::Removed { .. }) {
                run.journal
                    .borrow_mut()
                    .note(StepName::ReadBack, "the session had been written back");
            }
            run.dispatch(Event::ReadBack(back));
        }));
    }

    async fn remove_again(&self) -> Back {
        let ids = self.ids.borrow().clone();
        if ids.is_empty() {
            return Back::Gone;
        }
        let keys = self.keys.borrow().clone();
        let known: Vec<Secret> = {
            let vault = self.vault.borrow();
            let refresh = vault.refresh.iter().chain(&vault.revoked);
            refresh.chain(&vault.others).cloned().collect()
        };
        let (back, newer) =
            sweep::remove_again(&self.client, &ids, &keys, &known, &self.patience).await;
        if newer.is_some() {
            self.vault.borrow_mut().refresh = newer;
        }
        back
    }

    fn read_back_later(self: &Rc<Self>) {
        let run = self.clone();
        task::start(Box::pin(async move {
            let back = run.remove_again().await;
            let token = run.vault.borrow().refresh.clone();
            if let (Back::Removed { newer_token: true }, Some(token)) = (back, token)
                && run.client.config.token_revocation
            {
                let config = &run.client.config;
                requests::revoke_in_passing(&config.endpoint, &config.user_pool_client_id, &token);
            }
            run.let_go();
        }));
    }

    /// Forgets the run, unless a held-back revocation still waits for `pagehide`, or for the network.
    fn let_go(self: &Rc<Self>) {
        let held = matches!(self.machine.borrow().revoke, Call::HeldBack | Call::Waiting);
        if self.superseded.get() || !(held || self.options.retry_when_online) {
            let listeners = std::mem::take(&mut *self.listeners.borrow_mut());
            drop(listeners);
            let ours = Rc::as_ptr(self);
            self.client
                .runs
                .borrow_mut()
                .retain(|run| Rc::as_ptr(run) != ours);
        }
    }

    fn leave(self: &Rc<Self>) {
        let way = self.way.borrow().clone();
        let Ok(way) = way else {
            self.dispatch(Event::LeaveFailed);
            return;
        };
        self.begin_step(StepName::Navigate, false);
        let now = clock::wall();
        self.update_mark(&mut |entry| entry.leaves(now));
        self.client.left_here.set(true);
        returned::save(self, &way);
        self.set_alarm(LEAVING_MS, Alarm::Event(Event::LeaveFailed));
        let navigate = self.navigate.borrow().clone();
        let run = self.clone();
        task::start(Box::pin(async move {
            let left = page::leave(&way.url, navigate.as_ref());
            let left = match left {
                Ok(value) if navigate.is_some() && task::is_thenable(&value) => {
                    task::settle(&value, Some(LEAVING_MS)).await
                }
                left => left,
            };
            match left {
                // location.assign returns at once; `pagehide` says when the page goes.
                Ok(_) if navigate.is_none() => {}
                Ok(_) => run.dispatch(Event::Left),
                Err(thrown) => {
                    *run.leave_error.borrow_mut() =
                        Some(js::error(AuthErrorCode::Navigation, &thrown));
                    run.dispatch(Event::LeaveFailed);
                }
            }
        }));
    }

    fn run_popup(self: &Rc<Self>) {
        self.begin_step(StepName::Popup, false);
        let way = self.way.borrow().clone();
        let opened = match (&*self.popup.borrow(), &way) {
            (Some(popup), Ok(way)) => popup.begin(&self.client, way),
            _ => false,
        };
        if !opened {
            self.popup_ended(flow::PopupEnd::Blocked);
            return;
        }
        self.set_alarm(
            self.options.popup_timeout_ms,
            Alarm::Event(Event::PopupEnded(flow::PopupEnd::TimedOut)),
        );
        self.poll_popup();
    }

    fn poll_popup(self: &Rc<Self>) {
        if self.phase() != Phase::Popup {
            return;
        }
        let closed = self.popup.borrow().as_ref().is_none_or(Popup::is_cancelled);
        if closed {
            let dead = self.client.dead.get();
            self.popup_ended(flow::PopupEnd::Cancelled {
                session_dead: dead.is_some() && dead == self.client.last_read.get(),
            });
        } else {
            self.set_alarm(Popup::POLL_MS, Alarm::PopupPoll);
        }
    }

    /// The popup ended, by itself or by the returning page's message.
    pub fn popup_ended(self: &Rc<Self>, end: flow::PopupEnd) {
        if self.phase() == Phase::Popup {
            let error = match end {
                flow::PopupEnd::Returned => None,
                flow::PopupEnd::Blocked => Some(AuthErrorCode::PopupBlocked),
                flow::PopupEnd::TimedOut => Some(AuthErrorCode::Timeout),
                flow::PopupEnd::Cancelled { .. } => Some(AuthErrorCode::UserCancelled),
            };
            self.end_step(StepName::Popup, error.map(AuthError::new).as_ref());
            self.dispatch(Event::PopupEnded(end));
        }
    }

    /// Looks whether the other tab's sign-out has settled.
    pub fn check_other_tab(self: &Rc<Self>) {
        if self.phase() != Phase::Following {
            return;
        }
        let mark = self.client.mark();
        let ids = self.ids.borrow().clone();
        let entry = ids.first().and_then(|id| mark.entry(*id));
        match entry {
            Some(entry) if entry.codes.is_none() => {}
            entry => {
                self.codes.set(entry.and_then(|entry| entry.codes));
                self.followed_global
                    .set(entry.is_none_or(|entry| entry.global));
                self.dispatch(Event::OtherTabSettled);
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
        let ids = self.ids.borrow().clone();
        self.client.change_mark(&mut |mark| {
            for id in &ids {
                mark.update(*id, &mut *change);
            }
        });
    }

    /// A step begins. The time is read first: no borrow is held over a call into JavaScript.
    pub fn begin_step(&self, step: StepName, is_request: bool) {
        let at = self.elapsed();
        self.journal.borrow_mut().begin(step, is_request, at);
    }

    /// A step has ended, for now.
    pub fn end_step(&self, step: StepName, error: Option<&AuthError>) {
        let at = self.elapsed();
        self.journal.borrow_mut().end(step, at, error);
        self.log_step(step, error);
    }

    fn log_step(&self, step: StepName, error: Option<&AuthError>) {
        let outcome = match error {
            None => [step.as_str(), " ok"].concat(),
            Some(error) => [step.as_str(), " failed: ", error.code.as_str()].concat(),
        };
        self.client.log(error.is_some(), &outcome);
    }

    fn settle(self: &Rc<Self>) {
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

    fn log_result(&self, result: &SignOutResult) {
        let line = ["sign-out ", result.status()].concat();
        self.client
            .log(!matches!(result, SignOutResult::Complete(_)), &line);
    }

    fn mark_settled(self: &Rc<Self>, failed: bool, machine: &Machine) {
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

    // ---- retry

    /// Leaves for the hosted UI once more, and does nothing else.
    pub fn leave_again(client: &Rc<Inner>, way: &Way) -> LocalFuture<SignOutResult> {
        let options = SignOutOptions {
            hosted_ui: HostedUiMode::Redirect,
            ..SignOutOptions::default()
        };
        let hooks = Hooks::default();
        let run = Run::new(client, options, Ok(way.clone()), &hooks);
        *run.machine.borrow_mut() = Machine::leave_only(run.machine.borrow().plan);
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
        let slot = Slot::new();
        *self.retry.borrow_mut() = Some(slot.clone());
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
        let popup = match self.machine.borrow().retry() {
            next if next.plan.leave == Leave::Popup && next.hosted == Hosted::Due => {
                Popup::open_now()
            }
            _ => None,
        };
        let run = Run::new(&self.client, options, self.way.borrow().clone(), &hooks);
        *run.popup.borrow_mut() = popup;
        *run.machine.borrow_mut() = self.machine.borrow().retry();
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
        Box::pin(slot)
    }
}
