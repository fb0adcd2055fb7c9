//! What each cell must come to, worked out from the contract: a timeline, no state machine.

use cognito_signout::AuthErrorCode::{self, Deferred, Timeout, Unconfirmed};
use cognito_signout::internals::engine::tables::{Op, PopupEnd, Status};

use crate::answers::Want;
use crate::world::{
    Cell, LATENCY_MS, Outcome, POPUP_MS, STORAGE_MS, Storage, TIMEOUT_MS, Token, UNLOAD_MS, Web,
};

/// Long after everything.
const NEVER: u64 = u64::MAX / 4;

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Done,
    Expired,
    Failed(AuthErrorCode),
    GaveUp(AuthErrorCode),
    /// Not sent, or not answered.
    Unknown,
}

struct Timeline<'a> {
    cell: &'a Cell<'a>,
    sends: [usize; 5],
    /// From then on no request starts.
    last_start: u64,
    /// From then on no answer counts.
    horizon: u64,
    refreshed: Option<(End, u64)>,
    generation: u32,
}

impl Timeline<'_> {
    /// A request with its further tries: how and when it ends.
    fn request(&mut self, op: Op, mut at: u64) -> (End, u64) {
        loop {
            if at >= self.last_start {
                return (End::Unknown, NEVER);
            }
            let n = self.sends[op as usize];
            self.sends[op as usize] += 1;
            let answered = at + LATENCY_MS;
            return match self.cell.want(op, n) {
                Want::Ok => self.known(End::Done, answered),
                Want::Expired => self.known(End::Expired, answered),
                Want::Final(code) => self.known(End::Failed(code), answered),
                Want::Offline => self.known(End::GaveUp(AuthErrorCode::Network), answered),
                Want::Silent => (End::Unknown, NEVER),
                Want::Slow => self.known(End::Done, at + 20_000),
                Want::Transient(code) if n >= 2 => self.known(End::GaveUp(code), answered),
                Want::Transient(_) => {
                    // Half of 300 ms, then of 600 ms.
                    at = answered + [150, 300][n];
                    continue;
                }
            };
        }
    }

    fn known(&self, end: End, at: u64) -> (End, u64) {
        if at <= self.horizon {
            (end, at)
        } else {
            (End::Unknown, NEVER)
        }
    }

    fn refresh(&mut self, at: u64) -> (End, u64) {
        let (end, at) = self.request(Op::Refresh, at);
        if end == End::Done {
            self.generation = 2;
        }
        self.refreshed = Some((end, at));
        (end, at)
    }

    /// A request that needs a valid access token.
    fn with_access(&mut self, op: Op, mut at: u64) -> (End, u64) {
        if self.cell.token == Token::ByClock && self.refreshed.is_none() {
            let (end, then) = self.refresh(at);
            if end != End::Done {
                return (end, then);
            }
            at = then;
        }
        let (end, then) = self.request(op, at);
        if end != End::Expired {
            return (end, then);
        }
        let (end, then) = match self.refreshed {
            None => self.refresh(then),
            // Refreshed, and still told so: one more try is all.
            Some(_) => return (End::Failed(AuthErrorCode::TokenExpired), then),
        };
        if end != End::Done {
            return (end, then);
        }
        match self.request(op, then) {
            (End::Expired, then) => (End::Failed(AuthErrorCode::TokenExpired), then),
            other => other,
        }
    }
}

struct Expected {
    outcome: Outcome,
    /// Milliseconds from the clear, or from the popup's end.
    settles_after: u64,
    removed: bool,
    navigates: bool,
}

fn expected(cell: &Cell) -> Expected {
    let removed = matches!(
        cell.storage,
        Storage::Sync | Storage::Async | Storage::WrittenBack
    );
    let found = cell.storage != Storage::ReadThrows;
    let leaves = removed
        && matches!(
            cell.web,
            Web::Auto | Web::Redirect | Web::RedirectStays | Web::RedirectReplaced
        );
    let stays = cell.web == Web::RedirectStays;
    let read_back = if cell.storage == Storage::Async {
        STORAGE_MS
    } else {
        0
    };
    let mut outcome = Outcome::default();
    if cell.web
        == Web::Popup(PopupEnd::Cancelled {
            session_dead: false,
        })
    {
        outcome.tag = Some(Status::Failed);
        outcome.cause = Some(AuthErrorCode::UserCancelled);
        return Expected {
            outcome,
            settles_after: POPUP_MS,
            removed: false,
            navigates: false,
        };
    }
    // What remote steps may take before the page leaves, or the promise settles.
    let patience = if leaves { 1000 } else { TIMEOUT_MS };
    let (last_start, horizon) = match (leaves, stays) {
        (false, _) => (TIMEOUT_MS, TIMEOUT_MS),
        (true, false) => (
            patience + read_back + UNLOAD_MS,
            patience + read_back + UNLOAD_MS,
        ),
        (true, true) => (TIMEOUT_MS, patience + read_back + 30_000),
    };
    let mut time = Timeline {
        cell,
        sends: [0; 5],
        last_start,
        horizon,
        refreshed: None,
        generation: 1,
    };
    let mut over = 0;
    let unanswered = if leaves { Unconfirmed } else { Timeout };
    let code = |end: End| match end {
        End::Done => None,
        End::Failed(code) | End::GaveUp(code) => Some(code),
        End::Expired | End::Unknown => Some(unanswered),
    };
    if found {
        let mut at = 0;
        if cell.forgets() {
            let (end, then) = time.with_access(Op::ForgetDevice, at);
            outcome.forget = code(end);
            over = over.max(then);
            // ForgetDevice is waited for one second at most.
            at = then.min(1000);
        }
        let mut held = false;
        if cell.global {
            let (end, then) = time.with_access(Op::GlobalSignOut, at);
            outcome.global = code(end);
            held = matches!(end, End::GaveUp(_) | End::Unknown);
            over = over.max(then);
            at = then;
        }
        if !held {
            let sent = at < last_start;
            if sent {
                outcome.revoked = Vec::new();
                let generation = time.generation;
                let (end, then) = time.request(Op::RevokeToken, at);
                outcome.revoked = vec![generation; time.sends[Op::RevokeToken as usize]];
                outcome.revoke = code(end);
                over = over.max(then);
            } else {
                // GlobalSignOut was answered when no request may start any more.
                held = true;
            }
        }
        if held {
            // It goes out in `pagehide`: as the page leaves for the hosted UI, or when it is closed.
            let now = leaves && !stays;
            outcome.revoke = Some(if now { Unconfirmed } else { Deferred });
            outcome.late = usize::from(!now);
            time.sends[Op::RevokeToken as usize] += 1;
            let slow = time.sends[Op::Refresh as usize] > 0
                && cell.fault.op == Op::Refresh
                && cell.fault.want == Want::Slow;
            outcome
                .revoked
                .push(if slow && !now { 2 } else { time.generation });
        }
    }
    outcome.sends = time.sends;
    outcome.hosted = match cell.web {
        Web::AutoUnusable => Some(AuthErrorCode::Configuration),
        Web::RedirectStays => Some(AuthErrorCode::Navigation),
        Web::RedirectReplaced => Some(Unconfirmed),
        Web::Popup(PopupEnd::Unconfirmed) => Some(Unconfirmed),
        Web::Popup(PopupEnd::NotCompleted) => Some(AuthErrorCode::RedirectNotCompleted),
        Web::Popup(PopupEnd::Blocked) => Some(AuthErrorCode::PopupBlocked),
        Web::Popup(PopupEnd::TimedOut) => Some(Timeout),
        Web::Popup(PopupEnd::Cancelled { .. }) => Some(AuthErrorCode::UserCancelled),
        _ => None,
    };
    let faults = [
        outcome.revoke,
        outcome.global,
        outcome.forget,
        outcome.hosted,
    ];
    outcome.tag = Some(match (removed, faults.iter().all(Option::is_none)) {
        (false, _) => Status::Failed,
        (true, true) => Status::Complete,
        (true, false) => Status::Partial,
    });
    outcome.cause = (!removed).then_some(AuthErrorCode::Storage);
    let unload = match (leaves, stays) {
        (false, _) => 0,
        (true, false) => UNLOAD_MS,
        (true, true) => 30_000,
    };
    Expected {
        outcome,
        settles_after: over.min(patience) + read_back + unload,
        removed,
        navigates: leaves,
    }
}

/// `Err` says what is wrong with the outcome of a cell.
pub fn check(cell: &Cell, is: &Outcome) -> Result<(), String> {
    let Expected {
        outcome: want,
        settles_after,
        removed,
        navigates,
    } = expected(cell);
    let same = |what: &str, is: String, want: String| {
        if is == want {
            Ok(())
        } else {
            Err([what, " is ", &is, ", not ", &want].concat())
        }
    };
    macro_rules! same {
        ($($field:ident),*) => {
            $(same(stringify!($field), format!("{:?}", is.$field), format!("{:?}", want.$field))?;)*
        };
    }
    let bool = |what: &str, is: bool, want: bool| same(what, is.to_string(), want.to_string());
    // The gravest first.
    bool("left with a token", is.left_with_token, false)?;
    bool(
        "token at settle",
        is.token_at_settle,
        is.settles > 0 && !removed,
    )?;
    bool("token at the end", is.token_at_end, !removed)?;
    bool("navigated", is.navigated_at.is_some(), navigates)?;
    same("settles", is.settles.to_string(), "1".into())?;
    same!(tag, cause, sends, late, revoked, revoke, global, forget);
    if want.tag != Some(Status::Failed) {
        same!(hosted);
    }
    let after = is.settled_at - is.cleared_at;
    same(
        "settled after",
        after.to_string(),
        settles_after.to_string(),
    )?;
    // The contract's bounds, whatever the timeline says; an asynchronous storage has time of its own.
    let bound = if navigates { 31_000 } else { TIMEOUT_MS + 100 };
    let own = if cell.storage == Storage::Async {
        5000
    } else {
        0
    };
    if after <= bound + own {
        Ok(())
    } else {
        Err(format!("settled after {after} ms"))
    }
}
