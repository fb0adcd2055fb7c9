//! Every place that a session can lie in: web storages, cookies, memory, the app's own.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_storage::{LocalStorage, SessionStorage, Storage as _};
use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;

use super::task::{self, Settled, then};
use super::{js, ledger, page};
use crate::config::{Config, CookieOptions, StorageKind};
use crate::engine::io::{Access, Place, StoreAnswer};
use crate::layout::{Snapshot, cookie};

/// The entries of a session in memory, shared by the clients of a tab.
pub type Memory = Rc<RefCell<Snapshot>>;

/// Gets what came of a piece of work: at once, or where a storage is asynchronous later.
pub type Done = Box<dyn FnOnce(Result<StoreAnswer, JsValue>)>;

/// One place.
#[derive(Clone)]
pub enum Store {
    /// localStorage or sessionStorage.
    Web(web_sys::Storage),
    /// `document.cookie`.
    Cookie(JsValue, CookieOptions),
    /// Memory.
    Memory(Memory),
    /// The app's own object or class.
    Custom(JsValue),
    /// The app's own `StateStore` of oidc-client-ts.
    State(JsValue),
    /// The configured one can't be had: blocked, or there is none here.
    Blocked,
}

/// localStorage, where the page may use it.
#[expect(clippy::disallowed_methods)]
pub fn local() -> Option<web_sys::Storage> {
    own("localStorage", LocalStorage::raw)
}

/// sessionStorage, where the page may use it.
#[expect(clippy::disallowed_methods)]
pub fn session() -> Option<web_sys::Storage> {
    own("sessionStorage", SessionStorage::raw)
}

fn own(name: &str, raw: fn() -> web_sys::Storage) -> Option<web_sys::Storage> {
    // Looked at first: gloo-storage panics where the getter throws (sandboxed iframes).
    let found = js::global(name);
    (page::exists() && found.is_object()).then(|| match web_sys::window() {
        Some(_) => raw(),
        // jsdom under Vitest: the global object is no Window by `instanceof`, for which gloo-storage asks.
        None => found.unchecked_into(),
    })
}

/// Every place to look in, the configured one first.
pub fn places(config: &Config, custom: Option<JsValue>, memory: &Memory) -> Vec<Store> {
    let document = js::global("document");
    let cookie = || match document.is_object() {
        true => Store::Cookie(document.clone(), config.cookie.clone()),
        false => Store::Blocked,
    };
    let (local, session) = (local(), session());
    let web = |storage: &Option<web_sys::Storage>| match storage {
        Some(storage) => Store::Web(storage.clone()),
        None => Store::Blocked,
    };
    // One of the page's own storages, handed over as an object.
    let is = |storage: &Option<web_sys::Storage>| {
        storage.is_some() && custom == storage.clone().map(JsValue::from)
    };
    let kind = if is(&local) {
        StorageKind::Local
    } else if is(&session) {
        StorageKind::Session
    } else {
        config.storage
    };
    let mut all = vec![match kind {
        StorageKind::Local => web(&local),
        StorageKind::Session => web(&session),
        StorageKind::Cookie => cookie(),
        StorageKind::Memory => Store::Memory(memory.clone()),
        StorageKind::Custom => custom.map_or(Store::Blocked, Store::Custom),
        StorageKind::StateStore => custom.map_or(Store::Blocked, Store::State),
    }];
    // Other libraries keep flags in localStorage, and sessions where they please.
    let others = [
        (StorageKind::Local, web(&local)),
        (StorageKind::Session, web(&session)),
        (StorageKind::Cookie, cookie()),
    ];
    for (other, store) in others {
        if other != kind && !matches!(store, Store::Blocked) {
            all.push(store);
        }
    }
    all
}

/// The app's own store for sign-ins under way, where it is none of the places.
pub fn state_store(given: Option<JsValue>, user_store: &Option<JsValue>) -> Option<Store> {
    let given = given.filter(|given| user_store.as_ref() != Some(given))?;
    let inside = js::get(&given, "_store");
    let web = [local(), session()]
        .into_iter()
        .flatten()
        .any(|storage| inside == JsValue::from(storage));
    let usual = js::get_text(&given, "_prefix").as_deref() == Some("oidc.");
    (!web || !usual).then_some(Store::State(given))
}

impl Store {
    /// What the engine knows of it.
    pub fn place(&self, local: &Option<web_sys::Storage>) -> Place {
        Place {
            access: match self {
                Store::Web(_) | Store::Cookie(..) | Store::Memory(_) => Access::Direct,
                Store::Custom(object) if js::get(object, "keys").is_function() => Access::Listing,
                Store::Custom(_) => Access::ByKey,
                Store::State(_) => Access::StateStore,
                Store::Blocked => Access::Blocked,
            },
            shared: match self {
                Store::Cookie(..) => true,
                Store::Web(storage) => local.as_ref() == Some(storage),
                _ => false,
            },
        }
    }

    /// What a storage calls a function, or a `StateStore` of oidc-client-ts.
    fn method(&self, [storage, state_store]: [&'static str; 2]) -> &'static str {
        match self {
            Store::State(_) => state_store,
            _ => storage,
        }
    }

    /// The names of all that can be listed, joined by NUL.
    pub fn list(&self, done: Done) {
        let names = match self {
            Store::Blocked => Err(JsValue::UNDEFINED),
            Store::Memory(_) | Store::Cookie(..) => {
                return done(self.entries().map(|entries| {
                    let mut names = String::new();
                    for (name, _) in &entries {
                        names.push_str(name);
                        names.push('\0');
                    }
                    StoreAnswer::Names(names)
                }));
            }
            // Not `keys`, which looks at every value: with thousands of foreign keys that takes four times as long.
            Store::Web(storage) => {
                js::call(&js::global("Object"), "getOwnPropertyNames", &[storage])
            }
            Store::Custom(object) if js::get(object, "keys").is_function() => {
                js::call(object, "keys", &[])
            }
            Store::State(object) => js::call(object, "getAllKeys", &[]),
            Store::Custom(object) => return listed(object, done),
        };
        match names {
            Err(thrown) => done(Err(thrown)),
            Ok(names) => then(
                names,
                Box::new(move |names| {
                    done(names.and_then(|names| {
                        let names = js::call(&js::global("Array"), "from", &[&names])?;
                        joined(&names)
                    }));
                }),
            ),
        }
    }

    /// All entries of a store that has them at once.
    fn entries(&self) -> Result<Snapshot, JsValue> {
        match self {
            Store::Memory(entries) => Ok(entries.borrow().clone()),
            Store::Cookie(document, _) => {
                let text = Reflect::get(document, &"cookie".into())?;
                Ok(cookie::parse(&text.as_string().unwrap_or_default()))
            }
            _ => Err(JsValue::UNDEFINED),
        }
    }

    /// The values of these keys, as far as they are there.
    pub fn get(&self, keys: Vec<String>, done: Done) {
        match self {
            Store::Custom(object) | Store::State(object) => {
                // All at once: a slow storage is waited for once, not once a key.
                let get = self.method(["getItem", "get"]);
                let mut asked = Vec::new();
                for key in &keys {
                    match js::call(object, get, &[&key.into()]) {
                        Ok(value) => asked.push(value),
                        Err(thrown) => return done(Err(thrown)),
                    }
                }
                all(
                    asked,
                    Box::new(move |values| {
                        done(values.map(|values| {
                            let mut found = Snapshot::new();
                            for (key, value) in keys.into_iter().zip(values) {
                                if let Some(value) = value.as_string() {
                                    found.push((key, value));
                                }
                            }
                            StoreAnswer::Values(found)
                        }));
                    }),
                );
            }
            _ => done(self.get_now(&keys).map(StoreAnswer::Values)),
        }
    }

    fn get_now(&self, keys: &[String]) -> Result<Snapshot, JsValue> {
        let mut found = Snapshot::new();
        if let Store::Web(storage) = self {
            for key in keys {
                if let Some(value) = storage.get_item(key)? {
                    found.push((key.clone(), value));
                }
            }
        } else {
            let all = self.entries()?.into_iter();
            found.extend(all.filter(|(key, _)| keys.contains(key)));
        }
        Ok(found)
    }

    /// Removes keys, one by one in this order, since other tabs listen for each; all are tried, whatever one throws. Then writes
    /// entries; the first failure ends that.
    pub fn change(
        &self,
        keys: &[String],
        entries: Snapshot,
        is_wanted: Rc<Cell<bool>>,
        done: Done,
    ) {
        let store = self.clone();
        self.remove(
            keys,
            Box::new(move |removed| {
                store.write(
                    entries.into_iter(),
                    is_wanted,
                    Box::new(move |written| {
                        done(written.and(removed).map(|()| StoreAnswer::Changed));
                    }),
                );
            }),
        );
    }

    fn remove(&self, keys: &[String], done: Box<dyn FnOnce(Result<(), JsValue>)>) {
        if let Store::Cookie(document, options) = self {
            let removed = remove_cookies(document, keys, options);
            if removed.is_ok() {
                ledger::note_removed(keys);
            }
            return done(removed);
        }
        let mut outcome = Ok(());
        let mut asked = Vec::new();
        for key in keys {
            let removed = match self {
                Store::Blocked | Store::Cookie(..) => Ok(JsValue::UNDEFINED),
                Store::Web(storage) => storage.remove_item(key).map(|()| JsValue::UNDEFINED),
                Store::Memory(entries) => {
                    entries.borrow_mut().retain(|(name, _)| name != key);
                    Ok(JsValue::UNDEFINED)
                }
                Store::Custom(object) | Store::State(object) => {
                    let remove = self.method(["removeItem", "remove"]);
                    js::call(object, remove, &[&JsValue::from_str(key)])
                }
            };
            match removed {
                Ok(value) => {
                    ledger::note_removed(std::slice::from_ref(key));
                    asked.push(value);
                }
                Err(thrown) => outcome = Err(thrown),
            }
        }
        if !asked.iter().any(task::is_thenable) {
            return done(outcome);
        }
        // Each is waited for, whatever another one comes to.
        let together: Array = asked.iter().collect();
        match js::call(&js::global("Promise"), "allSettled", &[&together]) {
            Err(thrown) => done(Err(thrown)),
            Ok(together) => then(
                together,
                Box::new(move |settled| done(settled.and_then(|list| each(&list)).and(outcome))),
            ),
        }
    }

    fn write(
        self,
        mut entries: std::vec::IntoIter<(String, String)>,
        is_wanted: Rc<Cell<bool>>,
        done: Box<dyn FnOnce(Result<(), JsValue>)>,
    ) {
        let Some((key, value)) = entries.next() else {
            return done(Ok(()));
        };
        // The engine has given it up meanwhile: what is not written yet never is.
        if !is_wanted.get() {
            return done(Err(JsValue::UNDEFINED));
        }
        match self.write_one(&key, &value) {
            Err(thrown) => done(Err(thrown)),
            Ok(asked) => then(
                asked,
                Box::new(move |settled| match settled {
                    Ok(_) => self.write(entries, is_wanted, done),
                    Err(thrown) => done(Err(thrown)),
                }),
            ),
        }
    }

    fn write_one(&self, key: &str, value: &str) -> Settled {
        let done = match self {
            Store::Blocked => Err(JsValue::UNDEFINED),
            Store::Web(storage) => storage.set_item(key, value),
            Store::Memory(entries) => {
                let mut entries = entries.borrow_mut();
                entries.retain(|(name, _)| name != key);
                entries.push((key.to_owned(), value.to_owned()));
                Ok(())
            }
            Store::Cookie(document, options) => {
                set_cookie(document, &cookie::set(key, value, options))
            }
            Store::Custom(object) | Store::State(object) => {
                let set = self.method(["setItem", "set"]);
                return js::call(object, set, &[&key.into(), &value.into()]);
            }
        };
        done.map(|()| JsValue::UNDEFINED)
    }
}

fn joined(names: &JsValue) -> Result<StoreAnswer, JsValue> {
    let text = js::call(names, "join", &[&"\0".into()])?;
    Ok(StoreAnswer::Names(text.as_string().unwrap_or_default()))
}

/// The names that a storage lists as web storages do, by `length` and `key`; oidc-client-ts asks an asynchronous one so too. None
/// where it can't, and none of a class, whose `length` is its constructor's.
fn listed(object: &JsValue, done: Done) {
    if !object.is_object() || !js::get(object, "key").is_function() {
        return done(Ok(StoreAnswer::Names(String::new())));
    }
    let storage = object.clone();
    then(
        js::get(object, "length"),
        Box::new(move |length| {
            let length = match length {
                Ok(length) => length.as_f64().unwrap_or_default(),
                Err(thrown) => return done(Err(thrown)),
            };
            let mut asked = Vec::new();
            for index in 0..length as u32 {
                match js::call(&storage, "key", &[&index.into()]) {
                    Ok(name) => asked.push(name),
                    Err(thrown) => return done(Err(thrown)),
                }
            }
            all(
                asked,
                Box::new(move |names| {
                    done(names.and_then(|names| {
                        let names: Array = names.iter().collect();
                        joined(&names)
                    }));
                }),
            );
        }),
    );
}

/// Goes on with values that may be promises. Together, so that none of several rejections is left unhandled.
fn all(asked: Vec<JsValue>, next: Box<dyn FnOnce(Result<Vec<JsValue>, JsValue>)>) {
    if !asked.iter().any(task::is_thenable) {
        return next(Ok(asked));
    }
    let together: Array = asked.iter().collect();
    match js::call(&js::global("Promise"), "all", &[&together]) {
        Err(thrown) => next(Err(thrown)),
        Ok(together) => then(
            together,
            Box::new(move |values| {
                next(values.map(|values| Array::from(&values).to_vec()));
            }),
        ),
    }
}

/// What `Promise.allSettled` gave: an error where one was rejected.
fn each(settled: &JsValue) -> Result<(), JsValue> {
    for outcome in Array::from(settled) {
        if js::get_text(&outcome, "status").as_deref() == Some("rejected") {
            return Err(js::get(&outcome, "reason"));
        }
    }
    Ok(())
}

fn set_cookie(document: &JsValue, text: &str) -> Result<(), JsValue> {
    Reflect::set(document, &"cookie".into(), &text.into()).map(drop)
}

/// Removes cookies by all that may tell them apart, until none of the names is left.
fn remove_cookies(
    document: &JsValue,
    keys: &[String],
    options: &CookieOptions,
) -> Result<(), JsValue> {
    let location = js::global("location");
    let at = |name: &str| js::get_text(&location, name).unwrap_or_default();
    let (host, path) = (at("hostname"), at("pathname"));
    let mut outcome = Ok(());
    for attempt in 0..cookie::ATTEMPTS {
        let jar = js::get_text(document, "cookie").unwrap_or_default();
        for text in &cookie::remove(&jar, keys, options, (&host, &path), attempt) {
            outcome = set_cookie(document, text).and(outcome);
        }
    }
    outcome
}
