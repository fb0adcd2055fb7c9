//! Finding, removing and reading back sessions in all places.

use super::client::Inner;
use super::requests;
use crate::browser::storage::{Patience, Store};
use crate::error::{AuthError, AuthErrorCode};
use crate::flow::Back;
use crate::layout::{self, Found, StoredSession};
use crate::session::{Secret, SessionId};

/// What lies in one place.
pub struct Place {
    /// Its number in the client's list; 0 is the configured one.
    pub index: usize,
    /// What was found there.
    pub found: Found,
}

/// Reads every place. The error is the configured place's; another one that can't be read holds nothing of ours.
pub async fn read_all(client: &Inner, patience: &Patience) -> (Vec<Place>, Option<AuthError>) {
    let mut places = Vec::new();
    let mut error = None;
    // The configured one may make us wait, so it is read last; it counts first.
    for (index, store) in client.places.iter().enumerate().rev() {
        match store.read(&client.target, patience).await {
            Ok(snapshot) => places.insert(
                0,
                Place {
                    index,
                    found: layout::find(&client.target, &snapshot),
                },
            ),
            Err(thrown) if index == 0 => error = Some(thrown),
            Err(_) => {}
        }
    }
    (places, error)
}

/// Removes keys of one place and reads them back. What the removal throws does not count; what is still there does.
///
/// # Errors
/// `storage`: a key is still there, or that can't be told.
pub async fn remove(
    client: &Inner,
    index: usize,
    keys: &[String],
    patience: &Patience,
) -> Result<(), AuthError> {
    let Some(store) = client.places.get(index) else {
        return Ok(());
    };
    let removed = store.remove(keys, patience).await;
    let left = store.read_keys(keys, patience).await?;
    match left.first() {
        None => Ok(()),
        Some(_) => Err(removed
            .err()
            .unwrap_or_else(|| AuthError::new(AuthErrorCode::Storage))),
    }
}

/// A session that is signed in, and where it lies.
pub struct Live {
    /// The number of its place.
    pub index: usize,
    /// The session.
    pub stored: StoredSession,
}

/// Removes sessions of the mark that were written back, and revokes their tokens: the read-back of the next start.
///
/// Returns the session that is signed in.
///
/// # Errors
/// `storage`: the configured place can't be read, or an ended session can't be removed.
pub async fn remove_ended(client: &Inner) -> Result<Option<Live>, AuthError> {
    let patience = Patience::new();
    let (places, mut error) = read_all(client, &patience).await;
    let mark = client.mark();
    let mut live: Option<Live> = None;
    for place in places {
        for stored in place.found.sessions {
            let id = stored.session.identity();
            if !mark.has_ended(id) {
                let better = live
                    .as_ref()
                    .is_none_or(|live| stored.session.current && !live.stored.session.current);
                if better {
                    live = Some(Live {
                        index: place.index,
                        stored,
                    });
                }
                continue;
            }
            if let Err(failure) = remove(client, place.index, &stored.keys, &patience).await {
                error = Some(failure);
            }
            // A run of our own that still holds it revokes what it finds itself.
            let held = client.runs.borrow().iter().any(|run| run.holds(id));
            if let Some(token) = &stored.session.refresh_token
                && client.config.token_revocation
                && !held
            {
                let config = &client.config;
                requests::revoke_in_passing(&config.endpoint, &config.user_pool_client_id, token);
            }
        }
    }
    if let Some(id) = live
        .as_ref()
        .and_then(|live| live.stored.session.identity())
    {
        client.last_read.set(Some(id));
    }
    match error {
        Some(error) => Err(error),
        None => Ok(live),
    }
}

/// Removes what was written back of these sessions; a new sign-in is left alone.
///
/// Returns the newest refresh token that was found and is not among the known ones.
pub async fn remove_again(
    client: &Inner,
    ids: &[SessionId],
    known_keys: &[(usize, Vec<String>)],
    known_tokens: &[Secret],
    patience: &Patience,
) -> (Back, Option<Secret>) {
    let mut back = Back::Gone;
    let mut newer = None;
    for (index, store) in client.places.iter().enumerate().rev() {
        let Ok(mut snapshot) = store.read(&client.target, patience).await else {
            if index == 0 {
                back = Back::Stuck;
            }
            continue;
        };
        // A store that can't list its keys shows a user without LastAuthUser only by name.
        if let (Store::Custom(_), Some(keys)) =
            (store, known_keys.iter().find(|known| known.0 == index))
            && let Ok(more) = store.read_keys(&keys.1, patience).await
        {
            let new = |entry: &(String, String)| snapshot.iter().all(|old| old.0 != entry.0);
            let more: Vec<_> = more.into_iter().filter(new).collect();
            snapshot.extend(more);
        }
        let ours = |stored: &StoredSession| {
            stored
                .session
                .identity()
                .is_some_and(|id| ids.contains(&id))
        };
        for stored in layout::find(&client.target, &snapshot).sessions {
            if !ours(&stored) {
                continue;
            }
            if remove(client, index, &stored.keys, patience).await.is_err() {
                back = Back::Stuck;
            } else if back == Back::Gone {
                back = Back::Removed { newer_token: false };
            }
            newer = stored
                .session
                .refresh_token
                .filter(|token| !known_tokens.contains(token))
                .or(newer);
        }
    }
    if let (Back::Removed { newer_token }, Some(_)) = (&mut back, &newer) {
        *newer_token = true;
    }
    (back, newer)
}
