//! The engine: everything that decides. It owns all state and does no I/O: an input comes, effects go out ([`Engine::step`]). The
//! shell performs them in order, and what comes of them goes back as inputs.

mod clients;
mod ended;
mod facts;
pub mod io;
mod lone;
mod other_tabs;
pub mod outcome;
mod parts;
mod random;
mod refresh;
mod requests;
mod retries;
mod returns;
mod sessions;
mod sign_out;
mod sign_outs;
mod steps;
mod storage;
pub mod tables;
mod target;

use std::rc::Rc;

use self::clients::Client;
use self::io::{
    Call, CallId, ClientId, Effect, EffectId, Handle, Input, Listening, Now, Page, PageView, Place,
    Reply, SignOutCall, SignedOutReason,
};
use self::lone::Lone;
use self::parts::{After, Look, Owner, Parts};
use self::refresh::Refreshes;
use self::requests::for_revoke;
use self::sessions::LiveSession;
use self::sign_outs::SignOuts;
use self::storage::{Done, Scanned, Stores};
use self::tables::Mark;
use crate::config::{self, Config};
use crate::error::{AuthError, AuthErrorCode};
use crate::layout::amplify;
use crate::protocol::{self, Response};
use crate::session::{SessionId, Tokens};

/// The engine of an app client in a page. Clients whose sessions are in the same place share it, whatever else they were
/// configured with: so none of them takes another one of the page for another tab.
pub struct Engine {
    parts: Parts,
    sign_outs: SignOuts,
    refreshes: Refreshes,
    handles: Vec<Handle>,
    timer: f64,
}

impl Engine {
    /// An engine without clients; the seed makes its random numbers.
    pub fn new(page: Page, seed: [u32; 4]) -> Engine {
        Engine {
            parts: Parts::new(page, seed),
            sign_outs: SignOuts::default(),
            refreshes: Refreshes::default(),
            handles: Vec::new(),
            timer: f64::INFINITY,
        }
    }

    /// One more client; `Input::Added` follows.
    pub fn add(&mut self, id: ClientId, config: Config, places: Vec<Place>, has_state_store: bool) {
        let stores = Stores::new(id, places, has_state_store, config::target(&config));
        let stores = Rc::new(stores);
        self.parts.clients.add(Client { id, config, stores });
    }

    /// What another engine of this page did and heard stays true: a client was configured again.
    pub fn inherit(&mut self, other: &Engine) {
        let (parts, other) = (&mut self.parts, &other.parts);
        parts.ended.inherit(&other.ended);
        parts.returns.inherit(&other.returns);
        if parts.facts.last_read.is_none() {
            parts.facts.last_read = other.facts.last_read;
        }
    }

    /// Whether some tab of the origin is signing out.
    pub fn is_signing_out(&self, now: &Now) -> bool {
        let ended = self.parts.ended.now(now);
        self.sign_outs.is_signing_out() || ended.is_signing_out(now.wall)
    }

    /// Takes an input and says what is to be done, in this order.
    pub fn step(&mut self, now: Now, input: Input) -> Vec<Effect> {
        self.parts.ended.look(&now);
        self.parts.returns.look(&now);
        self.parts.now = now;
        self.take(input);
        self.tidy();
        std::mem::take(&mut self.parts.effects)
    }

    fn take(&mut self, input: Input) {
        let parts = &mut self.parts;
        match input {
            Input::Added(_) => {
                if !parts.listens() {
                    parts.listen(Listening::Tabs);
                }
                if parts.returns.is_due() {
                    parts.look_at_page(Look::Arrival);
                }
            }
            Input::Disposed(client) => parts.clients.dispose(client),
            Input::Call(client, call, what) => self.called(client, call, what),
            Input::Retry(call, retry) => self.sign_outs.retry(parts, retry, call),
            Input::Stored(effect, answer) => {
                let done = parts.store_answered(effect, answer);
                self.done(done);
            }
            Input::Answered(effect, answer) => self.answered(effect, answer),
            Input::Locked(effect) => self.refreshes.granted(parts, effect),
            Input::PageSeen(effect, view) => self.page_seen(effect, &view),
            Input::Timer => {
                // It fired, perhaps too early: it is set again.
                self.timer = f64::NAN;
                self.tick();
            }
            Input::PageHidden(entry) => {
                let departure = parts.returns.depart(&parts.page, entry, &mut parts.effects);
                self.sign_outs.page_hidden(parts, departure);
            }
            Input::PageShown { persisted } => {
                self.tick();
                if persisted {
                    self.restored();
                }
            }
            Input::Online => self.sign_outs.online(parts),
            Input::Heard(text) => self.heard(&text),
            Input::RetryForgotten(retry) => self.sign_outs.retry_forgotten(retry),
            other => self.navigation_or_popup(other),
        }
    }

    #[inline(never)]
    fn navigation_or_popup(&mut self, input: Input) {
        let (parts, sign_outs) = (&mut self.parts, &mut self.sign_outs);
        match input {
            Input::Navigated(effect, result) => {
                let mut result = Some(result);
                sign_outs.each_task(parts, &mut |task, scope| {
                    if let Some(given) = result.take() {
                        result = task.navigated(effect, given, scope).err();
                    }
                });
            }
            Input::Unloading => parts.returns.unloading(),
            Input::NavigationSeen {
                url,
                is_ours,
                stays,
            } => parts.returns.navigation_seen(&url, is_ours, stays),
            Input::PopupOpened(effect, window) => {
                self.handles.extend(window);
                let mut is_awaited = false;
                sign_outs.each_task(parts, &mut |task, scope| {
                    is_awaited |= task.popup_opened(effect, window, scope);
                });
                if let (false, Some(window)) = (is_awaited, window) {
                    parts.effects.push(Effect::ClosePopup(window));
                }
            }
            Input::PopupSent(effect, sent) => {
                sign_outs.each_task(parts, &mut |task, scope| {
                    task.popup_sent(effect, sent, scope);
                });
            }
            Input::PopupSeen(effect, view) => {
                sign_outs.each_task(parts, &mut |task, scope| {
                    task.popup_seen(effect, view, scope);
                });
            }
            Input::PopupUnloading(window) => {
                sign_outs.each_task(parts, &mut |task, _| task.popup_unloading(window));
            }
            Input::Aborted(signal) => sign_outs.signal_aborted(parts, signal),
            _ => {}
        }
    }

    // ---- calls

    #[inline(never)]
    fn called(&mut self, client: ClientId, call: CallId, what: Call) {
        let parts = &mut self.parts;
        let Some(client) = &parts.clients.get(client) else {
            let error = AuthError::new(AuthErrorCode::NotConfigured);
            return parts.settle(call, Reply::Failed(error));
        };
        match what {
            Call::Open => self.open(client, call),
            Call::StoreTokens(tokens) => self.store(client, call, *tokens),
            Call::LoadTokens => parts.look(client, After::Load(call)),
            Call::RefreshTokens => self.refreshes.begin(parts, client, call),
            Call::SignOut(asked) => self.sign_out(client, call, *asked),
            Call::TakeSignOutResult => self.take_result(client, call),
            Call::RevokeToken(token) => {
                let request = for_revoke(client, &parts.facts, &token);
                parts.send_alone(client, Lone::RevokeToken(call), request);
            }
            Call::GlobalSignOut(token) => {
                let endpoint = parts.facts.endpoint(client, Some(&token));
                let request = endpoint.map(|endpoint| {
                    let request = protocol::global_sign_out::request(&endpoint, &token);
                    (Box::new(request), None)
                });
                parts.send_alone(client, Lone::GlobalSignOut(call), request);
            }
        }
    }

    fn sign_out(&mut self, client: &Rc<Client>, call: CallId, asked: SignOutCall) {
        // What is not kept is released.
        let objects = [asked.navigate, asked.signal, asked.popup.flatten()];
        self.handles.extend(objects.into_iter().flatten());
        self.sign_outs
            .sign_out(&mut self.parts, client, call, asked);
    }

    #[inline(never)]
    fn open(&mut self, client: &Rc<Client>, call: CallId) {
        if !self.parts.page.exists && client.stores.is_blocked() {
            let error = AuthError::configuration(
                "storage",
                "a worker has no localStorage, sessionStorage or cookies; give \"memory\" or an object of your own",
            );
            return self.parts.settle(call, Reply::Failed(error));
        }
        self.parts.look(client, After::Open(call));
    }

    #[inline(never)]
    fn store(&mut self, client: &Rc<Client>, call: CallId, tokens: Tokens) {
        let parts = &mut self.parts;
        let tokens = match sessions::named(tokens) {
            Ok(tokens) => tokens,
            Err(error) => return parts.settle(call, Reply::Failed(error)),
        };
        let id = sessions::session_of(&tokens).identity();
        if parts.ended.has(id, &parts.now) {
            return parts.settle(call, Reply::Failed(sessions::is_ended()));
        }
        let entries = amplify::entries(&client.config.user_pool_client_id, &tokens);
        let owner = Owner::Store(client.clone(), call, id);
        parts.write(client, owner, 0, entries);
    }

    #[inline(never)]
    fn stored(
        &mut self,
        client: &Rc<Client>,
        call: CallId,
        id: Option<SessionId>,
        result: Result<(), AuthError>,
    ) {
        let parts = &mut self.parts;
        if let Err(error) = result {
            parts.settle(call, Reply::Failed(sessions::not_stored(error)));
            // What was there before was put back, and may have ended meanwhile.
            return parts.look(client, After::Nothing);
        }
        if parts.ended.has(id, &parts.now) {
            return parts.look(client, After::Stored(call));
        }
        parts.facts.last_read = id;
        parts.returns.forget(&mut parts.effects);
        parts
            .returns
            .note_retry(false, &parts.now, &mut parts.effects);
        parts.settle(call, Reply::Done);
    }

    // ---- coming back

    #[inline(never)]
    fn take_result(&mut self, client: &Rc<Client>, call: CallId) {
        let parts = &mut self.parts;
        let taken = parts.returns.taken();
        if parts.returns.left_here() || self.sign_outs.active().is_some() {
            parts.look(client, After::Take(call, Reply::Returned(None)));
        } else if taken.is_some() {
            parts.look(client, After::Take(call, Reply::Returned(taken)));
        } else {
            parts.look_at_page(Look::Take(client.clone(), call));
        }
    }

    #[inline(never)]
    fn page_seen(&mut self, effect: EffectId, view: &PageView) {
        let parts = &mut self.parts;
        let Some(look) = parts.looked(effect) else {
            return;
        };
        let any = parts.clients.any();
        let hosted = any.as_ref().and_then(|it| it.config.hosted_ui.as_ref());
        let origin = hosted.map_or("", |hosted| &hosted.origin);
        let record = parts.returns.arrive(
            &parts.page,
            view,
            &parts.now,
            &mut parts.ended,
            origin,
            &mut parts.effects,
        );
        let Look::Take(client, call) = look else {
            return;
        };
        let taken = record.and_then(|record| {
            parts
                .returns
                .take(view, &record, &parts.now, &mut parts.effects)
        });
        let returned = taken.map(|(mut returned, again)| {
            if let Some(target) = again {
                let id = parts.id();
                returned.retry = Some(id);
                self.sign_outs.offer_leaving(id, &client, target);
            }
            let returned = Rc::new(returned);
            parts.returns.keep(returned.clone());
            returned
        });
        parts.look(&client, After::Take(call, Reply::Returned(returned)));
    }

    /// The page came back from the back-forward cache.
    #[inline(never)]
    fn restored(&mut self) {
        let parts = &mut self.parts;
        parts.returns.restore(&mut parts.effects);
        parts.look_at_page(Look::Arrival);
        let mark = parts.ended.all(&parts.now);
        if let Some(client) = parts.clients.any() {
            other_tabs::consider(parts, &client, mark, SignedOutReason::Restored, false);
        }
    }

    #[inline(never)]
    fn heard(&mut self, text: &str) {
        let (parts, sign_outs) = (&mut self.parts, &mut self.sign_outs);
        if returns::is_popup_report(text) {
            if let Some((found, nonce)) = returns::popup_report(text) {
                sign_outs.each_task(parts, &mut |task, scope| {
                    task.popup_reported(nonce, found, scope);
                });
            }
            return;
        }
        parts.ended.hear(text, &parts.now, &mut parts.effects);
        let mark = Mark::parse(text, parts.now.wall);
        sign_outs.each_task(parts, &mut |task, scope| task.check_other_tab(scope));
        if let Some(client) = parts.clients.any() {
            other_tabs::consider(parts, &client, mark, SignedOutReason::OtherTab, false);
        }
    }

    // ---- what comes back

    fn done(&mut self, done: Option<Done<Owner>>) {
        match done {
            None => {}
            Some(Done::Scanned(owner, scanned)) => self.scanned(owner, scanned),
            Some(Done::Removed(owner, scanned)) => self.removed(owner, scanned),
            Some(Done::Written(Owner::Store(client, call, id), result)) => {
                self.stored(&client, call, id, result);
            }
            Some(Done::Written(Owner::Refreshed(id), result)) => {
                self.refreshes.written(&mut self.parts, id, result);
            }
            Some(Done::Written(..)) => {}
        }
    }

    #[inline(never)]
    fn scanned(&mut self, owner: Owner, mut scanned: Box<Scanned>) {
        let parts = &mut self.parts;
        match owner {
            Owner::SignOut(id, purpose) => {
                self.sign_outs.scanned(parts, id, purpose, scanned);
            }
            Owner::Join(id) => self.sign_outs.join(parts, id, &scanned),
            Owner::Ended(client, after) => {
                parts.learn_issuer(&client, &scanned);
                let is_own = |id| self.sign_outs.holds(id);
                let (live, tokens) =
                    sessions::sort_out(&mut scanned.places, &parts.ended, &parts.now, &is_own);
                let id = live.as_ref().and_then(|live| live.session.identity());
                // Other calls give nobody the tokens: the page may show whom it was told of before.
                let is_shown = matches!(after, After::Load(_)) || parts.facts.last_read.is_none();
                if id.is_some() && is_shown {
                    parts.facts.last_read = id;
                }
                let owner = Owner::EndedRemoved(client.clone(), after, live, tokens);
                let done = parts.remove(&client, owner, scanned, false);
                self.done(done);
            }
            Owner::OtherTabs(client, mut considered) => {
                other_tabs::choose_copies(&client, &mut considered, &mut scanned);
                let owner = Owner::OtherTabs(client.clone(), considered);
                let done = parts.remove(&client, owner, scanned, false);
                self.done(done);
            }
            Owner::StateStore(client) => {
                let stores = Rc::new(client.stores.state_store());
                let owner = Owner::StateStore(client);
                let done = parts.remove_from(&stores, owner, scanned, true);
                self.done(done);
            }
            Owner::EndedRemoved(..) | Owner::Store(..) | Owner::Refreshed(_) => {}
        }
    }

    #[inline(never)]
    fn removed(&mut self, owner: Owner, scanned: Box<Scanned>) {
        let parts = &mut self.parts;
        match owner {
            Owner::SignOut(id, purpose) => {
                self.sign_outs.removed(parts, id, purpose, scanned);
            }
            Owner::EndedRemoved(client, after, live, tokens) => {
                for ended in &tokens {
                    self.sign_outs.revoke(parts, &client, ended);
                }
                let result = scanned.error.map_or(Ok(live), Err);
                self.looked(&client, after, result);
            }
            // What is left is read back by the next call that looks.
            Owner::OtherTabs(_, considered) => other_tabs::tell_considered(parts, &considered),
            _ => {}
        }
    }

    /// Ended sessions were removed; goes on with the live one.
    #[inline(never)]
    fn looked(
        &mut self,
        client: &Rc<Client>,
        after: After,
        result: Result<Option<Box<LiveSession>>, AuthError>,
    ) {
        let parts = &mut self.parts;
        match after {
            After::Open(call) => {
                // A storage that can't be read is told by the call that needs it.
                if let Ok(None) = result {
                    other_tabs::catch_up(parts, client);
                }
                parts.settle(call, Reply::Done);
            }
            After::Load(call) => {
                let reply = result.map(|live| {
                    let tokens = live.and_then(|live| sessions::tokens_of(&live.session));
                    Reply::Tokens(tokens.map(Box::new))
                });
                parts.settle_with(call, reply);
            }
            After::Take(call, reply) => {
                // A sign-out that began meanwhile has forgotten it, and its `retry()`.
                let reply = match parts.returns.taken() {
                    Some(_) => reply,
                    None => Reply::Returned(None),
                };
                parts.settle(call, reply);
            }
            After::Stored(call) => parts.settle(call, Reply::Failed(sessions::is_ended())),
            After::Nothing => {}
            After::Refresh(id) => {
                if let Some((client, ended)) = self.refreshes.looked(parts, id, result) {
                    self.sign_outs.revoke(parts, &client, &ended);
                }
            }
        }
    }

    #[inline(never)]
    fn answered(&mut self, effect: EffectId, answer: Result<Box<Response>, AuthError>) {
        let parts = &mut self.parts;
        let Some(lone) = parts.lone.take(effect) else {
            return self.sign_outs.answered(parts, effect, answer);
        };
        match (lone.instead, &answer) {
            (Some(next), Ok(response)) if sign_out::is_unknown(response) => {
                parts.send_alone(&lone.client, lone.purpose, Ok((next, None)));
            }
            _ => self.lone_answered(lone.purpose, answer),
        }
    }

    #[inline(never)]
    fn lone_answered(&mut self, purpose: Lone, answer: Result<Box<Response>, AuthError>) {
        let parts = &mut self.parts;
        match purpose {
            Lone::Passing => {}
            Lone::RevokeToken(call) => {
                let result = answer.and_then(|answer| protocol::revoke_token::answer(&answer));
                parts.settle_with(call, result.map(|()| Reply::Done));
            }
            Lone::GlobalSignOut(call) => {
                let result =
                    answer.and_then(|answer| protocol::global_sign_out::answer(&answer, false));
                parts.settle_with(call, result.map(|()| Reply::Done));
            }
            Lone::Refresh(id) => self.refreshes.answered(parts, id, answer),
        }
    }

    // ---- time

    #[inline(never)]
    fn tick(&mut self) {
        let now = self.parts.now.mono;
        while let Some(effect) = self.parts.storage.overdue(now) {
            let error = AuthError::new(AuthErrorCode::Storage);
            self.parts.effects.push(Effect::GiveUp(effect));
            self.take(Input::Stored(effect, Err(error)));
        }
        let parts = &mut self.parts;
        if let Some(lone) = parts.lone.take_late(now, &mut parts.effects) {
            let late = AuthError::new(AuthErrorCode::Timeout);
            self.lone_answered(lone.purpose, Err(late));
            return self.tick();
        }
        self.refreshes.tick(parts);
        self.sign_outs
            .each_task(parts, &mut |task, scope| task.tick(scope));
    }

    /// After each step: what nobody needs any more is dropped, and the timer is set.
    #[inline(never)]
    fn tidy(&mut self) {
        let parts = &mut self.parts;
        let returned = parts.returns.taken().and_then(|returned| returned.retry);
        let is_kept = |retry| Some(retry) == returned;
        self.sign_outs.tidy(&parts.effects, &is_kept);
        let is_idle = !self.sign_outs.is_active();
        parts.clients.release_unused(is_idle, &mut parts.effects);
        let is_running = self.sign_outs.is_running();
        let listening = match parts.clients.are_used() {
            _ if is_running => Listening::Page,
            true if parts.returns.is_leaving() => Listening::Page,
            true => Listening::Tabs,
            false => Listening::Off,
        };
        parts.listen(listening);
        self.release_handles();
        let parts = &mut self.parts;
        let mut next = parts.storage.due().min(parts.lone.due());
        next = next.min(self.refreshes.due()).min(self.sign_outs.due());
        if next != self.timer {
            self.timer = next;
            let ms = next.is_finite().then_some(next - parts.now.mono);
            parts.effects.push(Effect::Timer(ms));
        }
    }

    /// Releases the objects that nothing needs any more.
    fn release_handles(&mut self) {
        let mut used = Vec::new();
        self.sign_outs.handles(&mut used);
        for handle in &self.handles {
            if !used.contains(handle) {
                self.parts.effects.push(Effect::Release(*handle));
            }
        }
        self.handles.clear();
        for handle in used {
            if !self.handles.contains(&handle) {
                self.handles.push(handle);
            }
        }
    }
}
