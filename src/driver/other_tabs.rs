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
        consider(client, &mark, SignedOutReason::Restored);
    }
}

fn hear(client: &Rc<Inner>, text: &str) {
    if text == popup::RETURNED {
        popup::returned(client);
        return;
    }
    let mark = Mark::parse(text, clock::wall());
    let runs = client.runs.borrow().clone();
    for run in runs {
        run.check_other_tab();
    }
    consider(client, &mark, SignedOutReason::OtherTab);
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

fn consider(client: &Rc<Inner>, mark: &Mark, reason: SignedOutReason) {
    let own = client.own.borrow().clone();
    let entries: Vec<MarkEntry> = mark
        .0
        .iter()
        .filter(|e| !own.contains(&e.id))
        .cloned()
        .collect();
    if entries.is_empty() {
        return;
    }
    let client = client.clone();
    task::start(Box::pin(async move {
        for entry in &entries {
            let mut concerned = client.last_read.get() == Some(entry.id);
            concerned |= remove_copy(&client, entry).await;
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

/// Removes this tab's own copy; what all tabs share is the signing-out tab's business.
async fn remove_copy(client: &Inner, entry: &MarkEntry) -> bool {
    let patience = Patience::new();
    let (places, _) = sweep::read_all(client, &patience).await;
    let mut found = false;
    for place in places {
        let shared = client
            .places
            .get(place.index)
            .is_some_and(|store| store.is_shared(&client.local));
        for stored in place.found.sessions {
            if !shared && ends(entry, &stored.session) {
                // It is read back by the next call that looks.
                let _ = sweep::remove(client, place.index, &stored.keys, &patience).await;
                found = true;
            }
        }
    }
    found
}
