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

/// Begins to listen. Where channels and events can't be had (opaque origins), the tab works alone.
pub fn listen(client: &Rc<Inner>) {
    let on = |act: fn(&Rc<Inner>, JsValue)| {
        let client = Rc::downgrade(client);
        Box::new(move |event| {
            if let Some(client) = client.upgrade() {
                act(&client, event);
            }
        }) as Box<dyn FnMut(JsValue)>
    };
    let weak = Rc::downgrade(client);
    let channel = Channel::open(
        &client.key("tabs"),
        Box::new(move |text| {
            if let Some(client) = weak.upgrade() {
                hear(&client, &text);
            }
        }),
    );
    client.channel.replace(channel);
    let global: JsValue = js_sys::global().into();
    let mut events = Vec::new();
    events.extend(Listener::new(&global, "storage", on(storage_changed)));
    events.extend(Listener::new(&global, "pageshow", on(page_shown)));
    client.events.replace(events);
}

fn storage_changed(client: &Rc<Inner>, event: JsValue) {
    let key = js::get_text(&event, "key");
    if key.as_deref() == Some(&client.key("ended")) {
        if let Some(text) = js::get_text(&event, "newValue") {
            hear(client, &text);
        }
    } else if key.as_deref() == Some(&client.key("popup")) && js::get(&event, "newValue").is_null()
    {
        // The returning page removed the record: the message, where there are no channels.
        popup::returned(client);
    }
}

fn page_shown(client: &Rc<Inner>, event: JsValue) {
    if js::get(&event, "persisted").is_truthy() {
        if client.left_here.replace(false) {
            // The page left for the hosted UI and was reached again by back or forward.
            client.restored.set(true);
            // It is the tab that left, after the return.
            client.return_seen.set(false);
            client.finish_return();
        }
        let mark = client.mark();
        consider(client, mark, SignedOutReason::Restored, false);
    }
}

fn hear(client: &Rc<Inner>, text: &str) {
    if text == popup::RETURNED {
        popup::returned(client);
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
