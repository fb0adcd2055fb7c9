//! The requests of a sign-out: sent as the machine orders them, and read.

use super::scope::{Action, Scope};
use super::task::{Batch, Flight, SignOutTask};
use crate::engine::io::{Effect, EffectId};
use crate::engine::requests::{Requests, for_refresh, for_revoke};
use crate::engine::steps::{ErrorOf, step_of};
use crate::engine::tables::{Answer, Event, Op, Phase};
use crate::error::{AuthError, AuthErrorCode};
use crate::protocol::{self, Response, forget_device, global_sign_out, refresh, revoke_token};
use crate::session::Secret;

/// What a request was answered with, or why none can be had.
pub type Answered = Result<Box<Response>, AuthError>;

impl SignOutTask {
    /// Sends what the machine ordered; the outcome comes back as an event.
    pub(super) fn send(&mut self, op: Op, scope: &mut Scope) {
        let tokens = scope.context.tokens_for(op);
        self.begin_step(step_of(op), tokens.len(), scope);
        // The number tells its answer from a later try's.
        let number = scope.out.id();
        self.batches.retain(|batch| batch.op != op);
        self.batches.push(Batch {
            op,
            number,
            left: tokens.len(),
            error: None,
        });
        if tokens.is_empty() {
            self.batch_over(op, None, scope);
        }
        // Several leave at once: one after the other would take a round trip each.
        for token in tokens {
            match requests(op, token.as_ref(), scope) {
                Ok((request, instead)) => {
                    let effect = scope.out.id();
                    self.flights.push(Flight {
                        effect,
                        op,
                        batch: number,
                        token,
                        instead,
                    });
                    scope.effect(Effect::Send(effect, request));
                }
                Err(error) => {
                    let error = self.learn(op, token, Err(error), scope).err();
                    self.request_over(op, number, error, scope);
                }
            }
        }
    }

    /// Whether requests are under way.
    pub fn awaits_answers(&self) -> bool {
        !self.flights.is_empty()
    }

    /// An answer came, or none can be had; it is given back where it is for another sign-out.
    pub fn answered(
        &mut self,
        effect: EffectId,
        answer: Answered,
        scope: &mut Scope,
    ) -> Option<Answered> {
        let mut flights = self.flights.iter();
        let Some(at) = flights.position(|flight| flight.effect == effect) else {
            return Some(answer);
        };
        let mut flight = self.flights.swap_remove(at);
        if let Ok(response) = &answer {
            let id = response.request_id.clone();
            self.log.answered(step_of(flight.op), response.status, id);
            if let Some(next) = flight.instead.take_if(|_| is_unknown(response)) {
                flight.effect = scope.out.id();
                scope.effect(Effect::Send(flight.effect, next));
                self.flights.push(flight);
                return None;
            }
        }
        let error = self.learn(flight.op, flight.token, answer, scope).err();
        self.request_over(flight.op, flight.batch, error, scope);
        None
    }

    /// Learns from an answer.
    fn learn(
        &mut self,
        op: Op,
        token: Option<Secret>,
        answer: Answered,
        scope: &mut Scope,
    ) -> Result<(), AuthError> {
        let context = &mut *scope.context;
        // A request whose answer was lost may have reached Cognito.
        let lost = context.lost_answer;
        context.lost_answer |= op == Op::GlobalSignOut && answer.is_err() && token.is_some();
        let response = answer?;
        match op {
            Op::RevokeToken => {
                revoke_token::answer(&response)?;
                context.revoked = token;
            }
            Op::RevokeOthers => {
                revoke_token::answer(&response)?;
                context.others.retain(|other| Some(other) != token.as_ref());
            }
            Op::GlobalSignOut => {
                let answer = global_sign_out::answer(&response, lost);
                // Another sign-out of this session was told that all of the user's have ended.
                let is_ended = scope.ended_at().is_some();
                match answer {
                    Err(error) if is_ended && error.code == AuthErrorCode::TokenRevoked => {}
                    answer => answer?,
                }
                // Cognito's `Date` tells other tabs which sign-ins it ended.
                let ended_at = response.answered_at.unwrap_or(scope.now.wall);
                // A further session may be another user's.
                let main = scope.context.ids.first().copied();
                self.update_ended(scope, &mut |entry| {
                    if Some(entry.id) == main {
                        entry.ended_at = Some(ended_at);
                    }
                });
                scope.broadcast();
            }
            Op::ForgetDevice => forget_device::answer(&response)?,
            // For this sign-out alone: what comes back is never written to the storage.
            Op::Refresh => {
                let fresh = refresh::answer(&response).inspect_err(|error| {
                    if error.code == AuthErrorCode::TokenRevoked {
                        scope.facts.dead = context.ids.first().copied();
                    }
                })?;
                self.machine.rotates = fresh.refresh_token.is_some();
                context.access = Some(fresh.access_token);
                if fresh.refresh_token.is_some() {
                    context.refresh = fresh.refresh_token;
                }
            }
        }
        Ok(())
    }

    fn request_over(&mut self, op: Op, number: u32, error: Option<AuthError>, scope: &mut Scope) {
        // It may have been sent again meanwhile.
        let mut batches = self.batches.iter_mut();
        let Some(batch) = batches.find(|batch| batch.number == number) else {
            return;
        };
        if error.is_some() {
            batch.error = error;
        }
        batch.left = batch.left.saturating_sub(1);
        if batch.left == 0 {
            let error = batch.error.take();
            self.batch_over(op, error, scope);
        }
    }

    fn batch_over(&mut self, op: Op, error: Option<AuthError>, scope: &mut Scope) {
        self.end_step(step_of(op), error.as_ref(), scope);
        let answer = match &error {
            None => Answer::Ok,
            Some(error) if error.code == AuthErrorCode::TokenExpired => Answer::Expired,
            Some(error) if protocol::is_transient(error) => Answer::Transient {
                again: scope.now.online,
            },
            Some(_) => Answer::Final,
        };
        let ok = error.is_none();
        if op == Op::Refresh && !ok {
            // What waited for it fails by that, whatever it failed by before.
            for waiting in [Op::GlobalSignOut, Op::ForgetDevice] {
                if self.machine.waits_for_refresh(waiting) {
                    self.log.set_error(ErrorOf::Request(waiting), None);
                }
            }
        }
        self.log.set_error(ErrorOf::Request(op), error);
        let context = &scope.context;
        let is_newest = op != Op::RevokeToken || context.revoked == context.refresh;
        if self.superseded && ok && is_newest {
            scope.actions.push(Action::Succeeded(op));
        }
        // A hidden page's timers run late: what is over is over, whatever came in between.
        self.tick(scope);
        self.dispatch(Event::Answered(op, answer), scope);
        let is_said = self.is_settled() || self.machine.phase == Phase::Leaving;
        if ok && is_said && !self.superseded {
            // It comes late, and counts for those who follow.
            let codes = self.codes(None, scope);
            self.update_ended(scope, &mut |entry| entry.codes = Some(codes));
        }
    }
}

/// Whether the pool does not know the first request of a refresh.
pub fn is_unknown(response: &Response) -> bool {
    refresh::answer(response).is_err_and(|error| refresh::wants_fallback(&error))
}

fn requests(op: Op, token: Option<&Secret>, scope: &Scope) -> Result<Requests, AuthError> {
    let (client, facts) = (scope.client, &*scope.facts);
    let endpoint = &facts.endpoint(client, None)?;
    Ok(match (op, token, scope.context.device.as_deref()) {
        (Op::RevokeToken | Op::RevokeOthers, Some(token), _) => for_revoke(client, facts, token)?,
        (Op::Refresh, Some(token), device) => for_refresh(client, facts, token, device)?,
        (Op::GlobalSignOut, Some(token), _) => {
            (Box::new(global_sign_out::request(endpoint, token)), None)
        }
        (Op::ForgetDevice, Some(token), Some(device)) => (
            Box::new(forget_device::request(endpoint, token, device)),
            None,
        ),
        _ => {
            return Err(AuthError::with_message(
                AuthErrorCode::NotAuthorized,
                "The session holds no token for this request.",
            ));
        }
    })
}
