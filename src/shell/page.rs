//! The page: where it is, how it came there, and how it leaves.

use wasm_bindgen::prelude::*;

use super::{clock, js};
use crate::engine::io::{EntryBefore, Page, PageView};

/// The address of the page; empty outside a page.
pub fn url() -> String {
    js::get_text(&js::global("location"), "href").unwrap_or_default()
}

/// Whether this is a page of a browser, and not a worker or a server.
pub fn exists() -> bool {
    js::global("document").is_object()
}

/// Whether the page is in a frame: `/logout` is only for the whole tab.
fn is_framed() -> bool {
    let window: JsValue = js_sys::global().into();
    let top = js::get(&window, "top");
    !top.is_undefined() && top != window
}

/// The address of the page before; empty where it was typed or bookmarked.
fn referrer() -> String {
    js::get_text(&js::global("document"), "referrer").unwrap_or_default()
}

/// The entry that tells how the page was reached; `undefined` where the browser has none.
fn navigation_entry() -> JsValue {
    let entries = js::call(
        &js::global("performance"),
        "getEntriesByType",
        &[&"navigation".into()],
    );
    js::get(&entries.unwrap_or_default(), "0")
}

/// The id of this entry of the history, where the browser has the Navigation API.
pub fn entry_id() -> Option<String> {
    js::get_text(&js::get(&js::global("navigation"), "currentEntry"), "id")
}

/// The entry before this page: `undefined` where the browser does not tell, `null` where it is none of this origin.
fn entry_before() -> JsValue {
    js::get(&js::get(&js::global("navigation"), "activation"), "from")
}

/// Whether the window shows its first page.
fn is_first() -> bool {
    js::get(&js::global("history"), "length").as_f64() == Some(1.0)
}

/// In a popup that was opened at about:blank: whether its history holds this page alone.
fn is_alone() -> bool {
    let length = js::get(&js::global("history"), "length").as_f64();
    // WebKit counts about:blank too where COOP parted the windows, which takes the window's name.
    let vendor = js::get_text(&js::global("navigator"), "vendor");
    let parted = js::get_text(&js_sys::global(), "name").as_deref() == Some("");
    let is_webkit = vendor.is_some_and(|vendor| vendor.starts_with("Apple"));
    length <= Some(if parted && is_webkit { 2.0 } else { 1.0 })
}

/// The id of the entry that this page was pushed right behind: no document of another origin was between. Firefox's `from` is
/// null after a redirect through another origin.
fn pushed_behind() -> Option<String> {
    let navigation = js::global("navigation");
    let how = js::get_text(&js::get(&navigation, "activation"), "navigationType")?;
    let index = js::get(&js::get(&navigation, "currentEntry"), "index").as_f64()?;
    let entries = js::call(&navigation, "entries", &[]).ok()?;
    let before = js::call(&entries, "at", &[&JsValue::from_f64(index - 1.0)]).ok()?;
    js::get_text(&before, "id").filter(|_| how == "push")
}

/// What stays the same while the page lives.
///
/// The page before hides about when the answer begins to come, long after the navigation began. A worker and a document without
/// an answer begin with their time origin.
pub fn facts() -> Page {
    let answered = js::get(&navigation_entry(), "responseStart").as_f64();
    Page {
        exists: exists(),
        framed: is_framed(),
        began: clock::page_began(),
        tells_navigations: js::global("navigation").is_object(),
        answered: answered.unwrap_or(0.0),
    }
}

/// How the page was reached; the records of the engine are added to it.
pub fn view() -> PageView {
    let (entry, before) = (navigation_entry(), entry_before());
    PageView {
        url: url(),
        loaded: js::get_text(&entry, "name"),
        navigation: js::get_text(&entry, "type"),
        redirected: js::get(&entry, "redirectCount").as_f64() > Some(0.0),
        before: if before.is_undefined() {
            EntryBefore::Unsupported
        } else if before.is_null() {
            EntryBefore::Null
        } else {
            EntryBefore::Entry(js::get_text(&before, "id"))
        },
        pushed_behind: pushed_behind(),
        referrer: referrer(),
        is_first: is_first(),
        is_alone: is_alone(),
        ..PageView::default()
    }
}

/// Whether this is a window, and not this very one, whose sessionStorage is no popup's.
pub fn is_popup(window: &JsValue) -> bool {
    let own: &JsValue = &js_sys::global();
    window.is_object() && window != own
}
