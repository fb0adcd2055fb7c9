//! The other tabs of the origin: BroadcastChannel and the Web Lock of the refresh.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::BroadcastChannel;

use super::js::{self, Listener};
use super::task::{self, Settled, Slot};
use crate::engine::io::EffectId;

/// A channel to the other tabs. In opaque origins there is none, and the tab works alone.
pub struct Channel {
    channel: BroadcastChannel,
    _listener: Option<Listener>,
}

impl Channel {
    /// Opens the channel; the callback gets each message's event.
    pub fn open(name: &str, heard: Box<dyn FnMut(JsValue)>) -> Option<Channel> {
        let channel = BroadcastChannel::new(name).ok()?;
        let listener = Listener::new(&channel, "message", heard);
        Some(Channel {
            channel,
            _listener: listener,
        })
    }

    /// Tells the other tabs.
    pub fn post(&self, text: &str) {
        // A closed channel has nobody to tell.
        let _ = self.channel.post_message(&JsValue::from_str(text));
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        // What was posted before still arrives.
        self.channel.close();
    }
}

/// The Web Locks that are held or waited for.
#[derive(Default)]
pub struct Locks(RefCell<Vec<(EffectId, Slot<Settled>)>>);

impl Locks {
    /// Asks for a lock; `held` is called when it is granted, or where there are none.
    pub fn take(&self, id: EffectId, name: &str, held: Rc<dyn Fn()>) {
        let released = Slot::new();
        self.0.borrow_mut().push((id, released.clone()));
        let got = held.clone();
        // Who no longer waits for it has filled the slot: then it is let go at once.
        let granted = js::function(Box::new(move |_lock| {
            got();
            let released = released.clone();
            task::promise(Box::pin(released))
        }));
        let locks = js::get(&js::global("navigator"), "locks");
        let name = JsValue::from_str(name);
        let granted = granted.into_js_value();
        match js::call(&locks, "request", &[&name, &granted]) {
            // A refused request must not be an unhandled rejection.
            Ok(asked) => task::then(asked, Box::new(move |_| held())),
            Err(_) => held(),
        }
    }

    /// Lets go of a lock, or waits for it no longer.
    pub fn release(&self, id: EffectId) {
        let mut locks = self.0.borrow_mut();
        let at = locks.iter().position(|lock| lock.0 == id);
        let released = at.map(|at| locks.swap_remove(at).1);
        drop(locks);
        if let Some(released) = released {
            released.fill(Ok(JsValue::UNDEFINED));
        }
    }
}
