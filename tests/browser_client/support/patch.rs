//! Replacing things of the page for as long as a guard lives.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::{apply, get, global, object, serial, set};

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

    /// Replaces a property by a getter.
    pub fn getter(
        target: &JsValue,
        name: &str,
        getter: impl Fn() -> Result<JsValue, JsValue> + 'static,
    ) -> Patch {
        let getter = function(move |_, _| getter());
        Patch::define(target, name, &object(&[("get", getter)]))
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

/// Time stands still while timers are set, and skips to the next one's end when it is its turn: what a promise waits for the clock is
/// exact, however slow the machine is.
pub fn skipping() -> [Patch; 3] {
    type Pending = Rc<RefCell<Vec<(f64, u32, Function)>>>;
    let pending: Pending = Rc::default();
    let clock = Rc::new(Cell::new(0.0));
    let real = global("setTimeout");

    let (all, time) = (pending.clone(), clock.clone());
    let tick = function(move |_, _| {
        let next = {
            let mut all = all.borrow_mut();
            let first = (0..all.len()).min_by(|&a, &b| all[a].0.total_cmp(&all[b].0));
            first.map(|index| all.remove(index))
        };
        next.map_or(Ok(JsValue::UNDEFINED), |(due, _, callback)| {
            time.set(due.max(time.get()));
            callback.call0(&JsValue::UNDEFINED)
        })
    });
    let (all, time) = (pending.clone(), clock.clone());
    let set = function(move |callback, ms| {
        let (id, due) = (serial(), time.get() + ms.as_f64().unwrap_or(0.0));
        all.borrow_mut().push((due, id, callback.unchecked_into()));
        let args: Array = [tick.clone(), 0.into()].iter().collect();
        apply(&real, &js_sys::global(), &args)?;
        Ok(id.into())
    });
    let clear = function(move |id, _| {
        pending
            .borrow_mut()
            .retain(|timer| Some(f64::from(timer.1)) != id.as_f64());
        Ok(JsValue::UNDEFINED)
    });
    let now = function(move |_, _| Ok(clock.get().into()));
    [
        Patch::value(&global("performance"), "now", &now),
        Patch::value(&js_sys::global(), "setTimeout", &set),
        Patch::value(&js_sys::global(), "clearTimeout", &clear),
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
