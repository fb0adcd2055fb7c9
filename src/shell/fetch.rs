//! One request to Cognito and its answer.
//!
//! gloo-net opens the answer. `fetch` itself is called here, with a plain object: gloo-net's `send` panics where fetch
//! rejects with something that is not an Error, and its builder brings the formatting code of the standard library.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::clock::Timer;
use super::js;
use super::task::{self, Settled, Slot};
use crate::error::{AuthError, AuthErrorCode};
use crate::protocol::{CONTENT_TYPE, Request, Response, TARGET_PREFIX};

#[wasm_bindgen]
extern "C" {
    /// By its bare name: where Node has the globals of jsdom, `window` is another object, and has none.
    #[wasm_bindgen(js_name = fetch, catch)]
    fn fetch(url: &JsValue, init: &JsValue) -> Result<JsValue, JsValue>;
}

/// Whether the browser says that it is offline.
pub fn is_offline() -> bool {
    js::get(&js::global("navigator"), "onLine").as_bool() == Some(false)
}

/// Sends a request with `keepalive`, so that it survives the page.
///
/// # Errors
/// `network` where no whole answer came, `aborted` where the signal was.
pub async fn send(request: &Request, signal: &AbortSignal) -> Result<Response, AuthError> {
    let mut sent = start(request, signal, true).await;
    let repeated = sent.is_err() && !signal.aborted() && !is_offline();
    if repeated {
        // A page that goes lets its open fetches throw, though what was sent goes on; and it runs no timer any more.
        let later = Slot::<Settled>::new();
        let fired = later.clone();
        let timer = Timer::after(0.0, Box::new(move |_| fired.fill(Ok(JsValue::UNDEFINED))));
        let _ = later.await;
        drop(timer);
        // The bodies of a page's keepalive requests share 64 KB; past it fetch throws.
        sent = start(request, signal, false).await;
    }
    let answer = match sent {
        Ok(answer) => read(answer).await,
        Err(thrown) => Err(thrown),
    };
    let answer = answer.map(|response| Response {
        repeated,
        ..response
    });
    answer.map_err(|thrown| {
        js::error(
            if signal.aborted() {
                AuthErrorCode::Aborted
            } else {
                AuthErrorCode::Network
            },
            &thrown,
        )
    })
}

async fn start(
    request: &Request,
    signal: &AbortSignal,
    keepalive: bool,
) -> Result<web_sys::Response, JsValue> {
    let target = [TARGET_PREFIX, request.target].concat();
    let headers = object(&[
        ("Content-Type", &CONTENT_TYPE.into()),
        ("X-Amz-Target", &target.into()),
    ])?;
    let init = object(&[
        ("method", &"POST".into()),
        ("headers", &headers),
        ("body", &request.body.as_str().into()),
        ("credentials", &"omit".into()),
        ("redirect", &"error".into()),
        ("signal", signal),
        ("keepalive", &keepalive.into()),
    ])?;
    let url = JsValue::from_str(&request.url);
    let answer = fetch(&url, &init)?;
    let answer = task::settle(&answer).await?;
    answer.dyn_into()
}

fn object(fields: &[(&str, &JsValue)]) -> Result<JsValue, JsValue> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &JsValue::from_str(name), value)?;
    }
    Ok(object.into())
}

async fn read(answer: web_sys::Response) -> Result<Response, JsValue> {
    // What passes for a Response by `instanceof` may throw here, and the typed getters below do not catch.
    if Reflect::get(&answer, &"status".into())?.as_f64().is_none() {
        return Err(JsValue::UNDEFINED);
    }
    Reflect::get(&answer, &"headers".into())?;
    let answer = gloo_net::http::Response::from(answer);
    let status = answer.status();
    // The raw headers catch; gloo-net's getter panics where a patched one throws.
    let headers = answer.headers().into_raw();
    let header = |name: &str| headers.get(name).ok().flatten();
    let (error_type, request_id, date) = (
        header("x-amzn-ErrorType"),
        // One that is longer than any of Cognito's could hold what was sent.
        header("x-amzn-RequestId").filter(|id| id.len() <= 64),
        header("Date"),
    );
    let raw: web_sys::Response = answer.into();
    let body = task::settle(raw.text()?.as_ref()).await?;
    Ok(Response {
        status,
        error_type,
        request_id,
        answered_at: date
            .map(|date| js_sys::Date::parse(&date))
            .filter(|at| at.is_finite()),
        body: body.as_string().unwrap_or_default(),
        repeated: false,
    })
}
