//! Objects of the page that the engine knows by a number only.

use std::cell::{Cell, RefCell};

use wasm_bindgen::prelude::*;

use super::js::Listener;
use crate::engine::io::Handle;

struct Entry {
    handle: Handle,
    object: JsValue,
    /// What listens to it.
    listeners: Vec<Listener>,
}

/// The same object has the same handle until it is released. No number is used twice.
#[derive(Default)]
pub struct Handles {
    entries: RefCell<Vec<Entry>>,
    last: Cell<Handle>,
}

impl Handles {
    /// The handle of an object, and whether it is a new one.
    pub fn of(&self, object: &JsValue) -> (Handle, bool) {
        let mut entries = self.entries.borrow_mut();
        if let Some(entry) = entries.iter().find(|entry| entry.object == *object) {
            return (entry.handle, false);
        }
        let handle = self.last.get() + 1;
        self.last.set(handle);
        entries.push(Entry {
            handle,
            object: object.clone(),
            listeners: Vec::new(),
        });
        (handle, true)
    }

    /// Keeps what listens to an object, until that is released.
    pub fn keep(&self, handle: Handle, listener: Option<Listener>) {
        let mut entries = self.entries.borrow_mut();
        if let Some(entry) = entries.iter_mut().find(|entry| entry.handle == handle) {
            entry.listeners.extend(listener);
        }
    }

    /// The object.
    pub fn get(&self, handle: Handle) -> JsValue {
        let entries = self.entries.borrow();
        let entry = entries.iter().find(|entry| entry.handle == handle);
        entry.map_or(JsValue::UNDEFINED, |entry| entry.object.clone())
    }

    /// The handle is not used any more.
    pub fn release(&self, handle: Handle) {
        let mut entries = self.entries.borrow_mut();
        let at = entries.iter().position(|entry| entry.handle == handle);
        let gone = at.map(|at| entries.swap_remove(at));
        drop(entries);
        // What listens is taken off, which is a call into JavaScript.
        drop(gone);
    }
}
