//! Cognito as the page's `fetch` shows it: each request is recorded, each answer scripted.

use std::cell::RefCell;
use std::rc::Rc;

use cognito_signout::internals::json::Json;
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::patch::{Patch, function};
use super::wait::Gate;
use super::{call, construct, get, object, set, text_of};

/// What a request gets.
#[derive(Clone)]
pub enum Reply {
    /// The empty success.
    Success,
    /// An error of Cognito: HTTP status, type and message.
    Fault(u16, &'static str, &'static str),
    /// An answer with this status and body.
    Answer(u16, String),
    /// No answer; it ends with its signal.
    Silence,
    /// The answer, once the gate is open; it may end before with its signal.
    Behind(Gate, Box<Reply>),
    /// `fetch` rejects.
    Reject(JsValue),
}

/// A request as the browser would have sent it.
pub struct Sent {
    pub target: String,
    body: RefCell<Option<String>>,
}

impl Sent {
    pub fn body(&self) -> Json {
        let body = self.body.borrow();
        Json::parse(body.as_deref().expect("the body was not read yet")).unwrap()
    }

    /// A string in the body.
    pub fn field(&self, name: &str) -> Option<String> {
        self.body()
            .get(name)
            .and_then(Json::as_str)
            .map(str::to_owned)
    }
}

type Script = Rc<dyn Fn(&str, u32) -> Reply>;

/// The scripted service; the page's own `fetch` comes back when it is dropped.
pub struct Cognito {
    state: Rc<State>,
    _fetch: Patch,
}

struct State {
    endpoint: String,
    sent: RefCell<Vec<Rc<Sent>>>,
    script: RefCell<Script>,
}

impl Cognito {
    /// Takes over `fetch`; every request succeeds.
    pub fn start(endpoint: &str) -> Cognito {
        let state = Rc::new(State {
            endpoint: endpoint.to_owned(),
            sent: RefCell::default(),
            script: RefCell::new(Rc::new(|_, _| Reply::Success)),
        });
        let own = state.clone();
        let fetch = function(move |request, init| fetch(&own, &request, &init));
        Cognito {
            state,
            _fetch: Patch::value(&js_sys::global(), "fetch", &fetch),
        }
    }

    /// From now on answers by this script: operation, and the how-manieth request of it.
    pub fn script(&self, script: impl Fn(&str, u32) -> Reply + 'static) {
        *self.state.script.borrow_mut() = Rc::new(script);
    }

    /// From now on answers one operation with this, all others with success.
    pub fn reply(&self, operation: &'static str, reply: Reply) {
        self.script(move |target, _| match target == operation {
            true => reply.clone(),
            false => Reply::Success,
        });
    }

    /// All requests so far.
    pub fn sent(&self) -> Vec<Rc<Sent>> {
        self.state.sent.borrow().clone()
    }

    /// The operations so far.
    pub fn targets(&self) -> Vec<String> {
        let sent = self.state.sent.borrow();
        sent.iter().map(|sent| sent.target.clone()).collect()
    }

    /// The refresh tokens that RevokeToken was sent for, as far as the bodies were read.
    pub fn revoked(&self) -> Vec<String> {
        let sent = self.sent();
        let revocations = sent.iter().filter(|sent| sent.target == "RevokeToken");
        revocations
            .filter(|sent| sent.body.borrow().is_some())
            .filter_map(|sent| sent.field("Token"))
            .collect()
    }
}

fn fetch(state: &Rc<State>, request: &JsValue, init: &JsValue) -> Result<JsValue, JsValue> {
    let effective = construct("Request", &[request, init]);
    if !text_of(&effective, "url").starts_with(&state.endpoint) {
        // A request of a test before this one.
        return Ok(Promise::resolve(&response(200, &[], "{}")).into());
    }
    let header = call(
        &get(&effective, "headers"),
        "get",
        &[&"x-amz-target".into()],
    );
    let header = header.as_string().unwrap_or_default();
    let target = header.rsplit('.').next().unwrap_or_default().to_owned();
    let body: Promise = call(&effective, "text", &[]).unchecked_into();
    let signal = get(&effective, "signal");
    let sent = Rc::new(Sent {
        target: target.clone(),
        body: RefCell::default(),
    });
    state.sent.borrow_mut().push(sent.clone());
    let count = {
        let sent = state.sent.borrow();
        sent.iter().filter(|sent| sent.target == target).count()
    };
    let read = async move {
        let text = JsFuture::from(body).await.unwrap();
        *sent.body.borrow_mut() = text.as_string();
    };
    // No borrow is held over it: a script may call the client.
    let script = state.script.borrow().clone();
    let reply = script(&target, count as u32);
    Ok(future_to_promise(async move {
        read.await;
        answer(reply, signal).await
    })
    .into())
}

async fn answer(reply: Reply, signal: JsValue) -> Result<JsValue, JsValue> {
    match reply {
        Reply::Success => Ok(response(200, &[], "")),
        Reply::Answer(status, body) => Ok(response(status, &[], &body)),
        Reply::Fault(status, kind, message) => Ok(response(
            status,
            // Cognito's own have the colon.
            &[("x-amzn-ErrorType", &[kind, ":"].concat())],
            &Json::Object(vec![
                ("__type".to_owned(), Json::String(kind.to_owned())),
                ("message".to_owned(), Json::String(message.to_owned())),
            ])
            .to_text(),
        )),
        Reply::Silence => aborted(&signal).await,
        Reply::Behind(gate, reply) => {
            let reply = future_to_promise(async move {
                gate.pass().await;
                Box::pin(answer(*reply, JsValue::UNDEFINED)).await
            });
            let ended = future_to_promise(async move { aborted(&signal).await });
            JsFuture::from(Promise::race(&js_sys::Array::of2(&reply, &ended))).await
        }
        Reply::Reject(reason) => Err(reason),
    }
}

/// Never, or the reason of the abort.
async fn aborted(signal: &JsValue) -> Result<JsValue, JsValue> {
    let ended = signal.clone();
    let promise = Promise::new(&mut |_, reject| {
        if ended.is_undefined() {
            return;
        }
        let reason = ended.clone();
        let listener = function(move |_, _| {
            let reason = get(&reason, "reason");
            reject.call1(&JsValue::UNDEFINED, &reason)
        });
        call(&ended, "addEventListener", &[&"abort".into(), &listener]);
    });
    JsFuture::from(promise).await
}

/// A `Response` as Cognito gives it, with a request id.
pub fn response(status: u16, headers: &[(&str, &str)], body: &str) -> JsValue {
    let all = object(&[("x-amzn-RequestId", "request-1".into())]);
    for (name, value) in headers {
        set(&all, name, *value);
    }
    let init = object(&[("status", status.into()), ("headers", all)]);
    construct("Response", &[&body.into(), &init])
}
