//! People, apps and other libraries: what they do.

use std::time::Duration;

use cognito_signout::internals::config::Config;
use cognito_signout::internals::engine::io::{Call, CallId, Input, Listening, SignOutCall};
use cognito_signout::internals::session::{Secret, SignInMethod, Tokens};
use cognito_signout::{HostedUiMode, SignOutOptions};

use crate::account::What;
use crate::cognito::SignIn;
use crate::pages::{Object, State, key};
use crate::setup::{Action, By, Kept, Mode, Navigate, Setup, Wanted};
use crate::storage::Entries;
use crate::story::{Event, Lost};
use crate::windows::Way;
use crate::world::{CLIENTS, Chance, HOSTED_UI, LOGOUT_URLS, Lane, POOL, World, name_of};

pub fn config(setup: &Setup, client: &str) -> Config {
    let mut json = serde_json::json!({
        "userPoolId": POOL,
        "userPoolClientId": client,
        "tokenRevocation": setup.revocation,
    });
    if setup.hosted_ui && !setup.v5 {
        json["hostedUI"] =
            serde_json::json!({ "domain": HOSTED_UI, "redirectSignOut": LOGOUT_URLS });
    }
    if setup.identity_pool {
        json["identityPoolId"] = IDENTITY_POOL.into();
    }
    if setup.v5 {
        let mut auth = serde_json::json!({
            "region": "us-east-1",
            "userPoolId": POOL,
            "userPoolWebClientId": client,
        });
        if setup.hosted_ui {
            let domain = HOSTED_UI.trim_start_matches("https://");
            auth["oauth"] = serde_json::json!({
                "awsCognito": {
                    "domain": domain,
                    "redirectSignOut": LOGOUT_URLS.join(","),
                    "responseType": "code",
                },
            });
        }
        if setup.identity_pool {
            auth["identityPoolId"] = IDENTITY_POOL.into();
        }
        json = serde_json::json!({ "Auth": auth });
        if !setup.revocation {
            json["tokenRevocation"] = false.into();
        }
    }
    Config::from_json(&json.to_string()).expect("the configuration is sound")
}

/// The key of a user's entry in Amplify's layout.
fn amplify(client: usize, what: &str) -> String {
    format!("CognitoIdentityServiceProvider.{}.{what}", CLIENTS[client])
}

const IDENTITY_POOL: &str = "us-east-1:00000000-0000-4000-8000-000000000000";

/// By how much the timers that a call waits for are late in all, where its page is seen.
const LATE_MS: f64 = 10.0;

/// What a sign-in leaves beside its tokens: it goes with them.
pub const LEFT_OVER: [&str; 2] = ["tokenScopesString", "aws.cognito.identity-id."];

/// The key of a user's record of oidc-client-ts.
fn oidc(authority: usize, client: usize) -> String {
    let issuer = format!("https://cognito-idp.us-east-1.amazonaws.com/{POOL}");
    let slash = format!("{issuer}/");
    let authority = [&issuer, &slash, HOSTED_UI][authority];
    format!("oidc.user:{authority}:{}", CLIENTS[client])
}

impl World {
    /// A page of the app starts: it configures, and looks who is signed in.
    pub fn boot(&mut self, page: usize) {
        if self.pages[page].state != State::Active {
            return;
        }
        let uses_second = self.tabs[self.pages[page].tab].uses_second;
        for client in 0..1 + usize::from(uses_second) {
            let slot = self.add_slot(page, client);
            self.add_client(page, slot);
            self.call(page, slot, Call::Open);
            if self.staged.is_some() {
                // A scene says itself what the app calls.
                continue;
            }
            if self.percent(Chance::People, page, 60) {
                self.call(page, slot, Call::TakeSignOutResult);
            }
            if self.percent(Chance::People, page, 85) {
                self.call(page, slot, Call::LoadTokens);
            }
        }
    }

    /// The engine of an app client in the page that a tab shows; it is started where there is none.
    pub fn engine_in(&mut self, tab: usize, client: usize) -> Option<(usize, usize)> {
        let tabs = self.open_tabs();
        let tab = *tabs.get(tab % tabs.len().max(1))?;
        let page = self.page_of(tab)?;
        if self.pages[page].state != State::Active || self.pages[page].slots.is_empty() {
            return None;
        }
        let slots = &self.pages[page].slots;
        // The newest is the app's.
        let known = slots.iter().rposition(|slot| slot.client == client);
        let slot = match known {
            Some(slot) => slot,
            None => {
                self.tabs[tab].uses_second |= client == 1;
                self.add_slot(page, client)
            }
        };
        if self.slot(page, slot).clients.is_empty() {
            self.add_client(page, slot);
            self.call(page, slot, Call::Open);
        }
        Some((page, slot))
    }

    pub fn tab(&self, tab: usize) -> Option<usize> {
        let tabs = self.open_tabs();
        tabs.get(tab % tabs.len().max(1)).copied()
    }

    fn note_action(&mut self, lane: Lane, action: Action) {
        self.note(lane, || Event::Action(action));
    }

    pub fn act(&mut self, action: Action) {
        match action {
            Action::SignIn {
                tab,
                user,
                client,
                hosted,
                device,
                implicit,
                by,
            } => {
                if let Some(at) = self.engine_in(tab, client) {
                    self.sign_in(at, user, [hosted, device, implicit], by);
                }
            }
            Action::SignOut(tab, client, wanted) => {
                if let Some((page, slot)) = self.engine_in(tab, client) {
                    self.sign_out(page, slot, wanted);
                }
            }
            Action::Abort(which) => self.abort(which),
            Action::Retry(which) => self.retry(which),
            Action::Forget(which) => self.forget(which),
            Action::Load(tab) => self.plain_call(tab, Call::LoadTokens),
            Action::Refresh(tab) => self.plain_call(tab, Call::RefreshTokens),
            Action::Take(tab) => self.plain_call(tab, Call::TakeSignOutResult),
            Action::RevokeToken(tab) => self.by_hand(tab, Call::RevokeToken),
            Action::GlobalSignOut(tab) => self.by_hand(tab, Call::GlobalSignOut),
            Action::Configure(tab) => {
                if let Some((page, slot)) = self.engine_in(tab, 0) {
                    self.note_action(self.lane(page), action);
                    let is_custom = self.setup.kept.is_custom();
                    let is_other = is_custom && self.percent(Chance::People, page, 50);
                    self.configure_anew(page, slot, is_other);
                }
            }
            Action::Dispose(tab) => {
                if let Some((page, slot)) = self.engine_in(tab, 0)
                    && let Some(client) = self.slot(page, slot).clients.pop()
                {
                    self.note_action(self.lane(page), action);
                    self.account.disposed(page, slot);
                    self.step(page, slot, Input::Disposed(client));
                }
            }
            Action::LibraryRefresh(tab) => self.library_refresh(tab),
            Action::LibrarySignOut(tab) => self.library_sign_out(tab),
            Action::OtherVersion(tab) => {
                if let Some((page, _)) = self.engine_in(tab, 0) {
                    self.note_action(self.lane(page), action);
                    self.other_version(page);
                }
            }
            Action::ClosePopup => {
                let popups = (0..self.tabs.len()).rev();
                let mut popups =
                    popups.filter(|tab| self.tabs[*tab].is_popup && self.tabs[*tab].is_open);
                if let Some(popup) = popups.next() {
                    self.close(popup);
                }
            }
            Action::ErrorPage => {
                self.note_action(Lane::Cognito, action);
                self.register_urls(&[HOSTED_UI]);
            }
            Action::MachineCrash => self.machine_crash(),
            Action::Clock(ms) => {
                self.note_action(Lane::Browser, action);
                self.browser.clock += ms as f64;
            }
            Action::Offline => {
                if std::mem::take(&mut self.browser.is_online) {
                    self.note_action(Lane::Browser, action);
                }
            }
            Action::Online => {
                if !self.browser.is_online {
                    self.note_action(Lane::Browser, action);
                }
                self.online();
            }
            Action::Silence => {
                self.is_silent = !self.is_silent;
                let is_silent = self.is_silent;
                self.note(Lane::Cognito, || {
                    let text = match is_silent {
                        true => "answers nothing from now on",
                        false => "answers again",
                    };
                    text.to_owned()
                });
            }
            Action::Open => {
                if self.open_tabs().len() < 4 {
                    self.open(Entries::new());
                }
            }
            other => self.act_on_tab(other),
        }
    }

    fn act_on_tab(&mut self, action: Action) {
        let (Action::Hide(tab)
        | Action::Show(tab)
        | Action::Freeze(tab)
        | Action::Resume(tab)
        | Action::Duplicate(tab)
        | Action::Reload(tab)
        | Action::Close(tab)
        | Action::Link(tab)
        | Action::Typed(tab)
        | Action::Back(tab)
        | Action::Crash(tab)) = action
        else {
            return;
        };
        let Some(tab) = self.tab(tab) else { return };
        let is_navigation = matches!(
            action,
            Action::Reload(_) | Action::Link(_) | Action::Typed(_)
        );
        let is_seen = matches!(
            action,
            Action::Hide(_) | Action::Show(_) | Action::Freeze(_) | Action::Resume(_)
        );
        if is_navigation || (is_seen && self.page_of(tab).is_some()) {
            self.note_action(Lane::Tab(tab), action);
        }
        match action {
            Action::Hide(_) => self.set_hidden(tab, true),
            Action::Show(_) | Action::Resume(_) => self.set_hidden(tab, false),
            Action::Freeze(_) => {
                self.set_hidden(tab, true);
                if let Some(page) = self.page_of(tab)
                    && self.pages[page].state == State::Active
                {
                    self.pages[page].state = State::Frozen;
                }
            }
            Action::Duplicate(_) => {
                if self.open_tabs().len() < 4 && self.page_of(tab).is_some() {
                    let session = self.session_of(tab);
                    self.open(session);
                }
            }
            Action::Reload(_) => self.navigate(tab, Way::Reload, None),
            Action::Close(_) => {
                if self.open_tabs().len() > 1 {
                    self.close(tab);
                }
            }
            Action::Link(_) => self.navigate(tab, Way::App("/home"), None),
            Action::Typed(_) => self.navigate(tab, Way::Typed("/"), None),
            Action::Back(_) => self.back(tab),
            _ => self.crash(tab),
        }
    }

    pub fn set_hidden(&mut self, tab: usize, is_hidden: bool) {
        let Some(page) = self.page_of(tab) else {
            return;
        };
        self.pages[page].is_hidden = is_hidden;
        if !is_hidden && self.pages[page].state == State::Frozen {
            self.runs_again(page);
        }
        let now = self.now;
        self.pages[page].note_awake(now);
        self.arm_again(page);
        for slot in 0..self.pages[page].slots.len() {
            if self.slot(page, slot).listening == Listening::Page {
                // `visibilitychange`
                self.deliver(page, slot, Input::Timer);
            }
        }
    }

    pub fn online(&mut self) {
        if std::mem::replace(&mut self.browser.is_online, true) {
            return;
        }
        for page in 0..self.pages.len() {
            for slot in 0..self.pages[page].slots.len() {
                let it = self.slot(page, slot);
                if it.listening == Listening::Page && self.pages[page].state != State::Cached {
                    self.deliver(page, slot, Input::Online);
                }
            }
        }
    }

    /// The app configures once more. With another object as its storage, the page has a new engine.
    pub fn configure_anew(&mut self, page: usize, slot: usize, is_other: bool) {
        let old = self.slot(page, slot).clients.clone();
        let new = match is_other {
            true => {
                let client = self.pages[page].slots[slot].client;
                let new = self.add_slot(page, client);
                let slots = &mut self.pages[page].slots;
                let (before, after) = slots.split_at_mut(new);
                after[0].engine.inherit(&before[slot].engine);
                new
            }
            false => slot,
        };
        self.add_client(page, new);
        for client in old {
            self.slot(page, slot).clients.retain(|it| *it != client);
            self.step(page, slot, Input::Disposed(client));
        }
        self.call(page, new, Call::Open);
    }

    fn plain_call(&mut self, tab: usize, call: Call) {
        if let Some((page, slot)) = self.engine_in(tab, 0) {
            self.call(page, slot, call);
        }
    }

    /// The escape hatch, with a token of the newest session.
    fn by_hand(&mut self, tab: usize, call: fn(Secret) -> Call) {
        let Some((page, slot)) = self.engine_in(tab, 0) else {
            return;
        };
        let newest = self
            .sessions
            .iter()
            .rposition(|session| session.client == 0);
        let Some(session) = newest else { return };
        let known = &self.sessions[session];
        let is_revoke = matches!(call(Secret::new("")), Call::RevokeToken(_));
        let tokens = if is_revoke {
            &known.refresh
        } else {
            &known.access
        };
        let Some(token) = tokens.last().cloned() else {
            return;
        };
        self.account.by_hand.push(session);
        self.call(page, slot, call(Secret::new(token)));
    }

    // ---- sign-ins

    pub fn sign_in(
        &mut self,
        (page, slot): (usize, usize),
        user: usize,
        [hosted, device, implicit]: [bool; 3],
        by: By,
    ) {
        let client = self.pages[page].slots[slot].client;
        let hosted = hosted && self.setup.hosted_ui;
        let (wall, name) = (self.wall(), name_of(user));
        let cookie = hosted.then(|| match self.browser.hosted {
            Some(cookie) if self.account.cookie_users.get(&cookie) == Some(&user) => cookie,
            _ => self.cognito.hosted_sign_in(wall, &name),
        });
        if let Some(cookie) = cookie {
            self.account.cookie_users.insert(cookie, user);
            self.browser.hosted = Some(cookie);
        }
        let by = match self.setup.kept {
            Kept::Memory => By::StoreTokens,
            Kept::StateStore => By::Library,
            _ => by,
        };
        // Only a library's layout keeps a device.
        let device = (device && !hosted && by == By::Library && !self.setup.oidc)
            .then(|| format!("device-{user}"));
        let issued = self.cognito.sign_in(
            wall,
            &SignIn {
                user: &name,
                client: CLIENTS[client],
                hosted: cookie,
                admin_scope: true,
                device: device.clone(),
            },
        );
        let session = self.signed_in(client, user, &issued);
        self.account.signs_in();
        self.sessions[session].hosted = cookie;
        self.sessions[session].device = device;
        if by == By::Library && self.setup.kept == Kept::Cookie {
            self.sessions[session].of_domain = self.percent(Chance::Cookies, page, 30);
        }
        let lane = self.lane(page);
        self.note(lane, || Event::SignsIn {
            session,
            user: name.clone(),
            hosted,
            client,
            is_implicit: implicit && by == By::StoreTokens,
        });
        match by {
            By::StoreTokens => {
                let method = if hosted {
                    SignInMethod::HostedUi
                } else {
                    SignInMethod::Api
                };
                let tokens = Tokens {
                    access_token: Secret::new(issued.access),
                    id_token: Some(Secret::new(issued.id)),
                    refresh_token: (!implicit).then(|| Secret::new(issued.refresh)),
                    username: None,
                    sign_in_method: Some(method),
                };
                self.call(page, slot, Call::StoreTokens(Box::new(tokens)));
            }
            By::Library => self.library_writes(page, slot, session, true),
        }
    }

    /// A library stores the newest tokens of a session.
    pub fn library_writes(&mut self, page: usize, slot: usize, session: usize, is_sign_in: bool) {
        let (kept, at) = (self.setup.kept, (page, slot));
        self.account.changed_at = Some(self.now);
        let known = &self.sessions[session];
        let (client, user) = (known.client, name_of(known.user));
        let hosted = known.hosted.is_some();
        let device = known.device.clone();
        let access = known.access.last().cloned().unwrap_or_default();
        let id = known.ids.last().cloned().unwrap_or_default();
        let refresh = known.refresh.last().cloned().unwrap_or_default();
        if self.setup.oidc {
            let record = serde_json::json!({
                "access_token": access,
                "refresh_token": refresh,
                "token_type": "Bearer",
            });
            let key = oidc(self.setup.authority, client);
            return self.library_sets(at, session, &key, Some(&record.to_string()));
        }
        let name = |what: &str| amplify(client, &format!("{user}.{what}"));
        self.library_sets(at, session, &name("accessToken"), Some(&access));
        self.library_sets(at, session, &name("idToken"), Some(&id));
        if is_sign_in {
            let details = (!hosted).then_some("{}");
            self.library_sets(at, session, &name("signInDetails"), details);
            let flag = hosted.then_some("true,false");
            self.library_sets(at, session, &amplify(client, "oauthSignIn"), flag);
            let scopes = hosted.then_some("openid");
            self.library_sets(at, session, &name("tokenScopesString"), scopes);
            self.library_sets(at, session, &name("userData"), Some("{}"));
            self.library_sets(at, session, &name("clockDrift"), Some("17"));
            if self.setup.identity_pool {
                let key = format!("aws.cognito.identity-id.{IDENTITY_POOL}");
                self.library_sets(at, session, &key, Some("us-east-1:guest"));
            }
            if self.setup.user_list {
                let list = amplify(client, "AuthUserList");
                let known = self.entries(page, slot, kept).get(list.as_str());
                let mut users = known.map_or(String::new(), |known| known.text.to_string());
                if !users.split(',').any(|known| known == user) {
                    users = if users.is_empty() {
                        user.clone()
                    } else {
                        format!("{users},{user}")
                    };
                    self.library_sets(at, session, &list, Some(&users));
                }
            }
            self.library_sets(at, session, &name("deviceKey"), device.as_deref());
            self.library_sets(at, session, &amplify(client, "LastAuthUser"), Some(&user));
        }
        self.library_sets(at, session, &name("refreshToken"), Some(&refresh));
    }

    /// A library stores or removes an entry of a session. It always gives the same domain to its
    /// cookies.
    fn library_sets(
        &mut self,
        (page, slot): (usize, usize),
        session: usize,
        key: &str,
        text: Option<&str>,
    ) {
        match self.setup.kept {
            Kept::Cookie => {
                let of_domain = self.sessions[session].of_domain;
                self.library_cookie(of_domain, key, text);
            }
            kept => self.set(page, slot, kept, key, text),
        }
    }

    /// The session that a page of the first app client shows, as a library finds it.
    fn shown(&self, page: usize, slot: usize) -> Option<usize> {
        let found = self.present_in(page, slot, self.setup.kept);
        self.current(page, slot).or_else(|| found.into_iter().max())
    }

    /// The session of the user whom Amplify's layout names as the last one.
    pub fn current(&self, page: usize, slot: usize) -> Option<usize> {
        let client = self.pages[page].slots[slot].client;
        let entries = self.entries(page, slot, self.setup.kept);
        let last = entries.get(amplify(client, "LastAuthUser").as_str())?;
        let key = amplify(client, &format!("{}.accessToken", last.text));
        entries.get(key.as_str())?.session
    }

    /// The user signs in on another device.
    pub fn sign_in_elsewhere(&mut self) {
        self.issue(0);
    }

    fn issue(&mut self, user: usize) -> usize {
        let (wall, name) = (self.wall(), name_of(user));
        let issued = self.cognito.sign_in(
            wall,
            &SignIn {
                user: &name,
                client: CLIENTS[0],
                hosted: None,
                admin_scope: true,
                device: None,
            },
        );
        let session = self.signed_in(0, user, &issued);
        self.sessions[session].stored.push(issued.refresh);
        session
    }

    /// Many users are stored from before.
    pub fn store_crowd(&mut self) {
        let Some(page) = self.tab(0).and_then(|tab| self.page_of(tab)) else {
            return;
        };
        for user in 2..42 {
            let session = self.issue(user);
            let known = &self.sessions[session];
            let (access, refresh) = (known.access[0].clone(), known.refresh[0].clone());
            let name = name_of(user);
            for (what, token) in [("accessToken", access), ("refreshToken", refresh)] {
                self.write_local(page, &amplify(0, &format!("{name}.{what}")), Some(&token));
            }
        }
    }

    /// A library refreshes: it writes what it gets, whatever happened meanwhile.
    fn library_refresh(&mut self, tab: usize) {
        let Some((page, slot)) = self.engine_in(tab, 0) else {
            return;
        };
        let Some(session) = self.shown(page, slot) else {
            return;
        };
        let known = &self.sessions[session];
        // A library has what is stored.
        let Some(token) = known.stored.last().cloned() else {
            return;
        };
        let lane = self.lane(page);
        self.note(lane, || Event::LibraryRefreshes(session));
        let known = &self.sessions[session];
        let mut body =
            serde_json::json!({ "RefreshToken": token, "ClientId": CLIENTS[known.client] });
        if let Some(device) = &known.device {
            body["DeviceKey"] = device.as_str().into();
        }
        let (there, back) = (
            1 + self.below(Chance::People, page, 400),
            1 + self.below(Chance::People, page, 3000),
        );
        let target = match self.setup.knows_get_tokens {
            true => "GetTokensFromRefreshToken",
            false => "InitiateAuth",
        };
        let request = (page, slot, u32::MAX - self.number());
        self.note(lane, || Event::Sends {
            request,
            target,
            session,
        });
        self.after(there as f64, move |world| {
            if world.is_silent || !world.browser.is_online {
                return world.note_lost(request, target, Lost::Silence);
            }
            if !world.setup.knows_get_tokens {
                let parameters = serde_json::json!({
                    "REFRESH_TOKEN": body["RefreshToken"], "DEVICE_KEY": body["DeviceKey"],
                });
                body = serde_json::json!({
                    "AuthFlow": "REFRESH_TOKEN_AUTH",
                    "ClientId": body["ClientId"],
                    "AuthParameters": parameters,
                });
            }
            let answer = world.serve(target, &body.to_string());
            world.note_served(request, target, &answer);
            if answer.status != 200 {
                return;
            }
            world.after(back as f64, move |world| {
                if world.pages[page].state == State::Active {
                    let lane = world.lane(page);
                    world.note_got(request, target, Some(200));
                    world.note(lane, || Event::LibraryStores(session));
                    world.account.refreshed(session, page, world.now);
                    world.library_writes(page, slot, session, false);
                }
            });
        });
    }

    /// A library signs out: it removes what it knows, and revokes.
    fn library_sign_out(&mut self, tab: usize) {
        let Some((page, slot)) = self.engine_in(tab, 0) else {
            return;
        };
        let Some(session) = self.shown(page, slot) else {
            return;
        };
        let known = &self.sessions[session];
        let (client, user) = (known.client, name_of(known.user));
        let token = known.refresh.last().cloned().unwrap_or_default();
        let (lane, at) = (self.lane(page), (page, slot));
        self.note(lane, || Event::LibrarySignsOut(session));
        self.account.changed_at = Some(self.now);
        if self.setup.oidc {
            self.library_sets(at, session, &oidc(self.setup.authority, client), None);
        }
        for what in ["accessToken", "idToken", "refreshToken", "signInDetails"] {
            self.library_sets(
                at,
                session,
                &amplify(client, &format!("{user}.{what}")),
                None,
            );
        }
        self.library_sets(at, session, &amplify(client, "LastAuthUser"), None);
        let body = serde_json::json!({ "Token": token, "ClientId": CLIENTS[client] }).to_string();
        let request = (page, slot, u32::MAX - self.number());
        self.note(lane, || Event::Sends {
            request,
            target: "RevokeToken",
            session,
        });
        self.after(50.0, move |world| {
            let answer = world.serve("RevokeToken", &body);
            world.note_served(request, "RevokeToken", &answer);
        });
    }

    /// Another version of the package adds an entry that this one can't read whole.
    fn other_version(&mut self, page: usize) {
        let name = key(0, "ended");
        let local = &self.browser.processes[self.pages[page].process].local;
        let text = local.get(name.as_str()).map_or("[]", |value| &value.text);
        let mut list: Vec<serde_json::Value> = serde_json::from_str(text).unwrap_or_default();
        list.push(serde_json::json!({ "of": "a later version", "n": [1, { "x": null }] }));
        let text = serde_json::Value::from(list).to_string();
        self.write_local(page, &name, Some(&text));
    }

    // ---- sign-outs

    fn sign_out(&mut self, page: usize, slot: usize, wanted: Wanted) {
        let options = SignOutOptions {
            global: wanted.global,
            hosted_ui: match wanted.hosted_ui {
                Mode::Auto => HostedUiMode::Auto,
                Mode::Redirect => HostedUiMode::Redirect,
                Mode::Popup | Mode::OpenedPopup => HostedUiMode::Popup,
                Mode::Manual => HostedUiMode::Manual,
                Mode::None => HostedUiMode::None,
            },
            redirect_url: None,
            timeout: Duration::from_millis(wanted.timeout_ms),
            popup_timeout: Duration::from_secs(15),
            forget_device: wanted.forget_device,
            retry_when_online: wanted.online,
        };
        let signal = wanted.signal.then(|| {
            let number = self.number();
            self.keep(page, slot, Object::Signal(number))
        });
        let navigate = wanted
            .navigate
            .map(|how| self.keep(page, slot, Object::Navigate(how)));
        let popup = (wanted.hosted_ui == Mode::OpenedPopup).then(|| self.open_popup(page, slot));
        let aborted = signal.is_some() && self.percent(Chance::People, page, 8);
        let url = self.pages[page].url.clone();
        let call = Call::SignOut(Box::new(SignOutCall {
            options,
            navigate,
            signal,
            aborted,
            app_state: None,
            popup,
            removed: None,
            url,
        }));
        self.call(page, slot, call);
    }

    fn abort(&mut self, which: usize) {
        let mut signals = Vec::new();
        for (index, page) in self.pages.iter().enumerate() {
            for (slot, it) in page.slots.iter().enumerate() {
                for object in &it.objects {
                    if matches!(object.1, Object::Signal(_)) && page.state == State::Active {
                        signals.push((index, slot, object.0));
                    }
                }
            }
        }
        if let Some((page, slot, signal)) = signals.get(which % signals.len().max(1)).copied() {
            self.note_aborted(page, slot, signal);
            self.account.aborted(page, slot, signal);
            self.step(page, slot, Input::Aborted(signal));
        }
    }

    fn retry(&mut self, which: usize) {
        let offers = self.account.offers.iter();
        let alive: Vec<usize> = offers
            .enumerate()
            .filter(|(_, offer)| self.pages[offer.page].state == State::Active)
            .map(|(index, _)| index)
            .collect();
        if let Some(index) = alive.get(which % alive.len().max(1)) {
            self.call_retry(*index);
        }
    }

    /// What an app does with a result that it finds on load.
    pub fn take_returned(&mut self, page: usize, slot: usize, retry: u32) {
        if !self.setup.retries_on_load {
            return;
        }
        self.after(1.0, move |world| {
            let mut offers = world.account.offers.iter();
            let own = offers
                .position(|offer| (offer.page, offer.slot, offer.retry) == (page, slot, retry));
            if let Some(index) = own.filter(|_| world.pages[page].state == State::Active) {
                world.call_retry(index);
            }
        });
    }

    pub fn call_retry(&mut self, index: usize) -> CallId {
        let offer = self.account.offers.remove(index);
        // Some call it twice, and get the same.
        let twice = self.percent(Chance::People, offer.page, 20);
        let mut call = 0;
        for _ in 0..1 + u32::from(twice) {
            call = self.next_call();
            self.account_retry(&offer, call);
            self.step(offer.page, offer.slot, Input::Retry(call, offer.retry));
        }
        for _ in 0..offer.holders {
            self.deliver(offer.page, offer.slot, Input::RetryForgotten(offer.retry));
        }
        call
    }

    /// The next `retry()` that was not called; it is not called once more.
    pub fn retry_next(&mut self) {
        let mut offers = self.account.offers.iter();
        let at = offers.position(|offer| self.pages[offer.page].state == State::Active);
        if let Some(at) = at {
            self.call_retry(at);
        }
    }

    /// The apps' own `navigate` follows the address from now on.
    pub fn mend_navigations(&mut self) {
        for slot in self.pages.iter_mut().flat_map(|page| &mut page.slots) {
            for object in &mut slot.objects {
                if matches!(object.1, Object::Navigate(_)) {
                    object.1 = Object::Navigate(Navigate::Follows);
                }
            }
        }
    }

    fn forget(&mut self, which: usize) {
        let count = self.account.offers.len();
        if count == 0 {
            return;
        }
        let offer = self.account.offers.remove(which % count);
        let call = self.account.call_of(&offer);
        let lane = self.lane(offer.page);
        self.note(lane, || {
            format!("forgets the result of call {call}, and its retry()")
        });
        for _ in 0..offer.holders {
            self.deliver(offer.page, offer.slot, Input::RetryForgotten(offer.retry));
        }
    }

    /// A caller's bound, in milliseconds while its page is seen. `left_after`: how much later the last
    /// call was made that leaves the page and may have joined.
    pub fn bound(&self, what: &What, joins: bool, left_after: f64) -> f64 {
        // An asynchronous storage has 5 s for each piece of work.
        let storage = if self.setup.kept.is_custom() {
            5000.0
        } else {
            0.0
        };
        let bound = match what {
            What::Open | What::Load | What::Take => storage,
            What::Store(_) => 2.0 * storage,
            What::Refresh => {
                let lock = if self.setup.locks { 5000.0 } else { 0.0 };
                // A pool may know only the older of two requests.
                let requests = if self.setup.knows_get_tokens {
                    1.0
                } else {
                    2.0
                };
                lock + requests * 5000.0 + 4.0 * storage
            }
            What::ByHand(_) => 5000.0,
            What::SignOut(asked) => {
                let least = if asked.is_retry { 5000.0 } else { 0.0 };
                // A `retry()` waits for what the browser's being online began.
                let times = if asked.is_retry && asked.online {
                    2.0
                } else {
                    1.0
                };
                let remote = times * asked.timeout_ms.max(least);
                let all = match asked.mode {
                    HostedUiMode::None | HostedUiMode::Manual => remote,
                    HostedUiMode::Popup => 15_000.0 + remote,
                    _ => remote.max(left_after + 31_000.0),
                };
                all + storage * if joins { 2.0 } else { 1.0 }
            }
        };
        bound + LATE_MS
    }
}
