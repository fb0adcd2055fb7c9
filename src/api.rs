//! The exports of the npm package's engine: plain functions over client numbers. The JavaScript face
//! (`js/`) makes the public functions, errors and results of them.

use std::cell::{Cell, RefCell};

use js_sys::{Array, Function, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::client::page::{Again, PageClient, Pending};
use crate::config;
use crate::engine::io::{Call, Removed, Reply, SignedOutEvent};
use crate::engine::outcome::{Outcome, Returned, error_json};
use crate::error::{AuthError, AuthErrorCode};
use crate::fields::{Field, Fields};
use crate::hooks::Hooks;
use crate::json::Json;
use crate::options::{self, SignOutOptions};
use crate::session::{Secret, SignInMethod, Tokens};
use crate::shell::{self, js, ledger, task};

#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// The longest `appState`, in characters of its JSON.
const APP_STATE_LIMIT: usize = 2048;
/// More entries than any list in a configuration has; a proxy may claim any length.
const LIST_LIMIT: f64 = 1000.0;

// ---- in

/// A JavaScript object whose getters may throw.
#[derive(Clone, PartialEq)]
struct Foreign(JsValue);

fn unreadable(name: &str, thrown: &JsValue) -> AuthError {
    js::error(AuthErrorCode::Configuration, thrown)
        .say([name, ": can't be read, its getter throws"].concat())
}

fn field(value: JsValue) -> Field<Foreign> {
    if value.is_undefined() {
        Field::Missing
    } else if value.is_null() {
        Field::Null
    } else if let Some(text) = value.as_string() {
        Field::Text(text)
    } else if let Some(flag) = value.as_bool() {
        Field::Flag(flag)
    } else if let Some(number) = value.as_f64() {
        Field::Number(number)
    } else if value.is_function() {
        Field::Function(Foreign(value))
    } else if !value.is_object() {
        Field::Other
    } else {
        // A revoked proxy throws even here.
        match js::call(&js::global("Array"), "isArray", &[&value]) {
            Ok(list) if list.is_truthy() => texts(&value),
            // Not by its class, which is another one in each realm.
            Ok(_) if js::get(&value, "getTime").is_function() => {
                let at = js::call(&value, "getTime", &[]).ok();
                let at = at.and_then(|at| at.as_f64()).unwrap_or(f64::NAN);
                Field::Date(at - shell::wall())
            }
            Ok(_) => Field::Object(Foreign(value)),
            Err(_) => Field::Other,
        }
    }
}

fn texts(list: &JsValue) -> Field<Foreign> {
    let length = js::get(list, "length").as_f64().unwrap_or(0.0);
    if length > LIST_LIMIT {
        return Field::Other;
    }
    (0..length as u32)
        .map(|index| {
            Reflect::get_u32(list.unchecked_ref::<Object>(), index)
                .ok()?
                .as_string()
        })
        .collect::<Option<Vec<String>>>()
        .map_or(Field::Other, Field::Texts)
}

impl Fields for Foreign {
    fn field(&self, name: &str) -> Result<Field<Self>, AuthError> {
        Reflect::get(&self.0, &JsValue::from_str(name))
            .map(field)
            .map_err(|thrown| unreadable(name, &thrown))
    }

    fn names(&self) -> Result<Vec<String>, AuthError> {
        let names = js::call(&js::global("Object"), "keys", &[&self.0])
            .map_err(|thrown| unreadable("the object", &thrown))?;
        Ok(match field(names) {
            Field::Texts(names) => names,
            _ => Vec::new(),
        })
    }
}

// ---- out

fn out(json: &Json) -> JsValue {
    let objects = serde_wasm_bindgen::Serializer::json_compatible();
    json.serialize(&objects).unwrap_or(JsValue::NULL)
}

fn rejection(error: AuthError) -> JsValue {
    out(&error_json(&error))
}

fn set(object: &JsValue, name: &str, value: &JsValue) {
    // A fresh object takes every field; one that doesn't lacks it, and nothing breaks.
    let _ = Reflect::set(object, &JsValue::from_str(name), value);
}

fn retry_function(again: Again) -> JsValue {
    js::function(Box::new(move |_| promise(Ok(again.run())))).into_js_value()
}

/// The promise of a call: what it fulfils with, or an error as JSON.
fn promise(begun: Result<Pending, AuthError>) -> JsValue {
    task::promise(Box::pin(async move {
        let (reply, retry) = begun.map_err(rejection)?.reply().await;
        let value = match reply {
            Reply::Done => JsValue::UNDEFINED,
            Reply::Tokens(tokens) => tokens.map_or(JsValue::NULL, |tokens| tokens_out(&tokens)),
            Reply::SignedOut(outcome) => outcome_out(&outcome),
            Reply::Returned(None) => JsValue::NULL,
            Reply::Returned(Some(returned)) => returned_out(&returned),
            Reply::Failed(error) => return Err(rejection(error)),
        };
        if let Some(again) = retry {
            set(&value, "retry", &retry_function(again));
        }
        Ok(value)
    }))
}

/// A result: its JSON, and in addition what the face hides behind accessors.
fn outcome_out(outcome: &Outcome) -> JsValue {
    let value = out(&outcome.json());
    let secret = |name: &str, secret: &Option<Secret>| {
        let secret = secret.as_ref().map(Secret::expose);
        let secret = secret.map_or(JsValue::UNDEFINED, JsValue::from_str);
        set(&value, name, &secret);
    };
    if let Some(failure) = &outcome.revoke_token_error {
        secret("refreshToken", &failure.refresh_token);
        if !failure.others.is_empty() {
            let others = Array::new();
            for other in &failure.others {
                others.push(&JsValue::from_str(other.expose()));
            }
            set(&value, "others", &others);
        }
    }
    if let Some(failure) = &outcome.global_sign_out_error {
        secret("accessToken", &failure.access_token);
    }
    value
}

fn returned_out(returned: &Returned) -> JsValue {
    let value = out(&returned.result);
    set(&value, "at", &returned.at.into());
    if let Some(state) = &returned.app_state
        && let Ok(state) = js::call(&js::global("JSON"), "parse", &[&JsValue::from_str(state)])
    {
        set(&value, "appState", &state);
    }
    value
}

fn tokens_out(tokens: &Tokens) -> JsValue {
    let value = Object::new().into();
    let put = |name: &str, token: Option<&str>| {
        if let Some(token) = token {
            set(&value, name, &JsValue::from_str(token));
        }
    };
    put("accessToken", Some(tokens.access_token.expose()));
    put("idToken", tokens.id_token.as_ref().map(Secret::expose));
    put(
        "refreshToken",
        tokens.refresh_token.as_ref().map(Secret::expose),
    );
    put("username", tokens.username.as_deref());
    put(
        "signInMethod",
        tokens.sign_in_method.map(|method| match method {
            SignInMethod::Api => "api",
            SignInMethod::HostedUi => "hostedUI",
        }),
    );
    value
}

fn event_out(event: SignedOutEvent) -> JsValue {
    let value = Object::new().into();
    set(&value, "reason", &event.reason.as_str().into());
    set(&value, "global", &event.global.into());
    set(&value, "redirecting", &event.redirecting.into());
    value
}

// ---- exports

/// A client, under the number that the face knows it by.
#[derive(Clone)]
struct Handle {
    number: u32,
    /// The number of the face's own client, which may be configured again: 0 for one that was.
    owner: u32,
    client: PageClient,
    listener: u32,
}

thread_local! {
    static HANDLES: RefCell<Vec<Handle>> = const { RefCell::new(Vec::new()) };
    /// A number is never used twice.
    static LAST: Cell<u32> = const { Cell::new(0) };
}

fn handles(wanted: &dyn Fn(&Handle) -> bool) -> Vec<Handle> {
    HANDLES.with_borrow(|handles| {
        let wanted = handles.iter().filter(|handle| wanted(handle));
        wanted.cloned().collect()
    })
}

fn client(number: u32) -> Result<PageClient, AuthError> {
    let found = handles(&|handle| handle.number == number).pop();
    found
        .map(|handle| handle.client)
        .ok_or_else(|| AuthError::new(AuthErrorCode::NotConfigured))
}

/// Calls a client.
fn call(number: u32, what: Result<Call, AuthError>) -> JsValue {
    promise(client(number).and_then(|client| Ok(client.begin(what?))))
}

/// Makes a client of a configuration in any accepted shape and returns its number, from 1 on; `tell` gets each signed-out event.
/// With `own_memory`, one that keeps its session in memory has that to itself. It hears what other clients of its owner heard, which
/// still have to be disposed of.
#[wasm_bindgen]
pub fn create(
    config: JsValue,
    tell: Function,
    own_memory: bool,
    owner: u32,
) -> Result<u32, JsValue> {
    let reading = config::read(field(config)).map_err(rejection)?;
    let objects = [reading.storage, reading.state_store, reading.logger];
    let objects = objects.map(|foreign| foreign.map(|foreign| foreign.0));
    let client = PageClient::new(reading.config, objects, own_memory);
    let listener = client.on_signed_out(move |event| {
        // The face catches what its listeners throw.
        let _ = js::apply(&tell, &JsValue::UNDEFINED, &[&event_out(event)]);
    });
    for before in handles(&|handle| owner != 0 && handle.owner == owner) {
        client.succeed(&before.client, before.listener);
    }
    let number = LAST.get() + 1;
    LAST.set(number);
    HANDLES.with_borrow_mut(|handles| {
        handles.push(Handle {
            number,
            owner,
            client,
            listener,
        });
    });
    Ok(number)
}

/// Lets a client go; a number that is not known is none.
#[wasm_bindgen]
pub fn dispose(number: u32) {
    if let Ok(client) = client(number) {
        HANDLES.with_borrow_mut(|handles| handles.retain(|handle| handle.number != number));
        client.dispose();
    }
}

/// Looks for a session that was ended and came back.
#[wasm_bindgen]
pub fn open(number: u32) -> JsValue {
    call(number, Ok(Call::Open))
}

/// Stores a session.
#[wasm_bindgen(js_name = storeTokens)]
pub fn store_tokens(number: u32, tokens: JsValue) -> JsValue {
    let tokens =
        client(number).and_then(|client| config::tokens::read(field(tokens), client.config()));
    call(
        number,
        tokens.map(|tokens| Call::StoreTokens(Box::new(tokens))),
    )
}

/// The stored session, or null.
#[wasm_bindgen(js_name = loadTokens)]
pub fn load_tokens(number: u32) -> JsValue {
    call(number, Ok(Call::LoadTokens))
}

/// Refreshes the stored session.
#[wasm_bindgen(js_name = refreshTokens)]
pub fn refresh_tokens(number: u32) -> JsValue {
    call(number, Ok(Call::RefreshTokens))
}

/// Hands each note of the ledger to a function: `note(kind, name, value)`. Kind 0: a key was read,
/// with its value. 1: a key was removed. 2: `revokeToken`, `globalSignOut` or `forgetDevice` was
/// answered with success; the value is the token.
#[wasm_bindgen(js_name = keepLedger)]
pub fn keep_ledger(note: Function) {
    ledger::keep(note);
}

/// Signs out. A plain function: with a synchronous storage the tokens are gone when it returns its promise.
///
/// `removed` is undefined, or the `[key, value]` pairs that the face has removed without an engine.
/// Then the sign-out ends the sessions in them and no stored one.
#[wasm_bindgen(js_name = signOut)]
pub fn sign_out(number: u32, options: JsValue, popup: JsValue, removed: JsValue) -> JsValue {
    let begun = client(number).and_then(|client| {
        let (plain, mut hooks) = read_options(&options)?;
        hooks.popup = Some(popup).filter(|popup| !popup.is_undefined());
        hooks.removed = removed_in(&removed);
        Ok(client.begin_sign_out(plain, hooks))
    });
    match begun {
        Ok(pending) => promise(Ok(pending)),
        Err(error) => task::promise(Box::pin(async move {
            Ok(outcome_out(&Outcome::refused(error)))
        })),
    }
}

/// The pairs of an array.
fn removed_in(list: &JsValue) -> Option<Removed> {
    let list = list.dyn_ref::<Array>()?;
    let mut removed = Removed::default();
    for pair in list.iter() {
        if let Field::Texts(mut pair) = texts(&pair)
            && let (Some(value), Some(key)) = (pair.pop(), pair.pop())
        {
            removed.0.push((key, value));
        }
    }
    Some(removed)
}

fn read_options(options: &JsValue) -> Result<(SignOutOptions, Hooks), AuthError> {
    let plain = options::read(field(options.clone()))?;
    let mut hooks = Hooks::default();
    if options.is_object() {
        hooks.navigate = Some(js::get(options, "navigate")).filter(JsValue::is_function);
        hooks.signal = Some(js::get(options, "signal")).filter(JsValue::is_object);
        hooks.app_state = app_state(options)?;
    }
    Ok((plain, hooks))
}

fn app_state(options: &JsValue) -> Result<Option<String>, AuthError> {
    let state = Reflect::get(options, &"appState".into())
        .map_err(|thrown| unreadable("appState", &thrown))?;
    if state.is_undefined() {
        return Ok(None);
    }
    let json = js::call(&js::global("JSON"), "stringify", &[&state]);
    let text = json.ok().and_then(|json| json.as_string()).ok_or_else(|| {
        AuthError::configuration("appState", "must be JSON; it can't be turned into it")
    })?;
    if text.len() > APP_STATE_LIMIT {
        return Err(AuthError::configuration(
            "appState",
            "must be at most 2 KB of JSON; keep a key in it and the rest in your own storage",
        ));
    }
    Ok(Some(text))
}

/// The result of the sign-out that left the page, or null.
#[wasm_bindgen(js_name = takeSignOutResult)]
pub fn take_sign_out_result(number: u32) -> JsValue {
    call(number, Ok(Call::TakeSignOutResult))
}

/// Whether some tab is signing out.
#[wasm_bindgen(js_name = isSigningOut)]
pub fn is_signing_out(number: u32) -> bool {
    client(number).is_ok_and(|client| client.is_signing_out())
}

fn token(token: &JsValue, name: &str) -> Result<Secret, AuthError> {
    token
        .as_string()
        .filter(|token| !token.is_empty())
        .map(Secret::new)
        .ok_or_else(|| {
            AuthError::configuration(name, "must be a token, a string that is not empty")
        })
}

/// Revokes a refresh token.
#[wasm_bindgen(js_name = revokeToken)]
pub fn revoke_token(number: u32, refresh_token: JsValue) -> JsValue {
    call(
        number,
        token(&refresh_token, "refreshToken").map(Call::RevokeToken),
    )
}

/// Ends all of the user's sessions.
#[wasm_bindgen(js_name = globalSignOut)]
pub fn global_sign_out(number: u32, access_token: JsValue) -> JsValue {
    call(
        number,
        token(&access_token, "accessToken").map(Call::GlobalSignOut),
    )
}
