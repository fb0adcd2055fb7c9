//! `refreshTokens`: one refresh at a time over all tabs, and none that outlives a sign-out.

use std::rc::Rc;

use super::client::Inner;
use super::requests::Requests;
use super::sweep::Live;
use super::{requests, sweep, tokens};
use crate::browser::clock::Timer;
use crate::browser::tabs::Lock;
use crate::browser::task::{self, Slot};
use crate::error::{AuthError, AuthErrorCode};
use crate::layout::{Layout, amplify};
use crate::protocol::refresh;
use crate::session::{Secret, Tokens};

/// How long another tab's refresh is waited for, in milliseconds.
const LOCK_MS: f64 = 5000.0;
/// How long the lock is kept after the end, in milliseconds: what one tab stores takes a moment to reach the processes of others.
const SPREAD_MS: f64 = 250.0;

fn signed_out() -> AuthError {
    AuthError::with_message(
        AuthErrorCode::InvalidState,
        "There is no session to refresh: the user is signed out.",
    )
    .suggest("Sign in first.")
}

/// Refreshes the stored session.
pub async fn run(client: &Rc<Inner>) -> Result<Box<Live>, AuthError> {
    let before = signed_in(sweep::remove_ended(client).await?)?;
    let lock = Lock::take(&client.key("refresh"), LOCK_MS).await;
    let result = under_lock(client, &before.session.access_token).await;
    task::start(Box::pin(async move {
        let over = Slot::new();
        let filled = over.clone();
        let _timer = Timer::after(SPREAD_MS, Box::new(move |_| filled.fill(())));
        over.await;
        lock.release();
    }));
    result
}

/// Without an access token nobody is signed in.
fn signed_in(live: Option<Box<Live>>) -> Result<Box<Live>, AuthError> {
    live.filter(|live| live.session.access_token.is_some())
        .ok_or_else(signed_out)
}

async fn under_lock(client: &Rc<Inner>, before: &Option<Secret>) -> Result<Box<Live>, AuthError> {
    let mut live = signed_in(sweep::remove_ended(client).await?)?;
    if live.session.access_token != *before {
        // Another tab has just done it.
        return Ok(live);
    }
    let generation = client.generation.get();
    let response = requests::exchange(requests_for(client, &live)?, None).await?;
    let id = live.session.identity();
    let fresh = match refresh::answer(&response) {
        Ok(fresh) => fresh,
        Err(error) => {
            if error.code == AuthErrorCode::TokenRevoked {
                // Another tab's refresh may have reached this one only now.
                let now = signed_in(sweep::remove_ended(client).await?);
                if let Ok(now) = now
                    && now.session.access_token != *before
                {
                    return Ok(now);
                }
                client.dead.set(id);
            }
            return Err(error);
        }
    };
    if generation != client.generation.get() || client.mark().has_ended(id) {
        requests::revoke_in_passing(client, fresh.refresh_token.as_ref());
        return Err(signed_out());
    }
    let session = &mut live.session;
    session.access_token = Some(fresh.access_token);
    if fresh.id_token.is_some() {
        session.id_token = fresh.id_token;
    }
    if fresh.refresh_token.is_some() {
        session.refresh_token = fresh.refresh_token;
    }
    let entries = amplify::refreshed(&client.target.client_id, session);
    tokens::write(client, live.index, &entries).await?;
    if client.mark().has_ended(id) {
        // Another tab signed out in between.
        let _ = sweep::remove_ended(client).await;
        return Err(signed_out());
    }
    Ok(live)
}

impl Live {
    /// The tokens.
    ///
    /// # Errors
    /// `invalidState`: nobody is signed in.
    pub fn tokens(&self) -> Result<Tokens, AuthError> {
        tokens::tokens_of(&self.session).ok_or_else(signed_out)
    }
}

fn requests_for(client: &Inner, live: &Live) -> Result<Requests, AuthError> {
    let why = match (live.layout, &live.session.refresh_token) {
        (Layout::OidcClient, _) => {
            "The session was stored by oidc-client-ts; refresh it with that library."
        }
        (Layout::Amplify, None) => "The session holds no refresh token.",
        (Layout::Amplify, Some(token)) => {
            let device = live.session.device_key.as_deref();
            return requests::refresh_requests(client, token, device);
        }
    };
    Err(AuthError::with_message(AuthErrorCode::InvalidState, why))
}
