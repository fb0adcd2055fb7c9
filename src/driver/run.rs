//! One sign-out under way: the machine, and everything that it must not know.

mod alarms;
mod begin;
mod callers;
mod popup_step;
mod settle;
mod steps;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use web_sys::AbortController;

use self::alarms::Alarm;
pub use self::begin::{Ask, Way, sign_out};
use self::callers::Caller;
use super::client::Inner;
use super::ending::Ending;
use super::journal::Journal;
use super::popup::Popup;
use super::report::Report;
use super::{clear, other_tabs, requests};
use crate::browser::clock::{self, Timer};
use crate::browser::js::Listener;
use crate::browser::storage::Patience;
use crate::browser::task::Slot;
use crate::error::{AuthError, AuthErrorCode};
use crate::flow::{self, Claim, Command, Event, Machine, Phase};
use crate::options::SignOutOptions;
use crate::outcome::StepName;
use crate::session::SessionId;

/// How long remote steps may hold up a navigation, in milliseconds.
const BEFORE_LEAVING_MS: f64 = 1000.0;
/// How long ForgetDevice is waited for, in milliseconds.
const FORGET_DEVICE_MS: f64 = 1000.0;
/// How long leaving the page may take, in milliseconds.
const LEAVING_MS: f64 = 30_000.0;
/// When the storage is read back once more, in milliseconds after the end.
const LATER_MS: f64 = 2000.0;

/// One sign-out. No borrow of a cell is held over a call into JavaScript.
pub struct Run {
    pub client: Rc<Inner>,
    pub machine: Cell<Machine>,
    queue: RefCell<Vec<Event>>,
    busy: Cell<bool>,
    began: f64,
    pub journal: RefCell<Journal>,
    pub ending: Rc<RefCell<Ending>>,
    callers: RefCell<Vec<Caller>>,
    alarms: RefCell<Vec<(f64, Alarm)>>,
    timer: Cell<Option<Timer>>,
    listeners: Cell<Vec<Listener>>,
    pub abort: Option<AbortController>,
    pub app_state: RefCell<Option<String>>,
    /// Who holds `redirectUrl`, `navigate` and `appState`.
    claims: Cell<[Claim; 3]>,
    /// A caller that may leave the page chose the way out.
    has_leaver: Cell<bool>,
    /// The sign-out of this tab that was under way when this one began.
    pub beside: RefCell<Option<Rc<Run>>>,
    /// The other tab, which was followed, leaves for the hosted UI.
    pub heard_leaves: Cell<bool>,
    popup: Option<Popup>,
    pub patience: Rc<Patience>,
    /// Keys of the remembered device are not known to be gone, though a call that joined asked for it.
    pub device_left: Cell<bool>,
    /// The number of each request's last try; the answer to an earlier one does not count.
    pub sent: [Cell<u32>; 5],
    options: SignOutOptions,
    /// Failed revocations are sent again on `online`.
    online: Cell<bool>,
    /// A retry has taken over.
    superseded: Cell<bool>,
    /// This one is a `retry()`.
    is_retry: Cell<bool>,
    /// The run that `retry()` began.
    retried: RefCell<Option<Rc<Run>>>,
    /// Retries that wait for what `online` began.
    waiting: RefCell<Vec<(Ask, Slot<Rc<Report>>)>>,
}

impl Run {
    fn new(
        client: &Rc<Inner>,
        options: SignOutOptions,
        ending: Rc<RefCell<Ending>>,
        popup: Option<Popup>,
    ) -> Run {
        Run {
            client: client.clone(),
            machine: Cell::new(Machine::new(begin::plan(client, &options))),
            queue: RefCell::default(),
            busy: Cell::new(false),
            began: clock::now(),
            journal: RefCell::default(),
            ending,
            callers: RefCell::default(),
            alarms: RefCell::default(),
            timer: Cell::default(),
            listeners: Cell::default(),
            abort: AbortController::new().ok(),
            app_state: RefCell::default(),
            claims: Cell::default(),
            has_leaver: Cell::default(),
            beside: RefCell::default(),
            heard_leaves: Cell::default(),
            popup,
            patience: Rc::new(Patience::new()),
            device_left: Cell::default(),
            sent: Default::default(),
            online: Cell::new(options.retry_when_online),
            options,
            superseded: Cell::default(),
            is_retry: Cell::default(),
            retried: RefCell::default(),
            waiting: RefCell::default(),
        }
    }

    fn begin(self: &Rc<Self>) {
        self.client.runs.borrow_mut().push(self.clone());
        // A retry may outlive all clients.
        other_tabs::listen(&self.client);
        self.listen();
        self.dispatch(Event::Start);
    }

    /// Milliseconds since the sign-out began.
    pub fn elapsed(&self) -> f64 {
        clock::now() - self.began
    }

    pub fn phase(&self) -> Phase {
        self.machine.get().phase
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
        id.is_some_and(|id| self.ending.borrow().ids.contains(&id))
    }

    /// Takes an event. Events that come while one is handled wait for their turn.
    pub fn dispatch(self: &Rc<Self>, event: Event) {
        self.queue.borrow_mut().push(event);
        if self.busy.replace(true) {
            return;
        }
        loop {
            let events = self.queue.take();
            if events.is_empty() {
                break;
            }
            for event in &events {
                self.handle(*event);
            }
        }
        self.busy.set(false);
    }

    fn handle(self: &Rc<Self>, event: Event) {
        let mut commands = Vec::new();
        self.change_machine(&mut |machine| machine.handle(event, &mut commands));
        // A retry has no clear: its time begins with the popup's end.
        let popup_over = matches!(event, Event::PopupEnded(_)) && !self.is_clearing();
        if matches!(event, Event::Cleared(_)) || popup_over {
            self.begin_remote();
        }
        for command in &commands {
            self.execute(*command);
        }
    }

    /// The machine is plain data, and nothing of it calls out.
    fn change_machine(&self, change: &mut dyn FnMut(&mut Machine)) {
        let mut machine = self.machine.get();
        change(&mut machine);
        self.machine.set(machine);
    }

    fn close_popup(&self) {
        if let Some(popup) = &self.popup {
            popup.close();
        }
    }

    fn execute(self: &Rc<Self>, command: Command) {
        match command {
            Command::RunPopup => self.run_popup(),
            Command::AbortPopup => {
                let error = AuthError::new(AuthErrorCode::Aborted);
                self.end_step(StepName::Popup, Some(&error));
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
