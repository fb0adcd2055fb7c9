//! What the browser tests share: a world of their own for each test, with a scripted `fetch`, storages that can
//! misbehave, and ways to wait for things instead of sleeping.
// Each test file uses its own part of it.
#![allow(dead_code)]

pub mod cognito;
pub mod patch;
pub mod shelf;
pub mod wait;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use cognito_signout::Client;
use cognito_signout::config::{Config, HostedUi, StorageKind};
use cognito_signout::error::AuthErrorCode;
use cognito_signout::outcome::{Complete, Failed, Partial, SignOutResult, StepName, StepOutcome};
use cognito_signout::session::{Secret, SignInMethod, Tokens};
use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;

use cognito::Cognito;
use patch::{Patch, function};

/// The options with all defaults.
pub use cognito_signout::options::SignOutOptions as Options;

thread_local! {
    static SERIAL: Cell<u32> = const { Cell::new(0) };
    /// How often something panicked. A panic below a caught call into JavaScript is seen nowhere else.
    static PANICS: Cell<Option<u32>> = const { Cell::new(None) };
}

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

// ---- the world of one test

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

    /// A configuration with the hosted UI, whose sign-out URLs these are.
    pub fn hosted(&self, redirects: &[&str]) -> Config {
        Config {
            hosted_ui: Some(HostedUi {
                origin: "https://login.example.com".to_owned(),
                redirect_sign_out: redirects.iter().map(|&url| url.to_owned()).collect(),
            }),
            ..self.config()
        }
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

/// Replaces a method of all web storages.
pub fn patch_storages(
    method: &str,
    body: impl Fn(JsValue, JsValue) -> Result<JsValue, JsValue> + 'static,
) -> Patch {
    let prototype = get(&global("Storage"), "prototype");
    Patch::value(&prototype, method, &function(body))
}

// ---- sessions

/// One sign-in, with recognisable tokens.
#[derive(Clone)]
pub struct Session {
    client_id: String,
    number: u32,
    pub username: String,
    pub access: String,
    pub id_token: String,
    pub refresh: String,
    pub method: Option<SignInMethod>,
}

impl Session {
    pub fn new(client_id: &str, username: &str) -> Session {
        let mut session = Session {
            client_id: client_id.to_owned(),
            number: serial(),
            username: username.to_owned(),
            access: String::new(),
            id_token: String::new(),
            refresh: String::new(),
            method: None,
        };
        session.renew(3600.0);
        session.rotate();
        session
    }

    fn claims(&self, token_use: &str, expires_in: f64) -> String {
        let now = (js_sys::Date::now() / 1000.0).floor();
        format!(
            r#"{{"token_use":"{token_use}","client_id":"{}","username":"{}","sub":"sub-{}","origin_jti":"origin-{}-{}","jti":"jti-{}","exp":{},"auth_time":{now}}}"#,
            self.client_id,
            self.username,
            self.username,
            self.client_id,
            self.number,
            serial(),
            now + expires_in
        )
    }

    /// New access and ID tokens of the same session.
    pub fn renew(&mut self, expires_in: f64) {
        self.access = jwt(&self.claims("access", expires_in));
        self.id_token = jwt(&self.claims("id", expires_in));
    }

    /// A new refresh token of the same session.
    pub fn rotate(&mut self) {
        self.refresh = format!("refresh.{}.{}.{}", self.client_id, serial(), "r".repeat(40));
    }

    /// The access token has expired by this device's clock.
    pub fn expired(mut self) -> Session {
        self.renew(-60.0);
        self
    }

    pub fn by(mut self, method: SignInMethod) -> Session {
        self.method = Some(method);
        self
    }

    pub fn tokens(&self) -> Tokens {
        Tokens {
            access_token: Secret::new(&*self.access),
            id_token: Some(Secret::new(&*self.id_token)),
            refresh_token: Some(Secret::new(&*self.refresh)),
            username: Some(self.username.clone()),
            sign_in_method: self.method,
        }
    }

    /// The answer of Cognito to a refresh that gives this session's tokens.
    pub fn refreshed(&self) -> String {
        format!(
            r#"{{"AuthenticationResult":{{"AccessToken":"{}","IdToken":"{}","RefreshToken":"{}","ExpiresIn":3600,"TokenType":"Bearer"}}}}"#,
            self.access, self.id_token, self.refresh
        )
    }

    /// No token, nor the payload of one, is in the text.
    #[track_caller]
    pub fn is_not_in(&self, text: &str) {
        for token in [&self.access, &self.id_token, &self.refresh] {
            let telling = token.split('.').filter(|part| part.len() > 20);
            for part in telling.chain([token.as_str()]) {
                assert!(!text.contains(part), "a token is in: {text}");
            }
        }
    }
}

/// A JWT with these claims, unsigned.
pub fn jwt(claims: &str) -> String {
    let encode = |text: &str| {
        let base64 = call(&js_sys::global(), "btoa", &[&text.into()]);
        let base64 = base64.as_string().unwrap();
        base64.replace('+', "-").replace('/', "_").replace('=', "")
    };
    [
        &encode(r#"{"alg":"RS256"}"#),
        ".",
        &encode(claims),
        ".c2lnbmF0dXJl",
    ]
    .concat()
}

// ---- results

#[track_caller]
pub fn complete(result: SignOutResult) -> Complete {
    match result {
        SignOutResult::Complete(complete) => complete,
        other => panic!("not complete: {other:?}"),
    }
}

#[track_caller]
pub fn partial(result: SignOutResult) -> Partial {
    match result {
        SignOutResult::Partial(partial) => partial,
        other => panic!("not partial: {other:?}"),
    }
}

#[track_caller]
pub fn failed(result: SignOutResult) -> Failed {
    match result {
        SignOutResult::Failed(failed) => failed,
        other => panic!("not failed: {other:?}"),
    }
}

/// The code of RevokeToken's error.
pub fn revoke_code(partial: &Partial) -> Option<AuthErrorCode> {
    partial.revoke_token_error.as_ref().map(|e| e.error.code)
}

/// The code of GlobalSignOut's error.
pub fn global_code(partial: &Partial) -> Option<AuthErrorCode> {
    partial.global_sign_out_error.as_ref().map(|e| e.error.code)
}

/// How a step ended; `None` where it is not among the steps.
pub fn step(result: &SignOutResult, name: StepName) -> Option<StepOutcome> {
    let step = result.steps().iter().find(|step| step.step == name);
    step.map(|step| step.outcome)
}

/// The options of a global sign-out.
pub fn everywhere() -> Options {
    Options {
        global: true,
        ..Options::default()
    }
}

/// The options with another time-out.
pub fn within(timeout_ms: f64) -> Options {
    Options {
        timeout_ms,
        ..Options::default()
    }
}
