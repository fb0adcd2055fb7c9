//! Replacing things of the page for as long as a guard lives.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::{apply, get, global, object, set};

/// A JavaScript function of up to two arguments; it may be called while it runs.
pub fn function(body: impl Fn(JsValue, JsValue) -> Result<JsValue, JsValue> + 'static) -> JsValue {
    type Body = dyn Fn(JsValue, JsValue) -> Result<JsValue, JsValue>;
    Closure::wrap(Box::new(body) as Box<Body>).into_js_value()
}

/// A property that was replaced; dropping this puts back what was there.
pub struct Patch {
    target: JsValue,
    name: JsValue,
    before: JsValue,
}

impl Patch {
    fn define(target: &JsValue, name: &str, descriptor: &JsValue) -> Patch {
        let name = JsValue::from_str(name);
        let target_object: &Object = target.unchecked_ref();
        let before = Object::get_own_property_descriptor(target_object, &name);
        set(descriptor, "configurable", true);
        let defined = Reflect::define_property(target_object, &name, descriptor.unchecked_ref());
        assert_eq!(defined, Ok(true), "{name:?} can't be replaced");
        Patch {
            target: target.clone(),
            name,
            before,
        }
    }

    /// Replaces a property by a value.
    pub fn value(target: &JsValue, name: &str, value: &JsValue) -> Patch {
        let fields = [("value", value.clone()), ("writable", JsValue::TRUE)];
        Patch::define(target, name, &object(&fields))
    }
}

impl Drop for Patch {
    fn drop(&mut self) {
        let target: &Object = self.target.unchecked_ref();
        let _ = match self.before.is_undefined() {
            true => Reflect::delete_property(target, &self.name),
            false => Reflect::define_property(target, &self.name, self.before.unchecked_ref()),
        };
    }
}

/// Time runs so many times faster: `performance.now` and `setTimeout` agree on it.
pub fn faster(times: f64) -> [Patch; 2] {
    let performance = global("performance");
    let now = get(&performance, "now");
    let later = global("setTimeout");
    let read = move || {
        let now = apply(&now, &global("performance"), &Array::new());
        now.unwrap().as_f64().unwrap()
    };
    let began = read();
    let now = function(move |_, _| Ok((began + (read() - began) * times).into()));
    let later = function(move |callback, ms| {
        let ms = ms.as_f64().unwrap_or(0.0) / times;
        let args: Array = [callback, ms.into()].iter().collect();
        apply(&later, &js_sys::global(), &args)
    });
    [
        Patch::value(&performance, "now", &now),
        Patch::value(&js_sys::global(), "setTimeout", &later),
    ]
}

/// The pauses between tries are over at once: full jitter of nothing.
pub fn no_pauses() -> Patch {
    Patch::value(
        &global("Math"),
        "random",
        &function(|_, _| Ok(JsValue::from_f64(0.0))),
    )
}
