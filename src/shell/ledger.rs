//! The ledger of the npm package's face: what was read and removed, and which requests were
//! answered with success. It is kept in JavaScript, where it outlives a trap of the engine.

use std::cell::Cell;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::js;
use crate::json::Json;
use crate::layout::Snapshot;
use crate::protocol::service_error::read;
use crate::protocol::{Operation, Request, Response};

// The kinds of notes, as the face knows them.
const READ: u32 = 0;
const REMOVED: u32 = 1;
const ANSWERED: u32 = 2;

thread_local! {
    /// It stays as long as the instance.
    static NOTE: Cell<Option<&'static Function>> = const { Cell::new(None) };
}

/// From now on, this function gets each note: the kind, a name and a value.
#[cfg(feature = "js")]
pub fn keep(note: Function) {
    NOTE.set(Some(Box::leak(Box::new(note))));
}

fn write(note: &Function, kind: u32, name: &str, value: &str) {
    // A ledger that throws must not stop a sign-out.
    let _ = js::apply(
        note,
        &JsValue::UNDEFINED,
        &[&kind.into(), &name.into(), &value.into()],
    );
}

/// These entries were read.
pub fn note_read(entries: &Snapshot) {
    if let Some(note) = NOTE.get() {
        for (key, value) in entries {
            write(note, READ, key, value);
        }
    }
}

/// A removal of these keys has begun, and has not thrown.
pub fn note_removed(keys: &[String]) {
    if let Some(note) = NOTE.get() {
        for key in keys {
            write(note, REMOVED, key, "");
        }
    }
}

/// A request was answered. Only a success is noted, with the token that it was about.
pub fn note_answer(request: &Request, response: &Response) {
    let Some(note) = NOTE.get() else { return };
    let (operation, name, field) = match request.target {
        "RevokeToken" => (Operation::RevokeToken, "revokeToken", "Token"),
        "GlobalSignOut" => (Operation::GlobalSignOut, "globalSignOut", "AccessToken"),
        "ForgetDevice" => (Operation::ForgetDevice, "forgetDevice", "AccessToken"),
        _ => return,
    };
    let body = Json::parse(&request.body).unwrap_or(Json::Null);
    if let (Ok(_), Some(token)) = (read(operation, response), body.get(field)) {
        write(note, ANSWERED, name, token.as_str().unwrap_or_default());
    }
}
