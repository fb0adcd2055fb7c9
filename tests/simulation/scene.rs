//! What named scenarios are played with: a world in which nothing is left to chance. Each random
//! number is the middle one, so that a request takes 76 ms, and its answer as long.

use std::collections::{HashMap, VecDeque};

use cognito_signout::internals::engine::io::{
    Call, CallId, Effect, Handle, Input, Reply, SignOutCall, SignedOutEvent,
};
use cognito_signout::internals::engine::outcome::Outcome;
use cognito_signout::internals::engine::tables::{Codes, Mark, Status};
use cognito_signout::{HostedUiMode, SignOutOptions};

use crate::cognito::Answer;
use crate::pages::{Object, key};
use crate::play;
use crate::setup::{Action, By, Faults, Kept, Navigate, Setup};
use crate::world::{CLIENTS, World};

/// What becomes of a request.
#[derive(Clone, Copy)]
pub enum Forced {
    /// It is lost on its way.
    Lost,
    /// Nothing is ever heard of it.
    Unanswered,
    /// It waits on its way until the scene lets it go on.
    Delayed,
    /// Cognito does what it is asked, and the answer waits until the scene lets it go on.
    Held,
    /// It is answered like this, and Cognito does not see it.
    Answered(fn() -> Answer),
}

/// What goes on later; with `true` the network fails instead.
type Later = Box<dyn FnOnce(&mut World, bool)>;

/// What a scene decides, and what it has seen of the engines.
#[derive(Default)]
pub struct Staged {
    forced: HashMap<&'static str, VecDeque<Forced>>,
    pub held: Vec<(&'static str, Later)>,
    /// The requests: the page, the operation and the body.
    sent: Vec<(usize, &'static str, serde_json::Value)>,
    replies: HashMap<CallId, (f64, Reply)>,
    told: Vec<(usize, SignedOutEvent)>,
    /// The pages that spoke to other tabs.
    broadcasts: Vec<usize>,
    /// The pages that left, and for where.
    left: Vec<(usize, String)>,
    /// How often a storage was changed.
    changes: usize,
}

impl Staged {
    /// What becomes of the next request of an operation.
    pub fn forced(&mut self, target: &'static str) -> Option<Forced> {
        self.forced.get_mut(target)?.pop_front()
    }

    pub fn see(&mut self, now: f64, page: usize, effect: &Effect) {
        match effect {
            Effect::Send(_, request) => {
                let body = serde_json::from_str(&request.body).unwrap();
                self.sent.push((page, request.target, body));
            }
            Effect::Settle(call, reply) => {
                self.replies.insert(*call, (now, reply.clone()));
            }
            Effect::Tell(_, event) => self.told.push((page, *event)),
            Effect::Broadcast(_) => self.broadcasts.push(page),
            Effect::Leave(_, url, _) => self.left.push((page, url.clone())),
            Effect::Change(..) => self.changes += 1,
            _ => {}
        }
    }
}

/// How somebody signs in.
#[derive(Clone, Copy)]
pub struct SignIn {
    /// The number of the user.
    pub user: usize,
    pub hosted: bool,
    pub device: bool,
    pub by: By,
}

impl Default for SignIn {
    fn default() -> Self {
        SignIn {
            user: 0,
            hosted: false,
            device: false,
            by: By::StoreTokens,
        }
    }
}

/// Signs out of this device, and leaves the hosted UI alone.
pub fn here() -> SignOutOptions {
    SignOutOptions {
        hosted_ui: HostedUiMode::None,
        ..SignOutOptions::default()
    }
}

/// Signs out of all devices, and leaves the hosted UI alone.
pub fn everywhere() -> SignOutOptions {
    SignOutOptions {
        global: true,
        ..here()
    }
}

/// The same options with another time-out.
pub fn within(ms: u64, options: SignOutOptions) -> SignOutOptions {
    SignOutOptions {
        timeout: std::time::Duration::from_millis(ms),
        ..options
    }
}

/// The same options with another way to end the hosted UI's own session.
pub fn by(hosted_ui: HostedUiMode, options: SignOutOptions) -> SignOutOptions {
    SignOutOptions {
        hosted_ui,
        ..options
    }
}

pub struct Scene {
    pub world: World,
}

impl Scene {
    /// Two tabs, localStorage, and a pool without rotation.
    pub fn new() -> Scene {
        Scene::with(|_| {})
    }

    /// The same, changed.
    pub fn with(change: impl Fn(&mut Setup)) -> Scene {
        let mut setup = Setup {
            seed: 1,
            kept: Kept::Local,
            hosted_ui: true,
            revocation: true,
            pool_revokes: true,
            rotation_grace_ms: None,
            access_valid_ms: 3_600_000.0,
            knows_get_tokens: true,
            tells_navigations: true,
            referrer: true,
            channels: true,
            locks: true,
            back_forward_cache: false,
            parted: false,
            one_process: false,
            spread_ms: 0,
            storage_ms: 0,
            oidc: false,
            user_list: false,
            crowd: false,
            elsewhere: false,
            sticky: false,
            identity_pool: false,
            authority: 0,
            v5: false,
            sends_on: false,
            retries_on_load: false,
            tabs: 2,
            faults: Faults::default(),
        };
        change(&mut setup);
        let mut world = World::new(&setup);
        world.story = Some(Vec::new());
        world.staged = Some(Staged::default());
        play::begin(&mut world);
        world.run_until(1000.0);
        Scene { world }
    }

    /// Everything comes to its end, every `retry()` is called, and the account finds nothing wrong.
    pub fn end(mut self) {
        play::end(&mut self.world);
        assert_eq!(self.world.wrong, None);
    }

    fn staged(&self) -> &Staged {
        self.world.staged.as_ref().unwrap()
    }

    /// The page and the engine in a tab.
    pub fn at(&mut self, tab: usize) -> (usize, usize) {
        self.world.engine_in(tab, 0).expect("the page runs")
    }

    // ---- time

    pub fn pass(&mut self, ms: f64) {
        self.world.run_until(self.world.now + ms);
    }

    /// Lets time pass until something is so; it must become so within ten seconds.
    pub fn until(&mut self, is_so: impl Fn(&Scene) -> bool) {
        let end = self.world.now + 10_000.0;
        while !is_so(self) {
            assert!(self.world.now < end, "it never becomes so");
            self.pass(1.0);
        }
    }

    /// The user stops each navigation that is under way.
    pub fn stop_loading(&mut self) {
        for tab in &mut self.world.tabs {
            tab.pending = None;
        }
    }

    pub fn act(&mut self, action: Action) {
        self.world.act(action);
    }

    // ---- the network

    /// What becomes of the next request of an operation, behind those of which it is said.
    pub fn next(&mut self, target: &'static str, forced: Forced) {
        let staged = self.world.staged.as_mut().unwrap();
        staged.forced.entry(target).or_default().push_back(forced);
    }

    /// The first request or answer of an operation that waits goes on.
    pub fn let_go(&mut self, target: &str) {
        self.go_on(target, false);
    }

    /// The network fails for it instead.
    pub fn lose(&mut self, target: &str) {
        self.go_on(target, true);
    }

    fn go_on(&mut self, target: &str, is_lost: bool) {
        let held = &mut self.world.staged.as_mut().unwrap().held;
        let at = held.iter().position(|held| held.0 == target);
        let (_, later) = held.remove(at.expect("something waits"));
        later(&mut self.world, is_lost);
    }

    /// The bodies of the requests of an operation, by all tabs.
    pub fn sent(&self, target: &str) -> Vec<&serde_json::Value> {
        let sent = self.staged().sent.iter();
        sent.filter(|sent| sent.1 == target)
            .map(|sent| &sent.2)
            .collect()
    }

    /// The operations of all requests, in order.
    pub fn targets(&self) -> Vec<&'static str> {
        self.staged().sent.iter().map(|sent| sent.1).collect()
    }

    /// The refresh tokens that RevokeToken was sent for, in order.
    pub fn revoked(&self) -> Vec<&str> {
        let sent = self.sent("RevokeToken").into_iter();
        sent.filter_map(|body| body["Token"].as_str()).collect()
    }

    /// How often the storages were changed, whatever there was to remove.
    pub fn changes(&self) -> usize {
        self.staged().changes
    }

    // ---- sessions

    /// Jane signs in; returns the number of the session.
    pub fn sign_in(&mut self, tab: usize) -> usize {
        self.sign_in_as(tab, SignIn::default())
    }

    pub fn sign_in_as(&mut self, tab: usize, how: SignIn) -> usize {
        let at = self.at(tab);
        let flags = [how.hosted, how.device, false];
        self.world.sign_in(at, how.user, flags, how.by);
        self.world.sessions.len() - 1
    }

    /// The newest refresh token of a session.
    pub fn refresh_token(&self, session: usize) -> String {
        self.world.sessions[session].refresh.last().unwrap().clone()
    }

    /// The newest access token of a session.
    pub fn access_token(&self, session: usize) -> String {
        self.world.sessions[session].access.last().unwrap().clone()
    }

    /// Whether a session can still be refreshed.
    pub fn is_alive(&self, session: usize) -> bool {
        self.world.is_alive(session)
    }

    /// Whether a tab finds tokens of a session where the app keeps them.
    pub fn is_stored(&mut self, tab: usize, session: usize) -> bool {
        let (page, slot) = self.at(tab);
        let kept = self.world.setup.kept;
        let found = self.world.present_in(page, slot, kept);
        found.contains(&session)
    }

    /// Another library asks for new tokens of a session and gets them; they are not stored yet.
    pub fn library_asks(&mut self, session: usize) {
        let client = CLIENTS[self.world.sessions[session].client];
        let token = self.refresh_token(session);
        let body = serde_json::json!({ "RefreshToken": token, "ClientId": client });
        let target = "GetTokensFromRefreshToken";
        let answer = self.world.serve(target, &body.to_string());
        assert_eq!(answer.status, 200);
    }

    /// Another library stores the newest tokens of a session, whatever has happened meanwhile.
    pub fn library_stores(&mut self, tab: usize, session: usize) {
        let (page, slot) = self.at(tab);
        let now = self.world.now;
        self.world.account.refreshed(session, page, now);
        self.world.library_writes(page, slot, session, false);
    }

    /// RevokeToken is sent for a session by somebody else.
    pub fn revoke_elsewhere(&mut self, session: usize) {
        let client = CLIENTS[self.world.sessions[session].client];
        let token = self.refresh_token(session);
        let body = serde_json::json!({ "Token": token, "ClientId": client });
        let answer = self.world.serve("RevokeToken", &body.to_string());
        assert_eq!(answer.status, 200);
    }

    // ---- calls

    pub fn call(&mut self, tab: usize, call: Call) -> CallId {
        let (page, slot) = self.at(tab);
        self.world.call(page, slot, call)
    }

    pub fn sign_out(&mut self, tab: usize, options: SignOutOptions) -> CallId {
        let asked = self.asked(tab, options);
        self.call(tab, Call::SignOut(Box::new(asked)))
    }

    /// A sign-out with these options and nothing else; by popup with a window that is open.
    pub fn asked(&mut self, tab: usize, options: SignOutOptions) -> SignOutCall {
        let (page, slot) = self.at(tab);
        let by_popup = options.hosted_ui == HostedUiMode::Popup;
        let popup = by_popup.then(|| self.world.open_popup(page, slot));
        SignOutCall {
            options,
            navigate: None,
            signal: None,
            aborted: false,
            app_state: None,
            popup,
            removed: None,
            url: self.world.pages[page].url.clone(),
        }
    }

    /// An `AbortSignal` of the page in a tab.
    pub fn signal(&mut self, tab: usize) -> Handle {
        let (page, slot) = self.at(tab);
        let number = self.world.number();
        self.world.keep(page, slot, Object::Signal(number))
    }

    /// The app's own `navigate`.
    pub fn navigate(&mut self, tab: usize, how: Navigate) -> Handle {
        let (page, slot) = self.at(tab);
        self.world.keep(page, slot, Object::Navigate(how))
    }

    pub fn abort(&mut self, tab: usize, signal: Handle) {
        let (page, slot) = self.at(tab);
        self.world.account.aborted(page, slot, signal);
        self.world.step(page, slot, Input::Aborted(signal));
    }

    /// Calls the `retry()` of a result.
    pub fn retry(&mut self, call: CallId) -> CallId {
        let retry = self.outcome(call).retry.expect("a retry is offered");
        let mut offers = self.world.account.offers.iter();
        let at = offers.position(|offer| offer.retry == retry);
        self.world.call_retry(at.expect("somebody holds it"))
    }

    /// Nobody will call the `retry()` of a result.
    pub fn forget(&mut self, call: CallId) {
        let retry = self.outcome(call).retry.expect("a retry is offered");
        let offers = &mut self.world.account.offers;
        let at = offers.iter().position(|offer| offer.retry == retry);
        let offer = offers.remove(at.expect("somebody holds it"));
        for _ in 0..offer.holders {
            let forgotten = Input::RetryForgotten(retry);
            self.world.deliver(offer.page, offer.slot, forgotten);
        }
    }

    /// A retry has left this tab so many milliseconds before what comes next has its five seconds.
    pub fn retry_left(&mut self, tab: usize, ago: f64) {
        let (page, slot) = self.at(tab);
        let at = self.world.wall_here() + 5000.0 - ago;
        let (name, text) = (key(0, "retried"), at.to_string());
        self.world
            .set(page, slot, Kept::Session, &name, Some(&text));
    }

    fn reply_of(&self, call: CallId) -> &(f64, Reply) {
        let reply = self.staged().replies.get(&call);
        reply.unwrap_or_else(|| panic!("call {call} has not settled"))
    }

    pub fn is_settled(&self, call: CallId) -> bool {
        self.staged().replies.contains_key(&call)
    }

    /// When a call settled.
    pub fn settled_at(&self, call: CallId) -> f64 {
        self.reply_of(call).0
    }

    pub fn reply(&self, call: CallId) -> &Reply {
        &self.reply_of(call).1
    }

    /// What a sign-out came to.
    pub fn outcome(&self, call: CallId) -> &Outcome {
        match self.reply(call) {
            Reply::SignedOut(outcome) => outcome,
            _ => panic!("call {call} is no sign-out"),
        }
    }

    pub fn status(&self, call: CallId) -> Status {
        self.outcome(call).tag
    }

    /// The codes of RevokeToken, GlobalSignOut, the hosted UI and ForgetDevice.
    pub fn codes(&self, call: CallId) -> Codes {
        self.outcome(call).codes()
    }

    // ---- what engines say and see

    /// How often the listeners in a tab were told.
    pub fn told(&mut self, tab: usize) -> usize {
        let page = self.at(tab).0;
        self.told_in(page)
    }

    /// The same for a page, which may be gone by now.
    pub fn told_in(&self, page: usize) -> usize {
        let told = self.staged().told.iter();
        told.filter(|told| told.0 == page).count()
    }

    /// How often a tab spoke to the others.
    pub fn broadcasts(&mut self, tab: usize) -> usize {
        let page = self.at(tab).0;
        let all = self.staged().broadcasts.iter();
        all.filter(|from| **from == page).count()
    }

    /// For where pages have left, in order.
    pub fn left(&self) -> Vec<&str> {
        self.staged().left.iter().map(|left| &*left.1).collect()
    }

    /// Whether the engine of a tab says that some tab is signing out.
    pub fn is_signing_out(&mut self, tab: usize) -> bool {
        let (page, slot) = self.at(tab);
        let now = self.world.clock(page, slot);
        let slot = &self.world.pages[page].slots[slot];
        slot.engine.is_signing_out(&now)
    }

    /// The record of ended sessions as a tab finds it.
    pub fn record(&mut self, tab: usize) -> Mark {
        let (page, slot) = self.at(tab);
        self.world.mark(page, slot)
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for line in self.world.story.iter().flatten() {
                println!("{line}");
            }
        }
    }
}
