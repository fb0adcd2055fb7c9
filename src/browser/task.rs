//! Work that begins at once and may go on later, and values that come later.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::clock::Timer;
use super::js;
use crate::outcome::LocalFuture;

/// Runs a task up to its first wait before it returns; the rest runs later.
///
/// A microtask would be too late: the tokens must be gone, and the request sent, when `signOut()` returns.
pub fn start(mut task: LocalFuture<()>) {
    let mut context = Context::from_waker(Waker::noop());
    if task.as_mut().poll(&mut context).is_pending() {
        wasm_bindgen_futures::spawn_local(task);
    }
}

/// A value that comes later, once; every clone gets it.
pub struct Slot<T>(Rc<RefCell<(Option<T>, Vec<Waker>)>>);

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Slot(self.0.clone())
    }
}

impl<T: Clone> Slot<T> {
    /// An empty slot.
    pub fn new() -> Self {
        Slot(Rc::new(RefCell::new((None, Vec::new()))))
    }

    /// Fills it; only the first value counts.
    pub fn fill(&self, value: T) {
        let mut inner = self.0.borrow_mut();
        if inner.0.is_some() {
            return;
        }
        inner.0 = Some(value);
        let wakers = std::mem::take(&mut inner.1);
        drop(inner);
        for waker in wakers {
            waker.wake();
        }
    }
}

impl<T> Slot<T> {
    /// Whether the value has come.
    fn is_filled(&self) -> bool {
        self.0.borrow().0.is_some()
    }
}

impl<T: Clone> Future for Slot<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let mut inner = self.0.borrow_mut();
        match &inner.0 {
            Some(value) => Poll::Ready(value.clone()),
            None => {
                inner.1.push(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// Whether a value is a promise, or behaves like one.
pub fn is_thenable(value: &JsValue) -> bool {
    value.is_object() && js::get(value, "then").is_function()
}

/// Waits for a promise, at most so many milliseconds; a time-out is `Err(undefined)`.
///
/// The time limit is a promise too, and the two race: so one of the callbacks is called in any case, and both
/// are dropped with what they saw. A promise that never settles keeps none of them.
pub async fn settle(promise: &JsValue, at_most_ms: Option<f64>) -> Result<JsValue, JsValue> {
    let slot: Slot<Result<JsValue, JsValue>> = Slot::new();
    let (fulfilled, rejected) = (slot.clone(), slot.clone());
    let fulfilled =
        Closure::wrap(Box::new(move |value| fulfilled.fill(Ok(value))) as Box<dyn FnMut(JsValue)>);
    let rejected = Closure::wrap(
        Box::new(move |reason| rejected.fill(Err(reason))) as Box<dyn FnMut(JsValue)>
    );
    // Step by step, since a foreign promise may throw at each.
    let class = js::global("Promise");
    let mut promise = js::call(&class, "resolve", &[promise])?;
    let over = Slot::new();
    let mut timer = None;
    if let Some(ms) = at_most_ms {
        let (late, fired) = (over.clone(), over.clone());
        // It ends without a rejection, which nobody might handle.
        let late = self::promise(Box::pin(async move {
            late.await;
            Ok(JsValue::UNDEFINED)
        }));
        timer = Some(Timer::after(ms, Box::new(move |_| fired.fill(()))));
        let both: Array = [promise, late.clone()].iter().collect();
        promise = js::call(&class, "race", &[&both]).unwrap_or(late);
    }
    let callbacks = [fulfilled.as_ref(), rejected.as_ref()];
    if let Err(thrown) = js::call(&promise, "then", &callbacks) {
        slot.fill(Err(thrown));
    }
    let result = slot.await;
    drop(timer);
    if at_most_ms.is_some() && over.is_filled() {
        return Err(JsValue::UNDEFINED);
    }
    over.fill(());
    result
}

/// A promise for a future. All of them share one type, so that the code for it is there once.
pub fn promise(future: LocalFuture<Result<JsValue, JsValue>>) -> JsValue {
    wasm_bindgen_futures::future_to_promise(future).into()
}
