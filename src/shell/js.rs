//! The few ways into JavaScript that everything here is made of.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::prelude::*;

use crate::error::{AuthError, AuthErrorCode};

/// The one type of callback: timers, events and promises all pass one value or none.
pub type Callback = Closure<dyn FnMut(JsValue)>;

/// A field of an object; `undefined` where reading throws.
pub fn get(target: &JsValue, name: &str) -> JsValue {
    Reflect::get(target, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// A field that is a string.
pub fn get_text(target: &JsValue, name: &str) -> Option<String> {
    get(target, name).as_string()
}

/// A field of the global object.
pub fn global(name: &str) -> JsValue {
    get(&js_sys::global(), name)
}

/// Calls a method.
pub fn call(target: &JsValue, method: &str, args: &[&JsValue]) -> Result<JsValue, JsValue> {
    let function = Reflect::get(target, &JsValue::from_str(method))?.dyn_into::<Function>()?;
    apply(&function, target, args)
}

/// Calls a function.
pub fn apply(function: &Function, this: &JsValue, args: &[&JsValue]) -> Result<JsValue, JsValue> {
    let list = Array::new();
    for arg in args {
        list.push(arg);
    }
    Reflect::apply(function, this, &list)
}

/// An error of this crate with a foreign exception as its cause. Only name and message are taken, never the object.
pub fn error(code: AuthErrorCode, thrown: &JsValue) -> AuthError {
    let name = get_text(thrown, "name");
    let message = get_text(thrown, "message").or_else(|| thrown.as_string());
    AuthError::new(code).caused_by(
        name.as_deref().unwrap_or("Error"),
        message.as_deref().unwrap_or(""),
    )
}

/// A function that answers. It lives as long as this value; by `into_js_value` as long as JavaScript holds it.
pub fn function(
    body: Box<dyn FnMut(JsValue) -> JsValue>,
) -> Closure<dyn FnMut(JsValue) -> JsValue> {
    Closure::wrap(body)
}

/// A listener that is taken off when it is dropped.
pub struct Listener {
    target: JsValue,
    kind: &'static str,
    callback: Callback,
}

impl Listener {
    /// Listens; `None` where the target does not let itself be listened to.
    pub fn new(
        target: &JsValue,
        kind: &'static str,
        callback: Box<dyn FnMut(JsValue)>,
    ) -> Option<Listener> {
        let callback = Closure::wrap(callback);
        let added = call(
            target,
            "addEventListener",
            &[&JsValue::from_str(kind), callback.as_ref()],
        );
        added.ok().map(|_| Listener {
            target: target.clone(),
            kind,
            callback,
        })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // A target that is gone has no listeners.
        let _ = call(
            &self.target,
            "removeEventListener",
            &[&JsValue::from_str(self.kind), self.callback.as_ref()],
        );
    }
}
