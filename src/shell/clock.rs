//! Time and timers. Waiting is measured by `performance.now()`; the wall clock only dates and names.

use wasm_bindgen::prelude::*;

use super::js::{self, Callback};

/// The longest time that `setTimeout` takes.
const LONGEST_MS: f64 = 2_147_483_647.0;

/// Milliseconds that only ever grow; the wall clock where there is no `performance`.
pub fn now() -> f64 {
    js::call(&js::global("performance"), "now", &[])
        .ok()
        .and_then(|ms| ms.as_f64())
        .unwrap_or_else(wall)
}

/// Milliseconds since the epoch.
pub fn wall() -> f64 {
    js_sys::Date::now()
}

/// When this page began, in milliseconds since the epoch; never, where that is not to be known.
pub fn page_began() -> f64 {
    js::get(&js::global("performance"), "timeOrigin")
        .as_f64()
        .unwrap_or(f64::INFINITY)
}

/// A seed for random numbers.
pub fn seed() -> [u32; 4] {
    let numbers = js_sys::Uint32Array::new_with_length(4);
    if js::call(&js::global("crypto"), "getRandomValues", &[&numbers]).is_err() {
        for index in 0..4 {
            numbers.set_index(index, (js_sys::Math::random() * f64::from(u32::MAX)) as u32);
        }
    }
    let mut seed = [0; 4];
    numbers.copy_to(&mut seed);
    seed
}

/// A timer that is cleared when it is dropped.
pub struct Timer {
    id: JsValue,
    _callback: Callback,
}

impl Timer {
    /// Calls back once, after so many milliseconds.
    pub fn after(ms: f64, callback: Box<dyn FnMut(JsValue)>) -> Timer {
        let callback: Callback = Closure::wrap(callback);
        let ms = JsValue::from_f64(ms.clamp(0.0, LONGEST_MS));
        let id = js::call(&js_sys::global(), "setTimeout", &[callback.as_ref(), &ms]);
        Timer {
            id: id.unwrap_or(JsValue::UNDEFINED),
            _callback: callback,
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let _ = js::call(&js_sys::global(), "clearTimeout", &[&self.id]);
    }
}
