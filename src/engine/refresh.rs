//! `refreshTokens`: one refresh at a time over all tabs, and none that outlives a sign-out.

use std::rc::Rc;

use super::clients::Client;
use super::io::{CallId, Effect, EffectId, Reply};
use super::lone::Lone;
use super::parts::{After, Owner, Parts};
use super::requests::for_refresh;
use super::sessions::{self, Ended, LiveSession};
use crate::error::{AuthError, AuthErrorCode};
use crate::layout::{Layout, amplify};
use crate::protocol::{self, Response};
use crate::session::{Secret, SessionId, Tokens};

/// How long another tab's refresh is waited for, in milliseconds.
const LOCK_MS: f64 = 5000.0;
/// How long the lock is kept after the end, in milliseconds: what one tab stores takes a moment to reach the processes of others.
const SPREAD_MS: f64 = 250.0;

/// A refresh token that nobody stores, and whose it is.
pub type Orphan = (Rc<Client>, Ended);

/// Where a refresh stands.
enum Stage {
    /// The session is read, to see what there is to refresh.
    Look,
    /// The lock is awaited, until then.
    Lock(f64),
    /// The session is read under the lock.
    LookAgain,
    /// Cognito is asked.
    Ask(Box<LiveSession>),
    /// It failed, and the session is read once more: another tab's refresh may have reached this one only now. The
    /// session whose refresh token Cognito called dead.
    Failed(AuthError, Option<SessionId>),
    /// The new tokens are there, and a new refresh token among them. The session is read once more: it may have been
    /// signed out meanwhile, or somebody signed in.
    Got(Box<LiveSession>, Option<Secret>),
    /// The new tokens are written.
    Write(Box<LiveSession>),
    /// The session was signed out meanwhile: it is removed.
    Remove,
    /// It is over; the lock is kept until then.
    Over(f64),
}

/// One refresh.
struct Refresh {
    /// Its number.
    id: u32,
    /// The client whose session it is.
    client: Rc<Client>,
    /// Who waits for it.
    call: CallId,
    /// The access token that is to be replaced.
    before: Option<Secret>,
    /// The lock.
    lock: Option<EffectId>,
    /// Where it stands.
    stage: Stage,
}

/// There is no session.
fn signed_out() -> AuthError {
    AuthError::with_message(
        AuthErrorCode::InvalidState,
        "There is no session to refresh: the user is signed out.",
    )
    .suggest("Sign in first.")
}

/// The refresh token to send.
///
/// # Errors
/// `invalidState`: this session is not refreshed here.
fn token_of(live: &LiveSession) -> Result<&Secret, AuthError> {
    let why = match (live.layout, &live.session.refresh_token) {
        (Layout::OidcClient, _) => {
            "The session was stored by oidc-client-ts; refresh it with that library."
        }
        (Layout::Amplify, None) => "The session holds no refresh token.",
        (Layout::Amplify, Some(token)) => return Ok(token),
    };
    Err(AuthError::with_message(AuthErrorCode::InvalidState, why))
}

/// Refreshes under way.
#[derive(Default)]
pub struct Refreshes(Vec<Refresh>);

impl Refreshes {
    /// One more, or one that goes on.
    fn put(&mut self, refresh: Refresh) {
        self.0.push(refresh);
    }

    /// One, taken out while it is worked on.
    fn take(&mut self, id: u32) -> Option<Refresh> {
        let at = self.0.iter().position(|refresh| refresh.id == id)?;
        Some(self.0.swap_remove(at))
    }

    /// The one whose turn it is, now that the lock is held.
    fn locked(&mut self, effect: EffectId) -> Option<(u32, Rc<Client>)> {
        let mut all = self.0.iter_mut();
        let refresh = all.find(|refresh| {
            refresh.lock == Some(effect) && matches!(refresh.stage, Stage::Lock(_))
        })?;
        refresh.stage = Stage::LookAgain;
        Some((refresh.id, refresh.client.clone()))
    }

    /// A lock that was waited for long enough.
    fn late(&self, now: f64) -> Option<EffectId> {
        let mut all = self.0.iter();
        all.find_map(|refresh| match refresh.stage {
            Stage::Lock(until) if until <= now => refresh.lock,
            _ => None,
        })
    }

    /// A lock that was kept long enough.
    fn over(&mut self, now: f64) -> Option<EffectId> {
        let over = |refresh: &Refresh| matches!(refresh.stage, Stage::Over(until) if until <= now);
        let at = self.0.iter().position(over)?;
        self.0.swap_remove(at).lock
    }

    /// When one wants to be looked at.
    pub fn due(&self) -> f64 {
        let mut due = f64::INFINITY;
        for refresh in &self.0 {
            if let Stage::Lock(until) | Stage::Over(until) = refresh.stage {
                due = due.min(until);
            }
        }
        due
    }

    // ---- the way of one

    /// Begins one.
    #[inline(never)]
    pub fn begin(&mut self, parts: &mut Parts, client: &Rc<Client>, call: CallId) {
        let id = parts.id();
        self.put(Refresh {
            id,
            client: client.clone(),
            call,
            before: None,
            lock: None,
            stage: Stage::Look,
        });
        parts.look(client, After::Refresh(id));
    }

    /// A refresh is over; its lock is kept a moment longer.
    fn finish(
        &mut self,
        parts: &mut Parts,
        mut refresh: Refresh,
        result: Result<Tokens, AuthError>,
    ) {
        if let Ok(tokens) = &result {
            parts.facts.last_read = sessions::session_of(tokens).identity();
        }
        let reply = result.map(|tokens| Reply::Tokens(Some(Box::new(tokens))));
        parts.settle_with(refresh.call, reply);
        if refresh.lock.is_some() {
            refresh.stage = Stage::Over(parts.now.mono + SPREAD_MS);
            self.put(refresh);
        }
    }

    /// The session was read. Gives the new refresh token of a session that was signed out meanwhile, which nobody stores.
    #[inline(never)]
    pub fn looked(
        &mut self,
        parts: &mut Parts,
        id: u32,
        result: Result<Option<Box<LiveSession>>, AuthError>,
    ) -> Option<Orphan> {
        let mut refresh = self.take(id)?;
        // Without an access token nobody is signed in.
        let live = result.and_then(|live| {
            live.filter(|live| live.session.access_token.is_some())
                .ok_or_else(signed_out)
        });
        let is_same = |live: &LiveSession| live.session.access_token == refresh.before;
        match (std::mem::replace(&mut refresh.stage, Stage::Remove), live) {
            (Stage::Remove, _) => self.finish(parts, refresh, Err(signed_out())),
            (Stage::Look, Ok(live)) => {
                let lock = parts.id();
                refresh.before = live.session.access_token;
                refresh.lock = Some(lock);
                refresh.stage = Stage::Lock(parts.now.mono + LOCK_MS);
                parts.effects.push(Effect::Lock(lock));
                self.put(refresh);
            }
            (Stage::Got(new, _), Ok(live)) if is_same(&live) => {
                let client = refresh.client.clone();
                let entries = amplify::refreshed(&client.config.user_pool_client_id, &new.session);
                refresh.stage = Stage::Write(new);
                self.put(refresh);
                parts.write(&client, Owner::Refreshed(id), live.index, entries);
            }
            (Stage::Failed(error, dead), Ok(live)) if is_same(&live) => {
                parts.facts.dead = dead.or(parts.facts.dead);
                self.finish(parts, refresh, Err(error));
            }
            (Stage::LookAgain, Ok(live)) if is_same(&live) => self.send(parts, refresh, live),
            // Another tab has done it, or somebody signed in or out meanwhile.
            (stage, live) => {
                let client = refresh.client.clone();
                self.finish(parts, refresh, live.and_then(|live| tokens(&live)));
                if let Stage::Got(new, Some(token)) = stage
                    && let session = new.session.identity()
                    && parts.ended.is_to_revoke(session, &parts.now)
                {
                    return Some((client, (session, token)));
                }
            }
        }
        None
    }

    fn send(&mut self, parts: &mut Parts, mut refresh: Refresh, live: Box<LiveSession>) {
        let client = refresh.client.clone();
        let requests = token_of(&live).and_then(|token| {
            let device = live.session.device_key.as_deref();
            for_refresh(&client, &parts.facts, token, device)
        });
        match requests {
            Err(error) => self.finish(parts, refresh, Err(error)),
            Ok(requests) => {
                let id = refresh.id;
                refresh.stage = Stage::Ask(live);
                self.put(refresh);
                parts.send_alone(&client, Lone::Refresh(id), Ok(requests));
            }
        }
    }

    /// The lock is held.
    pub fn granted(&mut self, parts: &mut Parts, effect: EffectId) {
        if let Some((id, client)) = self.locked(effect) {
            parts.look(&client, After::Refresh(id));
        }
    }

    /// Cognito answered.
    #[inline(never)]
    pub fn answered(
        &mut self,
        parts: &mut Parts,
        id: u32,
        answer: Result<Box<Response>, AuthError>,
    ) {
        let Some(mut refresh) = self.take(id) else {
            return;
        };
        if let Stage::Ask(mut live) = std::mem::replace(&mut refresh.stage, Stage::Remove) {
            let answer = answer.and_then(|answer| protocol::refresh::answer(&answer));
            refresh.stage = match answer {
                Ok(fresh) => {
                    let session = &mut live.session;
                    session.access_token = Some(fresh.access_token);
                    if fresh.id_token.is_some() {
                        session.id_token = fresh.id_token;
                    }
                    if fresh.refresh_token.is_some() {
                        session.refresh_token = fresh.refresh_token.clone();
                    }
                    Stage::Got(live, fresh.refresh_token)
                }
                Err(error) => {
                    let is_dead = error.code == AuthErrorCode::TokenRevoked;
                    Stage::Failed(error, live.session.identity().filter(|_| is_dead))
                }
            };
        }
        // What was written back of another session meanwhile goes too.
        let client = refresh.client.clone();
        self.put(refresh);
        parts.look(&client, After::Refresh(id));
    }

    /// The new tokens were written, or not.
    #[inline(never)]
    pub fn written(&mut self, parts: &mut Parts, id: u32, result: Result<(), AuthError>) {
        let Some(mut refresh) = self.take(id) else {
            return;
        };
        let Stage::Write(live) = std::mem::replace(&mut refresh.stage, Stage::Remove) else {
            return;
        };
        if let Err(error) = result {
            // What was there before was put back, and may have ended meanwhile.
            parts.look(&refresh.client, After::Nothing);
            return self.finish(parts, refresh, Err(sessions::not_stored(error)));
        }
        if parts.ended.has(live.session.identity(), &parts.now) {
            // Another tab signed out in between.
            let client = refresh.client.clone();
            self.put(refresh);
            return parts.look(&client, After::Refresh(id));
        }
        // What was written back of another session meanwhile goes too.
        parts.look(&refresh.client, After::Nothing);
        self.finish(parts, refresh, tokens(&live));
    }

    /// Goes on where a lock was waited for long enough, and releases those that were kept long enough.
    pub fn tick(&mut self, parts: &mut Parts) {
        let now = parts.now.mono;
        // A frozen tab may never release the lock.
        while let Some(lock) = self.late(now) {
            self.granted(parts, lock);
        }
        while let Some(lock) = self.over(now) {
            parts.effects.push(Effect::Unlock(lock));
        }
    }
}

fn tokens(live: &LiveSession) -> Result<Tokens, AuthError> {
    sessions::tokens_of(&live.session).ok_or_else(signed_out)
}
