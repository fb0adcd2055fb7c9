//! Work that begins at once and may go on later, and values that come later.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use wasm_bindgen::prelude::*;

use super::js;

/// A future on the one thread of the page.
pub type LocalFuture<T> = Pin<Box<dyn Future<Output = T>>>;

/// Runs a task up to its first wait before it returns; the rest runs later.
///
/// A microtask would be too late: the request must be sent when `signOut()` returns.
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

/// What a promise settled with.
pub type Settled = Result<JsValue, JsValue>;

/// Whether a value is a promise, or behaves like one.
pub fn is_thenable(value: &JsValue) -> bool {
    value.is_object() && js::get(value, "then").is_function()
}

/// Goes on with a value: at once, or where it is a promise when that settles. What waits belongs to the promise alone, and goes
/// with it.
pub fn then(value: JsValue, next: Box<dyn FnOnce(Settled)>) {
    if !is_thenable(&value) {
        return next(Ok(value));
    }
    let next = Rc::new(Cell::new(Some(next)));
    let on = |wrap: fn(JsValue) -> Settled| {
        let next = next.clone();
        let callback: Closure<dyn FnMut(JsValue)> = Closure::wrap(Box::new(move |value| {
            if let Some(next) = next.take() {
                next(wrap(value));
            }
        }));
        callback.into_js_value()
    };
    let (fulfilled, rejected) = (on(Ok), on(Err));
    // Step by step, since a foreign promise may throw at each.
    let attached = js::call(&js::global("Promise"), "resolve", &[&value])
        .and_then(|promise| js::call(&promise, "then", &[&fulfilled, &rejected]));
    if let Err(thrown) = attached
        && let Some(next) = next.take()
    {
        next(Err(thrown));
    }
}

/// Waits for a promise.
pub async fn settle(promise: &JsValue) -> Settled {
    let slot: Slot<Settled> = Slot::new();
    let filled = slot.clone();
    then(
        promise.clone(),
        Box::new(move |settled| filled.fill(settled)),
    );
    slot.await
}

/// A promise for a future. All of them share one type, so that the code for it is there once.
pub fn promise(future: LocalFuture<Settled>) -> JsValue {
    wasm_bindgen_futures::future_to_promise(future).into()
}
