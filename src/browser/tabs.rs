//! The other tabs of the origin: BroadcastChannel, the `storage` event and the Web Lock of the refresh.

use wasm_bindgen::prelude::*;
use web_sys::BroadcastChannel;

use super::clock::Timer;
use super::js::{self, Listener};
use super::task::{self, Slot};

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

/// A Web Lock, held until it is released; where there are none, or none can be had in time, nothing is held.
pub struct Lock(Slot<()>);

impl Lock {
    /// Waits for the lock, at most so many milliseconds: a frozen tab may hold it for ever.
    pub async fn take(name: &str, at_most_ms: f64) -> Lock {
        let (held, released) = (Slot::new(), Slot::new());
        let (got, until) = (held.clone(), released.clone());
        let granted = js::function(Box::new(move |_lock| {
            got.fill(());
            let until = until.clone();
            task::promise(Box::pin(async move {
                until.await;
                Ok(JsValue::UNDEFINED)
            }))
        }));
        let locks = js::get(&js::global("navigator"), "locks");
        let name = JsValue::from_str(name);
        let asked = js::call(&locks, "request", &[&name, granted.as_ref()]);
        match asked {
            Ok(asked) => {
                // A refused request must not be an unhandled rejection.
                let refused = held.clone();
                task::start(Box::pin(async move {
                    let _ = task::settle(&asked, None).await;
                    refused.fill(());
                    // Only now it is called no more.
                    drop(granted);
                }));
                let late = held.clone();
                let _timer = Timer::after(at_most_ms, Box::new(move |_| late.fill(())));
                held.await;
            }
            Err(_) => held.fill(()),
        }
        Lock(released)
    }

    /// Lets go.
    pub fn release(self) {
        self.0.fill(());
    }
}
