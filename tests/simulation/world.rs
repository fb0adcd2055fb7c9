//! Two tabs of one browser and one Cognito, in virtual time. The engine in each tab is the one that ships.

use std::collections::BTreeMap;

use cognito_signout::internals::engine::Engine;
use cognito_signout::internals::engine::io::{
    Access, Call, CallId, Effect, Input, Now, Page, PageView, Place, Record, Removed, Reply,
    SignOutCall, StoreAnswer,
};
use cognito_signout::internals::protocol::{Request, Response};
use cognito_signout::{
    AuthError, AuthErrorCode, Config, HostedUiMode, Secret, SignInMethod, SignOutOptions, Tokens,
};

use crate::jwt::jwt;
use crate::random::Random;

pub const CLIENT: &str = "1example23456789client";
const POOL: &str = "eu-central-1_Example01";
const PAGE: &str = "https://app.example.com/";
/// The one client of a tab.
const ONE: u32 = 1;
/// Milliseconds since the epoch when the browser starts.
const EPOCH: f64 = 1_800_000_000_000.0;

/// What Cognito knows of a sign-in.
#[derive(Clone, Default)]
struct SignIn {
    is_revoked: bool,
}

/// What comes to a tab at a time.
struct Event {
    at: f64,
    number: u64,
    tab: usize,
    input: Input,
}

/// One tab: its engine, and what only it has.
pub struct Tab {
    engine: Engine,
    /// sessionStorage.
    pub session: BTreeMap<String, String>,
    timer: Option<f64>,
    /// What each call was answered with, and when.
    pub replies: BTreeMap<CallId, (f64, Reply)>,
    /// How often the listeners were told.
    pub told: usize,
    /// How often it spoke to the other tabs.
    pub broadcasts: usize,
    /// Where it navigated to.
    pub left: Vec<String>,
}

pub struct World {
    random: Random,
    pub now: f64,
    pub tabs: Vec<Tab>,
    /// localStorage, which both tabs see at once.
    pub local: BTreeMap<String, String>,
    sign_ins: BTreeMap<String, SignIn>,
    events: Vec<Event>,
    /// One in so many requests fails; none without a number.
    pub faults: Option<u64>,
    /// Cognito takes requests and never answers.
    pub is_silent: bool,
    pub is_online: bool,
    /// The configured storage is the app's own, and takes so long for each answer.
    slow_ms: Option<f64>,
    last: u64,
    /// The requests: the operation and the body.
    pub sent: Vec<(&'static str, serde_json::Value)>,
    /// All that happened, to compare two runs of one seed.
    pub trace: Vec<String>,
}

fn places(is_slow: bool) -> Vec<Place> {
    let access = match is_slow {
        true => Access::Listing,
        false => Access::Direct,
    };
    [(access, true), (Access::Direct, false)]
        .map(|(access, shared)| Place { access, shared })
        .to_vec()
}

impl World {
    pub fn new(seed: u64) -> World {
        World::with_storage(seed, None)
    }

    /// The same, with a storage of the app's own that takes so long for each answer.
    pub fn with_storage(seed: u64, slow_ms: Option<f64>) -> World {
        let mut world = World {
            random: Random(seed),
            now: 0.0,
            tabs: Vec::new(),
            local: BTreeMap::new(),
            sign_ins: BTreeMap::new(),
            events: Vec::new(),
            faults: None,
            is_silent: false,
            is_online: true,
            slow_ms,
            last: 0,
            sent: Vec::new(),
            trace: Vec::new(),
        };
        let json = serde_json::json!({
            "userPoolId": POOL,
            "userPoolClientId": CLIENT,
            "hostedUI": { "domain": "auth.example.com", "redirectSignOut": [PAGE] },
        });
        let config = Config::from_json(&json.to_string()).unwrap();
        for tab in 0..2 {
            let page = Page {
                exists: true,
                began: EPOCH,
                ..Page::default()
            };
            let seed = [tab as u32 + 1, 2, 3, seed as u32];
            let mut engine = Engine::new(page, seed);
            engine.add(ONE, config.clone(), places(slow_ms.is_some()), false);
            world.tabs.push(Tab {
                engine,
                session: BTreeMap::new(),
                timer: None,
                replies: BTreeMap::new(),
                told: 0,
                broadcasts: 0,
                left: Vec::new(),
            });
            world.step(tab, Input::Added(ONE));
            world.call(tab, Call::Open);
        }
        world
    }

    // ---- chance

    /// A whole number below a limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.random.bits() % limit
    }

    pub fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    // ---- what the app does

    pub fn call(&mut self, tab: usize, call: Call) -> CallId {
        self.last += 1;
        let id = self.last as CallId;
        self.step(tab, Input::Call(ONE, id, call));
        id
    }

    /// Signs a user in and stores the tokens; returns the refresh token.
    pub fn sign_in(&mut self, tab: usize) -> String {
        self.sign_in_as(tab, "jane", 3_600_000.0, None)
    }

    /// The same, with an access token that expires after so many milliseconds.
    pub fn sign_in_as(
        &mut self,
        tab: usize,
        username: &str,
        expires_ms: f64,
        sign_in_method: Option<SignInMethod>,
    ) -> String {
        self.last += 1;
        let refresh = format!("refresh-{}", self.last);
        self.sign_ins.insert(refresh.clone(), SignIn::default());
        let access = jwt(serde_json::json!({
            "token_use": "access",
            "client_id": CLIENT,
            "username": username,
            "sub": "s",
            "origin_jti": self.last.to_string(),
            "exp": (EPOCH + self.now + expires_ms) / 1000.0,
        }));
        let tokens = Tokens {
            access_token: Secret::new(access),
            id_token: None,
            refresh_token: Some(Secret::new(refresh.clone())),
            username: None,
            sign_in_method,
        };
        self.call(tab, Call::StoreTokens(Box::new(tokens)));
        refresh
    }

    pub fn sign_out(&mut self, tab: usize, global: bool) -> CallId {
        let options = SignOutOptions {
            global,
            ..SignOutOptions::default()
        };
        self.sign_out_with(tab, options, None)
    }

    pub fn sign_out_with(
        &mut self,
        tab: usize,
        options: SignOutOptions,
        signal: Option<u32>,
    ) -> CallId {
        let options = SignOutOptions {
            hosted_ui: HostedUiMode::None,
            ..options
        };
        let call = SignOutCall {
            signal,
            ..call_of(options)
        };
        self.call(tab, Call::SignOut(Box::new(call)))
    }

    /// Removes the client's keys, as the face does where it has no engine. Returns what was there.
    pub fn remove_all(&mut self) -> Removed {
        let is_ours = |key: &String| key.starts_with("CognitoIdentityServiceProvider.");
        let (removed, kept) = std::mem::take(&mut self.local)
            .into_iter()
            .partition(|entry| is_ours(&entry.0));
        self.local = kept;
        let removed: BTreeMap<String, String> = removed;
        Removed(removed.into_iter().collect())
    }

    /// Hands what was removed to the engine.
    pub fn end_removed(&mut self, tab: usize, options: SignOutOptions, removed: Removed) -> CallId {
        let call = SignOutCall {
            removed: Some(removed),
            ..call_of(options)
        };
        self.call(tab, Call::SignOut(Box::new(call)))
    }

    pub fn retry(&mut self, tab: usize, retry: u32) -> CallId {
        self.last += 1;
        let id = self.last as CallId;
        self.step(tab, Input::Retry(id, retry));
        id
    }

    /// A retry has left this tab so many milliseconds before what comes next ends.
    pub fn retry_left(&mut self, tab: usize, ago: f64) {
        let at = EPOCH + self.now + 5000.0 - ago;
        self.tabs[tab]
            .session
            .insert(key("retried"), at.to_string());
    }

    pub fn is_alive(&self, refresh: &str) -> bool {
        let sign_in = self.sign_ins.get(refresh);
        sign_in.is_some_and(|sign_in| !sign_in.is_revoked)
    }

    /// Whether localStorage holds this refresh token.
    pub fn is_stored(&self, refresh: &str) -> bool {
        self.local.values().any(|value| value == refresh)
    }

    pub fn is_signing_out(&self) -> bool {
        let mut tabs = self.tabs.iter().enumerate();
        tabs.any(|(index, tab)| tab.engine.is_signing_out(&self.time(index)))
    }

    // ---- time

    fn time(&self, tab: usize) -> Now {
        Now {
            mono: self.now,
            wall: EPOCH + self.now,
            online: self.is_online,
            ended: self.local.get(&key("ended")).cloned(),
            retried: self.tabs[tab].session.get(&key("retried")).cloned(),
        }
    }

    fn later(&mut self, ms: f64, tab: usize, input: Input) {
        self.last += 1;
        self.events.push(Event {
            at: self.now + ms,
            number: self.last,
            tab,
            input,
        });
    }

    /// Lets all happen that happens until then.
    pub fn run_until(&mut self, end: f64) {
        loop {
            let event = self
                .events
                .iter()
                .enumerate()
                .map(|(index, event)| (event.at, event.number, Some(index), event.tab));
            let timers = self.tabs.iter().enumerate();
            let timers = timers.filter_map(|(tab, it)| Some((it.timer?, 0, None, tab)));
            let next = event
                .chain(timers)
                .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let Some((at, _, index, tab)) = next.filter(|next| next.0 <= end) else {
                break;
            };
            self.now = self.now.max(at);
            match index {
                Some(index) => {
                    let event = self.events.remove(index);
                    self.step(event.tab, event.input);
                }
                None => {
                    self.tabs[tab].timer = None;
                    self.step(tab, Input::Timer);
                }
            }
        }
        self.now = end;
    }

    // ---- the shell

    pub fn step(&mut self, tab: usize, input: Input) {
        let mut inputs = vec![input];
        let mut steps = 0;
        while !inputs.is_empty() {
            steps += 1;
            assert!(steps < 1000, "the engine never comes to rest");
            let input = inputs.remove(0);
            let now = self.time(tab);
            for effect in self.tabs[tab].engine.step(now, input) {
                inputs.extend(self.perform(tab, effect));
            }
        }
    }

    /// Performs an effect; returns the answer, where it comes at once.
    fn perform(&mut self, tab: usize, effect: Effect) -> Option<Input> {
        match effect {
            Effect::List(id, store) => {
                let names = self.store(tab, store.index).keys().cloned();
                let names = names.collect::<Vec<_>>().join("\0");
                return self.stored(tab, store.index, id, StoreAnswer::Names(names));
            }
            Effect::Get(id, store, keys) => {
                let entries = self.store(tab, store.index);
                let values = keys.into_iter();
                let values = values.filter_map(|key| entries.get(&key).map(|it| (key, it.clone())));
                let values = values.collect();
                return self.stored(tab, store.index, id, StoreAnswer::Values(values));
            }
            Effect::Change(id, store, keys, entries) => {
                self.trace.push(format!("{tab}: removes {}", keys.len()));
                let all = self.store(tab, store.index);
                all.retain(|key, _| !keys.contains(key));
                all.extend(entries);
                return self.stored(tab, store.index, id, StoreAnswer::Changed);
            }
            Effect::LookAtPage(id) => {
                return Some(Input::PageSeen(id, Box::<PageView>::default()));
            }
            Effect::Lock(id) => return Some(Input::Locked(id)),
            Effect::Send(id, request) => self.send(tab, id, &request),
            Effect::Timer(ms) => self.tabs[tab].timer = ms.map(|ms| self.now + ms.max(0.0)),
            Effect::Write(record, text) => self.write(tab, record, text),
            Effect::Broadcast(text) => {
                self.tabs[tab].broadcasts += 1;
                self.say(tab, text);
            }
            Effect::Leave(_, url, _) => self.tabs[tab].left.push(url),
            Effect::Settle(call, reply) => {
                self.trace.push(format!("{tab}: settles {call}"));
                let now = self.now;
                self.tabs[tab].replies.insert(call, (now, reply));
            }
            Effect::Tell(..) => {
                self.trace.push(format!("{tab}: tells"));
                self.tabs[tab].told += 1;
            }
            _ => {}
        }
        None
    }

    /// A store answers: at once, or where it is the app's own later.
    fn stored(&mut self, tab: usize, index: usize, id: u32, answer: StoreAnswer) -> Option<Input> {
        let input = Input::Stored(id, Ok(answer));
        match self.slow_ms {
            Some(ms) if index == 0 => {
                self.later(ms, tab, input);
                None
            }
            _ => Some(input),
        }
    }

    fn store(&mut self, tab: usize, index: usize) -> &mut BTreeMap<String, String> {
        match index {
            0 => &mut self.local,
            _ => &mut self.tabs[tab].session,
        }
    }

    fn write(&mut self, tab: usize, record: Record, text: Option<String>) {
        match (record, text) {
            (Record::Ended, text) => {
                let text = text.unwrap_or_default();
                self.local.insert(key("ended"), text.clone());
                // The storage event.
                self.say(tab, text);
            }
            (Record::Retried, Some(text)) => {
                self.tabs[tab].session.insert(key("retried"), text);
            }
            (Record::Retried, None) => {
                self.tabs[tab].session.remove(&key("retried"));
            }
            _ => {}
        }
    }

    fn say(&mut self, tab: usize, text: String) {
        let ms = self.below(200) as f64;
        self.later(ms, 1 - tab, Input::Heard(text));
    }

    // ---- Cognito

    fn send(&mut self, tab: usize, id: u32, request: &Request) {
        self.trace.push(format!("{tab}: sends {}", request.target));
        self.sent.push((request.target, body_of(request)));
        let ms = self.below(400) as f64;
        let is_fault = self.faults.is_some_and(|times| self.one_in(times));
        // A request is lost, or its answer is.
        let is_lost = is_fault && self.one_in(2);
        if self.is_silent {
            return;
        }
        let mut body = "{}".to_owned();
        if !is_lost && self.is_online {
            body = self.serve(request);
        }
        let answer = if is_fault || !self.is_online {
            Err(AuthError::new(AuthErrorCode::Network))
        } else {
            Ok(Box::new(Response {
                status: 200,
                body,
                answered_at: Some(EPOCH + self.now),
                ..Response::default()
            }))
        };
        self.later(ms, tab, Input::Answered(id, answer));
    }

    fn serve(&mut self, request: &Request) -> String {
        let body = body_of(request);
        match request.target {
            "RevokeToken" => {
                let token = body["Token"].as_str().unwrap();
                if let Some(sign_in) = self.sign_ins.get_mut(token) {
                    sign_in.is_revoked = true;
                }
            }
            "GlobalSignOut" => {
                for sign_in in self.sign_ins.values_mut() {
                    sign_in.is_revoked = true;
                }
            }
            "ForgetDevice" => {}
            "GetTokensFromRefreshToken" => {
                return r#"{"AuthenticationResult":{"AccessToken":"fresh"}}"#.to_owned();
            }
            target => panic!("{target} is not asked for here"),
        }
        "{}".to_owned()
    }
}

fn body_of(request: &Request) -> serde_json::Value {
    serde_json::from_str(&request.body).unwrap()
}

/// A sign-out with these options.
pub fn call_of(options: SignOutOptions) -> SignOutCall {
    SignOutCall {
        options,
        navigate: None,
        signal: None,
        aborted: false,
        app_state: None,
        popup: None,
        removed: None,
        url: PAGE.to_owned(),
    }
}

fn key(name: &str) -> String {
    format!("cognito-signout.{CLIENT}.{name}")
}
