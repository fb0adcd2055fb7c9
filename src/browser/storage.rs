//! Every place that a session can lie in: web storages, cookies, memory, the app's own.

use std::cell::{Cell, RefCell};

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
    /// Memory, for as long as the page lives.
    Memory(RefCell<Snapshot>),
    /// The app's own object.
    Custom(JsValue),
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
pub fn places(config: &Config, custom: Option<JsValue>) -> Vec<Store> {
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
        StorageKind::Memory => Store::Memory(RefCell::default()),
        StorageKind::Custom => custom.map_or(Store::Blocked, Store::Custom),
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

    /// All that may belong to a session of this client.
    pub async fn read(&self, target: &Target, patience: &Patience) -> Result<Snapshot, AuthError> {
        self.read_raw(target, patience)
            .await
            .map_err(|e| unusable(&e))
    }

    async fn read_raw(&self, target: &Target, patience: &Patience) -> Result<Snapshot, JsValue> {
        match self {
            Store::Blocked => Err(JsValue::UNDEFINED),
            Store::Memory(entries) => Ok(entries.borrow().clone()),
            Store::Cookie(document, _) => {
                let text = Reflect::get(document, &"cookie".into())?;
                Ok(cookie::parse(&text.as_string().unwrap_or_default()))
            }
            Store::Web(storage) => {
                // Not `keys`, which looks at every value: with thousands of foreign keys that takes four times as long.
                let names = js::call(&js::global("Object"), "getOwnPropertyNames", &[storage])?;
                let names = layout::pick(target, &joined(&names)?);
                self.values(&names, patience).await
            }
            Store::Custom(object) => {
                if js::get(object, "keys").is_function() {
                    let names = patience.wait(js::call(object, "keys", &[])?).await?;
                    let names = js::call(&js::global("Array"), "from", &[&names])?;
                    let names = layout::pick(target, &joined(&names)?);
                    return self.values(&names, patience).await;
                }
                let mut found = self.values(&layout::first_reads(target), patience).await?;
                let more = layout::user_reads(target, &found);
                found.extend(self.values(&more, patience).await?);
                Ok(found)
            }
        }
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
            Store::Custom(object) => {
                // All at once: a slow storage is waited for once, not once a key.
                let mut asked = Vec::new();
                for key in keys {
                    asked.push(js::call(object, "getItem", &[&JsValue::from_str(key)])?);
                }
                if asked.iter().any(task::is_thenable) {
                    // Together, so that none of several rejections is left unhandled.
                    let all: Array = asked.iter().collect();
                    let all = js::call(&js::global("Promise"), "all", &[&all])?;
                    asked = Array::from(&patience.wait(all).await?).to_vec();
                }
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
        let cookies = match self {
            Store::Cookie(document, _) => js::get_text(document, "cookie").unwrap_or_default(),
            _ => String::new(),
        };
        for key in keys {
            let done = match self {
                Store::Blocked => Ok(JsValue::UNDEFINED),
                Store::Web(storage) => storage.remove_item(key).map(|()| JsValue::UNDEFINED),
                Store::Memory(entries) => {
                    entries.borrow_mut().retain(|(name, _)| name != key);
                    Ok(JsValue::UNDEFINED)
                }
                Store::Cookie(document, options) => cookie::remove(&cookies, key, options)
                    .iter()
                    .try_for_each(|text| set_cookie(document, text))
                    .map(|()| JsValue::UNDEFINED),
                Store::Custom(object) => js::call(object, "removeItem", &[&JsValue::from_str(key)]),
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
            Store::Custom(object) => {
                let (key, value) = (JsValue::from_str(key), JsValue::from_str(value));
                let asked = js::call(object, "setItem", &[&key, &value])?;
                patience.wait(asked).await.map(drop)
            }
        }
    }
}

fn set_cookie(document: &JsValue, text: &str) -> Result<(), JsValue> {
    Reflect::set(document, &"cookie".into(), &text.into()).map(drop)
}

fn joined(names: &JsValue) -> Result<String, JsValue> {
    let text = js::call(names, "join", &[&"\0".into()])?;
    Ok(text.as_string().unwrap_or_default())
}
