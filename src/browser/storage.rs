//! Every place that a session can lie in: web storages, cookies, memory, the app's own.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_storage::{LocalStorage, SessionStorage, Storage as _};
use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;

use super::{clock, js, page, task};
use crate::config::{Config, CookieOptions, StorageKind};
use crate::error::{AuthError, AuthErrorCode};
use crate::layout::{self, Snapshot, Target, cookie};

/// How long an asynchronous storage may take in all, in milliseconds.
const PATIENCE_MS: f64 = 5000.0;

/// The time left for an asynchronous storage; it runs only while that is awaited.
pub struct Patience(Cell<f64>);

impl Patience {
    /// The whole of it.
    pub fn new() -> Self {
        Patience(Cell::new(PATIENCE_MS))
    }

    async fn wait(&self, value: JsValue) -> Result<JsValue, JsValue> {
        if !task::is_thenable(&value) {
            return Ok(value);
        }
        let began = clock::now();
        let result = task::settle(&value, Some(self.0.get())).await;
        self.0.set(self.0.get() - (clock::now() - began));
        result
    }
}

/// One place.
pub enum Store {
    /// localStorage or sessionStorage.
    Web(web_sys::Storage),
    /// `document.cookie`.
    Cookie(JsValue, CookieOptions),
    /// Memory, shared by the clients of the tab.
    Memory(Rc<RefCell<Snapshot>>),
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
pub fn places(
    config: &Config,
    custom: Option<JsValue>,
    memory: &Rc<RefCell<Snapshot>>,
) -> Vec<Store> {
    let document = js::global("document");
    let cookie = || match document.is_object() {
        true => Store::Cookie(document.clone(), config.cookie.clone()),
        false => Store::Blocked,
    };
    let web = |storage: Option<web_sys::Storage>| storage.map_or(Store::Blocked, Store::Web);
    // One of the page's own storages, handed over as an object.
    let is = |storage: Option<web_sys::Storage>| {
        storage.is_some() && custom == storage.map(JsValue::from)
    };
    let kind = if is(local()) {
        StorageKind::Local
    } else if is(session()) {
        StorageKind::Session
    } else {
        config.storage
    };
    let mut all = vec![match kind {
        StorageKind::Local => web(local()),
        StorageKind::Session => web(session()),
        StorageKind::Cookie => cookie(),
        StorageKind::Memory => Store::Memory(memory.clone()),
        StorageKind::Custom => custom.map_or(Store::Blocked, Store::Custom),
        StorageKind::StateStore => custom.map_or(Store::Blocked, Store::State),
    }];
    // Other libraries keep flags in localStorage, and sessions where they please.
    let others = [
        (StorageKind::Local, web(local())),
        (StorageKind::Session, web(session())),
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

fn unusable(thrown: &JsValue) -> AuthError {
    js::error(AuthErrorCode::Storage, thrown)
}

impl Store {
    /// Whether every tab of the origin sees it.
    pub fn is_shared(&self, own: &Option<web_sys::Storage>) -> bool {
        match self {
            Store::Cookie(..) => true,
            Store::Web(storage) => own.as_ref() == Some(storage),
            _ => false,
        }
    }

    /// What a storage calls a function, or a `StateStore` of oidc-client-ts.
    fn method(&self, [storage, state_store]: [&'static str; 2]) -> &'static str {
        match self {
            Store::State(_) => state_store,
            _ => storage,
        }
    }

    /// All that may belong to a session of this client. `names` gets the names of all that can be listed, each
    /// followed by NUL.
    pub async fn read(
        &self,
        target: &Target,
        patience: &Patience,
        names: &mut String,
    ) -> Result<Snapshot, AuthError> {
        self.read_raw(target, patience, names)
            .await
            .map_err(|e| unusable(&e))
    }

    async fn read_raw(
        &self,
        target: &Target,
        patience: &Patience,
        all: &mut String,
    ) -> Result<Snapshot, JsValue> {
        match self {
            Store::Blocked => Err(JsValue::UNDEFINED),
            Store::Memory(entries) => Ok(entries.borrow().clone()),
            Store::Cookie(document, _) => {
                let text = Reflect::get(document, &"cookie".into())?;
                let found = cookie::parse(&text.as_string().unwrap_or_default());
                for (name, _) in &found {
                    all.push_str(name);
                    all.push('\0');
                }
                Ok(found)
            }
            Store::State(_) => {
                let names = self.names(patience).await?.unwrap_or_default();
                all.push_str(&names);
                all.push('\0');
                let names = layout::pick_state(target, &names);
                self.values(&names, patience).await
            }
            Store::Web(_) | Store::Custom(_) => {
                if let Some(names) = self.names(patience).await? {
                    all.push_str(&names);
                    all.push('\0');
                    let names = layout::pick(target, &names);
                    return self.values(&names, patience).await;
                }
                let mut names = layout::first_reads(target);
                let listed = match self {
                    Store::Custom(object) => listed(object, patience).await?,
                    _ => String::new(),
                };
                all.push_str(&listed);
                for name in layout::pick(target, &listed) {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
                let mut found = self.values(&names, patience).await?;
                let mut more = layout::user_reads(target, &found);
                more.retain(|name| !names.contains(name));
                found.extend(self.values(&more, patience).await?);
                Ok(found)
            }
        }
    }

    /// The names of all that is there, joined by NUL; `None` where they can't be listed.
    async fn names(&self, patience: &Patience) -> Result<Option<String>, JsValue> {
        let names = match self {
            // Not `keys`, which looks at every value: with thousands of foreign keys that takes four times as long.
            Store::Web(storage) => {
                js::call(&js::global("Object"), "getOwnPropertyNames", &[storage])?
            }
            Store::Custom(object) if js::get(object, "keys").is_function() => {
                let names = patience.wait(js::call(object, "keys", &[])?).await?;
                js::call(&js::global("Array"), "from", &[&names])?
            }
            Store::State(object) => {
                let names = patience.wait(js::call(object, "getAllKeys", &[])?).await?;
                js::call(&js::global("Array"), "from", &[&names])?
            }
            _ => return Ok(None),
        };
        Ok(js::call(&names, "join", &[&"\0".into()])?.as_string())
    }

    /// The values of these keys, as far as they are there.
    pub async fn read_keys(
        &self,
        keys: &[String],
        patience: &Patience,
    ) -> Result<Snapshot, AuthError> {
        self.values(keys, patience).await.map_err(|e| unusable(&e))
    }

    async fn values(&self, keys: &[String], patience: &Patience) -> Result<Snapshot, JsValue> {
        let mut found = Snapshot::new();
        match self {
            Store::Blocked => return Err(JsValue::UNDEFINED),
            Store::Web(storage) => {
                for key in keys {
                    if let Some(value) = storage.get_item(key)? {
                        found.push((key.clone(), value));
                    }
                }
            }
            Store::Custom(object) | Store::State(object) => {
                // All at once: a slow storage is waited for once, not once a key.
                let mut asked = Vec::new();
                for key in keys {
                    let get = self.method(["getItem", "get"]);
                    asked.push(js::call(object, get, &[&JsValue::from_str(key)])?);
                }
                let asked = all(asked, patience).await?;
                for (key, value) in keys.iter().zip(asked) {
                    if let Some(value) = value.as_string() {
                        found.push((key.clone(), value));
                    }
                }
            }
            Store::Memory(_) | Store::Cookie(..) => {
                let all = match self {
                    Store::Memory(entries) => entries.borrow().clone(),
                    Store::Cookie(document, _) => {
                        let text = Reflect::get(document, &"cookie".into())?;
                        cookie::parse(&text.as_string().unwrap_or_default())
                    }
                    _ => Snapshot::new(),
                };
                found.extend(all.into_iter().filter(|(key, _)| keys.contains(key)));
            }
        }
        Ok(found)
    }

    /// Removes these keys, one by one in this order, since other tabs listen for each; all are tried, whatever one throws.
    pub async fn remove(&self, keys: &[String], patience: &Patience) -> Result<(), AuthError> {
        let mut outcome = Ok(JsValue::UNDEFINED);
        let mut asked = Vec::new();
        if let Store::Cookie(document, options) = self {
            return remove_cookies(document, keys, options).map_err(|thrown| unusable(&thrown));
        }
        for key in keys {
            let done = match self {
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
            match done {
                Ok(value) => asked.push(value),
                Err(thrown) => outcome = Err(thrown),
            }
        }
        for value in asked {
            if let Err(thrown) = patience.wait(value).await {
                outcome = Err(thrown);
            }
        }
        outcome.map(drop).map_err(|thrown| unusable(&thrown))
    }

    /// Writes these entries; the first failure ends it.
    pub async fn write(
        &self,
        entries: &[(String, String)],
        patience: &Patience,
    ) -> Result<(), AuthError> {
        for (key, value) in entries {
            self.write_one(key, value, patience)
                .await
                .map_err(|thrown| unusable(&thrown))?;
        }
        Ok(())
    }

    async fn write_one(&self, key: &str, value: &str, patience: &Patience) -> Result<(), JsValue> {
        match self {
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
                let (key, value) = (JsValue::from_str(key), JsValue::from_str(value));
                let set = self.method(["setItem", "set"]);
                let asked = js::call(object, set, &[&key, &value])?;
                patience.wait(asked).await.map(drop)
            }
        }
    }
}

/// The names that a storage lists as web storages do, by `length` and `key`; oidc-client-ts asks an asynchronous one so too. None
/// where it can't, and none of a class, whose `length` is its constructor's.
async fn listed(object: &JsValue, patience: &Patience) -> Result<String, JsValue> {
    if !object.is_object() || !js::get(object, "key").is_function() {
        return Ok(String::new());
    }
    let length = patience.wait(js::get(object, "length")).await?;
    let mut asked = Vec::new();
    for index in 0..length.as_f64().unwrap_or_default() as u32 {
        asked.push(js::call(object, "key", &[&index.into()])?);
    }
    let names: Array = all(asked, patience).await?.iter().collect();
    let names = js::call(&names, "join", &[&"\0".into()])?;
    Ok(names.as_string().unwrap_or_default())
}

/// Waits for values that may be promises. Together, so that none of several rejections is left unhandled.
async fn all(asked: Vec<JsValue>, patience: &Patience) -> Result<Vec<JsValue>, JsValue> {
    if !asked.iter().any(task::is_thenable) {
        return Ok(asked);
    }
    let together: Array = asked.iter().collect();
    let together = js::call(&js::global("Promise"), "all", &[&together])?;
    Ok(Array::from(&patience.wait(together).await?).to_vec())
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
