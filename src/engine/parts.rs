//! What all of the engine's parts use: the state that they share, and where effects go.

use std::rc::Rc;

use super::clients::{Client, Clients};
use super::ended::EndedSessions;
use super::facts::Facts;
use super::io::{CallId, Effect, EffectId, Listening, Now, Page, Reply, SignedOutEvent};
use super::io::{SignedOutReason, StoreAnswer, TaskId};
use super::lone::{Lone, LoneRequests};
use super::random::Random;
use super::requests::{Requests, for_revoke};
use super::returns::Returns;
use super::sessions::{Ended, LiveSession};
use super::sign_out::Purpose;
use super::storage::{Done, KeysOf, Out, Scanned, Storage, Stores};
use super::tables::MarkEntry;
use crate::error::AuthError;
use crate::layout::amplify::Entries;
use crate::session::{Secret, SessionId};

/// What ended sessions are looked for, before something else.
pub enum After {
    Open(CallId),
    Load(CallId),
    Take(CallId, Reply),
    /// It was signed out while an asynchronous storage took its time.
    Stored(CallId),
    Refresh(u32),
    /// Nothing: what ended is only removed.
    Nothing,
}

/// What work on the stores is for.
pub enum Owner {
    SignOut(TaskId, Purpose),
    /// A call that may join another sign-out.
    Join(TaskId),
    Ended(Rc<Client>, After),
    EndedRemoved(Rc<Client>, After, Option<Box<LiveSession>>, Vec<Ended>),
    OtherTabs(Rc<Client>, Box<Considered>),
    StateStore(Rc<Client>),
    Store(Rc<Client>, CallId, Option<SessionId>),
    Refreshed(u32),
}

/// What other tabs ended.
pub struct Considered {
    pub entries: Vec<MarkEntry>,
    pub reason: SignedOutReason,
    /// Sessions that were not read here count too.
    pub unread: bool,
    pub found: Vec<SessionId>,
}

/// Why the page is looked at.
pub enum Look {
    /// A client begins, or the page came back from the back-forward cache.
    Arrival,
    /// The result of the page before is asked for.
    Take(Rc<Client>, CallId),
}

/// The state that all parts share, and where effects go.
pub struct Parts {
    pub page: Page,
    pub now: Now,
    pub last_id: u32,
    pub effects: Vec<Effect>,
    pub clients: Clients,
    pub storage: Storage<Owner>,
    pub ended: EndedSessions,
    pub facts: Facts,
    pub returns: Returns,
    pub random: Random,
    pub lone: LoneRequests,
    looks: Vec<(EffectId, Look)>,
    listening: Listening,
}

/// Where effects go, while another part is borrowed.
macro_rules! out {
    ($parts:ident) => {
        Out {
            now: $parts.now.mono,
            last_id: &mut $parts.last_id,
            effects: &mut $parts.effects,
        }
    };
}

impl Parts {
    /// Nothing has happened yet; the seed makes random numbers.
    pub fn new(page: Page, seed: [u32; 4]) -> Parts {
        Parts {
            page,
            now: Now::default(),
            last_id: 0,
            effects: Vec::new(),
            clients: Clients::default(),
            storage: Storage::new(),
            ended: EndedSessions::default(),
            facts: Facts::default(),
            returns: Returns::default(),
            random: Random::new(seed),
            lone: LoneRequests::default(),
            looks: Vec::new(),
            listening: Listening::Off,
        }
    }

    /// A new number.
    pub fn id(&mut self) -> u32 {
        self.last_id += 1;
        self.last_id
    }

    /// Settles a call.
    pub fn settle(&mut self, call: CallId, reply: Reply) {
        self.effects.push(Effect::Settle(call, reply));
    }

    /// Settles a call with what came of it.
    pub fn settle_with(&mut self, call: CallId, result: Result<Reply, AuthError>) {
        self.settle(call, result.unwrap_or_else(Reply::Failed));
    }

    /// Whether anything is listened to.
    pub fn listens(&self) -> bool {
        self.listening != Listening::Off
    }

    /// Listens to no more and no less from now on.
    pub fn listen(&mut self, wanted: Listening) {
        if self.listening != wanted {
            self.listening = wanted;
            self.effects.push(Effect::Listen(wanted));
        }
    }

    /// Tells the listeners.
    pub fn tell(&mut self, event: SignedOutEvent) {
        let disposed_too = event.reason == SignedOutReason::SignOut;
        let clients = self.clients.listening(disposed_too);
        self.effects.push(Effect::Tell(clients, event));
    }

    /// Looks how the page was reached.
    pub fn look_at_page(&mut self, look: Look) {
        let effect = self.id();
        self.looks.push((effect, look));
        self.effects.push(Effect::LookAtPage(effect));
    }

    /// Why the page was looked at.
    pub fn looked(&mut self, effect: EffectId) -> Option<Look> {
        let at = self.looks.iter().position(|look| look.0 == effect)?;
        Some(self.looks.swap_remove(at).1)
    }

    // ---- stores

    /// Reads all stores of a client.
    pub fn scan(&mut self, client: &Client, owner: Owner) {
        self.scan_stores(&client.stores, owner, Vec::new(), None);
    }

    /// Reads these stores, in what is left of the time for them.
    pub fn scan_stores(
        &mut self,
        stores: &Rc<Stores>,
        owner: Owner,
        known: KeysOf,
        left_ms: Option<f64>,
    ) {
        self.storage
            .scan(stores, owner, known, left_ms, &mut out!(self));
    }

    /// Removes the chosen keys of what was read.
    pub fn remove(
        &mut self,
        client: &Client,
        owner: Owner,
        scanned: Box<Scanned>,
        leftovers: bool,
    ) -> Option<Done<Owner>> {
        self.remove_from(&client.stores, owner, scanned, leftovers)
    }

    /// The same, of these stores.
    pub fn remove_from(
        &mut self,
        stores: &Rc<Stores>,
        owner: Owner,
        scanned: Box<Scanned>,
        leftovers: bool,
    ) -> Option<Done<Owner>> {
        self.storage
            .remove(stores, owner, scanned, leftovers, &mut out!(self))
    }

    /// Writes a session into a store of a client.
    pub fn write(&mut self, client: &Client, owner: Owner, place: usize, entries: Entries) {
        self.storage
            .write(&client.stores, owner, place, entries, &mut out!(self));
    }

    /// A store answered.
    pub fn store_answered(
        &mut self,
        effect: EffectId,
        answer: Result<StoreAnswer, AuthError>,
    ) -> Option<Done<Owner>> {
        self.storage.answered(effect, answer, &mut out!(self))
    }

    /// Removes sign-ins under way from a store of the app's own. Nobody is signed in by it: nothing waits for it.
    pub fn clean_state_store(&mut self, client: &Rc<Client>) {
        if client.stores.has_state_store() {
            let stores = Rc::new(client.stores.state_store());
            let owner = Owner::StateStore(client.clone());
            self.scan_stores(&stores, owner, Vec::new(), None);
        }
    }

    /// Keeps the issuer of the sessions that were found.
    pub fn learn_issuer(&mut self, client: &Client, scanned: &Scanned) {
        for place in scanned.places.iter().rev() {
            self.facts.learn_issuer(client, &place.found);
        }
    }

    /// Removes sessions that were ended and written back, and revokes their tokens; then goes on with the live one.
    pub fn look(&mut self, client: &Rc<Client>, after: After) {
        self.scan(client, Owner::Ended(client.clone(), after));
    }

    // ---- requests outside of a sign-out

    /// Sends a request that stands alone.
    pub fn send_alone(
        &mut self,
        client: &Rc<Client>,
        purpose: Lone,
        requests: Result<Requests, AuthError>,
    ) {
        match (requests, purpose) {
            (Ok(requests), _) => self.lone.send(client, purpose, requests, &mut out!(self)),
            (Err(error), Lone::RevokeToken(call) | Lone::GlobalSignOut(call)) => {
                self.settle(call, Reply::Failed(error));
            }
            (Err(_), Lone::Passing | Lone::Refresh(_)) => {}
        }
    }

    /// Revokes a refresh token where the pool has revocation on; its outcome can't be told to anyone.
    pub fn revoke_in_passing(&mut self, client: &Rc<Client>, token: &Secret) {
        if client.config.token_revocation {
            let request = for_revoke(client, &self.facts, token);
            self.send_alone(client, Lone::Passing, request);
        }
    }
}
