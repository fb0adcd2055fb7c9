//! The `retry()` of each result that has one. Every call of it gets the same result.

use std::rc::Rc;

use super::clients::Client;
use super::io::{CallId, Effect, Handle, Reply, RetryId, TaskId};
use super::outcome::Outcome;
use super::sign_out::Ask;
use super::target::LogoutTarget;
use crate::error::{AuthError, AuthErrorCode};

/// What a `retry()` runs again.
#[derive(Clone)]
pub enum Again {
    /// What failed of a sign-out, as far as it concerns one caller.
    SignOut(TaskId, Box<Ask>),
    /// Leaving for the hosted UI.
    Leave(Rc<Client>, Rc<LogoutTarget>),
}

enum State {
    /// It was not called.
    Offered,
    /// It runs, for these calls.
    Running(Vec<CallId>),
    /// It ended.
    Done(Rc<Outcome>),
}

struct Entry {
    id: RetryId,
    again: Again,
    state: State,
    /// How many may still call it.
    holders: u32,
}

/// All that can still be called.
#[derive(Default)]
pub struct Retries(Vec<Entry>);

impl Retries {
    /// A result has a `retry()`.
    pub fn offer(&mut self, id: RetryId, again: Again) {
        self.0.push(Entry {
            id,
            again,
            state: State::Offered,
            holders: 0,
        });
    }

    fn entry(&mut self, id: RetryId) -> Option<&mut Entry> {
        self.0.iter_mut().find(|entry| entry.id == id)
    }

    /// It is called. Returns what is to be begun for it.
    pub fn call(&mut self, id: RetryId, call: CallId, out: &mut Vec<Effect>) -> Option<Again> {
        let Some(entry) = self.entry(id) else {
            let error = AuthError::new(AuthErrorCode::Unknown);
            let outcome = Rc::new(Outcome::refused(error));
            out.push(Effect::Settle(call, Reply::SignedOut(outcome)));
            return None;
        };
        match &mut entry.state {
            State::Done(outcome) => {
                out.push(Effect::Settle(call, Reply::SignedOut(outcome.clone())));
                None
            }
            State::Running(calls) => {
                calls.push(call);
                None
            }
            State::Offered => {
                entry.state = State::Running(vec![call]);
                Some(entry.again.clone())
            }
        }
    }

    /// It ended.
    pub fn done(&mut self, id: RetryId, outcome: &Rc<Outcome>, out: &mut Vec<Effect>) {
        let Some(entry) = self.entry(id) else { return };
        let done = State::Done(outcome.clone());
        if let State::Running(calls) = std::mem::replace(&mut entry.state, done) {
            for call in calls {
                out.push(Effect::Settle(call, Reply::SignedOut(outcome.clone())));
            }
        }
    }

    /// Counts those who get one with these effects.
    pub fn hand_out(&mut self, effects: &[Effect]) {
        for effect in effects {
            let id = match effect {
                Effect::Settle(_, Reply::SignedOut(outcome)) => outcome.retry,
                Effect::Settle(_, Reply::Returned(Some(returned))) => returned.retry,
                _ => None,
            };
            if let Some(entry) = id.and_then(|id| self.entry(id)) {
                entry.holders += 1;
            }
        }
    }

    /// One who could call it is gone.
    pub fn forget(&mut self, id: RetryId) {
        if let Some(entry) = self.entry(id) {
            entry.holders = entry.holders.saturating_sub(1);
        }
    }

    /// Drops those that nobody can call any more. `is_kept`: one of a result that is handed out again.
    pub fn drop_unused(&mut self, is_kept: &dyn Fn(RetryId) -> bool) {
        let mut offered = Vec::new();
        self.0.retain(|entry| {
            let is_running = matches!(entry.state, State::Running(_));
            let used =
                entry.holders > 0 || is_running || offered.contains(&entry.id) || is_kept(entry.id);
            // What its result offers in turn has a higher number.
            if let (true, State::Done(outcome)) = (used, &entry.state) {
                offered.extend(outcome.retry);
            }
            used
        });
    }

    /// Whether a sign-out may still be run again.
    pub fn need(&self, task: TaskId) -> bool {
        self.0.iter().any(|entry| match &entry.again {
            Again::SignOut(id, _) => *id == task && !matches!(entry.state, State::Done(_)),
            Again::Leave(..) => false,
        })
    }

    /// The handles that it may need.
    pub fn handles(&self, used: &mut Vec<Handle>) {
        for entry in &self.0 {
            if let (Again::SignOut(_, ask), State::Offered) = (&entry.again, &entry.state) {
                used.extend(ask.navigate);
                used.extend(ask.signal);
            }
        }
    }
}
