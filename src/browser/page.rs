//! The page: where it is, how it came there, and how it leaves.

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::js;

/// The address of the page; empty outside a page.
pub fn url() -> String {
    js::get_text(&js::global("location"), "href").unwrap_or_default()
}

/// Whether this is a page of a browser, and not a worker or a server.
pub fn exists() -> bool {
    js::global("document").is_object()
}

/// Whether the page is in a frame: `/logout` is only for the whole tab.
pub fn is_framed() -> bool {
    let window: JsValue = js_sys::global().into();
    let top = js::get(&window, "top");
    !top.is_undefined() && top != window
}

/// The address of the page before; empty where it was typed or bookmarked.
pub fn referrer() -> String {
    js::get_text(&js::global("document"), "referrer").unwrap_or_default()
}

/// The entry that tells how the page was reached; `undefined` where the browser has none.
pub fn navigation_entry() -> JsValue {
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
pub fn entry_before() -> JsValue {
    js::get(&js::get(&js::global("navigation"), "activation"), "from")
}

/// Whether the window shows its first page.
pub fn is_first() -> bool {
    js::get(&js::global("history"), "length").as_f64() == Some(1.0)
}

/// In a popup that was opened at about:blank: whether its history holds this page alone.
pub fn is_alone() -> bool {
    let length = js::get(&js::global("history"), "length").as_f64();
    // WebKit counts about:blank too where COOP parted the windows, which takes the window's name.
    let vendor = js::get_text(&js::global("navigator"), "vendor");
    let parted = js::get_text(&js_sys::global(), "name").as_deref() == Some("");
    let is_webkit = vendor.is_some_and(|vendor| vendor.starts_with("Apple"));
    length <= Some(if parted && is_webkit { 2.0 } else { 1.0 })
}

/// The id of the entry that this page was pushed right behind: no document of another origin was between. Firefox's `from` is
/// null after a redirect through another origin.
pub fn pushed_behind() -> Option<String> {
    let navigation = js::global("navigation");
    let how = js::get_text(&js::get(&navigation, "activation"), "navigationType")?;
    let index = js::get(&js::get(&navigation, "currentEntry"), "index").as_f64()?;
    let entries = js::call(&navigation, "entries", &[]).ok()?;
    let before = js::call(&entries, "at", &[&JsValue::from_f64(index - 1.0)]).ok()?;
    js::get_text(&before, "id").filter(|_| how == "push")
}

/// Leaves for an address: by the app's own `navigate`, else by `location.assign`.
pub fn leave(url: &str, navigate: Option<&Function>) -> Result<JsValue, JsValue> {
    let url = JsValue::from_str(url);
    match navigate {
        Some(navigate) => js::apply(navigate, &JsValue::UNDEFINED, &[&url]),
        None => js::call(&js::global("location"), "assign", &[&url]),
    }
}
