//! What the tests share: a world of their own for each, with a scripted `fetch`, and
//! ways to wait for things instead of sleeping.

pub mod cognito;
pub mod patch;
mod results;
mod session;
pub mod wait;
mod world;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;

pub use results::*;
pub use session::Session;
pub use world::{World, serial};

// ---- JavaScript, shortly

pub fn global(name: &str) -> JsValue {
    get(&js_sys::global(), name)
}

pub fn get(target: &JsValue, name: &str) -> JsValue {
    Reflect::get(target, &name.into()).unwrap()
}

pub fn text_of(target: &JsValue, name: &str) -> String {
    get(target, name).as_string().unwrap_or_default()
}

pub fn set(target: &JsValue, name: &str, value: impl Into<JsValue>) {
    Reflect::set(target, &name.into(), &value.into()).unwrap();
}

pub fn call(target: &JsValue, method: &str, args: &[&JsValue]) -> JsValue {
    try_call(target, method, args).unwrap()
}

pub fn try_call(target: &JsValue, method: &str, args: &[&JsValue]) -> Result<JsValue, JsValue> {
    let list: Array = args.iter().copied().cloned().collect();
    apply(&get(target, method), target, &list)
}

pub fn apply(function: &JsValue, this: &JsValue, args: &Array) -> Result<JsValue, JsValue> {
    Reflect::apply(function.unchecked_ref::<Function>(), this, args)
}

pub fn construct(class: &str, args: &[&JsValue]) -> JsValue {
    let list: Array = args.iter().copied().cloned().collect();
    Reflect::construct(global(class).unchecked_ref::<Function>(), &list).unwrap()
}

pub fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new().into();
    for (name, value) in fields {
        set(&object, name, value);
    }
    object
}

/// An `Error` of JavaScript.
pub fn js_error(message: &str) -> JsValue {
    js_sys::TypeError::new(message).into()
}

// ---- web storages

pub fn item(storage: &str, key: &str) -> Option<String> {
    call(&global(storage), "getItem", &[&key.into()]).as_string()
}

pub fn set_item(storage: &str, key: &str, value: &str) {
    call(&global(storage), "setItem", &[&key.into(), &value.into()]);
}

pub fn keys(storage: &str) -> Vec<String> {
    let keys = Object::keys(global(storage).unchecked_ref::<Object>());
    keys.iter().filter_map(|key| key.as_string()).collect()
}
