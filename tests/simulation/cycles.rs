//! One page that lives for thousands of sign-outs. It keeps nothing itself, so that its live bytes
//! are the engine's.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use cognito_signout::internals::config::Config;
use cognito_signout::internals::engine::Engine;
use cognito_signout::internals::engine::io::{
    Access, Call, CallId, ClientId, Effect, EffectId, Handle, Input, Now, Page, Place, PopupView,
    Record, Reply, RetryId, SignOutCall, StoreAnswer, StoreRef,
};
use cognito_signout::internals::engine::tables::Return;
use cognito_signout::internals::protocol::{Request, Response};
use cognito_signout::internals::session::{Secret, SignInMethod, Tokens};
use cognito_signout::{AuthError, AuthErrorCode, HostedUiMode, SignOutOptions};

use crate::cognito::{Answer, captive_portal, throttled};
use crate::jwt::jwt;
use crate::live::live_bytes;
use crate::scene::{everywhere, here, within};
use crate::world::{APP, CLIENTS, EPOCH, HOSTED_UI, LOGOUT_URLS, POOL};

/// All of a sign-out is over after so long, in milliseconds: a redirect may take 30 s.
const CYCLE_MS: f64 = 60_000.0;
/// By how much the wall clock runs on between two cycles: the record of ended sessions stays short,
/// which makes the test quick.
const BREAK_MS: f64 = 7.0 * 3_600_000.0;
/// How many kinds of cycles there are.
pub const KINDS: u32 = 13;

/// What becomes of a request.
#[derive(Clone, Copy)]
enum Fate {
    Answered,
    Refused(fn() -> Answer),
    Lost,
    Unanswered,
    Late,
}

pub struct Cycles {
    engine: Engine,
    config: Config,
    client: ClientId,
    local: BTreeMap<String, String>,
    session: BTreeMap<String, String>,
    mono: f64,
    /// The wall clock is so far ahead of the other one.
    ahead: f64,
    is_online: bool,
    timer: Option<f64>,
    coming: Vec<(f64, Input)>,
    fates: VecDeque<Fate>,
    last: u32,
    settled: Vec<CallId>,
    retries: Vec<RetryId>,
    handles: Vec<Handle>,
    clients: Vec<ClientId>,
    is_popup_closed: bool,
    /// How often the popup was looked at.
    looks: u32,
}

impl Cycles {
    pub fn new() -> Cycles {
        let json = serde_json::json!({
            "userPoolId": POOL,
            "userPoolClientId": CLIENTS[0],
            "hostedUI": { "domain": HOSTED_UI, "redirectSignOut": LOGOUT_URLS },
        });
        let page = Page {
            exists: true,
            began: EPOCH,
            tells_navigations: true,
            ..Page::default()
        };
        let mut cycles = Cycles {
            engine: Engine::new(page, [1, 2, 3, 4]),
            config: Config::from_json(&json.to_string()).unwrap(),
            client: 0,
            local: BTreeMap::new(),
            session: BTreeMap::new(),
            mono: 0.0,
            ahead: EPOCH,
            is_online: true,
            timer: None,
            coming: Vec::new(),
            fates: VecDeque::new(),
            last: 0,
            settled: Vec::new(),
            retries: Vec::new(),
            handles: Vec::new(),
            clients: Vec::new(),
            is_popup_closed: false,
            looks: 0,
        };
        cycles.configure();
        cycles
    }

    /// Plays each kind of cycle so many times more, and says how many bytes are live then.
    pub fn play(&mut self, times: u32) -> isize {
        for kind in (0..KINDS).cycle().take((times * KINDS) as usize) {
            self.cycle(kind);
        }
        live_bytes()
    }

    // ---- one cycle

    fn cycle(&mut self, kind: u32) {
        self.sign_in();
        match kind {
            0 => {
                self.sign_out(here());
            }
            1 => {
                // GlobalSignOut fails, and RevokeToken is held back until the retry.
                self.fates.extend([Fate::Refused(throttled); 3]);
                self.sign_out(everywhere());
                self.pass(3000.0);
                self.retry();
            }
            2 => {
                self.sign_out(by(HostedUiMode::Popup));
            }
            3 => {
                // The user closes the popup.
                self.is_popup_closed = true;
                self.sign_out(by(HostedUiMode::Popup));
                self.sign_out(here());
            }
            4 => {
                self.fates.push_back(Fate::Unanswered);
                let signal = self.handle();
                self.sign_out_with(here(), Some(signal), None);
                self.pass(10.0);
                self.step(Input::Aborted(signal));
                self.pass(3000.0);
                self.retry();
            }
            5 => {
                // Its requests go on while another client takes its place.
                self.fates.push_back(Fate::Late);
                self.sign_out(here());
                let old = self.client;
                self.configure();
                self.step(Input::Disposed(old));
            }
            6 => {
                // The page can't leave, and the `retry()` is forgotten.
                let navigate = self.handle();
                self.sign_out_with(by(HostedUiMode::Redirect), None, Some(navigate));
                self.sign_out(here());
            }
            7 => {
                // A library's refresh writes back.
                let before = self.local.clone();
                self.fates.push_back(Fate::Late);
                self.call(Call::RefreshTokens);
                self.pass(10.0);
                self.sign_out(here());
                self.pass(1000.0);
                self.local.extend(before);
                self.call(Call::LoadTokens);
            }
            8 => {
                self.fates.push_back(Fate::Late);
                self.sign_out(within(0, everywhere()));
                self.pass(10.0);
                self.retry();
                self.sign_out(here());
            }
            9 => {
                self.is_online = false;
                self.sign_out(SignOutOptions {
                    retry_when_online: true,
                    ..here()
                });
                self.pass(10_000.0);
                self.is_online = true;
                self.step(Input::Online);
                self.pass(1000.0);
                self.retry();
            }
            10 => {
                self.fates.push_back(Fate::Lost);
                self.fates.extend([Fate::Refused(captive_portal); 3]);
                self.sign_out(everywhere());
                self.sign_out(here());
                // Another tab's record, which says nothing that is new here.
                let record = self.now().ended.unwrap_or_default();
                self.step(Input::Heard(record));
                self.pass(10_000.0);
                // Each `retry()` fails too, until one does not.
                self.fates.extend([Fate::Lost; 9]);
                while !self.retries.is_empty() {
                    self.retry();
                    self.pass(10_000.0);
                }
            }
            11 => {
                self.call(Call::TakeSignOutResult);
                self.call(Call::RevokeToken(Secret::new("by hand")));
                self.sign_out(SignOutOptions {
                    forget_device: true,
                    ..by(HostedUiMode::Manual)
                });
                self.step(Input::PageHidden(None));
                self.step(Input::PageShown { persisted: true });
            }
            _ => {
                // Another user signs in at once.
                self.fates.push_back(Fate::Unanswered);
                self.sign_out(here());
                self.sign_in();
                self.sign_out(everywhere());
            }
        }
        self.pass(CYCLE_MS);
        for retry in std::mem::take(&mut self.retries) {
            self.step(Input::RetryForgotten(retry));
        }
        (self.is_popup_closed, self.looks) = (false, 0);
        self.fates.clear();
        self.settled.clear();
        self.coming.clear();
        self.ahead += BREAK_MS;
        assert!(self.handles.is_empty(), "kind {kind} keeps objects");
        assert_eq!(self.clients, [self.client], "kind {kind} keeps clients");
        assert_eq!(self.timer, None, "kind {kind} keeps a timer");
    }

    fn number(&mut self) -> u32 {
        self.last += 1;
        self.last
    }

    fn handle(&mut self) -> Handle {
        let handle = self.number();
        self.handles.push(handle);
        handle
    }

    fn configure(&mut self) {
        self.client = self.number();
        let places = [true, false].map(|shared| Place {
            access: Access::Direct,
            shared,
        });
        let config = self.config.clone();
        self.engine.add(self.client, config, places.to_vec(), false);
        self.clients.push(self.client);
        self.step(Input::Added(self.client));
        self.call(Call::Open);
    }

    fn call(&mut self, what: Call) -> CallId {
        let call = self.number();
        self.step(Input::Call(self.client, call, what));
        call
    }

    fn sign_in(&mut self) {
        let number = self.number();
        let wall = self.now().wall;
        let access = jwt(serde_json::json!({
            "token_use": "access",
            "client_id": CLIENTS[0],
            "username": "jane",
            "sub": "s",
            "origin_jti": format!("{number:010}"),
            "iat": (wall / 1000.0).floor(),
            "exp": (wall / 1000.0).floor() + 3600.0,
        }));
        let tokens = Tokens {
            access_token: Secret::new(access),
            id_token: None,
            refresh_token: Some(Secret::new(format!("refresh-{number:010}"))),
            username: None,
            sign_in_method: Some(SignInMethod::HostedUi),
        };
        self.call(Call::StoreTokens(Box::new(tokens)));
    }

    fn sign_out(&mut self, options: SignOutOptions) -> CallId {
        self.sign_out_with(options, None, None)
    }

    fn sign_out_with(
        &mut self,
        options: SignOutOptions,
        signal: Option<Handle>,
        navigate: Option<Handle>,
    ) -> CallId {
        self.call(Call::SignOut(Box::new(SignOutCall {
            options,
            navigate,
            signal,
            aborted: false,
            app_state: None,
            popup: None,
            removed: None,
            url: [APP, "/"].concat(),
        })))
    }

    /// Calls each `retry()` that is offered, and forgets it.
    fn retry(&mut self) {
        for retry in std::mem::take(&mut self.retries) {
            let call = self.number();
            self.step(Input::Retry(call, retry));
            self.step(Input::RetryForgotten(retry));
        }
    }

    // ---- time

    fn now(&self) -> Now {
        let read = |entries: &BTreeMap<String, String>, record| entries.get(&name(record)).cloned();
        Now {
            mono: self.mono,
            wall: self.ahead + self.mono,
            online: self.is_online,
            ended: read(&self.local, Record::Ended),
            retried: read(&self.session, Record::Retried),
        }
    }

    fn pass(&mut self, ms: f64) {
        let end = self.mono + ms;
        loop {
            let at = |index: usize| self.coming[index].0;
            let first = (0..self.coming.len()).min_by(|a, b| at(*a).total_cmp(&at(*b)));
            let first = first.filter(|first| at(*first) <= end);
            let timer = self.timer.filter(|timer| *timer <= end);
            match (first, timer) {
                (None, None) => break,
                (Some(index), timer) if timer.is_none_or(|timer| at(index) <= timer) => {
                    let (at, input) = self.coming.remove(index);
                    self.mono = self.mono.max(at);
                    self.step(input);
                }
                (_, timer) => {
                    self.mono = self.mono.max(timer.unwrap_or(end));
                    self.timer = None;
                    self.step(Input::Timer);
                }
            }
        }
        self.mono = end;
    }

    fn later(&mut self, ms: f64, input: Input) {
        self.coming.push((self.mono + ms, input));
    }

    // ---- the shell

    fn step(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let now = self.now();
            for effect in self.engine.step(now, input) {
                inputs.extend(self.perform(effect));
            }
        }
    }

    fn perform(&mut self, effect: Effect) -> Option<Input> {
        let stored = |id, answer| Some(Input::Stored(id, Ok(answer)));
        match effect {
            Effect::List(id, store) => {
                let names: Vec<String> = self.store(store).keys().cloned().collect();
                return stored(id, StoreAnswer::Names(names.join("\0")));
            }
            Effect::Get(id, store, keys) => {
                let entries = self.store(store);
                let values = keys.into_iter();
                let values = values.filter_map(|key| entries.get(&key).map(|it| (key, it.clone())));
                return stored(id, StoreAnswer::Values(values.collect()));
            }
            Effect::Change(id, store, keys, entries) => {
                let all = self.store(store);
                all.retain(|key, _| !keys.contains(key));
                all.extend(entries);
                return stored(id, StoreAnswer::Changed);
            }
            Effect::Send(id, request) => self.send(id, &request),
            Effect::Abort(id) => {
                let answers =
                    |it: &(f64, Input)| matches!(&it.1, Input::Answered(of, _) if *of == id);
                self.coming.retain(|it| !answers(it));
                let aborted = Err(AuthError::new(AuthErrorCode::Aborted));
                return Some(Input::Answered(id, aborted));
            }
            Effect::Timer(ms) => self.timer = ms.map(|ms| self.mono + ms.max(0.0)),
            Effect::Write(record, text) => {
                let entries = match record {
                    Record::Ended => &mut self.local,
                    _ => &mut self.session,
                };
                match text {
                    Some(text) => entries.insert(name(record), text),
                    None => entries.remove(&name(record)),
                };
            }
            Effect::Lock(id) => return Some(Input::Locked(id)),
            Effect::LookAtPage(id) => return Some(Input::PageSeen(id, Box::default())),
            Effect::Leave(id, ..) => {
                let error = AuthError::new(AuthErrorCode::Navigation);
                self.later(100.0, Input::Navigated(id, Err(error)));
            }
            Effect::OpenPopup(id) => {
                let handle = self.handle();
                return Some(Input::PopupOpened(id, Some(handle)));
            }
            Effect::SendPopup(id, _, nonce, _) => {
                if !self.is_popup_closed {
                    let report = ["popup ", Return::Completed.as_str(), " ", &nonce].concat();
                    self.later(500.0, Input::Heard(report));
                }
                return Some(Input::PopupSent(id, true));
            }
            Effect::LookAtPopup(id, _) => {
                self.looks += 1;
                let view = match (self.is_popup_closed, self.looks) {
                    (false, _) => PopupView::Away,
                    (true, 1) => PopupView::Empty,
                    (true, _) => PopupView::Closed,
                };
                return Some(Input::PopupSeen(id, view));
            }
            Effect::Settle(call, reply) => {
                assert!(!self.settled.contains(&call), "call {call} settles twice");
                self.settled.push(call);
                let retry = match reply {
                    Reply::SignedOut(outcome) => outcome.retry,
                    Reply::Returned(returned) => returned.and_then(|returned| returned.retry),
                    _ => None,
                };
                self.retries.extend(retry);
            }
            Effect::Release(handle) => self.handles.retain(|it| *it != handle),
            Effect::ReleaseClient(client) => self.clients.retain(|it| *it != client),
            _ => {}
        }
        None
    }

    fn store(&mut self, store: StoreRef) -> &mut BTreeMap<String, String> {
        match store.index {
            0 => &mut self.local,
            _ => &mut self.session,
        }
    }

    fn send(&mut self, id: EffectId, request: &Request) {
        let fate = self.fates.pop_front().unwrap_or(Fate::Answered);
        let is_refresh = request.target == "GetTokensFromRefreshToken";
        let body = match is_refresh {
            true => r#"{"AuthenticationResult":{"AccessToken":"fresh"}}"#,
            false => "{}",
        };
        let mut answer = Answer {
            status: 200,
            error_type: None,
            body: body.to_owned(),
        };
        let ms = match fate {
            _ if !self.is_online => return self.later(10.0, lost(id)),
            Fate::Unanswered => return,
            Fate::Lost => return self.later(100.0, lost(id)),
            Fate::Refused(refused) => {
                answer = refused();
                100.0
            }
            Fate::Answered => 100.0,
            Fate::Late => 9000.0,
        };
        let response = Response {
            status: answer.status,
            error_type: answer.error_type,
            body: answer.body,
            answered_at: Some(self.now().wall),
            ..Response::default()
        };
        self.later(ms, Input::Answered(id, Ok(Box::new(response))));
    }
}

fn lost(id: EffectId) -> Input {
    Input::Answered(id, Err(AuthError::new(AuthErrorCode::Network)))
}

/// The key of a record, whatever the shell calls it.
fn name(record: Record) -> String {
    format!("{record:?}")
}

fn by(hosted_ui: HostedUiMode) -> SignOutOptions {
    SignOutOptions {
        hosted_ui,
        popup_timeout: Duration::from_secs(5),
        ..SignOutOptions::default()
    }
}
