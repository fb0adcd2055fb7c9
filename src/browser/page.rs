//! The page: where it is, how it came there, and how it leaves.

use js_sys::{Array, Function};
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

/// Whether the page was reached by back or forward.
pub fn came_by_history() -> bool {
    js::call(
        &js::global("performance"),
        "getEntriesByType",
        &[&"navigation".into()],
    )
    .map(|entries| js::get(&Array::from(&entries).get(0), "type"))
    .is_ok_and(|kind| kind.as_string().as_deref() == Some("back_forward"))
}

/// Leaves for an address: by the app's own `navigate`, else by `location.assign`.
pub fn leave(url: &str, navigate: Option<&Function>) -> Result<JsValue, JsValue> {
    let url = JsValue::from_str(url);
    match navigate {
        Some(navigate) => js::apply(navigate, &JsValue::UNDEFINED, &[&url]),
        None => js::call(&js::global("location"), "assign", &[&url]),
    }
}
