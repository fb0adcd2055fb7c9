//! The clear: read, mark, remove, read back. With a synchronous storage it is done before it first waits.

use std::rc::Rc;

use super::client::remember;
use super::journal::STORAGE;
use super::requests;
use super::run::Run;
use super::sweep::{self, Place};
use crate::browser::{clock, task};
use crate::flow::{Access, Event, Found, Leave, MarkEntry};
use crate::layout;
use crate::outcome::StepName;
use crate::session::{Session, SessionId, SignInMethod};

/// How much longer than its time-out a sign-out may take: an asynchronous storage has 5 s of its own.
const SLACK_MS: f64 = 6000.0;

/// Clears; the machine gets `Cleared`.
pub fn start(run: &Rc<Run>) {
    run.begin_step(StepName::Clear, 0);
    let run = run.clone();
    task::start(Box::pin(async move {
        let client = &run.client;
        // A refresh under way must not write what it gets.
        client.generation.set(client.generation.get() + 1);
        let mut stock = sweep::read_all(client, &run.patience, Vec::new()).await;
        let mut found = run.take_stock(&stock.places);
        let forgets = run.choose(&mut stock.places);
        let stock = stock.remove(true).await;
        // A call that joined meanwhile may want it too.
        if !forgets && run.machine.get().plan.forget_device {
            run.remove_device_keys();
        }
        found.removed = stock.error.is_none();
        if found.removed && found.session {
            client.broadcast();
        }
        run.end_step(StepName::Clear, stock.error.as_ref());
        if found.removed
            && !(found.session || found.overtaken)
            && let Some(reason) = layout::about_strangers(&client.target, &stock.names)
        {
            client.log(true, &reason);
            run.journal
                .borrow_mut()
                .note(StepName::Clear, reason.into());
        }
        run.journal.borrow_mut().set_error(STORAGE, stock.error);
        run.dispatch(Event::Cleared(found));
        sweep::clean_state_store(client);
    }));
}

impl Run {
    /// Says which keys are to go: the sessions', in this order, and the remembered device's only if asked for.
    fn choose(&self, places: &mut [Place]) -> bool {
        let forget = self.machine.get().plan.forget_device;
        let ending = &mut *self.ending.borrow_mut();
        for place in places {
            for stored in &place.found.sessions {
                place.keys.extend_from_slice(&stored.keys);
            }
            let device = ending.device_keys.iter().find(|of| of.0 == place.index);
            if let (true, Some((_, keys))) = (forget, device) {
                place.keys.extend_from_slice(keys);
            }
            ending.keys.push((place.index, place.keys.clone()));
        }
        forget
    }

    /// Notes the keys of the sessions' remembered devices; also of that of a user whose session another tab has ended.
    fn note_devices(&self, places: &[Place], of: Option<SessionId>) -> bool {
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
        self.ending.borrow_mut().device_keys = all;
        any
    }

    /// Notes the sessions to end, in the run and in the mark, before anything is removed.
    fn take_stock(&self, places: &[Place]) -> Found {
        let client = &self.client;
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
        let can_leave = self.ending.borrow().way.is_ok();
        let mut found = Found {
            removed: false,
            session: false,
            refresh_token: false,
            access: Access::Missing,
            revocable: true,
            device: false,
            others: false,
            hosted_ui: false,
            can_leave,
            overtaken: false,
            elsewhere: false,
        };
        // What another tab's removal has left over up to now is no session either.
        let over =
            main.is_none_or(|main| main.access_token.is_none() && main.refresh_token.is_none());
        let overtaker = self.overtaker().filter(|_| over);
        let name = overtaker.as_ref().and_then(|entry| entry.name);
        let device = self.note_devices(places, name);
        if let Some(entry) = overtaker {
            self.ending.borrow_mut().ids.push(entry.id);
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
        found.session = true;
        found.refresh_token = main.refresh_token.is_some();
        if let Some(token) = &main.access_token {
            found.access = match requests::is_expired(token) {
                true => Access::Expired,
                false => Access::Valid,
            };
        }
        found.revocable = !main.access_claims().is_some_and(|claims| {
            claims.token_use.as_deref() == Some("access")
                && claims.client_id.as_deref() == Some(&client.config.user_pool_client_id)
                && claims.origin_jti.is_none()
        });
        found.device = main.device_key.is_some();
        // What the session itself says goes before a flag that may be an older sign-in's.
        found.hosted_ui = match main.sign_in_method {
            Some(method) => method == SignInMethod::HostedUi,
            None => hosted_ui,
        };
        {
            let mut ending = self.ending.borrow_mut();
            let ending = &mut *ending;
            ending.access = main.access_token.clone();
            ending.refresh = main.refresh_token.clone();
            ending.device = main.device_key.clone();
            ending.user = main.user_id();
            // The main one first.
            sessions.insert(0, main);
            for session in &sessions {
                if let Some(token) = &session.refresh_token
                    && !ending.knows(token)
                {
                    ending.others.push(token.clone());
                }
                if let Some(id) = session.identity()
                    && !ending.ids.contains(&id)
                {
                    ending.ids.push(id);
                }
            }
            found.others = !ending.others.is_empty();
            client.last_read.set(ending.ids.first().copied());
        }
        // A session that was not ended before is a new sign-in.
        let mark = client.mark();
        let ids = self.ending.borrow().ids.clone();
        if ids.iter().all(|id| mark.entry(*id).is_none()) {
            client.note_retry(false);
        }
        self.put_entries(SessionId::of_name(&main.username), found.hosted_ui);
        let mut ending = self.ending.borrow_mut();
        let (mut own, mut told) = (client.own.borrow_mut(), client.told.borrow_mut());
        // Another tab was as quick, and the listeners have heard it from there.
        let known = |list: &[SessionId]| ending.ids.iter().any(|id| list.contains(id));
        let heard = known(&told) && !known(&own);
        ending.told = heard;
        remember(&mut own, &ending.ids);
        remember(&mut told, &ending.ids);
        found
    }

    fn put_entries(&self, name: SessionId, hosted_ui: bool) {
        let plan = self.machine.get().plan;
        let now = clock::wall();
        let redirecting = match plan.leave {
            Leave::Redirect => true,
            Leave::Auto => hosted_ui && self.ending.borrow().way.is_ok(),
            _ => false,
        };
        let until = now + self.longest_wait_ms() + SLACK_MS;
        let (ids, user) = {
            let ending = self.ending.borrow();
            (ending.ids.clone(), ending.user)
        };
        self.client.change_mark(&mut |mark| {
            // The main one is put last, so that the others do not push it out.
            for (index, id) in ids.iter().enumerate().rev() {
                mark.put(MarkEntry {
                    id: *id,
                    at: now,
                    until,
                    global: plan.global,
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
    fn overtaker(&self) -> Option<MarkEntry> {
        let client = &self.client;
        let mut mark = client.mark();
        if let Some(beside) = self.beside.borrow().clone() {
            let id = beside.ending.borrow().ids.first().copied();
            return id.and_then(|id| mark.entry(id)).cloned();
        }
        let (began, now) = (clock::document_began(), clock::wall());
        let own = client.own.borrow();
        // One of this document that is under way in another storage is followed, as another tab's is.
        mark.keep(&|entry| !own.contains(&entry.id) || entry.codes.is_none());
        drop(own);
        let overtaker = mark.overtaker(client.last_read.get(), began, now);
        // Signed out already: the listeners of this document have nothing to hear, unless the page leaves.
        let leaves = self.machine.get().plan.leave == Leave::Redirect;
        if overtaker.is_none() && mark.had_ended(began, now) && !leaves {
            self.ending.borrow_mut().told = true;
        }
        overtaker.cloned()
    }
}
