//! `refreshTokens`: one refresh at a time over all tabs, and none that outlives a sign-out.

use std::rc::Rc;

use super::client::Inner;
use super::{requests, sweep, tokens};
use crate::browser::clock::Timer;
use crate::browser::tabs::Lock;
use crate::browser::task::{self, Slot};
use crate::error::{AuthError, AuthErrorCode};
use crate::layout::Layout;
use crate::protocol::refresh;
use crate::session::Tokens;

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
pub async fn run(client: &Rc<Inner>) -> Result<Tokens, AuthError> {
    let before = tokens::load(client).await?.ok_or_else(signed_out)?;
    let lock = Lock::take(&client.key("refresh"), LOCK_MS).await;
    let result = under_lock(client, &before).await;
    task::start(Box::pin(async move {
        let over = Slot::new();
        let filled = over.clone();
        let _timer = Timer::after(SPREAD_MS, Box::new(move |_| filled.fill(())));
        over.await;
        lock.release();
    }));
    result
}

async fn under_lock(client: &Rc<Inner>, before: &Tokens) -> Result<Tokens, AuthError> {
    let live = sweep::remove_ended(client).await?.ok_or_else(signed_out)?;
    let session = live.stored.session;
    let now = tokens::tokens_of(&session).ok_or_else(signed_out)?;
    if now.access_token != before.access_token {
        // Another tab has just done it.
        return Ok(now);
    }
    if live.stored.layout != Layout::Amplify {
        return Err(AuthError::with_message(
            AuthErrorCode::InvalidState,
            "The session was stored by oidc-client-ts; refresh it with that library.",
        ));
    }
    let token = session.refresh_token.clone().ok_or_else(|| {
        AuthError::with_message(
            AuthErrorCode::InvalidState,
            "The session holds no refresh token.",
        )
    })?;
    let device = session.device_key.as_deref();
    let generation = client.generation.get();
    let requests = requests::refresh_requests(client, &token, device);
    let response = requests::exchange(requests, None).await?;
    let answer = refresh::answer(&response);
    if let Err(error) = &answer
        && error.code == AuthErrorCode::TokenRevoked
    {
        // Another tab's refresh may have reached this one only now.
        if let Some(now) = tokens::load(client).await?
            && now.access_token != before.access_token
        {
            return Ok(now);
        }
        client.dead.set(session.identity());
    }
    let fresh = answer?;
    let tokens = Tokens {
        access_token: fresh.access_token,
        id_token: fresh.id_token.or(now.id_token),
        refresh_token: fresh.refresh_token.clone().or(now.refresh_token),
        ..now
    };
    let ended =
        generation != client.generation.get() || client.mark().has_ended(session.identity());
    if ended {
        requests::revoke_in_passing(client, fresh.refresh_token.as_ref());
        return Err(signed_out());
    }
    tokens::write(client, live.index, &tokens).await?;
    if client.mark().has_ended(session.identity()) {
        // Another tab signed out in between.
        let _ = sweep::remove_ended(client).await;
        return Err(signed_out());
    }
    Ok(tokens)
}
