//! Requests that stand alone, outside of a sign-out.

use std::rc::Rc;

use super::clients::Client;
use super::io::{CallId, Effect, EffectId};
use super::requests::Requests;
use super::storage::Out;
use crate::protocol::Request;

/// How long one may take, in milliseconds.
const ALONE_MS: f64 = 5000.0;

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lone {
    /// A revocation that nobody waits for.
    Passing,
    /// The escape hatch: RevokeToken.
    RevokeToken(CallId),
    /// The escape hatch: GlobalSignOut.
    GlobalSignOut(CallId),
    /// A refresh.
    Refresh(u32),
}

/// A request under way.
pub struct LoneRequest {
    effect: EffectId,
    /// Until when it may take.
    due: f64,
    /// What to send instead to a pool that does not know it.
    pub instead: Option<Box<Request>>,
    /// The client that it is for.
    pub client: Rc<Client>,
    /// What its answer is for.
    pub purpose: Lone,
}

/// All that are under way.
#[derive(Default)]
pub struct LoneRequests(Vec<LoneRequest>);

impl LoneRequests {
    /// Sends one.
    pub fn send(
        &mut self,
        client: &Rc<Client>,
        purpose: Lone,
        (request, instead): Requests,
        out: &mut Out,
    ) {
        let effect = out.id();
        self.0.push(LoneRequest {
            effect,
            due: out.now + ALONE_MS,
            instead,
            client: client.clone(),
            purpose,
        });
        out.effects.push(Effect::Send(effect, request));
    }

    /// The request of an answer.
    pub fn take(&mut self, effect: EffectId) -> Option<LoneRequest> {
        let at = self.0.iter().position(|lone| lone.effect == effect)?;
        Some(self.0.swap_remove(at))
    }

    /// One that took too long; it is aborted.
    pub fn take_late(&mut self, now: f64, out: &mut Vec<Effect>) -> Option<LoneRequest> {
        let at = self.0.iter().position(|lone| lone.due <= now)?;
        let mut lone = self.0.swap_remove(at);
        lone.instead = None;
        out.push(Effect::Abort(lone.effect));
        Some(lone)
    }

    /// When one has had its time.
    pub fn due(&self) -> f64 {
        let mut due = f64::INFINITY;
        for lone in &self.0 {
            due = due.min(lone.due);
        }
        due
    }
}
