//! A driver, a browser and a Cognito that are not there: the machine runs against them in virtual time.

use std::collections::BTreeMap;

use cognito_signout::internals::engine::tables::{
    self, Access, Answer, Back, Call, Command, Event, Found, Hosted, Leave, Machine, Op, Phase,
    Plan, PopupEnd, Status, Verdict,
};
use cognito_signout::internals::protocol::{
    Response, forget_device, global_sign_out, is_transient, refresh, revoke_token,
};
use cognito_signout::{AuthError, AuthErrorCode};

use crate::answers::{Fault, Want};

pub const TIMEOUT_MS: u64 = 5000;
pub const LATENCY_MS: u64 = 20;
pub const STORAGE_MS: u64 = 7;
/// From the navigation to `pagehide`.
pub const UNLOAD_MS: u64 = 5;
pub const POPUP_MS: u64 = 800;
/// The page is closed at last.
const CLOSED_AT: u64 = 200_000;

/// How the storage behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    Sync,
    Async,
    RemovalThrows,
    RemovalIgnored,
    ReadThrows,
    NeverSettles,
    /// A foreign refresh in flight writes the session back after 10 ms.
    WrittenBack,
}

/// What is asked of the hosted UI, and what the browser does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Web {
    None,
    /// `auto`, and the session came from the hosted UI.
    Auto,
    /// `auto`, from the hosted UI, with a set-up that can't be used.
    AutoUnusable,
    Redirect,
    /// The page is still here after 30 seconds.
    RedirectStays,
    /// Another navigation of the page replaces the one that we began.
    RedirectReplaced,
    Manual,
    Popup(PopupEnd),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// Known to be expired by the clock.
    ByClock,
    /// Told by the server.
    Told,
    Fresh,
}

/// One cell of the matrix.
#[derive(Clone, Copy, Debug)]
pub struct Cell<'a> {
    pub fault: &'a Fault,
    /// Only the first request meets the fault.
    pub once: bool,
    pub global: bool,
    pub web: Web,
    pub storage: Storage,
    pub token: Token,
}

impl Cell<'_> {
    /// What the world does to the n-th request of an operation.
    pub fn want(&self, op: Op, n: usize) -> Want {
        if self.fault.op == op && !(self.once && n > 0) {
            return self.fault.want;
        }
        // Offline is offline for all.
        if self.fault.want == Want::Offline && !self.once {
            return Want::Offline;
        }
        if self.token == Token::Told && op == Op::GlobalSignOut && n == 0 {
            return Want::Expired;
        }
        Want::Ok
    }

    pub fn forgets(&self) -> bool {
        self.fault.op == Op::ForgetDevice
    }
}

/// A bug to be seeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    None,
    RetriesWhatIsFinal,
    RevokesBesideGlobal,
    SettlesBeforeReadBack,
    LeavesBeforeTheClear,
    TimeoutCountsAsDone,
    NoRevokeAfterFinalGlobal,
    NoRefreshOnExpired,
    RevokesTheOldToken,
    FourthTry,
    SendsAfterTheDeadline,
    HeldBackIsForgotten,
    TrustsTheRemoval,
    RemoteErrorStopsTheRedirect,
    WaitsForEver,
    ReplacedCountsAsDone,
}

/// What came of a cell.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub tag: Option<Status>,
    pub cause: Option<AuthErrorCode>,
    pub revoke: Option<AuthErrorCode>,
    pub global: Option<AuthErrorCode>,
    pub forget: Option<AuthErrorCode>,
    pub hosted: Option<AuthErrorCode>,
    pub settles: u32,
    pub settled_at: u64,
    /// When the waiting began.
    pub cleared_at: u64,
    pub navigated_at: Option<u64>,
    /// There was a token in the storage when the page left.
    pub left_with_token: bool,
    /// There was one when the promise settled.
    pub token_at_settle: bool,
    pub token_at_end: bool,
    /// How often each operation was sent; what came after the end is in `late` too.
    pub sends: [usize; 5],
    pub late: usize,
    /// The refresh tokens that were revoked, by generation.
    pub revoked: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
enum Due {
    Event(Event),
    Answer(Op, usize),
    Clear,
    ReadBack,
    PageHide,
    WriteBack,
}

pub struct World<'a> {
    cell: Cell<'a>,
    bug: Bug,
    now: u64,
    seq: u64,
    due: BTreeMap<(u64, u64), Due>,
    machine: Machine,
    stored: bool,
    /// The generation of the newest refresh token that the tab knows.
    newest: u32,
    errors: [Option<AuthError>; 5],
    lost: bool,
    outcome: Outcome,
    over: bool,
    /// The page has left.
    gone: bool,
}

impl<'a> World<'a> {
    pub fn run(cell: Cell<'a>, bug: Bug) -> Outcome {
        let leave = match cell.web {
            Web::None => Leave::Never,
            Web::Auto | Web::AutoUnusable => Leave::Auto,
            Web::Redirect | Web::RedirectStays | Web::RedirectReplaced => Leave::Redirect,
            Web::Manual => Leave::Manual,
            Web::Popup(_) => Leave::Popup,
        };
        let plan = Plan {
            global: cell.global,
            forget_device: cell.forgets(),
            revocation: true,
            leave,
            one_request: false,
        };
        let mut world = World {
            cell,
            bug,
            now: 0,
            seq: 0,
            due: BTreeMap::new(),
            machine: Machine::new(plan),
            stored: true,
            newest: 1,
            errors: [const { None }; 5],
            lost: false,
            outcome: Outcome::default(),
            over: false,
            gone: false,
        };
        world.at(CLOSED_AT, Due::PageHide);
        if bug == Bug::LeavesBeforeTheClear && matches!(cell.web, Web::Redirect) {
            world.execute(Command::Leave);
        }
        world.dispatch(Event::Start);
        while let Some(((time, _), due)) = world.due.pop_first() {
            world.now = time;
            match due {
                Due::Event(event) => world.dispatch(event),
                Due::Answer(op, n) => world.answer(op, n),
                Due::Clear => world.cleared(),
                Due::ReadBack => world.read_back(),
                Due::PageHide if bug == Bug::HeldBackIsForgotten && world.over => {}
                Due::PageHide => world.dispatch(Event::PageHide),
                Due::WriteBack => world.stored = true,
            }
            if world.gone {
                break;
            }
        }
        world.outcome.token_at_end = world.stored;
        world.outcome
    }

    fn at(&mut self, time: u64, due: Due) {
        self.seq += 1;
        self.due.insert((time, self.seq), due);
    }

    fn event_in(&mut self, ms: u64, event: Event) {
        self.at(self.now + ms, Due::Event(event));
    }

    fn dispatch(&mut self, event: Event) {
        if self.bug == Bug::WaitsForEver && event == Event::Deadline {
            return;
        }
        let mut commands = Vec::new();
        self.machine.handle(event, &mut commands);
        if matches!(event, Event::Cleared(_)) {
            self.outcome.cleared_at = self.now;
            self.event_in(TIMEOUT_MS, Event::Deadline);
            if self.machine.hosted == Hosted::Due {
                self.event_in(1000, Event::LeaveNow);
            }
            if self.machine.forget != Call::Unneeded {
                self.event_in(1000, Event::ForgetDeviceOver);
            }
        }
        self.seed(event, &mut commands);
        for command in commands {
            self.execute(command);
        }
        self.gone |= event == Event::PageHide && self.outcome.navigated_at.is_some();
    }

    /// The seeded bug meddles with what the machine orders.
    fn seed(&mut self, event: Event, commands: &mut Vec<Command>) {
        match self.bug {
            Bug::RevokesBesideGlobal if commands.contains(&Command::Send(Op::GlobalSignOut)) => {
                commands.push(Command::Send(Op::RevokeToken));
            }
            Bug::SettlesBeforeReadBack if commands.contains(&Command::ReadBack) => {
                commands.insert(0, Command::Settle);
            }
            Bug::TimeoutCountsAsDone if event == Event::Deadline => {
                for call in [
                    &mut self.machine.revoke,
                    &mut self.machine.global,
                    &mut self.machine.forget,
                ] {
                    if matches!(call, Call::Sent(_)) {
                        *call = Call::Succeeded;
                    }
                }
            }
            Bug::NoRevokeAfterFinalGlobal if self.machine.global == Call::Failed => {
                commands.retain(|command| *command != Command::Send(Op::RevokeToken));
            }
            Bug::SendsAfterTheDeadline
                if event == Event::Deadline && self.machine.revoke == Call::Waiting =>
            {
                commands.insert(0, Command::Send(Op::RevokeToken));
            }
            Bug::ReplacedCountsAsDone if event == Event::Replaced => {
                self.machine.hosted = Hosted::Due;
            }
            Bug::RemoteErrorStopsTheRedirect if commands.contains(&Command::Leave) => {
                let verdict = self.machine.verdict(None);
                if verdict.revoke.is_some() || verdict.global.is_some() {
                    commands.retain(|command| *command != Command::Leave);
                    commands.push(Command::Settle);
                    self.machine.phase = Phase::Settled;
                }
            }
            _ => {}
        }
    }

    fn execute(&mut self, command: Command) {
        match command {
            Command::RunPopup => {
                let Web::Popup(end) = self.cell.web else {
                    panic!("a popup that nobody asked for");
                };
                let ms = match end {
                    PopupEnd::Blocked => 0,
                    PopupEnd::TimedOut => 60_000,
                    _ => POPUP_MS,
                };
                self.event_in(ms, Event::PopupEnded(end));
            }
            Command::Clear => {
                let ms = match self.cell.storage {
                    Storage::Async => STORAGE_MS,
                    Storage::NeverSettles => 5000,
                    _ => return self.cleared(),
                };
                self.at(self.now + ms, Due::Clear);
            }
            Command::ReadBack => match self.cell.storage {
                Storage::Async => self.at(self.now + STORAGE_MS, Due::ReadBack),
                _ => self.read_back(),
            },
            Command::Send(op) => self.send(op),
            Command::Pause(op, tries) => {
                let ms = tables::pause_ms(tries, 0.5) as u64;
                self.event_in(ms, Event::PauseOver(op));
            }
            Command::Leave => {
                self.outcome.navigated_at.get_or_insert(self.now);
                self.outcome.left_with_token |= self.stored;
                self.event_in(30_000, Event::LeaveFailed);
                if self.cell.web == Web::RedirectReplaced {
                    self.event_in(UNLOAD_MS, Event::Replaced);
                }
                if self.cell.web != Web::RedirectStays {
                    self.at(self.now + UNLOAD_MS, Due::PageHide);
                }
            }
            Command::Settle => self.settle(),
            Command::AbortPopup | Command::Follow | Command::AbortRequests => {}
        }
    }

    fn cleared(&mut self) {
        let storage = self.cell.storage;
        let readable = storage != Storage::ReadThrows;
        if matches!(
            storage,
            Storage::Sync | Storage::Async | Storage::WrittenBack
        ) {
            self.stored = false;
        }
        if storage == Storage::WrittenBack {
            self.at(self.now + 10, Due::WriteBack);
        }
        let trusting = self.bug == Bug::TrustsTheRemoval;
        self.dispatch(Event::Cleared(Found {
            removed: (!self.stored && readable) || trusting,
            session: readable,
            refresh_token: readable,
            access: match (readable, self.cell.token) {
                (false, _) => Access::Missing,
                (true, Token::ByClock) => Access::Expired,
                (true, _) => Access::Valid,
            },
            revocable: true,
            device: readable,
            others: false,
            hosted_ui: readable && matches!(self.cell.web, Web::Auto | Web::AutoUnusable),
            can_leave: self.cell.web != Web::AutoUnusable,
            overtaken: false,
            elsewhere: false,
        }));
    }

    fn read_back(&mut self) {
        let back = match (self.stored, self.cell.storage) {
            (true, Storage::WrittenBack) => {
                self.stored = false;
                Back::Removed { newer_token: false }
            }
            (true, _) if self.bug != Bug::TrustsTheRemoval => Back::Stuck,
            _ => Back::Gone,
        };
        self.dispatch(Event::ReadBack(back));
    }

    fn send(&mut self, op: Op) {
        let n = self.outcome.sends[op as usize];
        self.outcome.sends[op as usize] += 1;
        self.outcome.late += usize::from(self.over);
        if op == Op::RevokeToken {
            let old = self.bug == Bug::RevokesTheOldToken;
            self.outcome.revoked.push(if old { 1 } else { self.newest });
        }
        let ms = match self.cell.want(op, n) {
            Want::Silent => return,
            Want::Slow => 20_000,
            _ => LATENCY_MS,
        };
        self.at(self.now + ms, Due::Answer(op, n));
    }

    fn answer(&mut self, op: Op, n: usize) {
        let error = self.read(op, n);
        let answer = match &error {
            None => Answer::Ok,
            Some(error) if error.code == AuthErrorCode::TokenExpired => {
                if self.bug == Bug::NoRefreshOnExpired {
                    Answer::Final
                } else {
                    Answer::Expired
                }
            }
            Some(error) if is_transient(error) => Answer::Transient {
                again: self.cell.want(op, n) != Want::Offline,
            },
            Some(_) if self.bug == Bug::RetriesWhatIsFinal => Answer::Transient { again: true },
            Some(_) => Answer::Final,
        };
        let last = matches!(answer, Answer::Transient { again: true }) && n == 2;
        if self.bug == Bug::FourthTry && last {
            return self.send(op);
        }
        self.errors[op as usize] = error;
        self.dispatch(Event::Answered(op, answer));
    }

    /// Reads the answer with the crate's own functions.
    fn read(&mut self, op: Op, n: usize) -> Option<AuthError> {
        let faulty = op == self.cell.fault.op && !(self.cell.once && n > 0);
        let response = match self.cell.want(op, n) {
            _ if faulty && self.cell.fault.response.is_some() => self.cell.fault.response.clone(),
            Want::Transient(_) | Want::Offline => None,
            Want::Expired => Some(Response {
                status: 400,
                error_type: Some("NotAuthorizedException:".into()),
                body: r#"{"__type":"NotAuthorizedException","message":"Access Token has expired"}"#
                    .into(),
                ..Response::default()
            }),
            _ if op == Op::Refresh => Some(Response {
                status: 200,
                body: r#"{"AuthenticationResult":{"AccessToken":"a2","RefreshToken":"r2"}}"#.into(),
                ..Response::default()
            }),
            _ => Some(Response {
                status: 200,
                body: "{}".into(),
                ..Response::default()
            }),
        };
        let lost = self.lost;
        self.lost |= op == Op::GlobalSignOut && response.is_none();
        let Some(response) = response else {
            return Some(AuthError::new(AuthErrorCode::Network));
        };
        match op {
            Op::RevokeToken | Op::RevokeOthers => revoke_token::answer(&response).err(),
            Op::GlobalSignOut => global_sign_out::answer(&response, lost).err(),
            Op::ForgetDevice => forget_device::answer(&response).err(),
            Op::Refresh => match refresh::answer(&response) {
                Ok(fresh) => {
                    let newest = fresh.refresh_token.map(|token| token.expose().to_owned());
                    assert_eq!(newest.as_deref(), Some("r2"));
                    self.newest = 2;
                    None
                }
                Err(error) => Some(error),
            },
        }
    }

    fn settle(&mut self) {
        if self.over && self.bug == Bug::SettlesBeforeReadBack {
            return;
        }
        self.outcome.settles += 1;
        if self.over {
            return;
        }
        self.over = true;
        let verdict: Verdict = self.machine.verdict(None);
        let code = |fault: Option<tables::Fault>, op: Op| {
            fault.map(|fault| match fault {
                tables::Fault::Code(code) => code,
                tables::Fault::Answer => self.kept(op),
            })
        };
        let outcome = Outcome {
            tag: Some(verdict.tag),
            cause: verdict.cause,
            revoke: code(verdict.revoke, Op::RevokeToken),
            global: code(verdict.global, Op::GlobalSignOut),
            forget: code(verdict.forget, Op::ForgetDevice),
            hosted: verdict.hosted.map(|fault| match fault {
                tables::Fault::Code(code) => code,
                tables::Fault::Answer => AuthErrorCode::Configuration,
            }),
            settled_at: self.now,
            token_at_settle: self.stored,
            ..self.outcome.clone()
        };
        self.outcome = outcome;
    }

    /// The error kept for an operation: the refresh's, where it failed because of that.
    fn kept(&self, op: Op) -> AuthErrorCode {
        let own = self.errors[op as usize].as_ref().map(|error| error.code);
        let before = self.errors[Op::Refresh as usize]
            .as_ref()
            .map(|error| error.code);
        match (own, before) {
            (Some(AuthErrorCode::TokenExpired) | None, Some(code)) => code,
            (Some(code), _) => code,
            // Only a seeded bug comes here, or the oracle sees it.
            (None, None) => AuthErrorCode::Unknown,
        }
    }
}
