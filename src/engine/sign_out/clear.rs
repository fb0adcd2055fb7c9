//! The clear and the read-backs: which sessions end, which keys are removed.

use super::scope::{Action, Purpose, Scope};
use super::task::SignOutTask;
use crate::config::StorageKind;
use crate::engine::io::Removed;
use crate::engine::steps::ErrorOf;
use crate::engine::storage::{PlaceFound, Scanned};
use crate::engine::tables::{Access, Back, Event, Found, Leave, Machine, MarkEntry, Phase};
use crate::error::{AuthError, AuthErrorCode};
use crate::layout;
use crate::outcome::StepName;
use crate::session::{Claims, Secret, Session, SessionId, SignInMethod};

/// How much longer than its time-out a sign-out may take: an asynchronous storage has 5 s of its own.
const SLACK_MS: f64 = 6000.0;

/// Scripts see no HttpOnly cookie, and nothing that tells of one.
const HIDDEN: &str = "found no session that scripts can see; one in HttpOnly cookies ends by the server's own sign-out";

impl SignOutTask {
    /// The stores were read for it before it began: their time is one.
    pub fn has_waited(&mut self, scanned: &Scanned) {
        self.storage_ms = scanned.left_ms();
    }

    /// Its keys were removed before it began: it ends the sessions that they held, and no stored one.
    pub fn was_removed(&mut self, removed: Removed, scope: &mut Scope) {
        (self.is_retry, self.removed_before) = (true, true);
        let found = layout::find_removed(self.client.stores.target(), removed.0);
        scope.facts.learn_issuer(scope.client, &found);
        let mut places = [PlaceFound {
            index: 0,
            found,
            keys: Vec::new(),
        }];
        let mut found = self.take_stock(&places, scope);
        found.removed = true;
        self.choose(&mut places, scope);
        if found.session {
            scope.broadcast();
        }
        // The face has removed the keys, and told the listeners.
        scope.context.told = true;
        let at = self.elapsed(scope);
        self.log
            .skip(StepName::Clear, at, "the keys were removed before");
        self.machine = Machine::after_removal(self.machine.plan, found);
    }

    /// The stores were read.
    pub fn scanned(&mut self, purpose: Purpose, mut scanned: Box<Scanned>, scope: &mut Scope) {
        match purpose {
            Purpose::Clear => {
                let found = self.take_stock(&scanned.places, scope);
                self.found = Some(found);
                self.choose(&mut scanned.places, scope);
            }
            Purpose::ReadBack | Purpose::Meanwhile | Purpose::Later => {
                self.back = self.written_back(&mut scanned.places, scope);
            }
            Purpose::DeviceKeys => {}
        }
        scope.actions.push(Action::Remove(purpose, scanned));
    }

    /// The chosen keys were removed, or not.
    pub fn removed(&mut self, purpose: Purpose, mut scanned: Box<Scanned>, scope: &mut Scope) {
        self.storage_ms = scanned.left_ms();
        self.chase_others(scope);
        match purpose {
            Purpose::Clear => self.cleared(&mut scanned, scope),
            Purpose::DeviceKeys => self.device_left = scanned.error.is_some(),
            Purpose::ReadBack => self.read_back_over(&scanned, scope),
            Purpose::Meanwhile | Purpose::Later => {
                let found = self.back_of(&scanned) == Back::Removed { newer_token: true };
                let newer = found || std::mem::take(&mut self.newer_later);
                if newer && self.is_to_revoke() {
                    self.newer_token(scope);
                } else if let (true, Some(token)) = (newer, scope.context.refresh.clone()) {
                    scope.actions.push(Action::Revoke(token));
                }
                self.hides(scope);
                self.read_for_early(scope);
                if purpose == Purpose::Later {
                    self.let_go();
                }
            }
        }
    }

    fn cleared(&mut self, scanned: &mut Scanned, scope: &mut Scope) {
        let Some(mut found) = self.found.take() else {
            return;
        };
        // A call that joined meanwhile may want it too.
        if !self.clears_device && self.machine.plan.forget_device {
            self.remove_device_keys(scope);
        }
        found.removed = scanned.error.is_none();
        if found.removed && found.session {
            scope.broadcast();
        }
        self.end_step(StepName::Clear, scanned.error.as_ref(), scope);
        if found.removed
            && !(found.session || found.overtaken)
            && let Some(reason) = self.about_nobody(&scanned.names, scope)
        {
            self.log_line(true, reason.clone(), scope);
            self.log.note(StepName::Clear, reason.into());
        }
        self.log.set_error(ErrorOf::Clear, scanned.error.take());
        self.dispatch(Event::Cleared(found), scope);
        scope.actions.push(Action::CleanStateStore);
    }

    /// What there is to say of a sign-out that found no session.
    fn about_nobody(&self, names: &str, scope: &Scope) -> Option<String> {
        let client = &self.client;
        layout::about_strangers(client.stores.target(), names).or_else(|| {
            let config = &client.config;
            // One that ended here lately explains why there is none.
            let may_hide = (config.storage == StorageKind::Cookie || config.server_rendered)
                && scope.ended.all(scope.now).0.is_empty();
            may_hide.then(|| HIDDEN.to_owned())
        })
    }

    // ---- reading back

    pub(super) fn read_back(&mut self, scope: &mut Scope) {
        self.begin_step(StepName::ReadBack, 0, scope);
        if scope.context.ids.is_empty() {
            self.back = Back::Gone;
            let nothing = Scanned::of_keys(&Vec::new(), self.storage_ms);
            self.read_back_over(&nothing, scope);
        } else {
            self.scan(Purpose::ReadBack, scope);
        }
    }

    fn read_back_over(&mut self, scanned: &Scanned, scope: &mut Scope) {
        let back = self.back_of(scanned);
        let failed = (back == Back::Stuck).then(|| AuthError::new(AuthErrorCode::Storage));
        self.end_step(StepName::ReadBack, failed.as_ref(), scope);
        if matches!(back, Back::Removed { .. }) {
            let reason = "the session had been written back".into();
            self.log.note(StepName::ReadBack, reason);
        }
        self.dispatch(Event::ReadBack(back), scope);
    }

    /// Reads back in between: what was written back is removed.
    pub fn read_back_meanwhile(&mut self, scope: &mut Scope) {
        self.scan(Purpose::Meanwhile, scope);
    }

    /// Marks what was written back of the sessions to be removed, and takes its newer refresh tokens; a new sign-in is left alone.
    fn written_back(&mut self, places: &mut [PlaceFound], scope: &mut Scope) -> Back {
        let mut back = Back::Gone;
        let mut newer_token = false;
        for place in places.iter_mut().rev() {
            let context = &*scope.context;
            let stays = place.keys_but(&|session| context.holds(session.identity()));
            for stored in &place.found.sessions {
                let id = stored.session.identity();
                if !scope.context.holds(id) || stored.shares(&stays) {
                    continue;
                }
                place.keys.extend_from_slice(&stored.keys);
                if let Some(token) = &stored.session.refresh_token
                    && !scope.context.knows(token)
                {
                    newer_token |= self.take_newer(id, token, scope);
                }
                back = Back::Removed { newer_token };
            }
        }
        back
    }

    /// Takes a newer refresh token of one of its sessions. Returns whether that is the main one.
    fn take_newer(&mut self, id: Option<SessionId>, token: &Secret, scope: &mut Scope) -> bool {
        let is_main = scope.context.takes_newer(id, token.clone());
        self.newer_others += usize::from(!is_main);
        is_main
    }

    /// Newer refresh tokens of further sessions were taken: they are revoked, too.
    fn chase_others(&mut self, scope: &mut Scope) {
        let count = std::mem::take(&mut self.newer_others);
        if self.machine.may_chase_others() && count > 0 {
            return self.dispatch(Event::NewerOthers, scope);
        }
        // The newest are the last.
        let others = &mut scope.context.others;
        let newest = others.split_off(others.len().saturating_sub(count));
        scope.actions.extend(newest.into_iter().map(Action::Revoke));
    }

    /// A call has removed what was written back, or a refresh was under way: a refresh token of one of its sessions.
    pub fn refresh_token_found(
        &mut self,
        id: Option<SessionId>,
        token: &Secret,
        scope: &mut Scope,
    ) {
        if !scope.context.knows(token) && self.take_newer(id, token, scope) {
            self.newer_token(scope);
        }
        self.chase_others(scope);
    }

    /// A newer refresh token of the session turned up. The sign-out revokes it itself: GlobalSignOut may need the
    /// access token.
    pub fn newer_token(&mut self, scope: &mut Scope) {
        self.newer_later |= self.machine.phase == Phase::Following;
        self.dispatch(Event::NewerToken, scope);
    }

    pub(super) fn read_back_later(&mut self, scope: &mut Scope) {
        if scope.context.ids.is_empty() {
            self.let_go();
        } else {
            self.scan(Purpose::Later, scope);
        }
    }

    fn back_of(&self, scanned: &Scanned) -> Back {
        match scanned.error {
            Some(_) => Back::Stuck,
            None => self.back,
        }
    }

    // ---- what was found

    /// Says which keys are to be removed: the sessions', in this order, and the remembered device's only if asked for.
    fn choose(&mut self, places: &mut [PlaceFound], scope: &mut Scope) {
        self.clears_device = self.machine.plan.forget_device;
        let context = &mut *scope.context;
        for place in places {
            for stored in &place.found.sessions {
                place.keys.extend_from_slice(&stored.keys);
            }
            let mut devices = context.device_keys.iter();
            let device = devices.find(|of| of.0 == place.index);
            if let (true, Some((_, keys))) = (self.clears_device, device) {
                place.keys.extend_from_slice(keys);
            }
            context.keys.push((place.index, place.keys.clone()));
        }
    }

    /// Notes the sessions to end, here and in the record of ended sessions, before anything is removed.
    fn take_stock(&mut self, places: &[PlaceFound], scope: &mut Scope) -> Found {
        let mut sessions: Vec<&Session> = Vec::new();
        let mut hosted_ui = false;
        for place in places {
            hosted_ui |= place.found.hosted_ui;
            for stored in &place.found.sessions {
                sessions.push(&stored.session);
            }
        }
        let current = sessions.iter().position(|session| session.current);
        let main = sessions.get(current.unwrap_or(0)).copied();
        let mut found = Found {
            removed: false,
            session: false,
            refresh_token: false,
            access: Access::Missing,
            revocable: true,
            device: false,
            others: false,
            hosted_ui: false,
            can_leave: scope.context.target.is_ok(),
            overtaken: false,
            elsewhere: false,
        };
        // What another tab's removal has left over up to now is no session either.
        let over =
            main.is_none_or(|main| main.access_token.is_none() && main.refresh_token.is_none());
        let overtaker = match self.removed_before {
            true => None,
            false => self.overtaker(scope).filter(|_| over),
        };
        let name = overtaker.as_ref().and_then(|entry| entry.name);
        let device = note_devices(places, name, scope);
        if let Some(entry) = overtaker {
            scope.context.ids.push(entry.id);
            found.overtaken = true;
            found.hosted_ui = entry.hosted_ui;
            found.elsewhere = entry.hosted_ui && entry.ends_hosted_ui();
            // Where the other tab says nothing of the user, or forgets the device itself, there may be one.
            found.device = device || entry.forget_device || entry.name.is_none();
            return found;
        }
        let Some(main) = main else {
            return found;
        };
        describe(main, scope, &mut found);
        // What the session itself says goes before a flag that may be an older sign-in's.
        found.hosted_ui = match main.sign_in_method {
            Some(method) => method == SignInMethod::HostedUi,
            None => hosted_ui,
        };
        // The main one first.
        sessions.insert(0, main);
        let context = &mut *scope.context;
        for session in &sessions {
            if let Some(token) = &session.refresh_token
                && !context.knows(token)
            {
                context.others.push(token.clone());
            }
            if let Some(id) = session.identity()
                && !context.ids.contains(&id)
            {
                context.ids.push(id);
            }
        }
        found.others = !context.others.is_empty();
        if !self.removed_before {
            scope.facts.last_read = context.ids.first().copied();
        }
        // A session that was not ended before is a new sign-in.
        let mark = scope.ended.all(scope.now);
        let mut ids = scope.context.ids.iter();
        if ids.all(|id| mark.entry(*id).is_none()) {
            scope
                .returns
                .note_retry(false, scope.now, scope.out.effects);
        }
        // Another tab was as quick, and the listeners have heard it from there.
        scope.context.told = scope.ended.end(&scope.context.ids);
        let name = SessionId::of_name(&main.username);
        self.put_entries(name, found.hosted_ui, scope);
        found
    }

    fn put_entries(&self, name: SessionId, hosted_ui: bool, scope: &mut Scope) {
        let plan = &self.machine.plan;
        let now = scope.now.wall;
        let redirecting = match plan.leave {
            Leave::Redirect => true,
            Leave::Auto => hosted_ui && scope.context.target.is_ok(),
            _ => false,
        };
        let until = now + self.longest_wait_ms() + SLACK_MS;
        let (ids, user) = (&scope.context.ids, scope.context.user);
        scope
            .ended
            .change(scope.now, scope.out.effects, &mut |mark| {
                // The main one is put last, so that the others do not push it out.
                for (index, id) in ids.iter().enumerate().rev() {
                    mark.put(MarkEntry {
                        id: *id,
                        at: now,
                        until,
                        // A further session may be another user's.
                        global: plan.global && index == 0,
                        user,
                        ended_at: None,
                        redirecting,
                        leaving_since: None,
                        codes: None,
                        settled_at: None,
                        current: index == 0,
                        name: Some(name),
                        forget_device: plan.forget_device,
                        hosted_ui,
                        popup: plan.leave == Leave::Popup,
                    });
                }
            });
    }

    /// Nothing was found: perhaps another tab was quicker, or the sign-out of this tab that was under way when this one began.
    fn overtaker(&self, scope: &mut Scope) -> Option<MarkEntry> {
        let mut mark = scope.ended.all(scope.now);
        if let Some(concurrent) = scope.concurrent {
            let entry = mark.entry(*concurrent.ids.first()?)?;
            // This page holds the tokens, so both results have them.
            scope.context.access = concurrent.access.clone();
            scope.context.refresh = concurrent.refresh.clone();
            return Some(*entry);
        }
        let now = scope.now.wall;
        let began = now - scope.now.mono + scope.page.answered;
        // One of this document that is under way in another storage is followed, as another tab's is.
        scope.ended.keep_followed(&mut mark);
        let overtaker = mark.overtaker(scope.facts.last_read, began, now);
        // Signed out already: the listeners of this document have nothing to hear, unless the page leaves.
        let leaves = self.machine.plan.leave == Leave::Redirect;
        if overtaker.is_none() && mark.had_ended(began, now) && !leaves {
            scope.context.told = true;
        }
        overtaker.copied()
    }
}

/// Notes the keys of the sessions' remembered devices; also of that of a user whose session another tab has ended.
fn note_devices(places: &[PlaceFound], of: Option<SessionId>, scope: &mut Scope) -> bool {
    let mut all = Vec::new();
    let mut any = false;
    for place in places {
        let mut keys = Vec::new();
        for stored in &place.found.sessions {
            keys.extend_from_slice(&stored.device_keys);
        }
        for (username, device_keys) in &place.found.devices {
            if Some(SessionId::of_name(username)) == of {
                keys.extend_from_slice(device_keys);
            }
        }
        any |= !keys.is_empty();
        all.push((place.index, keys));
    }
    scope.context.device_keys = all;
    any
}

/// Says what the main session is like, and takes its tokens.
fn describe(main: &Session, scope: &mut Scope, found: &mut Found) {
    found.session = true;
    found.refresh_token = main.refresh_token.is_some();
    if let Some(token) = &main.access_token {
        found.access = match is_expired(token, scope.now.wall) {
            true => Access::Expired,
            false => Access::Valid,
        };
    }
    found.revocable = !main.access_claims().is_some_and(|claims| {
        claims.token_use.as_deref() == Some("access")
            && claims.client_id.as_deref() == Some(&scope.client.config.user_pool_client_id)
            && claims.origin_jti.is_none()
    });
    found.device = main.device_key.is_some();
    let context = &mut *scope.context;
    context.access = main.access_token.clone();
    context.refresh = main.refresh_token.clone();
    context.device = main.device_key.clone();
    context.user = main.user_id();
}

/// Whether a token has expired by this device's clock (RFC 7519 section 4.1.4).
fn is_expired(token: &Secret, wall: f64) -> bool {
    Claims::of(token)
        .and_then(|claims| claims.exp)
        .is_some_and(|exp| exp * 1000.0 <= wall)
}
