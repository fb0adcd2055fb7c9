//! What this tab hears of other tabs' sign-outs, and what it does about its own copy.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::client::{Inner, SignedOutEvent, SignedOutReason};
use super::{popup, sweep};
use crate::browser::js::{self, Listener};
use crate::browser::storage::Patience;
use crate::browser::tabs::Channel;
use crate::browser::{clock, task};
use crate::flow::{Mark, MarkEntry};
use crate::session::Session;

/// Begins to listen, once for all clients of the tab. Where channels and events can't be had (opaque origins), the tab works alone.
pub fn listen(client: &Rc<Inner>) {
    if client.is_listening.replace(true) {
        return;
    }
    let on = |act: fn(&Rc<Inner>, JsValue)| {
        let tab = Rc::downgrade(&client.tab);
        Box::new(move |event| {
            if let Some(client) = tab.upgrade().and_then(|tab| tab.any_client()) {
                act(&client, event);
            }
        }) as Box<dyn FnMut(JsValue)>
    };
    let channel = Channel::open(&client.key("tabs"), on(heard));
    client.channel.replace(channel.map(Rc::new));
    let global: JsValue = js_sys::global().into();
    let mut events = Vec::new();
    events.extend(Listener::new(&global, "storage", on(storage_changed)));
    events.extend(Listener::new(&global, "pageshow", on(page_shown)));
    client.events.replace(events);
}

fn heard(client: &Rc<Inner>, message: JsValue) {
    if let Some(text) = js::get_text(&message, "data") {
        hear(client, &text);
    }
}

fn storage_changed(client: &Rc<Inner>, event: JsValue) {
    let key = js::get_text(&event, "key");
    if key.as_deref() == Some(&client.key("ended")) {
        if let Some(text) = js::get_text(&event, "newValue") {
            hear(client, &text);
        }
    } else if key.as_deref() == Some(&client.key("popup"))
        && let Some(text) = js::get_text(&event, "newValue")
    {
        popup::hear(client, &text);
    }
}

fn page_shown(client: &Rc<Inner>, event: JsValue) {
    if js::get(&event, "persisted").is_truthy() {
        // Reached again by back or forward: what its navigation entry says is of before. It may be the tab that left, after the
        // return, or a page of it from before that.
        client.left_here.set(false);
        client.restored.set(true);
        client.leaving.replace(None);
        client.return_seen.set(false);
        client.finish_return();
        let mark = client.mark();
        consider(client, mark, SignedOutReason::Restored, false);
    }
}

fn hear(client: &Rc<Inner>, text: &str) {
    if popup::hear(client, text) {
        return;
    }
    client.heard_mark.replace(text.to_owned());
    let mark = Mark::parse(text, clock::wall());
    let runs = client.runs.borrow().clone();
    for run in &runs {
        run.check_other_tab();
    }
    consider(client, mark, SignedOutReason::OtherTab, false);
}

/// Where nobody is signed in: hears what another tab ended after this page began, and before anybody here could listen, for the
/// page may show its user by now.
pub fn catch_up(client: &Rc<Inner>) {
    let began = clock::page_began();
    let mut mark = client.mark();
    mark.keep(&|entry| entry.at > began);
    consider(client, mark, SignedOutReason::OtherTab, true);
}

/// Whether a sign-out ended this session too: the same one, or an older one of the same user after a global one.
fn ends(entry: &MarkEntry, session: &Session) -> bool {
    let same = session.identity() == Some(entry.id);
    let user = session.user_id();
    let older = match (entry.ended_at, session.signed_in_at()) {
        (Some(ended_at), Some(signed_in)) => {
            user.is_some() && user == entry.user && signed_in < ended_at
        }
        _ => false,
    };
    same || older
}

/// Removes this tab's own copies of sessions that ended, and tells; what all tabs share is the signing-out tab's business.
///
/// `unread`: sessions that were not read here count too.
fn consider(client: &Rc<Inner>, mut mark: Mark, reason: SignedOutReason, unread: bool) {
    {
        let own = client.own.borrow();
        mark.keep(&|entry| !own.contains(&entry.id));
    }
    let entries = mark.0;
    if entries.is_empty() {
        return;
    }
    let client = client.clone();
    task::start(Box::pin(async move {
        let patience = Rc::new(Patience::new());
        let mut stock = sweep::read_all(&client, &patience, Vec::new()).await;
        let mut found = Vec::new();
        for place in &mut stock.places {
            let store = client.places.get(place.index);
            if store.is_none_or(|store| store.is_shared(&client.local)) {
                continue;
            }
            for stored in &place.found.sessions {
                if let Some(entry) = entries.iter().find(|entry| ends(entry, &stored.session)) {
                    found.push(entry.id);
                    place.keys.extend_from_slice(&stored.keys);
                }
            }
        }
        // What is left is read back by the next call that looks.
        let _ = stock.remove(false).await;
        for entry in &entries {
            let concerned =
                unread || client.last_read.get() == Some(entry.id) || found.contains(&entry.id);
            if concerned && client.tells_first(&[entry.id]) {
                client.generation.set(client.generation.get() + 1);
                client.tell(SignedOutEvent {
                    reason,
                    global: entry.global,
                    redirecting: entry.redirecting,
                });
            }
        }
    }));
}
