//! The world of one test.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use cognito_signout::{Client, Config, StorageKind};
use wasm_bindgen::prelude::*;

use super::cognito::Cognito;
use super::patch::function;
use super::{Session, call, get, item, keys, set_item, try_call, wait};

thread_local! {
    static SERIAL: Cell<u32> = const { Cell::new(0) };
    /// How often something panicked. A panic below a caught call into JavaScript is seen nowhere else.
    static PANICS: Cell<Option<u32>> = const { Cell::new(None) };
}

// These tests run what rustc made, before scripts/lib/wasm.mjs takes the hooks out.
#[expect(clippy::disallowed_methods)]
fn count_panics() -> u32 {
    PANICS.with(|panics| {
        if panics.get().is_none() {
            panics.set(Some(0));
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| {
                PANICS.with(|panics| panics.set(panics.get().map(|count| count + 1)));
                before(info);
            }));
        }
        panics.get().unwrap_or_default()
    })
}

/// A number that no other call in this page gets.
pub fn serial() -> u32 {
    SERIAL.with(|serial| {
        serial.set(serial.get() + 1);
        serial.get()
    })
}

/// A client id, a scripted Cognito and an eye on what nobody handles: nothing of it is shared with another test.
pub struct World {
    pub id: String,
    pub cognito: Cognito,
    unhandled: Rc<RefCell<Vec<String>>>,
    listener: JsValue,
    panics: u32,
}

impl World {
    pub fn new() -> World {
        wait::remember_timers();
        let id = format!("t{}x{}", serial(), js_sys::Date::now() as u64);
        let cognito = Cognito::start(&["https://", &id, ".cognito.test/"].concat());
        let unhandled: Rc<RefCell<Vec<String>>> = Rc::default();
        let seen = unhandled.clone();
        let listener = function(move |event, _| {
            let told = get(&event, "reason");
            let told = if told.is_undefined() {
                get(&event, "message")
            } else {
                told
            };
            let told = call(&js_sys::global(), "String", &[&told]);
            seen.borrow_mut().extend(told.as_string());
            Ok(JsValue::UNDEFINED)
        });
        for kind in ["unhandledrejection", "error"] {
            call(
                &js_sys::global(),
                "addEventListener",
                &[&kind.into(), &listener],
            );
        }
        World {
            id,
            cognito,
            unhandled,
            listener,
            panics: count_panics(),
        }
    }

    pub fn config(&self) -> Config {
        Config::from_json(&format!(
            r#"{{"userPoolId":"eu-central-1_AbCdEf123","userPoolClientId":"{}","userPoolEndpoint":"https://{}.cognito.test"}}"#,
            self.id, self.id
        ))
        .unwrap()
    }

    pub fn config_of(&self, storage: StorageKind) -> Config {
        let mut config = self.config();
        config.storage = storage;
        // The page of the tests is not on https.
        config.cookie.secure = false;
        config
    }

    pub fn client(&self) -> Client {
        Client::new(self.config())
    }

    /// A client with this session stored.
    pub async fn signed_in(&self, session: &Session) -> Client {
        let client = self.client();
        client.store_tokens(session.tokens()).await.unwrap();
        client
    }

    pub fn session(&self) -> Session {
        Session::new(&self.id, "jane.doe")
    }

    /// Amplify's key.
    pub fn key(&self, what: &str) -> String {
        ["CognitoIdentityServiceProvider.", &self.id, ".", what].concat()
    }

    /// The text of the mark.
    pub fn mark(&self) -> String {
        item("localStorage", &self.own_key("ended")).unwrap_or_default()
    }

    pub fn own_key(&self, what: &str) -> String {
        ["cognito-signout.", &self.id, ".", what].concat()
    }

    /// What lies in a web storage under Amplify's keys of this client, sorted.
    pub fn stored(&self, storage: &str) -> Vec<(String, String)> {
        let prefix = self.key("");
        let mut found: Vec<(String, String)> = keys(storage)
            .into_iter()
            .filter_map(|key| {
                let what = key.strip_prefix(&prefix)?.to_owned();
                Some((what, item(storage, &key)?))
            })
            .collect();
        found.sort();
        found
    }

    pub fn is_signed_out(&self) -> bool {
        self.stored("localStorage").is_empty()
    }

    /// What `storeTokens` of another library, or of a refresh in flight, would write.
    pub fn write(&self, session: &Session) {
        let user = |what: &str| self.key(&[&session.username, ".", what].concat());
        for (key, value) in [
            (user("accessToken"), &session.access),
            (user("idToken"), &session.id_token),
            (user("refreshToken"), &session.refresh),
            (self.key("LastAuthUser"), &session.username),
        ] {
            set_item("localStorage", &key, value);
        }
    }

    /// No rejection went unhandled, no exception reached the page, nothing panicked.
    pub async fn is_quiet(&self) {
        wait::macrotask().await;
        let seen = self.unhandled.borrow().clone();
        assert!(seen.is_empty(), "{seen:?}");
        assert_eq!(count_panics(), self.panics, "something panicked");
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for kind in ["unhandledrejection", "error"] {
            let _ = try_call(
                &js_sys::global(),
                "removeEventListener",
                &[&kind.into(), &self.listener],
            );
        }
    }
}
