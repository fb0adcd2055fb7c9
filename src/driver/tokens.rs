//! Storing a session, and the tokens of a stored one.

use std::rc::Rc;

use super::client::Inner;
use super::{returned, sweep};
use crate::browser::storage::Patience;
use crate::error::{AuthError, AuthErrorCode};
use crate::layout::amplify::{self, Entries};
use crate::session::{Claims, Session, Tokens};

/// Stores a session, whole or not at all.
pub async fn store(client: &Rc<Inner>, mut tokens: Tokens) -> Result<(), AuthError> {
    if tokens.username.is_none() {
        tokens.username = Claims::of(&tokens.access_token).and_then(|claims| claims.username);
    }
    if tokens.username.is_none() {
        return Err(AuthError::configuration(
            "username",
            "is missing, and the access token has no claim of that name. Set it.",
        ));
    }
    let id = session_of(&tokens).identity();
    if client.mark().has_ended(id) {
        return Err(ended());
    }
    let entries = amplify::entries(&client.target.client_id, &tokens);
    write(client, 0, &entries).await?;
    if client.mark().has_ended(id) {
        // It was signed out while an asynchronous storage took its time.
        let _ = sweep::remove_ended(client).await;
        return Err(ended());
    }
    client.generation.set(client.generation.get() + 1);
    client.last_read.set(id);
    returned::forget(client);
    client.note_retry(false);
    Ok(())
}

fn ended() -> AuthError {
    AuthError::with_message(
        AuthErrorCode::TokenRevoked,
        "This session was signed out; its tokens are not stored again.",
    )
}

/// Writes what belongs to a session into a place and reads it back; on a failure the place is as it was.
pub async fn write(client: &Inner, index: usize, entries: &Entries) -> Result<(), AuthError> {
    let Some(store) = client.places.get(index) else {
        return Err(AuthError::new(AuthErrorCode::Storage));
    };
    let patience = Patience::new();
    let mut names = Vec::new();
    for (name, _) in &entries.set {
        names.push(name.clone());
    }
    let failed = |error: AuthError| {
        error
            .say("The tokens could not be stored.")
            .suggest("Check that the page may use its storage and that it is not full.")
    };
    let mut before = store.read_keys(&names, &patience).await.map_err(failed)?;
    // Of cookies with one name the first counts, so it is written last.
    before.reverse();
    let mut written = sweep::change(store, &[], &entries.set, &patience).await;
    if written.is_ok() {
        // Cookies that are too long are dropped without a word.
        let after = store.read_keys(&names, &patience).await;
        let whole = after.is_ok_and(|after| {
            entries.set.iter().all(|entry| {
                // Of cookies with one name the first counts.
                after.iter().find(|found| found.0 == entry.0) == Some(entry)
            })
        });
        if !whole {
            written = Err(AuthError::new(AuthErrorCode::Storage));
        }
    }
    let (keys, again) = match written {
        // What is left of a session before it signs no one in.
        Ok(()) => (&entries.remove, Vec::new()),
        Err(_) => (&names, before),
    };
    let _ = sweep::change(store, keys, &again, &patience).await;
    written.map_err(failed)
}

/// The tokens of a stored session; without an access token nobody is signed in.
pub fn tokens_of(session: &Session) -> Option<Tokens> {
    Some(Tokens {
        access_token: session.access_token.clone()?,
        id_token: session.id_token.clone(),
        refresh_token: session.refresh_token.clone(),
        username: Some(session.username.clone()).filter(|name| !name.is_empty()),
        sign_in_method: session.sign_in_method,
    })
}

fn session_of(tokens: &Tokens) -> Session {
    Session {
        access_token: Some(tokens.access_token.clone()),
        id_token: tokens.id_token.clone(),
        refresh_token: tokens.refresh_token.clone(),
        ..Session::default()
    }
}
