//! The account: it sees the whole world, and judges what the engines do by that, never by their words.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use cognito_signout::AuthErrorCode;
use cognito_signout::internals::engine::io::{
    Call, CallId, ClientId, EffectId, Handle, Input, Listening, Reply, RetryId, SignedOutEvent,
    SignedOutReason,
};
use cognito_signout::internals::engine::outcome::Outcome;
use cognito_signout::internals::engine::tables::{Mark, Status};
use cognito_signout::internals::protocol::Request;
use cognito_signout::internals::session::Secret;
use cognito_signout::{HostedUiMode, StepName};

use crate::actors::LEFT_OVER;
use crate::pages::{Object, State, key, stores};
use crate::setup::{Kept, Navigate};
use crate::storage::Value;
use crate::story::Event;
use crate::world::{CLIENTS, ENDPOINT, SignedIn, TOKEN, World, name_of};

/// What is wrong, and by which of the invariants of docs/simulation.md.
#[derive(Clone, Debug, PartialEq)]
pub struct Wrong {
    pub invariant: u8,
    pub text: String,
}

/// What a sign-out was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub mode: HostedUiMode,
    pub global: bool,
    pub forget_device: bool,
    pub timeout_ms: f64,
    pub is_retry: bool,
    /// Failed revocations are sent again once the browser is online.
    pub online: bool,
    pub signal: Option<Handle>,
    /// How the app's own `navigate` behaves.
    pub navigate: Option<Navigate>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Open,
    Load,
    Take,
    /// The number of the session.
    Store(usize),
    Refresh,
    /// `revokeToken`, or `globalSignOut`.
    ByHand(&'static str),
    SignOut(Asked),
}

/// A call of an app.
pub struct Called {
    pub page: usize,
    pub slot: usize,
    pub call: CallId,
    pub what: What,
    pub at: f64,
    /// When it was asked for; for a `retry()` the first time.
    asked_at: f64,
    /// The page shows that the hosted UI signed the user in.
    shows_hosted: bool,
    /// It has a session of the app's other client.
    shows_other: bool,
    /// It has the key of a remembered device.
    shows_device: bool,
    /// How long its page had been seen by then.
    awake: f64,
    /// The sessions that it ends.
    pub sessions: BTreeSet<usize>,
    /// The refresh tokens that its page could see then, and in its read-backs.
    tokens: HashSet<String>,
    /// Those of them whose refresh token its page could see.
    refreshable: BTreeSet<usize>,
    /// Sessions that came while a popup was open, or an asynchronous storage was read: it may end them.
    read: BTreeSet<usize>,
    /// Another sign-out of its engine was under way.
    joins: bool,
    /// The sessions of those.
    joined: BTreeSet<usize>,
    /// The current user's.
    main: Option<usize>,
    /// The session that the page showed.
    shown: Option<usize>,
    cookie: Option<u32>,
    /// Its clear is over, or it never had one.
    is_cleared: bool,
    /// It has returned, and what is stored then was looked at.
    has_returned: bool,
    /// How many sessions had been removed by then.
    removed: usize,
    is_settled: bool,
    settled_at: f64,
    is_failed: bool,
    /// Its RevokeToken is held back: it is sent as the page goes.
    is_held_back: bool,
    is_aborted: bool,
}

impl Called {
    fn asked(&self) -> Option<&Asked> {
        match &self.what {
            What::SignOut(asked) => Some(asked),
            _ => None,
        }
    }
}

/// A `retry()` that somebody holds.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    pub page: usize,
    pub slot: usize,
    pub retry: RetryId,
    called: usize,
    /// How many calls were given it.
    pub holders: u32,
}

#[derive(Default)]
pub struct Account {
    pub calls: Vec<Called>,
    settling: Vec<(CallId, Reply)>,
    pub offers: Vec<Offer>,
    /// Those that were in a result of the page before.
    handed_out: HashSet<(usize, usize, RetryId)>,
    /// Requests under way: which operation on which session.
    pub flights: HashMap<(usize, usize, EffectId), (&'static str, usize, String)>,
    /// What answers told a page: the operation, done for a session.
    learnt: HashMap<(usize, &'static str, usize), f64>,
    /// Refresh tokens of which an answer told a page that they are dead.
    dead: HashMap<(usize, String), f64>,
    sent: HashMap<(usize, &'static str, usize), u32>,
    /// The tokens that a page's RevokeToken carried.
    revoking: HashSet<(usize, String)>,
    /// Which sessions a page removed, and when.
    removed: Vec<(usize, usize, usize, f64)>,
    /// The refresh tokens that callers were given, so that they can be revoked.
    named: HashSet<String>,
    /// The sessions that were revoked by hand.
    pub by_hand: Vec<usize>,
    /// The sessions that were signed out as a page's current one, and when.
    ended: HashMap<usize, (f64, usize)>,
    /// The app clients for which the page that a tab shows has tried to leave, one for each time.
    leaves: HashMap<usize, Vec<usize>>,
    /// The tabs whose page came back from the hosted UI with all the evidence, and for which client.
    came_back: HashMap<usize, usize>,
    /// When a `retry()` left a tab, by the clock on the wall.
    retry_left: HashMap<(usize, usize), f64>,
    /// What each store held when a session was to be stored there.
    before: HashMap<CallId, Vec<(Rc<str>, Value)>>,
    /// The page that is in `pagehide`.
    hiding: Option<usize>,
    /// How GlobalSignOut was last answered for a session: true for good, false where it may be sent again.
    global: HashMap<(usize, usize), bool>,
    /// What libraries wrote after a refresh: the session, by which page, when.
    refreshed: Vec<(usize, usize, f64)>,
    /// When Cognito ended all sessions of a user.
    global_at: HashMap<usize, f64>,
    pub cookie_users: HashMap<u32, usize>,
    /// Sessions whose new tokens a refresh could not store: nobody has them any more.
    halves: HashSet<usize>,
    /// The session that a page was given by `loadTokens`, and when.
    loaded: HashMap<(usize, usize), (usize, f64)>,
    /// How often listeners were told: of this page's sign-outs, and of others'.
    told: HashMap<(usize, usize), [u32; 2]>,
    /// The hosted UI's cookie when a tab left for it.
    left: HashMap<(usize, usize), Option<u32>>,
    crashed_at: Option<f64>,
    /// When a library last changed what is stored.
    pub changed_at: Option<f64>,
    /// How often an engine heard that the browser is online.
    onlines: HashMap<(usize, usize), u32>,
    /// When an engine heard last that the browser is online.
    online_at: HashMap<(usize, usize), f64>,
}

impl Account {
    pub fn machine_crashed(&mut self, since: f64) {
        self.crashed_at = Some(since);
    }

    /// A client that was disposed of hears nothing: its page shows nobody to us.
    pub fn disposed(&mut self, page: usize, slot: usize) {
        self.loaded.remove(&(page, slot));
    }

    pub fn refreshed(&mut self, session: usize, page: usize, at: f64) {
        self.refreshed.push((session, page, at));
    }

    /// Somebody signs in: retries start afresh.
    pub fn signs_in(&mut self) {
        self.retry_left.clear();
    }

    pub fn aborted(&mut self, page: usize, slot: usize, signal: Handle) {
        for called in &mut self.calls {
            let own = called
                .asked()
                .is_some_and(|asked| asked.signal == Some(signal));
            if own && (called.page, called.slot) == (page, slot) {
                called.is_aborted = true;
            }
        }
    }

    /// The call whose result has this `retry()`.
    pub fn call_of(&self, offer: &Offer) -> CallId {
        self.calls[offer.called].call
    }

    /// How much later the last call was made that leaves the page by the same engine, in milliseconds
    /// while the page is seen. Both wait until the page has left.
    fn left_after(&self, called: &Called) -> f64 {
        let leaves =
            |asked: &Asked| matches!(asked.mode, HostedUiMode::Auto | HostedUiMode::Redirect);
        let is_one = |other: &&Called| {
            (other.page, other.slot) == (called.page, called.slot)
                && other.asked().is_some_and(leaves)
        };
        let all = self.calls.iter().filter(is_one);
        all.fold(0.0, |last, other| last.max(other.awake - called.awake))
    }

    fn any_aborted(&self, page: usize) -> bool {
        self.calls
            .iter()
            .any(|called| called.page == page && called.is_aborted)
    }

    fn has_learnt(&self, what: &'static str, session: usize) -> bool {
        self.learnt
            .keys()
            .any(|learnt| (learnt.1, learnt.2) == (what, session))
    }
}

/// Whether an answer to RevokeToken says that the token is dead.
fn says_dead(body: &str) -> bool {
    ["has been revoked", "has expired", "Invalid Refresh Token"]
        .iter()
        .any(|text| body.contains(text))
}

impl World {
    /// What libraries wrote of a session after somebody asked to end it, or so late that this one did
    /// not see it: by which page, and when.
    fn written_back(&self, session: usize) -> Vec<(usize, f64)> {
        let spread = self.setup.spread_ms as f64;
        let global = self.account.global_at.get(&self.sessions[session].user);
        let is_back = |at: f64| {
            let mut calls = self.account.calls.iter().filter(|called| {
                called.sessions.contains(&session) || called.read.contains(&session)
            });
            global.is_some_and(|ended| *ended <= at) || calls.any(|called| called.at <= at + spread)
        };
        let refreshed = self.account.refreshed.iter();
        let backs = refreshed.filter(|it| it.0 == session && is_back(it.2));
        backs.map(|it| (it.1, it.2)).collect()
    }

    fn was_written_back(&self, session: usize) -> bool {
        !self.written_back(session).is_empty()
    }

    // ---- what there is

    /// The sessions of an engine's app client in one place.
    pub fn present_in(&self, page: usize, slot: usize, kept: Kept) -> BTreeSet<usize> {
        let client = self.pages[page].slots[slot].client;
        let path = self.pages[page].path();
        let seen: Vec<(&str, &Value)> = match kept {
            Kept::Cookie => {
                let cookies = self.browser.cookies.iter();
                let seen = cookies.filter(|cookie| path.starts_with(cookie.path));
                seen.map(|cookie| (&*cookie.name, &cookie.value)).collect()
            }
            _ => {
                let entries = self.entries(page, slot, kept).iter();
                entries.map(|(name, value)| (&**name, value)).collect()
            }
        };
        let of = |what: &str| {
            let key = format!("CognitoIdentityServiceProvider.{}.{what}", CLIENTS[client]);
            let found = seen.iter().find(|entry| entry.0 == key);
            found.map_or("", |entry| &*entry.1.text)
        };
        let (last, list) = (of("LastAuthUser"), of("AuthUserList"));
        // A storage that can't list its keys shows the last user alone, and listed users stay.
        let is_shown = |name: &str| {
            let is_of = |user: &str| name.contains(&format!(".{user}."));
            let is_listed = !last.is_empty() && list.split(',').any(is_of);
            name.starts_with("oidc.") || is_of(last) || (kept != Kept::ByKey && !is_listed)
        };
        let mut found = BTreeSet::new();
        for (name, value) in seen {
            if let Some(session) = value.session
                && self.sessions[session].client == client
                && is_shown(name)
            {
                found.insert(session);
            }
        }
        found
    }

    /// What the configured store holds for an engine's client, where it answers at once.
    fn stored(&self, page: usize, slot: usize) -> Vec<(Rc<str>, Value)> {
        let kept = self.setup.kept;
        if kept.is_custom() || kept == Kept::Cookie || self.setup.sticky {
            return Vec::new();
        }
        let client = CLIENTS[self.pages[page].slots[slot].client];
        let entries = self.entries(page, slot, kept).iter();
        let own = entries
            .filter(|entry| entry.0.contains(client) && !entry.0.starts_with("cognito-signout."));
        own.map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    pub fn present(&self, page: usize, slot: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        for kept in stores(self.setup.kept) {
            found.extend(self.present_in(page, slot, kept));
        }
        found
    }

    /// The refresh token in a text that is stored for a session.
    fn token_stored(&self, session: usize, text: &str) -> Option<String> {
        let mut tokens = self.sessions[session].refresh.iter().rev();
        tokens.find(|token| text.contains(token.as_str())).cloned()
    }

    /// The refresh tokens that a page can see now.
    fn tokens_at(&self, page: usize, slot: usize) -> HashSet<String> {
        let mut tokens = HashSet::new();
        let mut see = |value: &Value| {
            let session = value.session;
            tokens.extend(session.and_then(|session| self.token_stored(session, &value.text)));
        };
        for kept in stores(self.setup.kept) {
            match kept {
                Kept::Cookie => self
                    .browser
                    .cookies
                    .iter()
                    .for_each(|cookie| see(&cookie.value)),
                _ => self.entries(page, slot, kept).values().for_each(&mut see),
            }
        }
        tokens
    }

    /// The refresh tokens of a session that a call could see, and that can still be used.
    fn alive_for(&self, index: usize, session: usize) -> impl Iterator<Item = &String> {
        let seen = &self.account.calls[index].tokens;
        let tokens = self.sessions[session].refresh.iter();
        tokens.filter(move |token| {
            seen.contains(*token) && self.cognito.refresh_is_alive(self.wall(), token)
        })
    }

    /// A refresh token of a session, and those that stand for it: the newer ones, such as that of a
    /// sign-out's own refresh. Two refreshes at once have each got one, and either stands for the other.
    fn newer_than(&self, session: usize, token: &str) -> impl Iterator<Item = &String> {
        let family = &self.sessions[session].refresh;
        let is_line = family.len() < 3;
        family.iter().skip_while(move |it| is_line && *it != token)
    }

    fn is_alive_for(&self, index: usize, session: usize) -> bool {
        let is_half = self.account.halves.contains(&session);
        !is_half && self.alive_for(index, session).next().is_some()
    }

    /// The sessions whose refresh token a page can see.
    fn refreshable(&self, page: usize, slot: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let holds = |name: &str| name.ends_with(".refreshToken") || name.starts_with("oidc.user:");
        for kept in stores(self.setup.kept) {
            if kept == Kept::Cookie {
                let cookies = self
                    .browser
                    .cookies
                    .iter()
                    .filter(|cookie| holds(&cookie.name));
                found.extend(cookies.filter_map(|cookie| cookie.value.session));
            } else {
                let entries = self.entries(page, slot, kept).iter();
                found.extend(
                    entries
                        .filter(|entry| holds(entry.0))
                        .filter_map(|entry| entry.1.session),
                );
            }
        }
        found
    }

    /// Whose entry a page sees under this name. Of two cookies of one name, nobody can choose.
    fn owner_at(&self, page: usize, slot: usize, kept: Kept, name: &str) -> Option<usize> {
        match kept {
            Kept::Cookie => {
                let cookies = self.browser.cookies.iter();
                let mut found = cookies.filter(|cookie| &*cookie.name == name);
                let first = found.next().and_then(|cookie| cookie.value.session);
                first.filter(|_| found.next().is_none())
            }
            _ => self.entries(page, slot, kept).get(name)?.session,
        }
    }

    /// Whether a page sees a session of the app's other client.
    fn shows_other(&self, page: usize, slot: usize) -> bool {
        let other = CLIENTS[1 - self.pages[page].slots[slot].client];
        let mut places = stores(self.setup.kept).into_iter();
        places.any(|kept| {
            let is_listed = !matches!(kept, Kept::Cookie | Kept::ByKey);
            is_listed && {
                let mut entries = self.entries(page, slot, kept).iter();
                entries.any(|it| it.0.contains(other) && it.0.ends_with(".accessToken"))
            }
        })
    }

    /// Whether a page sees a key of its client that has one of these in it.
    fn shows(&self, page: usize, slot: usize, parts: &[&str]) -> bool {
        let client = CLIENTS[self.pages[page].slots[slot].client];
        let is_one =
            |name: &str| name.contains(client) && parts.iter().any(|part| name.contains(part));
        let mut places = stores(self.setup.kept).into_iter();
        places.any(|kept| match kept {
            Kept::Cookie => self
                .browser
                .cookies
                .iter()
                .any(|cookie| is_one(&cookie.name)),
            _ => self
                .entries(page, slot, kept)
                .keys()
                .any(|name| is_one(name)),
        })
    }

    /// The record of ended sessions as a page sees it.
    pub fn mark(&self, page: usize, slot: usize) -> Mark {
        let it = &self.pages[page];
        let local = &self.browser.processes[it.process].local;
        let text = local.get(key(it.slots[slot].client, "ended").as_str());
        Mark::parse(text.map_or("", |value| &value.text), self.wall_here())
    }

    /// Whether somebody asked to end this session.
    fn may_end(&self, session: usize) -> bool {
        let user = self.sessions[session].user;
        let born = self.sessions[session].born;
        let global = self.account.global_at.get(&user);
        let mut calls = self.account.calls.iter();
        global.is_some_and(|at| born <= *at)
            || calls
                .any(|called| called.sessions.contains(&session) || called.read.contains(&session))
    }

    // ---- calls

    /// The number of the next call, from 1.
    pub fn next_call(&self) -> CallId {
        self.account.calls.len() as CallId + 1
    }

    pub fn account_call(&mut self, page: usize, slot: usize, call: CallId, given: &Call) {
        let mut removed = None;
        let (what, sessions) = match given {
            Call::Open => (What::Open, BTreeSet::new()),
            Call::LoadTokens => (What::Load, BTreeSet::new()),
            Call::TakeSignOutResult => (What::Take, BTreeSet::new()),
            Call::StoreTokens(tokens) => {
                let session = self.owner(tokens.access_token.expose());
                (What::Store(session.unwrap_or_default()), BTreeSet::new())
            }
            Call::RefreshTokens => (What::Refresh, BTreeSet::new()),
            Call::RevokeToken(_) => (What::ByHand("revokeToken"), BTreeSet::new()),
            Call::GlobalSignOut(_) => (What::ByHand("globalSignOut"), BTreeSet::new()),
            Call::SignOut(asked) => {
                let options = &asked.options;
                removed = asked.removed.as_ref();
                let navigate = asked.navigate.and_then(|it| self.object(page, slot, it));
                let options = Asked {
                    mode: options.hosted_ui,
                    global: options.global,
                    forget_device: options.forget_device,
                    timeout_ms: options.timeout.as_millis() as f64,
                    // What was removed before is ended as by a retry.
                    is_retry: removed.is_some(),
                    online: options.retry_when_online,
                    signal: asked.signal,
                    navigate: match navigate {
                        Some(Object::Navigate(how)) => Some(how),
                        _ => None,
                    },
                };
                let sessions = match removed {
                    Some(removed) => self.owners(&removed.0),
                    None => self.present(page, slot),
                };
                (What::SignOut(options), sessions)
            }
        };
        let (lane, client) = (self.lane(page), self.pages[page].slots[slot].client);
        self.note(lane, || Event::Calls {
            call,
            client,
            what: what.clone(),
            sessions: sessions.clone(),
            again: None,
        });
        if matches!(what, What::Store(_)) {
            let before = self.stored(page, slot);
            self.account.before.insert(call, before);
        }
        self.begin(page, slot, call, what, sessions, removed.is_some());
        if let Some(removed) = removed {
            self.begin_removed(&removed.0);
        }
        if let (Call::SignOut(asked), Some(called)) = (given, self.account.calls.last_mut()) {
            called.is_aborted = asked.aborted;
        }
    }

    /// The sessions whose tokens are in entries.
    fn owners(&self, entries: &[(String, String)]) -> BTreeSet<usize> {
        let owners = entries.iter().filter_map(|entry| self.owner(&entry.1));
        owners.collect()
    }

    /// The last call was given what it ends.
    fn begin_removed(&mut self, entries: &[(String, String)]) {
        let tokens = entries.iter().filter_map(|entry| {
            let session = self.owner(&entry.1)?;
            self.token_stored(session, &entry.1)
        });
        let tokens: HashSet<String> = tokens.collect();
        let refreshable = tokens.iter().filter_map(|token| self.owner(token));
        let refreshable = refreshable.collect();
        let holds = |part: &str| entries.iter().any(|entry| entry.0.contains(part));
        if let Some(called) = self.account.calls.last_mut() {
            (called.tokens, called.refreshable) = (tokens, refreshable);
            called.shows_hosted = holds(".oauthSignIn") || holds(".oauthMetadata");
            called.shows_device = holds(".deviceKey");
        }
    }

    fn begin(
        &mut self,
        page: usize,
        slot: usize,
        call: CallId,
        what: What,
        sessions: BTreeSet<usize>,
        is_cleared: bool,
    ) {
        let shown = self
            .account
            .loaded
            .get(&(page, slot))
            .map(|loaded| loaded.0);
        // By popup it clears later: what it reads then counts.
        let by_popup = matches!(&what, What::SignOut(asked) if asked.mode == HostedUiMode::Popup);
        let tokens = match by_popup {
            true => HashSet::new(),
            false => self.tokens_at(page, slot),
        };
        let single = sessions.first().copied().filter(|_| sessions.len() == 1);
        let is_open = |called: &Called| {
            (called.page, called.slot) == (page, slot)
                && !called.is_settled
                && called.asked().is_some()
        };
        let mut joined = BTreeSet::new();
        let mut joins = false;
        for called in self.account.calls.iter().filter(|called| is_open(called)) {
            joins = true;
            joined.extend(&called.sessions);
        }
        if sessions
            .iter()
            .any(|session| !self.account.ended.contains_key(session))
        {
            // A session that was not ended before is a new sign-in.
            let it = &self.pages[page];
            let key = (it.tab, it.slots[slot].client);
            self.account.retry_left.remove(&key);
        }
        self.account.calls.push(Called {
            joins,
            joined,
            main: self
                .current(page, slot)
                .filter(|it| sessions.contains(it))
                .or(single),
            page,
            slot,
            call,
            what,
            at: self.now,
            asked_at: self.now,
            shows_hosted: self.shows(
                page,
                slot,
                &[".oauthSignIn", ".oauthMetadata", "oidc.user:"],
            ),
            shows_other: self.shows_other(page, slot),
            shows_device: self.shows(page, slot, &[".deviceKey"]),
            awake: self.pages[page].awake_at(self.now),
            sessions,
            tokens,
            read: BTreeSet::new(),
            refreshable: self.refreshable(page, slot),
            shown,
            cookie: self.browser.hosted,
            is_cleared,
            has_returned: is_cleared,
            removed: self.account.removed.len(),
            is_settled: false,
            settled_at: 0.0,
            is_failed: false,
            is_held_back: false,
            is_aborted: false,
        });
    }

    pub fn account_retry(&mut self, offer: &Offer, call: CallId) {
        let before = &self.account.calls[offer.called];
        let (asked_at, shows_hosted) = (before.asked_at, before.shows_hosted);
        let (shows_device, read) = (before.shows_device, before.read.clone());
        let joined = before.joined.clone();
        let (shown, cookie) = (before.shown, before.cookie);
        let (what, sessions) = (before.what.clone(), before.sessions.clone());
        let (mut tokens, refreshable) = (before.tokens.clone(), before.refreshable.clone());
        // Nobody waits for the revocation of what was written back after the end.
        tokens.retain(|token| {
            let owner = self.owner(token);
            owner.is_none_or(|session| !self.was_written_back(session))
        });
        let before_call = before.call;
        let What::SignOut(mut asked) = what else {
            return;
        };
        asked.is_retry = true;
        asked.signal = None;
        // What `online` began may be another call's, which this one joined.
        asked.online = self.account.calls.iter().any(|called| {
            let online = called.asked().is_some_and(|asked| asked.online);
            online && (called.page, called.slot) == (offer.page, offer.slot)
        });
        let lane = self.lane(offer.page);
        let client = self.pages[offer.page].slots[offer.slot].client;
        let again = Some(before_call);
        self.note(lane, || Event::Calls {
            call,
            client,
            what: What::SignOut(asked.clone()),
            sessions: sessions.clone(),
            again,
        });
        self.begin(
            offer.page,
            offer.slot,
            call,
            What::SignOut(asked),
            sessions,
            true,
        );
        if let Some(called) = self.account.calls.last_mut() {
            called.joins = true;
            called.joined.extend(joined);
            called.asked_at = asked_at;
            called.shows_hosted = shows_hosted;
            (called.shows_device, called.read) = (shows_device, read);
            (called.shown, called.cookie) = (shown, cookie);
            called.tokens.extend(tokens);
            called.refreshable.extend(refreshable);
        }
    }

    /// An engine has read entries: what is there when a sign-out clears is what it ends.
    pub fn account_read(&mut self, page: usize, slot: usize, values: &[(String, String)]) {
        for (_, text) in values {
            if let Some(session) = self.owner(text)
                && let Some(token) = self.token_stored(session, text)
            {
                for called in &mut self.account.calls {
                    let own = (called.page, called.slot) == (page, slot);
                    if own && called.sessions.contains(&session) {
                        called.tokens.insert(token.clone());
                    }
                }
            }
        }
        let mut calls = self.account.calls.iter();
        let is_clearing = |called: &Called| {
            (called.page, called.slot) == (page, slot)
                && called.asked().is_some()
                && !called.is_cleared
                && !called.is_settled
        };
        if !calls.any(&is_clearing) {
            return;
        }
        let client = self.pages[page].slots[slot].client;
        let read = values.iter().filter_map(|entry| self.owner(&entry.1));
        let read: Vec<usize> = read
            .filter(|it| self.sessions[*it].client == client)
            .collect();
        for called in self
            .account
            .calls
            .iter_mut()
            .filter(|called| is_clearing(called))
        {
            called.read.extend(&read);
        }
    }

    pub fn account_step(&mut self, page: usize, slot: usize) {
        let is_sticky = self.setup.sticky;
        for (call, reply) in std::mem::take(&mut self.account.settling) {
            self.settled(page, slot, call, &reply);
        }
        if self.setup.kept.is_custom() {
            return;
        }
        for index in 0..self.account.calls.len() {
            let called = &self.account.calls[index];
            let Some(asked) = called.asked() else {
                continue;
            };
            if (called.page, called.slot) != (page, slot)
                || called.has_returned
                || called.is_settled
            {
                continue;
            }
            if asked.mode == HostedUiMode::Popup {
                continue;
            }
            let sessions = called.sessions.clone();
            self.account.calls[index].is_cleared = true;
            self.account.calls[index].has_returned = true;
            let left = self.present(page, slot);
            if let Some(session) = left.intersection(&sessions).next().filter(|_| !is_sticky) {
                let call = self.account.calls[index].call;
                let session = *session;
                self.is_wrong(2, || {
                    format!("call {call} returns, and session {session} is still stored")
                });
            }
        }
    }

    // ---- what engines do

    pub fn account_change(
        &mut self,
        page: usize,
        slot: usize,
        kept: Kept,
        keys: &[String],
        entries: &[(String, String)],
    ) {
        let client = self.pages[page].slots[slot].client;
        let mut sessions = BTreeSet::new();
        for name in keys {
            if PLANTED.iter().any(|planted| planted == name) {
                self.is_wrong(5, || format!("a key of somebody else's is removed: {name}"));
            }
            let cookies = self.browser.cookies.iter();
            match kept {
                Kept::Cookie => {
                    let named = cookies.filter(|cookie| &*cookie.name == name.as_str());
                    sessions.extend(named.filter_map(|cookie| cookie.value.session));
                }
                _ => {
                    let value = self.entries(page, slot, kept).get(name.as_str());
                    sessions.extend(value.and_then(|value| value.session));
                }
            }
        }
        // An asynchronous storage is read before it is changed: what comes between is lost.
        let is_slow = kept.is_custom();
        let is_writing = is_slow
            || self.account.calls.iter().any(|called| {
                let writes = matches!(called.what, What::Store(_) | What::Refresh);
                writes && (called.page, called.slot) == (page, slot) && !called.is_settled
            });
        for session in sessions {
            let is_own = self.sessions[session].client == client;
            if !is_own || !(self.may_end(session) || is_writing) {
                let tab = self.pages[page].tab;
                self.is_wrong(5, || {
                    format!("tab {tab} removes a key of session {session}, which nobody asked to end ({kept:?})")
                });
            }
            let lane = self.lane(page);
            self.note(lane, || Event::Removes { session, kept });
            let is_undone = self.account.calls.iter().any(|called| {
                let own = (called.page, called.slot) == (page, slot) && !called.is_settled;
                own && matches!(called.what, What::Store(_))
            });
            if !is_undone {
                self.account.removed.push((page, slot, session, self.now));
            }
            for called in &mut self.account.calls {
                let is_own = (called.page, called.slot) == (page, slot);
                let by_popup = called
                    .asked()
                    .is_some_and(|asked| asked.mode == HostedUiMode::Popup);
                called.is_cleared |= is_own && !by_popup && called.sessions.contains(&session);
            }
        }
        let is_refreshing = |called: &Called| {
            let own = (called.page, called.slot) == (page, slot) && !called.is_settled;
            (
                own && matches!(called.what, What::Refresh),
                own && matches!(called.what, What::Store(_)),
            )
        };
        let (mut refreshes, mut stores_one) = (false, false);
        for called in &self.account.calls {
            let (refresh, store) = is_refreshing(called);
            (refreshes, stores_one) = (refreshes || refresh, stores_one || store);
        }
        for (name, text) in entries {
            if refreshes
                && !stores_one
                && !(name.ends_with("Token")
                    || name.starts_with("oidc.")
                    || name.ends_with("AuthUserList"))
            {
                self.is_wrong(5, || format!("a refresh writes {name}"));
            }
            let owner = self.owner(text);
            let known = self.owner_at(page, slot, kept, name);
            if let (Some(before), Some(after)) = (known, owner)
                && before != after
                && !(is_slow || stores_one || self.may_end(before))
            {
                self.is_wrong(6, || {
                    format!("session {after} is written over session {before}, a newer sign-in")
                });
            }
            let is_foreign = owner.is_some_and(|session| self.sessions[session].client != client);
            if is_foreign || (owner.is_none() && text.contains(TOKEN)) {
                self.is_wrong(5, || format!("another client's token is written to {name}"));
            }
        }
    }

    /// A tab leaves for the hosted UI.
    pub fn account_leave(&mut self, page: usize, slot: usize) {
        let (tab, cookie) = (self.pages[page].tab, self.browser.hosted);
        let client = self.pages[page].slots[slot].client;
        self.account.left.insert((tab, client), cookie);
        self.account.leaves.entry(tab).or_default().push(client);
        let mut calls = self.account.calls.iter();
        let may_leave =
            |asked: &Asked| matches!(asked.mode, HostedUiMode::Auto | HostedUiMode::Redirect);
        let by_retry = |called: &Called| {
            let leaves = |asked: &Asked| asked.is_retry && may_leave(asked);
            (called.page, called.slot) == (page, slot)
                && !called.is_settled
                && called.asked().is_some_and(leaves)
        };
        // A page that leaves for a first call leaves by that.
        let by_call = |called: &Called| {
            let leaves = |asked: &Asked| !asked.is_retry && may_leave(asked);
            (called.page, called.slot) == (page, slot)
                && !called.is_settled
                && called.asked().is_some_and(leaves)
        };
        if calls.any(by_retry) && !self.account.calls.iter().any(by_call) {
            let now = self.wall_here();
            let client = self.pages[page].slots[slot].client;
            self.account.retry_left.insert((tab, client), now);
        }
    }

    pub fn account_send(&mut self, page: usize, slot: usize, id: EffectId, request: &Request) {
        let target = request.target;
        if request.url != ENDPOINT {
            return self.is_wrong(8, || format!("{target} goes to {}", request.url));
        }
        let Some(session) = self.session_in(&request.body) else {
            return self.is_wrong(8, || format!("{target} carries a token that is nobody's"));
        };
        let token = self.token_in(&request.body);
        if target == "RevokeToken" {
            self.account.revoking.insert((page, token.clone()));
        }
        self.account
            .flights
            .insert((page, slot, id), (target, session, token));
        let client = self.pages[page].slots[slot].client;
        if self.sessions[session].client != client {
            return self.is_wrong(5, || format!("{target} carries another client's token"));
        }
        let mine = |called: &&Called| (called.page, called.slot) == (page, slot);
        let calls = self.account.calls.iter().filter(mine);
        let refreshes = calls
            .clone()
            .filter(|called| matches!(called.what, What::Refresh));
        let is_refresh = matches!(target, "GetTokensFromRefreshToken" | "InitiateAuth");
        let by_hand = self.account.by_hand.contains(&session);
        let is_asked = self.may_end(session)
            || by_hand
            // A clear that failed is done again, with what is there then.
            || (self.setup.kept.is_custom() && calls.clone().any(|called| called.is_failed))
            // A sign-in while an asynchronous storage is cleared may be read with the rest.
            || (self.setup.kept.is_custom()
                && calls.clone().any(|called| called.asked().is_some() && !called.is_settled))
            || (is_refresh && refreshes.clone().any(|called| !called.is_settled));
        if !is_asked {
            return self.is_wrong(5, || {
                format!("{target} is sent for session {session}, which nobody asked to end")
            });
        }
        let is_of = |called: &&Called| {
            let all = [&called.sessions, &called.read, &called.joined];
            all.iter().any(|sessions| sessions.contains(&session))
        };
        let own = calls.clone().filter(is_of).count();
        let back = self.written_back(session).len();
        let onlines = self
            .account
            .onlines
            .get(&(page, slot))
            .copied()
            .unwrap_or(0);
        let limit = (own * 4 + refreshes.count() * 2 + back * 3 + usize::from(by_hand) * 2 + 3)
            as u32
            + onlines * 3 * own as u32;
        let is_hidden = self.account.hiding == Some(page);
        // Where a write finds the storage full, what was there is put back.
        let is_back = self.was_written_back(session)
            || self.has_come_back(session)
            || self.setup.faults.full > 0
            || self.halves_cookies();
        if target == "GlobalSignOut" {
            self.account.global.insert((page, session), false);
        }
        let is_custom = self.setup.kept.is_custom();
        if target == "RevokeToken" && !by_hand && !is_hidden && !is_back && !is_custom {
            let token = self.token_in(&request.body);
            let asking = self.account.calls.iter().filter(|called| {
                let is_new = called.asked().is_some_and(|asked| !asked.is_retry);
                // What `online` sends may be answered late, and `retry()` sends it again.
                let online = called.asked().is_some_and(|asked| asked.online);
                (is_new || online) && called.page == page && called.sessions.contains(&session)
            });
            // One retry's popup is open while another retry sends what both have to.
            let popups = self.account.calls.iter().filter(|called| {
                let by_popup = |asked: &Asked| asked.is_retry && asked.mode == HostedUiMode::Popup;
                called.page == page && called.asked().is_some_and(by_popup)
            });
            let is_again = asking.count() < 2 && popups.count() == 0;
            if is_again && self.account.dead.contains_key(&(page, token)) {
                return self.is_wrong(8, || {
                    format!("RevokeToken is sent for session {session}, and an answer had said that it is dead")
                });
            }
            let is_first = !self.account.sent.contains_key(&(page, target, session));
            let is_open = self.account.global.get(&(page, session)) == Some(&false);
            let mut waiting = self
                .account
                .calls
                .iter()
                .filter(|called| !called.is_settled);
            // Of a session that is stored in two layouts with two tokens, the second is sent at once.
            let is_single = |called: &Called| {
                let family = self.sessions[session].refresh.iter();
                family.filter(|it| called.tokens.contains(*it)).count() < 2
            };
            let waits = waiting.any(|called| {
                let asked = called.asked();
                called.page == page
                    && is_single(called)
                    && called.sessions.contains(&session)
                    && asked.is_some_and(|asked| asked.global && asked.timeout_ms > 0.0)
            });
            if is_first && is_open && waits {
                return self.is_wrong(8, || {
                    format!(
                        "RevokeToken is sent for session {session} before GlobalSignOut is through"
                    )
                });
            }
        }
        let count = self
            .account
            .sent
            .entry((page, target, session))
            .or_default();
        *count += 1;
        if *count > limit {
            let count = *count;
            self.is_wrong(8, || {
                format!("{target} is sent {count} times for session {session}; {limit} are enough")
            });
        }
    }

    /// An answer reaches a page.
    pub fn account_input(&mut self, page: usize, slot: usize, input: &Input) {
        let now = self.now;
        match input {
            Input::Online => {
                *self.account.onlines.entry((page, slot)).or_default() += 1;
                self.account.online_at.insert((page, slot), now);
            }
            Input::Answered(id, Ok(response)) => {
                let Some((target, session, token)) =
                    self.account.flights.remove(&(page, slot, *id))
                else {
                    return;
                };
                let is_json = response.body.is_empty() || response.body.starts_with('{');
                let is_ok = response.status == 200 && is_json;
                let is_dead = target == "RevokeToken" && says_dead(&response.body);
                let is_throttled = response.body.contains("TooManyRequests")
                    || response.body.contains("Rate exceeded");
                let is_final = response.status < 500 && is_json && !is_throttled;
                // It may need a refresh, which may fail for good.
                let is_refused = target != "RevokeToken" && response.status != 200;
                if is_final && (target == "GlobalSignOut" || is_refused) {
                    self.account.global.insert((page, session), true);
                }
                if is_ok || is_dead {
                    if target == "RevokeToken" {
                        self.account.dead.entry((page, token)).or_insert(now);
                    }
                    self.account
                        .learnt
                        .entry((page, target, session))
                        .or_insert(now);
                }
            }
            _ => {}
        }
    }

    /// Whether keys of a session were removed after its sign-out had settled.
    fn has_come_back(&self, session: usize) -> bool {
        let settled = |ended: &(f64, usize)| {
            let mut removed = self.account.removed.iter();
            removed.any(|removed| removed.2 == session && removed.3 > ended.0)
        };
        self.account.ended.get(&session).is_some_and(settled)
    }

    /// `pagehide` begins.
    pub fn account_hides(&mut self, page: usize) {
        self.account.hiding = Some(page);
    }

    /// `pagehide` is over: what was unsent has been sent, for nothing can be sent later.
    pub fn check_sent(&mut self, page: usize) {
        self.account.hiding = None;
        if !self.setup.revocation || !self.setup.pool_revokes || self.setup.kept.is_custom() {
            return;
        }
        for index in 0..self.account.calls.len() {
            let called = &self.account.calls[index];
            let is_due = called.page == page && called.asked().is_some() && called.is_cleared;
            if !is_due || called.is_failed || called.is_aborted || self.account.any_aborted(page) {
                continue;
            }
            let call = called.call;
            for session in called.sessions.clone() {
                let is_held = self.account.calls[index].refreshable.contains(&session);
                let is_sent = |token: &String| {
                    let mut newer = self.newer_than(session, token);
                    newer.any(|it| self.account.revoking.contains(&(page, it.clone())))
                };
                // Nobody waits for the revocation of what was written back.
                let is_back = self.was_written_back(session) || self.has_come_back(session);
                let any_sent = is_back
                    && self
                        .account
                        .sent
                        .contains_key(&(page, "RevokeToken", session));
                if is_held && !any_sent && !self.alive_for(index, session).all(is_sent) {
                    self.is_wrong(9, || {
                        format!("the page of call {call} goes, and nothing was sent for session {session}")
                    });
                }
            }
        }
    }

    /// Cognito has ended all sessions of a user.
    pub fn account_global(&mut self, user: usize) {
        self.account.global_at.insert(user, self.now);
    }

    pub fn account_tell(
        &mut self,
        page: usize,
        slot: usize,
        clients: &[ClientId],
        event: SignedOutEvent,
    ) {
        let lane = self.lane(page);
        let reason = event.reason;
        self.note(lane, || Event::Hears(reason));
        let is_own = event.reason == SignedOutReason::SignOut;
        let it = &self.pages[page].slots[slot];
        let client = it.client;
        if !is_own && clients.iter().any(|client| !it.clients.contains(client)) {
            self.is_wrong(7, || {
                "a client that was disposed of is told of another tab".into()
            });
        }
        let told = self.account.told.entry((page, slot)).or_default();
        told[usize::from(!is_own)] += 1;
        let told = *told;
        let (mut own, mut others, mut failed) = (0, BTreeSet::<usize>::new(), 0);
        for called in &self.account.calls {
            let Some(asked) = called.asked() else {
                continue;
            };
            if (called.page, called.slot) == (page, slot) {
                // A page that comes back may leave once more for the sign-out of the page before.
                own += u32::from(!asked.is_retry || called.sessions.is_empty());
            } else if called.page != page
                && self.pages[called.page].slots[called.slot].client == client
            {
                others.extend(called.sessions.union(&called.read));
                // What it could not remove is signed out again.
                failed += u32::from(called.is_failed);
            }
        }
        // What an asynchronous storage holds by halves looks like sessions of its own.
        let is_sure = !self.setup.kept.is_custom();
        let is_alone = others.is_empty() && failed == 0;
        let is_unheard = told[1] > others.len() as u32 + failed;
        if (is_sure && told[0] > own) || ((is_sure || is_alone) && is_unheard) {
            self.is_wrong(7, || {
                format!(
                    "the listeners were told {} times of {own} sign-outs here, and {} times of {} elsewhere",
                    told[0],
                    told[1],
                    others.len()
                )
            });
        }
    }

    // ---- what callers are told

    /// A call settles; its app sees that when the engine has done all that it does in this task.
    pub fn account_settle(&mut self, call: CallId, reply: Reply) {
        self.account.settling.push((call, reply));
    }

    fn settled(&mut self, page: usize, slot: usize, call: CallId, reply: &Reply) {
        let own = |called: &Called| (called.page, called.slot, called.call) == (page, slot, call);
        let Some(index) = self.account.calls.iter().rposition(own) else {
            return self.is_wrong(1, || format!("call {call} was never made, and settles"));
        };
        if std::mem::replace(&mut self.account.calls[index].is_settled, true) {
            return self.is_wrong(1, || format!("call {call} settles twice"));
        }
        self.account.calls[index].settled_at = self.now;
        let lane = self.lane(page);
        if self.story.is_some() {
            let event = self.settles(index, reply);
            self.note(lane, || event);
        }
        self.check_bound(index);
        if let Reply::Failed(error) = reply {
            self.no_token(&format!("{error} {error:?}"), "an error");
        }
        match (reply, &self.account.calls[index].what) {
            (Reply::SignedOut(outcome), _) => {
                let outcome = outcome.clone();
                self.check_outcome(index, &outcome);
            }
            (Reply::Returned(Some(returned)), _) => {
                let text = returned.result.to_text();
                self.no_token(&text, "a result that was kept");
                let it = &self.pages[page];
                let key = (it.tab, it.slots[slot].client);
                let cookie = self.account.left.remove(&key).flatten();
                let cookie = cookie.filter(|cookie| self.browser.hosted == Some(*cookie));
                let lives = cookie.is_some_and(|it| self.cognito.hosted_is_alive(self.wall(), it));
                // Without the Navigation API a typed redirect URL looks like a return (docs/engines.md).
                let lives = lives && self.setup.tells_navigations;
                if lives && text.contains("\"status\":\"complete\"") {
                    self.is_wrong(2, || "complete, and the hosted UI's session lives".into());
                }
                let tab = self.pages[page].tab;
                let is_doubted = text.contains("redirectNotCompleted")
                    || text.contains("unconfirmed\",\"message");
                let client = self.pages[page].slots[slot].client;
                if self.account.came_back.get(&tab) == Some(&client)
                    && is_doubted
                    && text.contains("\"hostedUIError\"")
                {
                    self.is_wrong(3, || {
                        "the page came back from the hosted UI, and the result doubts it".into()
                    });
                }
                // A page that is shown again hands out what it did before.
                let is_new = |retry: RetryId| self.account.handed_out.insert((page, slot, retry));
                let is_offered = returned.retry.is_some_and(is_new);
                self.check_loop(page, slot, is_offered);
                if let Some(retry) = returned.retry {
                    // It leaves once more, and nothing else.
                    let asked = Asked {
                        mode: HostedUiMode::Redirect,
                        global: false,
                        forget_device: false,
                        timeout_ms: 5000.0,
                        is_retry: true,
                        online: false,
                        signal: None,
                        navigate: None,
                    };
                    self.account.calls[index].what = What::SignOut(asked);
                    // Whatever the page shows, it follows nobody.
                    self.account.calls[index].shown = None;
                    self.offer(page, slot, retry, index);
                    self.take_returned(page, slot, retry);
                }
                self.check_places(page, slot);
            }
            (Reply::Failed(error), What::Refresh) if error.code == AuthErrorCode::Storage => {
                let halves = self.present(page, slot);
                self.account.halves.extend(halves);
            }
            (Reply::Failed(error), What::Store(_)) => {
                self.account.calls[index].is_failed = true;
                let before = self.account.before.remove(&call).unwrap_or_default();
                let is_whole =
                    error.code != AuthErrorCode::Storage || before == self.stored(page, slot);
                if !is_whole
                    && !before
                        .iter()
                        .any(|it| it.1.session.is_some_and(|it| self.may_end(it)))
                {
                    self.is_wrong(5, || {
                        format!("call {call} stores nothing, and changes what was there")
                    });
                }
            }
            (Reply::Done, What::Store(session)) => {
                let loaded = (*session, self.now);
                self.account.loaded.insert((page, slot), loaded);
            }
            (reply, What::Open | What::Load | What::Take | What::Refresh) => {
                if let Reply::Tokens(Some(tokens)) = reply
                    && let Some(session) = self.owner(tokens.access_token.expose())
                {
                    self.account
                        .loaded
                        .insert((page, slot), (session, self.now));
                }
                self.check_places(page, slot);
            }
            _ => {}
        }
    }

    /// Whether what failed may succeed by `retry()`: in so short a time nothing may.
    fn may_succeed(asked: &Asked, outcome: &Outcome) -> bool {
        let errors = [
            outcome.revoke_token_error.as_ref().map(|it| &it.error),
            outcome.global_sign_out_error.as_ref().map(|it| &it.error),
            outcome.hosted_ui_error.as_ref().map(|it| &it.error),
            outcome.forget_device_error.as_ref().map(|it| &it.error),
        ];
        asked.timeout_ms != 300.0 && errors.into_iter().flatten().any(|error| error.retryable)
    }

    fn offer(&mut self, page: usize, slot: usize, retry: RetryId, called: usize) {
        let same =
            |offer: &&mut Offer| (offer.page, offer.slot, offer.retry) == (page, slot, retry);
        if let Some(known) = self.account.offers.iter_mut().find(same) {
            known.holders += 1;
            return;
        }
        self.account.offers.push(Offer {
            page,
            slot,
            retry,
            called,
            holders: 1,
        });
    }

    /// Whether a session was ended so long ago that each page knows it.
    fn has_ended(&self, session: usize) -> bool {
        let spread = self.setup.spread_ms as f64 + 200.0;
        let Some((at, page)) = self.account.ended.get(&session) else {
            return false;
        };
        // Two tabs that write the record at once: one entry is lost until its tab hears of the other one.
        let mut others = self.account.ended.values();
        let is_crossed = others.any(|other| other.1 != *page && (other.0 - at).abs() <= spread);
        let is_told = self.setup.faults.lost_event == 0 && self.now - at > 2.0 * spread;
        // The page after a redirect may write before it sees what the page before wrote. The record has no
        // room for forty.
        let is_seen = self.setup.faults.lost_event == 0 || self.setup.spread_ms < 500;
        let is_kept = self.account.crashed_at.is_none() && !self.setup.crowd && is_seen;
        is_kept && (!is_crossed || is_told) && self.now - at > spread
    }

    /// Half of a session may be all that cookies have room for, or that can be written beside those of
    /// the domain.
    fn halves_cookies(&self) -> bool {
        let beside = self.sessions.iter().any(|session| session.of_domain);
        self.setup.kept == Kept::Cookie && (self.setup.faults.full > 0 || beside)
    }

    /// Another tab ended a session before it saw all of it: the refresh token comes alone, and does not
    /// tell whose it is.
    fn is_torn(&self, session: usize) -> bool {
        let born = self.sessions[session].born;
        let seen = born..=born + self.setup.spread_ms as f64 + 5.0;
        let mut calls = self.account.calls.iter();
        calls.any(|called| {
            let is_half = !called.refreshable.contains(&session);
            is_half && called.sessions.contains(&session) && seen.contains(&called.at)
        })
    }

    /// After a `retry()` that left the page there is none for ten minutes: apps that call it on load would loop.
    fn check_loop(&mut self, page: usize, slot: usize, is_offered: bool) {
        let it = &self.pages[page];
        let (tab, client) = (it.tab, it.slots[slot].client);
        let left = self.account.retry_left.get(&(tab, client));
        let is_fresh = left.is_some_and(|at| (self.wall_here() - at).abs() < 590_000.0);
        if is_offered && is_fresh {
            self.is_wrong(9, || {
                format!("tab {tab} has left by retry(), and is offered it again")
            });
        }
    }

    /// A page that the hosted UI sent back shows in a tab, or another one.
    pub fn account_return(&mut self, tab: usize, is_return: bool) {
        let leaves = self.account.leaves.remove(&tab);
        match leaves.as_deref() {
            Some([client]) if is_return => self.account.came_back.insert(tab, *client),
            _ => self.account.came_back.remove(&tab),
        };
    }

    /// No place that a page reads holds a token of a session that the record has as ended.
    fn check_places(&mut self, page: usize, slot: usize) {
        if self.setup.sticky {
            return;
        }
        let mark = self.mark(page, slot);
        for kept in stores(self.setup.kept) {
            if kept.is_custom() {
                continue;
            }
            let found = self.present_in(page, slot, kept);
            let ended = |session: &usize| {
                // Without `origin_jti` half a session does not tell whose it is, for a moment.
                let is_ended =
                    self.setup.pool_revokes && mark.has_ended(self.sessions[*session].id);
                (is_ended || self.has_ended(*session)) && !self.is_torn(*session)
            };
            let (ended, live): (BTreeSet<usize>, _) = found.into_iter().partition(ended);
            for session in ended {
                if kept != Kept::Cookie || !self.is_beside(session, &live) {
                    self.is_wrong(4, || {
                        format!("session {session} was ended, and is stored ({kept:?})")
                    });
                }
            }
        }
    }

    /// A cookie is removed by its name: each one of this session has the name of one of these.
    fn is_beside(&self, session: usize, live: &BTreeSet<usize>) -> bool {
        let cookies = &self.browser.cookies;
        let is_shared = |name: &str| {
            let mut same = cookies.iter().filter(|cookie| &*cookie.name == name);
            same.any(|cookie| cookie.value.session.is_some_and(|it| live.contains(&it)))
        };
        let mut own = cookies
            .iter()
            .filter(|cookie| cookie.value.session == Some(session));
        own.all(|cookie| is_shared(&cookie.name))
    }

    fn check_bound(&mut self, index: usize) {
        let called = &self.account.calls[index];
        let left_after = self.account.left_after(called);
        let bound = self.bound(&called.what, called.joins, left_after);
        let took = self.pages[called.page].awake_at(self.now) - called.awake;
        if took > bound {
            let (call, what) = (called.call, called.what.clone());
            self.is_wrong(1, || {
                format!("call {call} takes {took:.0} ms of {bound:.0}: {what}")
            });
        }
    }

    /// Each call settles within its bound, as long as its page runs.
    pub fn check_bounds(&mut self) {
        for index in 0..self.account.calls.len() {
            let called = &self.account.calls[index];
            if !called.is_settled && self.pages[called.page].state == State::Active {
                self.check_bound(index);
            }
        }
    }

    fn check_outcome(&mut self, index: usize, outcome: &Outcome) {
        let called = &self.account.calls[index];
        let (page, slot, call) = (called.page, called.slot, called.call);
        let Some(asked) = called.asked().cloned() else {
            return;
        };
        let mut sessions = called.sessions.clone();
        let mut all = sessions.clone();
        if asked.mode == HostedUiMode::Popup && !asked.is_retry {
            // It ends what is there when the popup ends.
            let before = called.removed;
            let removed = self.account.removed.iter().skip(before);
            let removed =
                removed.filter(|it| (it.0, it.1) == (page, slot) && !self.by_refresh(page, it.3));
            sessions = removed.map(|it| it.2).collect();
            // What a call without a popup ended meanwhile, that one has told of.
            all = sessions.clone();
            for (other, called) in self.account.calls.iter().enumerate() {
                let is_here = (called.page, called.slot) == (page, slot);
                if other != index && (is_here || called.page != page) {
                    sessions = &sessions - &called.sessions;
                }
            }
            self.account.calls[index].sessions = sessions.clone();
            // A session that was not ended before is a new sign-in.
            if sessions
                .iter()
                .any(|it| !self.account.ended.contains_key(it))
            {
                let it = &self.pages[page];
                let key = (it.tab, it.slots[slot].client);
                self.account.retry_left.remove(&key);
            }
        }
        // Who retries looks at `retryable`, or calls once and sees that nothing has changed.
        let is_worth_it = !asked.is_retry || World::may_succeed(&asked, outcome);
        match outcome.retry {
            Some(retry) if is_worth_it => self.offer(page, slot, retry, index),
            Some(retry) => self.after(0.0, move |world| {
                if world.pages[page].state != State::Gone {
                    world.deliver(page, slot, Input::RetryForgotten(retry));
                }
            }),
            None => {}
        }
        let json = outcome.json().to_text();
        self.no_token(&json, "a result as JSON");
        if let Some(error) = &outcome.revoke_token_error {
            let tokens = error.refresh_token.iter().chain(&error.others);
            let named = tokens.map(|token| token.expose().to_owned());
            self.account.named.extend(named);
            self.account.calls[index].is_held_back = matches!(
                error.error.code,
                AuthErrorCode::Deferred | AuthErrorCode::Aborted
            );
        }
        match outcome.tag {
            Status::Failed => self.check_failed(index, outcome),
            Status::Complete => self.check_complete(index, &asked, &sessions, outcome),
            Status::Partial => {
                let has_error = outcome.revoke_token_error.is_some()
                    || outcome.global_sign_out_error.is_some()
                    || outcome.hosted_ui_error.is_some()
                    || outcome.forget_device_error.is_some();
                if !has_error {
                    self.is_wrong(3, || format!("call {call} is partial without an error"));
                }
            }
        }
        let tab = self.pages[page].tab;
        let hosted = outcome.hosted_ui_error.as_ref();
        if asked.is_retry
            && hosted.is_some_and(|hosted| hosted.error.code == AuthErrorCode::Navigation)
        {
            let client = self.pages[page].slots[slot].client;
            self.account.retry_left.remove(&(tab, client));
        }
        // One that stays leaves by no `retry()`.
        let leaves = matches!(asked.mode, HostedUiMode::Auto | HostedUiMode::Redirect);
        self.check_loop(page, slot, leaves && outcome.retry.is_some());
        if outcome.tag != Status::Failed {
            self.check_named(index, &asked, &all, outcome);
            self.check_steps(index, &sessions, outcome);
            let now = self.now;
            // With a popup, some of them may be older ones that another tab's GlobalSignOut has ended.
            let by_popup = asked.mode == HostedUiMode::Popup;
            for session in sessions {
                let known = &self.sessions[session];
                let global = self.account.global_at.get(&known.user);
                if !by_popup || global.is_none_or(|ended| known.born > *ended) {
                    self.account.ended.entry(session).or_insert((now, page));
                }
            }
        }
        if self.is_calm && outcome.tag != Status::Complete && !asked.is_retry {
            let said = outcome.tag.as_str();
            self.is_wrong(3, || {
                format!("call {call}: nothing went wrong, and it is {said}")
            });
        }
    }

    /// The steps say what is not done, and why.
    fn check_steps(&mut self, index: usize, sessions: &BTreeSet<usize>, outcome: &Outcome) {
        let called = &self.account.calls[index];
        let (page, slot, call) = (called.page, called.slot, called.call);
        let asked = called.asked();
        let by_popup = |asked: &Asked| asked.is_retry || asked.mode == HostedUiMode::Popup;
        if asked.is_some_and(by_popup) || called.joins || self.setup.kept.is_custom() {
            return;
        }
        let reason = |name: StepName| {
            let step = outcome.steps.iter().find(|step| step.step == name)?;
            step.reason.as_deref()
        };
        // Another tab may have removed its refresh token before the rest.
        let mut others = self.account.calls.iter();
        let is_shared = others.any(|it| it.page != page && it.sessions.is_superset(sessions));
        let is_single = sessions.len() == 1 && !is_shared;
        let is_implicit = called.tokens.is_empty() && is_single && outcome.was_signed_in;
        if is_implicit && self.setup.revocation && reason(StepName::RevokeToken).is_none() {
            return self.is_wrong(2, || {
                format!("call {call} does not say why nothing is revoked")
            });
        }
        if sessions.is_empty() && !outcome.was_signed_in && outcome.tag == Status::Complete {
            let other = CLIENTS[1 - self.pages[page].slots[slot].client];
            let is_there = called.shows_other;
            if is_there && !reason(StepName::Clear).is_some_and(|reason| reason.contains(other)) {
                self.is_wrong(2, || {
                    format!("call {call} has no word of another client's session")
                });
            }
        }
    }

    /// An asynchronous storage may have held a new session by halves.
    fn may_be_torn(&self, index: usize) -> bool {
        let at = self.account.calls[index].asked_at;
        let is_new = |session: &SignedIn| session.born > at - 7000.0;
        // A frozen page stores a sign-in only when it runs again.
        let mut calls = self.account.calls.iter();
        let is_stored = calls.any(|called| {
            let is_over = called.is_settled && called.settled_at < at - 7000.0;
            matches!(called.what, What::Store(_)) && !is_over
        });
        // Nor does another page remove all keys of a session at once.
        let called = &self.account.calls[index];
        let is_shared = self.account.removed.iter().any(|removed| {
            let other = removed.0 != called.page && removed.3 > at - 7000.0;
            other && called.sessions.contains(&removed.2)
        });
        let is_changed = self
            .account
            .changed_at
            .is_some_and(|changed| changed > at - 7000.0);
        self.setup.kept.is_custom()
            && (is_changed || is_stored || is_shared || self.sessions.iter().any(is_new))
    }

    /// An asynchronous storage that never fails holds, whole, the sessions that a call found there:
    /// nobody has removed or refreshed any of them. `may_be_torn` knows of what was written.
    fn is_at_rest(&self, index: usize) -> bool {
        let (faults, called) = (self.setup.faults, &self.account.calls[index]);
        let is_touched = |session: &usize| {
            let mut removed = self.account.removed.iter();
            removed.any(|removed| removed.2 == *session)
        };
        let mut calls = self.account.calls.iter();
        let refreshes = calls.any(|other| {
            let is_over = other.is_settled && other.settled_at < called.asked_at;
            matches!(other.what, What::Refresh) && !is_over
        });
        faults.storage_rejects == 0
            && faults.storage_hangs == 0
            && !refreshes
            && !called.sessions.iter().any(is_touched)
    }

    /// A refresh that can't store its tokens puts back what was there.
    fn by_refresh(&self, page: usize, at: f64) -> bool {
        let mut calls = self.account.calls.iter();
        calls.any(|it| matches!(it.what, What::Refresh) && it.page == page && it.settled_at == at)
    }

    fn check_failed(&mut self, index: usize, outcome: &Outcome) {
        let code = outcome.error.as_ref().map(|error| error.code);
        let called = &mut self.account.calls[index];
        called.is_failed = true;
        let mode = called.asked().map(|asked| asked.mode);
        let has_cause = match code {
            Some(AuthErrorCode::Aborted) => called.is_aborted,
            Some(AuthErrorCode::UserCancelled) => mode == Some(HostedUiMode::Popup),
            Some(AuthErrorCode::Storage) => self.setup.kept.is_custom() || self.setup.sticky,
            Some(AuthErrorCode::Configuration) => !self.setup.hosted_ui,
            _ => false,
        };
        if !has_cause {
            let call = called.call;
            return self.is_wrong(10, || {
                format!("call {call} fails with {code:?} for no cause")
            });
        }
        if code == Some(AuthErrorCode::Storage) || self.setup.kept.is_custom() {
            return;
        }
        let (page, slot, call, before) = (called.page, called.slot, called.call, called.removed);
        let by_another = |session: usize| {
            self.account
                .calls
                .iter()
                .enumerate()
                .any(|(other, called)| {
                    other != index && !called.is_failed && called.sessions.contains(&session)
                })
        };
        let sessions = &self.account.calls[index].sessions;
        // Another tab's GlobalSignOut ended the user's older sessions here too.
        let by_global = |session: usize| {
            let known = &self.sessions[session];
            let ended = self.account.global_at.get(&known.user);
            ended.is_some_and(|ended| known.born <= *ended)
        };
        let removed = self.account.removed.iter().skip(before).find(|removed| {
            (removed.0, removed.1) == (page, slot)
                && sessions.contains(&removed.2)
                && !by_another(removed.2)
                && !by_global(removed.2)
                && !self.by_refresh(page, removed.3)
        });
        if let Some(removed) = removed {
            let session = removed.2;
            self.is_wrong(10, || {
                format!("call {call} failed ({code:?}), and session {session} was removed")
            });
        }
    }

    fn check_complete(
        &mut self,
        index: usize,
        asked: &Asked,
        sessions: &BTreeSet<usize>,
        outcome: &Outcome,
    ) {
        let called = &self.account.calls[index];
        if self.may_be_torn(index) {
            return;
        }
        let (page, slot, call, at, cookie) = (
            called.page,
            called.slot,
            called.call,
            called.asked_at,
            called.cookie,
        );
        let (shows_hosted, shows_device) = (called.shows_hosted, called.shows_device);
        let client = self.pages[page].slots[slot].client;
        let mut due: BTreeSet<usize> = sessions.clone();
        // One that found nothing followed another sign-out of the session that the page showed.
        let by_popup = asked.mode == HostedUiMode::Popup;
        let found_none = sessions.is_empty() && outcome.was_signed_in;
        if found_none && !by_popup && !self.setup.kept.is_custom() {
            let elsewhere = |shown: &usize| {
                let mut calls = self.account.calls.iter();
                let ends = |other: &Called| other.is_cleared || other.is_settled;
                calls.any(|other| {
                    other.page != page && ends(other) && other.sessions.contains(shown)
                })
            };
            due.extend(called.shown.filter(elsewhere));
        }
        let is_custom = self.setup.kept.is_custom();
        // An older session that GlobalSignOut has ended is a leftover.
        let by_global = |session: &usize| {
            let global = self.account.global_at.get(&self.sessions[*session].user);
            global.is_some_and(|ended| self.sessions[*session].born <= *ended && *ended < at)
        };
        let is_left_over = by_popup && sessions.iter().all(by_global);
        let is_told = outcome.was_signed_in || is_left_over;
        let is_sure = !is_custom || self.is_at_rest(index);
        if !sessions.is_empty() && !is_told && !asked.is_retry && is_sure {
            self.is_wrong(2, || format!("call {call} says that nobody was signed in"));
        }
        let called = &self.account.calls[index];
        let unseen =
            |session: &usize| sessions.contains(session) && !called.refreshable.contains(session);
        // A page can't remove a cookie without one of the same name that a live session has.
        let mut left = self.present(page, slot);
        left.retain(|it| !self.is_torn(*it));
        if self.setup.kept == Kept::Cookie {
            let live = &left - sessions;
            left.retain(|it| !self.is_beside(*it, &live));
            due.retain(|it| !self.is_beside(*it, &live));
        }
        let due: Vec<usize> = due.iter().filter(|it| !unseen(it)).copied().collect();
        let was_here = outcome.was_signed_in || is_sure;
        for session in due.iter().filter(|_| was_here) {
            if self.setup.revocation && self.is_alive_for(index, *session) {
                self.is_wrong(2, || {
                    format!("call {call} is complete, and session {session} can be refreshed")
                });
            }
        }
        let sessions_then = if was_here {
            sessions.clone()
        } else {
            BTreeSet::new()
        };
        let users: BTreeSet<usize> = sessions_then
            .iter()
            .map(|it| self.sessions[*it].user)
            .collect();
        // Another user may have become the current one while a popup was open.
        let called = &self.account.calls[index];
        let is_other = |it: &usize| !users.contains(&self.sessions[*it].user);
        let has_changed = called.read.union(&called.joined).any(is_other);
        if asked.global && users.len() == 1 && !has_changed {
            let user = users.first().copied().unwrap_or(0);
            // Cognito's clock shows seconds: a moment after another GlobalSignOut, nobody can tell.
            let ended = self.account.global_at.get(&user).copied();
            let is_near = |born: f64| ended.is_some_and(|at| (at..at + 1000.0).contains(&born));
            // The GlobalSignOut of the call that it joined is its own.
            let mut calls = self.account.calls.iter();
            let joined = calls.find(|it| {
                let is_open = !it.is_settled || it.settled_at >= at;
                (it.page, it.slot) == (page, slot) && it.asked().is_some() && is_open
            });
            let at = joined.map_or(at, |joined| joined.at.min(at));
            for session in 0..self.sessions.len() {
                let known = &self.sessions[session];
                let is_older = known.born < at && !is_near(known.born);
                if known.user == user && is_older && self.is_alive(session) {
                    self.is_wrong(2, || {
                        format!(
                            "call {call} is complete and global, and session {session} of {} lives",
                            name_of(user)
                        )
                    });
                }
            }
        }
        if !self.setup.kept.is_custom()
            && let Some(session) = left.intersection(sessions).next().copied()
        {
            self.is_wrong(2, || {
                format!("call {call} is complete, and session {session} is stored")
            });
        }
        let spread = self.setup.spread_ms as f64 + 3000.0;
        let is_last = self
            .sessions
            .iter()
            .all(|session| session.born < at - spread);
        if !is_custom && !sessions.is_empty() && is_last && !asked.is_retry {
            let users: Vec<String> = sessions
                .iter()
                .map(|it| name_of(self.sessions[*it].user))
                .collect();
            let is_left = |name: &str| {
                let mut scopes = users.iter().map(|user| format!(".{user}.{}", LEFT_OVER[0]));
                let is_scope = scopes.any(|scope| name.ends_with(&scope));
                name.starts_with(LEFT_OVER[1]) || (is_scope && name.contains(CLIENTS[client]))
            };
            let left = stores(self.setup.kept)
                .into_iter()
                .find_map(|kept| match kept {
                    Kept::Cookie => {
                        let mut names = self.browser.cookies.iter().map(|cookie| &*cookie.name);
                        names.find(|name| is_left(name)).map(str::to_owned)
                    }
                    _ => {
                        let mut names = self.entries(page, slot, kept).keys();
                        names
                            .find(|name| is_left(name))
                            .map(|name| name.to_string())
                    }
                });
            if let Some(name) = left {
                self.is_wrong(2, || format!("call {call} is complete, and {name} is left"));
            }
        }
        // One that finds the tokens gone joins the sign-out that removed them.
        let called = &self.account.calls[index];
        let found_gone = sessions.is_empty() && outcome.was_signed_in && !asked.is_retry;
        let ended = if found_gone { &called.joined } else { sessions };
        let device = shows_device && ended.iter().any(|it| self.sessions[*it].device.is_some());
        if asked.forget_device && device && ended.len() == 1 && was_here {
            let session = ended.first().copied().unwrap_or(0);
            // With a popup, another tab may have removed the key first, and failed to forget the device.
            let elsewhere = by_popup
                && self.account.calls.iter().any(|it| {
                    let forgets = it.asked().is_some_and(|asked| asked.forget_device);
                    it.page != page && forgets && it.sessions.contains(&session)
                });
            if !elsewhere && !self.account.has_learnt("ForgetDevice", session) {
                self.is_wrong(2, || {
                    format!("call {call} is complete, and the device is remembered")
                });
            }
        }
        let hosted = shows_hosted
            && sessions
                .iter()
                .any(|it| self.sessions[*it].hosted.is_some());
        let leaves = match asked.mode {
            HostedUiMode::Auto => hosted && sessions.len() == 1,
            HostedUiMode::Redirect | HostedUiMode::Popup => true,
            _ => false,
        };
        // Another sign-in has another one, and nobody has this one any more.
        let cookie = cookie.filter(|cookie| self.browser.hosted == Some(*cookie));
        let lives = cookie.is_some_and(|it| self.cognito.hosted_is_alive(self.wall(), it));
        // A popup that was open already may have been there before the sign-in.
        let was_open = self.account.calls.iter().any(|other| {
            let by_popup = |asked: &Asked| asked.mode == HostedUiMode::Popup;
            let is_before = |it: &SignedIn| it.hosted.is_some() && other.at < it.born;
            other.asked().is_some_and(by_popup) && self.sessions.iter().any(is_before)
        });
        let lives = lives && !was_open;
        // A clear that failed may have taken the flags of the hosted UI.
        let has_failed = self.account.calls.iter().any(|it| it.is_failed);
        let is_known = match is_custom {
            true => outcome.was_signed_in && !has_failed,
            false => !self.halves_cookies(),
        };
        if leaves && lives && outcome.logout_url.is_none() && is_known {
            self.is_wrong(2, || {
                format!("call {call} is complete, and the hosted UI's session lives")
            });
        }
    }

    /// What no answer has told has an error, and what one has told has none.
    fn check_named(
        &mut self,
        index: usize,
        asked: &Asked,
        sessions: &BTreeSet<usize>,
        outcome: &Outcome,
    ) {
        let has_failed = self.account.calls.iter().any(|called| called.is_failed);
        let is_shared = |session: &usize| {
            let mut calls = self.account.calls.iter().enumerate();
            calls.any(|(other, called)| other != index && called.sessions.contains(session))
        };
        let is_unsure = has_failed || sessions.iter().any(is_shared);
        if self.may_be_torn(index) || (self.setup.kept.is_custom() && is_unsure) {
            return;
        }
        let called = &self.account.calls[index];
        let is_seen = sessions.is_subset(&called.refreshable);
        let by_hand = sessions
            .iter()
            .any(|session| self.account.by_hand.contains(session));
        if asked.is_retry || sessions.len() != 1 || !outcome.was_signed_in || !is_seen || by_hand {
            return;
        }
        let (page, call) = (called.page, called.call);
        let session = sessions.first().copied().unwrap_or(0);
        // What comes when the time is over already is late, though it comes at once with the end.
        let since = self.account.calls[index].asked_at;
        let before = |at: Option<&f64>| at.is_some_and(|at| (since..self.now).contains(at));
        // One that follows another one here knows what that one has put into the record.
        let mut others = self.account.calls.iter().enumerate();
        let follows = others.any(|(other, called)| {
            let is_open = !called.is_settled && called.asked().is_some();
            let is_other = other != index && called.page == page;
            // What `online` sends again is not awaited by who followed before.
            let is_again = called.asked().is_some_and(|asked| asked.online);
            let counts = is_open || is_again || called.at >= since || self.setup.kept.is_custom();
            let is_same = called.sessions.contains(&session) || called.read.contains(&session);
            is_other && counts && is_same
        });
        let told = |what| !follows && before(self.account.learnt.get(&(page, what, session)));
        let anyone = |what| self.account.has_learnt(what, session);
        let revoke = outcome.revoke_token_error.as_ref();
        let is_dead = |token: Option<&Secret>| {
            let known = token.map(|token| (page, token.expose().to_owned()));
            !follows && known.is_some_and(|known| before(self.account.dead.get(&known)))
        };
        // GlobalSignOut ends it all the same, without token revocation or for one who follows.
        let by_global = (follows || !self.setup.pool_revokes) && anyone("GlobalSignOut");
        // Another page's GlobalSignOut for the user ended it too, and the record says so.
        let user = self.sessions[session].user;
        let by_other = self.account.learnt.iter().any(|(learnt, at)| {
            let is_user = self.sessions[learnt.2].user == user;
            learnt.0 != page && learnt.1 == "GlobalSignOut" && is_user && *at > since
        });
        // What was written back after the answer is another token.
        let is_back = self.was_written_back(session);
        let is_half = self.halves_cookies();
        let is_alive = self.is_alive_for(index, session);
        let is_revoked = anyone("RevokeToken") && (is_back || is_half || !is_alive);
        let is_told = is_revoked || by_global || by_other;
        let wrong = if self.setup.revocation && revoke.is_none() && !is_told {
            Some("no answer said that the refresh token is revoked, and there is no error")
        } else if revoke.is_some_and(|error| is_dead(error.refresh_token.as_ref())) {
            Some("an answer said that the refresh token is revoked, and there is an error")
        } else if asked.global
            && outcome.global_sign_out_error.is_none()
            && !(anyone("GlobalSignOut") || by_other)
        {
            Some("no answer said that all sessions ended, and there is no error")
        } else if asked.global && outcome.global_sign_out_error.is_some() && told("GlobalSignOut") {
            Some("an answer said that all sessions ended, and there is an error")
        } else {
            None
        };
        if let Some(wrong) = wrong {
            self.is_wrong(3, || format!("call {call}: {wrong}"));
        }
    }

    // ---- the end

    /// All is well again, and everything that was asked for has come to its end.
    pub fn check_end(&mut self) {
        for index in 0..self.account.calls.len() {
            let called = &self.account.calls[index];
            let (page, call) = (called.page, called.call);
            if !called.is_settled && self.pages[page].state == State::Active {
                self.is_wrong(9, || format!("call {call} never settles"));
            }
        }
        self.check_dead();
        self.check_told();
        self.check_told_here();
        self.check_copies();
        for client in 0..CLIENTS.len() {
            if !self.browser.locks[client].is_empty() {
                self.is_wrong(9, || "a lock is held for ever".into());
            }
        }
        for page in 0..self.pages.len() {
            if self.pages[page].state != State::Active {
                continue;
            }
            for slot in 0..self.pages[page].slots.len() {
                let now = self.clock(page, slot);
                let it = &self.pages[page].slots[slot];
                let is_signing_out = it.engine.is_signing_out(&now);
                let mut calls = self.account.calls.iter();
                let holds_back = calls.any(|called| {
                    let own = (called.page, called.slot) == (page, slot);
                    let waits = called.asked().is_some_and(|asked| asked.online);
                    own && (waits
                        || called.is_failed
                        || called.is_held_back
                        || called.sessions.iter().any(|it| self.is_alive(*it)))
                });
                let is_over = it.clients.is_empty() && !holds_back;
                // A page that came back from the cache may have a result to hand out.
                let keeps = !it.disposed.is_empty() && !self.pages[page].was_cached;
                let holds = is_over && (it.listening != Listening::Off || keeps);
                let (timer, objects) = (it.timer.is_some(), it.objects.clone());
                let lane = self.pages[page].tab;
                if holds {
                    self.is_wrong(9, || {
                        format!("tab {lane} holds clients that were disposed of")
                    });
                }
                if is_signing_out {
                    self.is_wrong(9, || format!("tab {lane} is signing out for ever"));
                }
                if timer {
                    self.is_wrong(9, || {
                        format!("tab {lane} has a timer, and nothing is under way")
                    });
                }
                if !objects.is_empty() {
                    self.is_wrong(9, || {
                        format!("tab {lane} keeps objects of sign-outs that ended: {objects:?}")
                    });
                }
            }
        }
        for tab in 0..self.tabs.len() {
            let it = &self.tabs[tab];
            let opener = it
                .opener
                .filter(|opener| self.pages[opener.0].state == State::Active);
            if it.is_popup && it.is_open && !it.is_parted && opener.is_some() {
                self.is_wrong(9, || format!("the popup in tab {tab} stays open"));
            }
        }
    }

    /// Each session that was ended is dead, or somebody was given its token.
    fn check_dead(&mut self) {
        if !self.setup.revocation || !self.setup.pool_revokes || self.account.crashed_at.is_some() {
            return;
        }
        if self.setup.kept.is_custom() || self.halves_cookies() {
            return;
        }
        for index in 0..self.account.calls.len() {
            let called = &self.account.calls[index];
            let is_over = called.asked().is_some() && called.is_settled && !called.is_failed;
            if !is_over {
                continue;
            }
            let call = called.call;
            for session in called.sessions.clone() {
                // Nobody waits for the revocation of what was written back: a fault may take it.
                let is_back = |removed: &(usize, usize, usize, f64)| {
                    removed.2 == session && removed.3 > self.account.calls[index].settled_at
                };
                let came_back = self.account.removed.iter().any(is_back);
                if came_back || self.was_written_back(session) || self.is_torn(session) {
                    continue;
                }
                let is_named = |token: &String| {
                    let mut newer = self.newer_than(session, token);
                    newer.any(|it| self.account.named.contains(it))
                };
                if !self.alive_for(index, session).all(is_named) {
                    self.is_wrong(9, || {
                        format!("call {call} ended session {session}, whose token lives, and nobody was told")
                    });
                }
            }
        }
    }

    /// All is quiet, and no page has a session of its own that was ended.
    fn check_copies(&mut self) {
        if self.setup.faults.lost_event > 0
            || self.account.crashed_at.is_some()
            || self.setup.sticky
        {
            return;
        }
        for page in 0..self.pages.len() {
            let slots = self.pages[page].slots.len();
            for slot in 0..slots {
                let it = &self.pages[page];
                if it.state != State::Active || it.slots[slot].clients.is_empty() {
                    continue;
                }
                for kept in stores(self.setup.kept) {
                    if kept.is_custom() {
                        continue;
                    }
                    let found = self.present_in(page, slot, kept);
                    let is_live = |it: &&usize| !self.account.ended.contains_key(*it);
                    let live: BTreeSet<usize> = found.iter().filter(is_live).copied().collect();
                    for session in found {
                        if kept != Kept::Cookie || !self.is_beside(session, &live) {
                            self.check_copy(page, session, kept);
                        }
                    }
                }
            }
        }
    }

    fn check_copy(&mut self, page: usize, session: usize, kept: Kept) {
        let Some((ended, by)) = self.account.ended.get(&session).copied() else {
            return;
        };
        // What is written back later than that, the next call that looks removes.
        let mut back = self.written_back(session).into_iter();
        let is_late = back.any(|back| back.0 != page || by != page || back.1 > ended + 1900.0);
        // A refresh may store its tokens before its page has heard of the end.
        let seen = ended + self.setup.spread_ms as f64;
        let ends = |called: &&Called| called.sessions.contains(&session);
        let calls = self.account.calls.iter();
        let from = calls.clone().filter(ends).map(|called| called.at);
        let from = from.fold(ended, f64::min);
        let is_refreshed = calls.clone().any(|called| {
            let elsewhere = matches!(called.what, What::Refresh) && called.page != by;
            elsewhere && called.at <= seen && called.settled_at >= from
        });
        let is_new = self
            .account
            .calls
            .iter()
            .any(|called| called.main == Some(session) && called.at > ended);
        if !is_late && !is_new && !is_refreshed && !self.is_torn(session) {
            let tab = self.pages[page].tab;
            self.is_wrong(4, || {
                format!("tab {tab} keeps session {session}, which was ended ({kept:?})")
            });
        }
    }

    /// The browser is online again and nothing fails: what callers wanted sent again then is done
    /// without a `retry()`.
    pub fn check_online(&mut self, since: f64) {
        let revokes = self.setup.revocation && self.setup.pool_revokes;
        if !revokes || self.setup.kept.is_custom() {
            return;
        }
        for index in 0..self.account.calls.len() {
            let called = &self.account.calls[index];
            let (page, call, at) = (called.page, called.call, called.settled_at);
            // In 300 ms nothing may succeed.
            let wants = called
                .asked()
                .is_some_and(|asked| asked.online && !asked.is_retry && asked.timeout_ms != 300.0);
            let online_at = self.account.online_at.get(&(page, called.slot));
            let heard = online_at.is_some_and(|online_at| *online_at >= since && *online_at > at);
            let is_over = called.is_settled && !called.is_failed;
            let runs = self.pages[page].state == State::Active && !self.account.any_aborted(page);
            if !(wants && heard && is_over && runs) {
                continue;
            }
            for session in called.sessions.clone() {
                let is_back = self.was_written_back(session) || self.has_come_back(session);
                let is_held = self.account.calls[index].refreshable.contains(&session);
                if is_held && !is_back && self.is_alive_for(index, session) {
                    self.is_wrong(9, || {
                        format!("the browser is online again, and call {call} leaves session {session} alive")
                    });
                }
            }
        }
    }

    /// A page whose own sign-out removed a session was told.
    fn check_told_here(&mut self) {
        for index in 0..self.account.calls.len() {
            let called = &self.account.calls[index];
            let (page, slot, call) = (called.page, called.slot, called.call);
            let is_first = called.asked().is_some_and(|asked| !asked.is_retry);
            let is_over = called.is_settled && !called.is_failed && !called.sessions.is_empty();
            let it = &self.pages[page];
            let hears = it.state == State::Active && !it.slots[slot].clients.is_empty();
            let told = self.account.told.get(&(page, slot));
            let was_told = told.is_some_and(|told| *told != [0, 0]);
            if is_first && is_over && hears && !was_told && !self.setup.kept.is_custom() {
                self.is_wrong(7, || {
                    format!("call {call} signed out, and its page was not told")
                });
            }
        }
    }

    /// A page that showed a user whom another tab signed out was told.
    fn check_told(&mut self) {
        // The record has no room for so many.
        let crowd = self.setup.crowd;
        if self.setup.faults.lost_event > 0
            || self.setup.kept.is_custom()
            || crowd
            || self.halves_cookies()
        {
            return;
        }
        let loaded: Vec<_> = self
            .account
            .loaded
            .iter()
            .map(|(at, loaded)| (*at, *loaded))
            .collect();
        for ((page, slot), (session, at)) in loaded {
            let it = &self.pages[page];
            if it.state != State::Active || it.slots[slot].clients.is_empty() {
                continue;
            }
            // Before it reached the other tab, that one has removed keys of the same names.
            let spread = self.setup.spread_ms as f64;
            let born = self.sessions[session].born;
            let is_torn = self.account.calls.iter().any(|called| {
                let other = called.page != page && !called.sessions.contains(&session);
                other && called.asked().is_some() && (born..=born + spread).contains(&called.at)
            });
            if is_torn {
                continue;
            }
            let ended = self.account.calls.iter().any(|called| {
                let elsewhere = called.page != page && called.asked().is_some();
                let settled = called.is_settled && !called.is_failed;
                elsewhere && settled && called.at > at && called.sessions.contains(&session)
            });
            let told = self
                .account
                .told
                .get(&(page, slot))
                .copied()
                .unwrap_or_default();
            if ended && told == [0, 0] {
                let tab = self.pages[page].tab;
                self.is_wrong(7, || {
                    format!("tab {tab} showed session {session}, which ended elsewhere, and was not told")
                });
            }
        }
    }
}

/// Keys that are nobody's of ours, in each place.
pub const PLANTED: [&str; 3] = [
    "theme",
    "CognitoIdentityServiceProvider.9other.jane.accessToken",
    "oidc.user:https://other.example.com:9other",
];
