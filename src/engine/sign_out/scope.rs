//! What a sign-out sees of the engine, and what it wants of it.

use std::rc::Rc;

use super::ask::{Ask, Waiter};
use super::context::SessionContext;
use crate::engine::clients::Client;
use crate::engine::ended::EndedSessions;
use crate::engine::facts::Facts;
use crate::engine::io::{Effect, Now, Page, RetryId, SignedOutEvent};
use crate::engine::outcome::Outcome;
use crate::engine::random::Random;
use crate::engine::returns::Returns;
use crate::engine::storage::{KeysOf, Out, Scanned};
use crate::engine::tables::Op;
use crate::session::Secret;

/// Why stores are read or changed for a sign-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The clear.
    Clear,
    /// The keys of the remembered device, for a call that joined after the clear.
    DeviceKeys,
    /// The read-back after the remote steps.
    ReadBack,
    /// A read-back in between: a call joins, or the page has left.
    Meanwhile,
    /// The read-back two seconds after the end.
    Later,
}

/// What a sign-out wants of the engine.
pub enum Action {
    /// Read all stores.
    Scan(Purpose, KeysOf, f64),
    /// Remove the chosen keys.
    Remove(Purpose, Box<Scanned>),
    /// Remove sign-ins under way from a store of the app's own.
    CleanStateStore,
    /// Revoke a refresh token; nobody waits for it.
    Revoke(Secret),
    /// A result has a `retry()`.
    OfferRetry(RetryId, Box<Ask>),
    /// Someone is told.
    TellCaller(Waiter, Rc<Outcome>),
    /// The listeners are told.
    TellListeners(SignedOutEvent),
    /// What a later task repeats was answered after all.
    Succeeded(Op),
    /// It settled: those who follow it look again.
    Settled,
}

/// What a sign-out may use.
pub struct Scope<'a> {
    /// When.
    pub now: &'a Now,
    /// The page.
    pub page: &'a Page,
    /// The client.
    pub client: &'a Client,
    /// What is being ended.
    pub context: &'a mut SessionContext,
    /// The sign-out of this tab that was under way when this one began.
    pub concurrent: Option<&'a SessionContext>,
    /// The sessions that were ended.
    pub ended: &'a mut EndedSessions,
    /// Facts that outlive a sign-out.
    pub facts: &'a mut Facts,
    /// Leaving the page, and coming back.
    pub returns: &'a mut Returns,
    /// Random numbers.
    pub random: &'a mut Random,
    /// Where effects go.
    pub out: Out<'a>,
    /// What it wants of the engine.
    pub actions: Vec<Action>,
}

impl Scope<'_> {
    /// When Cognito answered GlobalSignOut for the main session, as the record of ended sessions has it.
    pub fn ended_at(&self) -> Option<f64> {
        let mark = self.ended.all(self.now);
        let id = self.context.ids.first()?;
        mark.entry(*id)?.ended_at
    }

    /// Wants an effect.
    pub fn effect(&mut self, effect: Effect) {
        self.out.effects.push(effect);
    }

    /// Says the record of ended sessions to the other tabs.
    pub fn broadcast(&mut self) {
        self.ended.broadcast(self.out.effects);
    }
}
