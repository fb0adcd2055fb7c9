//! What the stores hold: the live session, and those that were ended and written back.

use super::ended::EndedSessions;
use super::io::Now;
use super::storage::PlaceFound;
use crate::engine::tables::MarkEntry;
use crate::error::{AuthError, AuthErrorCode};
use crate::layout::Layout;
use crate::session::{Claims, Secret, Session, SessionId, Tokens};

/// A session that is signed in, and where it is stored.
pub struct LiveSession {
    /// The number of its store.
    pub index: usize,
    /// The library whose layout it is in.
    pub layout: Layout,
    /// The session.
    pub session: Session,
}

/// A session that was ended, and its refresh token.
pub type Ended = (Option<SessionId>, Secret);

/// Says of each session whether it was ended: then its keys are to be removed, and its refresh token revoked, unless the sign-out
/// in progress in another tab does that, whose GlobalSignOut needs the access token.
pub fn sort_out(
    places: &mut [PlaceFound],
    ended: &EndedSessions,
    now: &Now,
    is_own: &dyn Fn(Option<SessionId>) -> bool,
) -> (Option<Box<LiveSession>>, Vec<Ended>) {
    let mark = ended.all(now);
    let mut live: Option<Box<LiveSession>> = None;
    let mut tokens = Vec::new();
    for place in places {
        let stays = place.keys_but(&|session| mark.has_ended(session.identity()));
        for stored in &mut place.found.sessions {
            let shared = stored.shares(&stays);
            let session = &mut stored.session;
            let id = session.identity();
            if let Some(entry) = id.and_then(|id| mark.entry(id)) {
                // Its own sign-out has revoked it.
                if shared {
                    continue;
                }
                place.keys.extend_from_slice(&stored.keys);
                let held = !is_own(id) && entry.codes.is_none() && now.wall < entry.until;
                if let (Some(token), false) = (&session.refresh_token, held) {
                    tokens.push((id, token.clone()));
                }
            } else if live
                .as_ref()
                .is_none_or(|live| session.current && !live.session.current)
            {
                live = Some(Box::new(LiveSession {
                    index: place.index,
                    layout: stored.layout,
                    session: std::mem::take(session),
                }));
            }
        }
    }
    (live, tokens)
}

/// Whether a sign-out ended this session too: the same one, or an older one of the same user after a global one.
pub fn ends(entry: &MarkEntry, session: &Session) -> bool {
    let same = session.identity() == Some(entry.id);
    let user = session.user_id();
    let older = match (entry.ended_at, session.issued_at()) {
        (Some(ended_at), Some(issued_at)) => {
            user.is_some() && user == entry.user && issued_at < ended_at
        }
        _ => false,
    };
    same || older
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

/// The session that tokens are of.
pub fn session_of(tokens: &Tokens) -> Session {
    Session {
        access_token: Some(tokens.access_token.clone()),
        id_token: tokens.id_token.clone(),
        refresh_token: tokens.refresh_token.clone(),
        ..Session::default()
    }
}

/// The tokens with a username; Cognito's own is the access token's claim.
///
/// # Errors
/// `configuration`: there is none.
pub fn named(mut tokens: Tokens) -> Result<Tokens, AuthError> {
    if tokens.username.is_none() {
        tokens.username = Claims::of(&tokens.access_token).and_then(|claims| claims.username);
    }
    match tokens.username {
        Some(_) => Ok(tokens),
        None => Err(AuthError::configuration(
            "username",
            "is missing, and the access token has no claim of that name. Set it.",
        )),
    }
}

/// A session that was signed out is not stored again.
pub fn is_ended() -> AuthError {
    AuthError::with_message(
        AuthErrorCode::TokenRevoked,
        "This session was signed out; its tokens are not stored again.",
    )
}

/// Why tokens are not stored.
pub fn not_stored(error: AuthError) -> AuthError {
    error
        .say("The tokens could not be stored.")
        .suggest("Check that the page may use its storage and that it is not full.")
}
