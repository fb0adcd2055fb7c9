//! The hosted UI in a popup: opened inside the user's gesture, believed only where it can be.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::Reflect;
use wasm_bindgen::prelude::*;

use super::client::{Hooks, Inner};
use super::run::Way;
use crate::browser::{clock, js, page};
use crate::flow::PopupEnd;
use crate::json::Json;
use crate::object::Object;
use crate::options::{HostedUiMode, SignOutOptions};
use crate::protocol::logout_url;

/// The name of the window, by which the returning page knows itself.
const NAME: &str = "cognito-signout";
/// How long a popup's address is remembered, in milliseconds.
const KEPT_MS: f64 = 600_000.0;

/// A popup that was opened, or refused.
pub struct Popup {
    window: Option<JsValue>,
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
        let opened = js::call(
            &window,
            "open",
            &[
                &"about:blank".into(),
                &NAME.into(),
                &"popup,width=480,height=640".into(),
            ],
        );
        Some(Popup::of(opened.ok().filter(JsValue::is_object)))
    }

    fn of(window: Option<JsValue>) -> Popup {
        Popup {
            window,
            away_reads: Cell::new(0),
            closed_reads: Cell::new(0),
        }
    }

    /// Sends the popup on its way; false where the browser refused to open it.
    pub fn begin(&self, client: &Inner, way: &Way) -> bool {
        if self.window.is_none() {
            return false;
        }
        if let Some(local) = &client.local {
            let mut record = Object::default();
            record.put("at", Json::Number(clock::wall()));
            record.text("back", &way.back);
            // Without it the returning page knows itself by its name alone.
            let _ = local.set_item(&client.key("popup"), &record.done().to_text());
        }
        self.go(&way.url)
    }

    /// Sends the popup to an address.
    pub fn go(&self, url: &str) -> bool {
        self.window
            .as_ref()
            .is_some_and(|window| Reflect::set(window, &"location".into(), &url.into()).is_ok())
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
        // COOP may take a moment to part the windows; the returning page's message may come a moment after its end.
        self.away_reads.get() >= 2
            && self.closed_reads.get() >= 4
            && !js::global("crossOriginIsolated").is_truthy()
    }
}

/// In the page that the popup returned to: tells the tab that waits, and closes.
pub fn report_return(client: &Rc<Inner>) {
    let Some(local) = &client.local else { return };
    let key = client.key("popup");
    let record = local.get_item(&key).ok().flatten();
    let Some(record) = record.and_then(|text| Json::parse(&text)) else {
        return;
    };
    let at = record.get("at").and_then(Json::as_f64).unwrap_or(0.0);
    let back = record.get("back").and_then(Json::as_str).unwrap_or("");
    let window: JsValue = js_sys::global().into();
    let named = js::get_text(&window, "name").as_deref() == Some(NAME);
    let fresh = (clock::wall() - at).abs() < KEPT_MS;
    // COOP takes name and opener away; a page that another page of ours led to is no returning popup.
    let alone = js::get(&js::global("history"), "length").as_f64() <= Some(3.0);
    if !fresh || !logout_url::same_address(&page::url(), back) || !(named || alone) {
        return;
    }
    let _ = local.remove_item(&key);
    if let Some(channel) = &*client.channel.borrow() {
        channel.post(RETURNED);
    }
    if named {
        let _ = js::call(&window, "close", &[]);
    }
}

/// The message of the returning page.
pub const RETURNED: &str = "popup";

/// The returning page reported.
pub fn returned(client: &Inner) {
    let run = client.active();
    if let Some(run) = run {
        run.popup_ended(PopupEnd::Returned);
    }
}
