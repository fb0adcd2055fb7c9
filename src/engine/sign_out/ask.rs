//! What one caller asked for.

use std::rc::Rc;

use crate::engine::io::{CallId, Handle, RetryId};
use crate::engine::tables::Asked;
use crate::engine::target::LogoutTarget;
use crate::error::AuthError;
use crate::options::SignOutOptions;

/// What one caller asked for, and what it is done with.
#[derive(Clone)]
pub struct Ask {
    /// What it wants, for the machine.
    pub asked: Asked,
    /// The way out as this caller wants it, or why there is none.
    pub target: Result<Rc<LogoutTarget>, AuthError>,
    /// That one is named by `redirectUrl`.
    pub own_target: bool,
    /// The app's own way to leave the page.
    pub navigate: Option<Handle>,
    /// JSON for the page after.
    pub app_state: Option<String>,
    /// Its `AbortSignal`.
    pub signal: Option<Handle>,
    /// That one is aborted.
    pub aborted: bool,
    /// How long it waits for what is remote, in milliseconds.
    pub timeout_ms: f64,
    /// Failed revocations are sent again on `online`.
    pub retry_when_online: bool,
}

impl Ask {
    /// A retry has no signal, and time for what is remote.
    pub fn for_retry(&mut self) {
        (self.signal, self.aborted) = (None, false);
        if self.timeout_ms <= 0.0 {
            self.timeout_ms = SignOutOptions::default().timeout_ms();
        }
    }
}

/// Who is told the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiter {
    /// A call.
    Call(CallId),
    /// All calls of a `retry()`.
    Retry(RetryId),
    /// Nobody: the task that it runs for takes it.
    Nobody,
}

/// Someone who waits for the result.
pub struct Caller {
    /// Its number.
    pub id: u32,
    /// What it asked for.
    pub ask: Box<Ask>,
    /// Until when it waits.
    pub deadline: f64,
    /// Who is told.
    pub waiter: Waiter,
}
