//! The hosted UI in a popup: opened inside the user's gesture, and heard only by what it alone was given.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::Reflect;
use wasm_bindgen::prelude::*;

use super::client::{Hooks, Inner};
use super::returned;
use super::run::Way;
use crate::browser::js::{self, Listener};
use crate::browser::{clock, page};
use crate::flow::{Arrival, Departure, PopupEnd, Return, Watch};
use crate::options::{HostedUiMode, SignOutOptions};
use crate::text;

/// What the report of a returning page begins with.
const REPORT: &str = "popup ";

/// A popup that was opened, or refused.
pub struct Popup {
    window: Option<JsValue>,
    /// What the pages of this popup find in their sessionStorage, and no other page does.
    nonce: String,
    /// What happens in the popup while it is still at about:blank.
    watch: Rc<Cell<Watch>>,
    listener: Cell<Option<Listener>>,
    /// How often it was seen at the hosted UI, so that `closed` may be believed.
    away_reads: Cell<u32>,
    closed_reads: Cell<u32>,
}

impl Popup {
    /// How often `closed` is read, in milliseconds.
    pub const POLL_MS: f64 = 100.0;

    /// Takes the window that the caller opened, or opens one, if the options want a popup.
    pub fn open(options: &SignOutOptions, hooks: &mut Hooks) -> Option<Popup> {
        let given = hooks.popup.take();
        if options.hosted_ui != HostedUiMode::Popup {
            return None;
        }
        given.map_or_else(Popup::open_now, |window| {
            Some(Popup::of(Some(window).filter(JsValue::is_object)))
        })
    }

    /// Opens a window; a browser allows it only inside the user's gesture.
    pub fn open_now() -> Option<Popup> {
        let window: JsValue = js_sys::global().into();
        // A window that is reused by its name gets no new sessionStorage.
        let name = ["cognito-signout.", &nonce()].concat();
        let opened = js::call(
            &window,
            "open",
            &[
                &"about:blank".into(),
                &name.into(),
                &"popup,width=480,height=640".into(),
            ],
        );
        Some(Popup::of(opened.ok().filter(JsValue::is_object)))
    }

    fn of(window: Option<JsValue>) -> Popup {
        let own: &JsValue = &js_sys::global();
        Popup {
            // A web view's `open` may give this very window, whose sessionStorage is no popup's.
            window: window.filter(|window| window != own),
            nonce: nonce(),
            watch: Rc::default(),
            listener: Cell::default(),
            away_reads: Cell::new(0),
            closed_reads: Cell::new(0),
        }
    }

    /// Sends the popup on its way; false where the browser refused to open it.
    pub fn begin(&self, client: &Inner, way: &Way) -> bool {
        let Some(window) = &self.window else {
            return false;
        };
        let store = js::get(window, "sessionStorage");
        let key = |name: &str| JsValue::from_str(&client.key(name));
        // The popup began with a copy of this page's: what stands there of another popup is written over, and another sign-out's
        // result is not for it. Where the storage is refused, no page can speak for the popup, and it times out.
        let _ = js::call(
            &store,
            "setItem",
            &[&key("popup"), &self.nonce.as_str().into()],
        );
        let _ = js::call(&store, "removeItem", &[&key("result")]);
        let watch = self.watch.clone();
        let unload = move |_| {
            let mut seen = watch.get();
            seen.before_unload();
            watch.set(seen);
        };
        self.listener
            .set(Listener::new(window, "beforeunload", Box::new(unload)));
        Reflect::set(window, &"location".into(), &way.url.as_str().into()).is_ok()
    }

    /// What a page's report says of this popup; none where it is of another one.
    pub fn end(&self, nonce: &str, found: Return) -> Option<PopupEnd> {
        let replaced = self.watch.get().departure() == Departure::Replaced;
        (nonce == self.nonce).then_some(match found {
            _ if replaced => PopupEnd::Unconfirmed,
            Return::Completed => PopupEnd::Returned,
            Return::NotCompleted => PopupEnd::NotCompleted,
            Return::Unconfirmed => PopupEnd::Unconfirmed,
        })
    }

    /// Closes it.
    pub fn close(&self) {
        if let Some(window) = &self.window {
            // Closed already, or out of reach by COOP.
            let _ = js::call(window, "close", &[]);
        }
    }

    /// Whether the user closed it. With COOP, `closed` reads true at once while the window is open.
    pub fn is_cancelled(&self) -> bool {
        let Some(window) = &self.window else {
            return false;
        };
        if !js::get(window, "closed").is_truthy() {
            self.closed_reads.set(0);
            // The address of another origin can't be read: the popup has left about:blank.
            let inside = Reflect::get(window, &"location".into())
                .and_then(|location| Reflect::get(&location, &"href".into()));
            self.away_reads
                .set(self.away_reads.get() + u32::from(inside.is_err()));
            return false;
        }
        self.closed_reads.set(self.closed_reads.get() + 1);
        // COOP may take a moment to part the windows; on a busy machine the page's report comes a second after that.
        self.away_reads.get() >= 2
            && self.closed_reads.get() >= 10
            && !js::global("crossOriginIsolated").is_truthy()
    }
}

/// What no other page can know, where the browser has `crypto`.
fn nonce() -> String {
    let numbers = js_sys::Uint32Array::new_with_length(4);
    if js::call(&js::global("crypto"), "getRandomValues", &[&numbers]).is_err() {
        for index in 0..4 {
            numbers.set_index(index, (clock::random() * f64::from(u32::MAX)) as u32);
        }
    }
    let text = js::call(&numbers, "join", &[&".".into()]).ok();
    text.and_then(|text| text.as_string()).unwrap_or_default()
}

/// In a page of the popup: tells the tab that waits what it found, once, and closes.
pub fn report_return(client: &Inner) {
    let Some(store) = &client.session_store else {
        return;
    };
    let key = client.key("popup");
    let Some(nonce) = store.get_item(&key).ok().flatten() else {
        return;
    };
    // A frame shares the storage of its page, which speaks for itself.
    if page::is_framed() {
        return;
    }
    let _ = store.remove_item(&key);
    let report = [REPORT, arrival(client).judge().as_str(), " ", &nonce].concat();
    let channel = client.channel.borrow().clone();
    if let Some(channel) = channel {
        channel.post(&report);
    }
    // Where there are no channels the storage event brings it.
    if let Some(local) = &client.local {
        let _ = local.set_item(&key, &report);
        let _ = local.remove_item(&key);
    }
    let window: JsValue = js_sys::global().into();
    let _ = js::call(&window, "close", &[]);
}

/// How this page of the popup was reached.
fn arrival(client: &Inner) -> Arrival {
    let hosted = client.config.hosted_ui.as_ref();
    let origin = hosted.map_or("", |hosted| &hosted.origin);
    Arrival {
        in_popup: true,
        alone: page::is_alone(),
        ..returned::arrival(origin, "", Departure::Ours, None)
    }
}

/// Takes a text that may be the report of a popup's page; whether it was one.
pub fn hear(client: &Inner, text: &str) -> bool {
    let Some(report) = text.strip_prefix(REPORT) else {
        return false;
    };
    if let Some((found, nonce)) = text::cut(report, b" ")
        && let Some(found) = Return::by_name(found)
    {
        let runs = client.runs.borrow().clone();
        for run in &runs {
            run.popup_reported(nonce, found);
        }
    }
    true
}
