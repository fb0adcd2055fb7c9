//! Finding, removing and reading back sessions in all places.

use std::pin::Pin;
use std::rc::Rc;

use super::client::Inner;
use super::ending::Ending;
use super::requests;
use crate::browser::storage::{Patience, Store};
use crate::browser::{clock, task};
use crate::error::{AuthError, AuthErrorCode};
use crate::flow::Back;
use crate::layout::{self, Found, Layout, StoredSession};
use crate::outcome::LocalFuture;
use crate::session::{Secret, Session};

/// What lies in one place, and what of it is to go.
pub struct Place {
    /// Its number in the client's list; 0 is the configured one.
    pub index: usize,
    /// What was found there.
    pub found: Found,
    /// The keys to remove, in this order; they are read back.
    pub keys: Vec<String>,
}

impl Place {
    /// The keys of all sessions but these. Cookies of one name can't be removed one without the other.
    fn keys_but(&self, these: &dyn Fn(&Session) -> bool) -> Vec<String> {
        let mut keys = Vec::new();
        for stored in &self.found.sessions {
            if !these(&stored.session) {
                keys.extend_from_slice(&stored.keys);
            }
        }
        keys
    }
}

impl StoredSession {
    /// Whether one of its keys is among these.
    fn shares(&self, keys: &[String]) -> bool {
        self.keys.iter().any(|key| keys.contains(key))
    }
}

/// All places, as they were read.
pub struct Stock {
    client: Rc<Inner>,
    patience: Rc<Patience>,
    pub places: Vec<Place>,
    /// The names of all that is there, as far as it can be listed, each followed by NUL.
    pub names: String,
    /// Why the configured place could not be read, or a key not be removed.
    pub error: Option<AuthError>,
}

/// Keys by the number of their place.
pub type KeysOf = Vec<(usize, Vec<String>)>;

/// Reads every place. The error is the configured place's; another one that can't be read holds nothing of ours.
///
/// A store that can't list its keys shows a user without `LastAuthUser` only by name: by the `known` keys.
pub fn read_all(client: &Rc<Inner>, patience: &Rc<Patience>, known: KeysOf) -> LocalFuture<Stock> {
    let mut stock = Stock {
        client: client.clone(),
        patience: patience.clone(),
        places: Vec::new(),
        names: String::new(),
        error: None,
    };
    Box::pin(async move {
        let mut names = String::new();
        // The configured one may make us wait, so it is read last; it counts first.
        for (index, store) in stock.client.places.iter().enumerate().rev() {
            let read = store.read(&stock.client.target, &stock.patience, &mut names);
            match read.await {
                Ok(mut snapshot) => {
                    if let (Store::Custom(_), Some(keys)) =
                        (store, known.iter().find(|known| known.0 == index))
                        && let Ok(more) = store.read_keys(&keys.1, &stock.patience).await
                    {
                        for entry in &more {
                            if snapshot.iter().all(|old| old.0 != entry.0) {
                                snapshot.push(entry.clone());
                            }
                        }
                    }
                    let place = Place {
                        index,
                        found: layout::find(&stock.client.target, &snapshot),
                        keys: Vec::new(),
                    };
                    stock.client.learn_issuer(&place.found);
                    stock.places.insert(0, place);
                }
                Err(thrown) if index == 0 => stock.error = Some(thrown),
                Err(_) => {}
            }
        }
        stock.names = names;
        stock
    })
}

impl Stock {
    /// Removes what is to go, place by place, and reads it back. What the removal throws does not count; what is
    /// still there does. With `leftovers`, what no one is signed in by goes too, and does not count.
    pub fn remove(mut self, leftovers: bool) -> LocalFuture<Stock> {
        Box::pin(async move {
            for place in &self.places {
                let Some(store) = self.client.places.get(place.index) else {
                    continue;
                };
                if !place.keys.is_empty() {
                    let removed = change(store, &place.keys, &[], &self.patience).await;
                    match store.read_keys(&place.keys, &self.patience).await {
                        Ok(left) if left.is_empty() => {}
                        Ok(_) => {
                            let unknown = || AuthError::new(AuthErrorCode::Storage);
                            self.error = Some(removed.err().unwrap_or_else(unknown));
                        }
                        Err(error) => self.error = Some(error),
                    }
                }
                if leftovers {
                    let found = &place.found;
                    let _ = change(store, &found.leftovers, &found.writes, &self.patience).await;
                }
            }
            self
        })
    }
}

/// Removes sign-ins under way from a store of the app's own. It is asynchronous, and nobody is signed in by it: nothing
/// waits for it.
pub fn clean_state_store(client: &Rc<Inner>) {
    let client = client.clone();
    task::start(Box::pin(async move {
        let (patience, mut names) = (Patience::new(), String::new());
        if let Some(store) = &client.state_store
            && let Ok(snapshot) = store.read(&client.target, &patience, &mut names).await
        {
            let found = layout::find(&client.target, &snapshot);
            let _ = change(store, &found.leftovers, &[], &patience).await;
        }
    }));
}

/// Removes keys of a store, then writes entries.
pub fn change<'a>(
    store: &'a Store,
    keys: &'a [String],
    entries: &'a [(String, String)],
    patience: &'a Patience,
) -> Pin<Box<dyn Future<Output = Result<(), AuthError>> + 'a>> {
    Box::pin(async move {
        let removed = store.remove(keys, patience).await;
        store.write(entries, patience).await.and(removed)
    })
}

/// A session that is signed in, and where it lies.
pub struct Live {
    /// The number of its place.
    pub index: usize,
    /// The library whose layout it is in.
    pub layout: Layout,
    /// The session.
    pub session: Session,
}

/// Removes sessions of the mark that were written back, and revokes their tokens: the read-back of the next start.
///
/// Returns the session that is signed in.
///
/// # Errors
/// `storage`: the configured place can't be read, or an ended session can't be removed.
pub fn remove_ended(client: &Rc<Inner>) -> LocalFuture<Result<Option<Box<Live>>, AuthError>> {
    let client = client.clone();
    Box::pin(async move {
        let mut stock = read_all(&client, &Rc::new(Patience::new()), Vec::new()).await;
        let (live, tokens) = client.sort_out(&mut stock.places);
        let stock = stock.remove(false).await;
        for token in &tokens {
            requests::revoke_in_passing(&client, Some(token));
        }
        match stock.error {
            Some(error) => Err(error),
            None => Ok(live),
        }
    })
}

impl Inner {
    /// Keeps the issuer of a session, where that alone tells which user pool it is of.
    fn learn_issuer(&self, found: &Found) {
        if self.config.endpoint.is_empty() {
            let mut issuers = found.sessions.iter().filter_map(|it| it.session.issuer());
            let ours = issuers.find(|issuer| self.config.endpoint_for(Some(issuer)).is_some());
            if ours.is_some() {
                self.issuer.replace(ours);
            }
        }
    }

    /// Says of each session whether it was ended: then its keys go, and its refresh token is to be revoked.
    fn sort_out(&self, places: &mut [Place]) -> (Option<Box<Live>>, Vec<Secret>) {
        // Read first: no borrow is held over a call into JavaScript.
        let (mark, now) = (self.mark(), clock::wall());
        let mut live: Option<Box<Live>> = None;
        let mut tokens = Vec::new();
        for place in places {
            let ended = |session: &Session| mark.has_ended(session.identity());
            let stays = place.keys_but(&ended);
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
                    // Whoever is at it revokes it: a run of our own, or another tab's, whose GlobalSignOut needs the access token.
                    let held = self.runs.borrow().iter().any(|run| run.holds(id))
                        || (entry.codes.is_none() && now < entry.until);
                    if let (Some(token), false) = (&session.refresh_token, held) {
                        tokens.push(token.clone());
                    }
                } else if live
                    .as_ref()
                    .is_none_or(|live| session.current && !live.session.current)
                {
                    live = Some(Box::new(Live {
                        index: place.index,
                        layout: stored.layout,
                        session: std::mem::take(session),
                    }));
                }
            }
        }
        if let Some(live) = &live
            && let Some(id) = live.session.identity()
        {
            self.last_read.set(Some(id));
        }
        (live, tokens)
    }
}

impl Ending {
    /// Marks what was written back of the sessions to go; a new sign-in is left alone.
    ///
    /// Returns whether there is any, and the newest refresh token of it that is not known.
    pub fn written_back(&self, places: &mut [Place]) -> (Back, Option<Secret>) {
        let mut back = Back::Gone;
        let mut newer = None;
        for place in places.iter_mut().rev() {
            let ours = |session: &Session| {
                let id = session.identity();
                id.is_some_and(|id| self.ids.contains(&id))
            };
            let stays = place.keys_but(&ours);
            for stored in &place.found.sessions {
                if !ours(&stored.session) || stored.shares(&stays) {
                    continue;
                }
                place.keys.extend_from_slice(&stored.keys);
                if let Some(token) = &stored.session.refresh_token
                    && !self.knows(token)
                {
                    newer = Some(token.clone());
                }
                back = Back::Removed {
                    newer_token: newer.is_some(),
                };
            }
        }
        (back, newer)
    }
}
