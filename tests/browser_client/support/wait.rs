//! Waiting for promises, futures and conditions; each gives up after a while and says what it waited for.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::{apply, global};

/// Far more than anything here takes on a machine under load, less than the test runner's own limit.
const PATIENCE_MS: f64 = 60_000.0;

thread_local! {
    /// The page's own, before any test replaces it.
    static SET_TIMEOUT: RefCell<Option<Function>> = const { RefCell::new(None) };
}

pub fn remember_timers() {
    SET_TIMEOUT.with_borrow_mut(|known| {
        known.get_or_insert_with(|| global("setTimeout").unchecked_into());
    });
}

fn after(ms: f64) -> JsFuture {
    let timers = SET_TIMEOUT.with_borrow(Clone::clone).unwrap();
    Promise::new(&mut |resolve, _| {
        let args: Array = [resolve.into(), JsValue::from_f64(ms)].iter().collect();
        apply(&timers, &js_sys::global(), &args).unwrap();
    })
    .into()
}

/// Lets everything run that is ready to.
pub async fn macrotask() {
    after(0.0).await.unwrap();
}

/// Waits until something is so.
pub async fn until(what: &str, is_so: impl Fn() -> bool) {
    let began = js_sys::Date::now();
    while !is_so() {
        assert!(
            js_sys::Date::now() - began < PATIENCE_MS,
            "it never came to pass: {what}"
        );
        after(4.0).await.unwrap();
    }
}

/// The value of a future that has to settle.
pub async fn settled<T>(what: &str, future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut late = pin!(after(PATIENCE_MS));
    poll_fn(|context| {
        if let Poll::Ready(value) = future.as_mut().poll(context) {
            return Poll::Ready(value);
        }
        assert!(
            late.as_mut().poll(context).is_pending(),
            "it never settled: {what}"
        );
        Poll::Pending
    })
    .await
}

/// A promise that is opened by hand.
#[derive(Clone)]
pub struct Gate {
    promise: Promise,
    open: Function,
}

impl Gate {
    pub fn new() -> Gate {
        let mut open = None;
        let promise = Promise::new(&mut |resolve, _| open = Some(resolve));
        Gate {
            promise,
            open: open.unwrap(),
        }
    }

    pub fn open(&self) {
        self.open.call0(&JsValue::UNDEFINED).unwrap();
    }

    /// Waits until it is open.
    pub async fn pass(&self) {
        JsFuture::from(self.promise.clone()).await.unwrap();
    }
}
