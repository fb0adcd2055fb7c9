//! One sign-out under way: the machine, and everything that it must not know.

mod alarms;
mod begin;
mod callers;
mod popup_step;
mod settle;
mod steps;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::Function;
use web_sys::AbortController;

use self::alarms::Alarm;
pub use self::begin::{Way, sign_out};
use self::callers::Caller;
use super::client::{Hooks, Inner};
use super::journal::Journal;
use super::popup::Popup;
use super::{clear, requests};
use crate::browser::clock::{self, Timer};
use crate::browser::js::Listener;
use crate::browser::storage::Patience;
use crate::browser::task::Slot;
use crate::error::AuthError;
use crate::flow::{self, Command, Event, Machine, Phase};
use crate::options::SignOutOptions;
use crate::outcome::SignOutResult;
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
    pub told: Cell<bool>,
    retry: RefCell<Option<Slot<SignOutResult>>>,
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
            machine: RefCell::new(Machine::new(begin::plan(client, &options))),
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
}
