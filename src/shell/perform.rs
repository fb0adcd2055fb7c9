//! Performs one effect.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

use super::clock::Timer;
use super::js::{self, Listener};
use super::store::{Done, Store};
use super::tab::Tab;
use super::task::{self, then};
use super::{fetch, ledger, page};
use crate::engine::io::{
    Effect, EffectId, Handle, Input, PopupView, Record, SignedOutEvent, StoreAnswer, StoreRef,
};
use crate::error::{AuthError, AuthErrorCode};
use crate::protocol::Request;

impl Tab {
    /// Performs an effect; what comes of it is answered at once, or later.
    #[inline(never)]
    pub(super) fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::List(id, store) => {
                self.store(store).list(self.answering(id));
            }
            Effect::Get(id, store, keys) => {
                self.store(store).get(keys, self.answering(id));
            }
            Effect::Change(id, store, keys, entries) => {
                let (is_wanted, done) = (self.change_begins(id), self.answering(id));
                self.store(store).change(&keys, entries, is_wanted, done);
            }
            Effect::Send(id, request) => self.send(id, request),
            Effect::Settle(call, reply) => self.settle(call, reply),
            Effect::Write(record, text) => self.write(record, text),
            Effect::Broadcast(text) => self.broadcast(&text),
            Effect::Timer(ms) => {
                let timer = ms.map(|ms| {
                    let tab = self.clone();
                    Timer::after(ms, Box::new(move |_| tab.feed(Input::Timer)))
                });
                self.timer.set(timer);
            }
            Effect::Log(client, warning, line) => self.log(client, warning, &line),
            Effect::Tell(clients, event) => self.tell(&clients, event),
            Effect::Release(handle) => self.handles.release(handle),
            other => self.perform_rarely(other),
        }
    }

    /// Those that the first calls do without.
    #[inline(never)]
    fn perform_rarely(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::Abort(id) => {
                let requests = self.requests.borrow();
                let found = requests.iter().find(|request| request.0 == id);
                let abort = found.map(|request| request.1.clone());
                drop(requests);
                if let Some(abort) = abort {
                    abort.abort();
                }
            }
            Effect::GiveUp(id) => self.change_ends(id),
            Effect::Lock(id) => {
                let tab = self.clone();
                let held = Rc::new(move || tab.answer(Input::Locked(id)));
                self.locks.take(id, &self.key("refresh"), held);
            }
            Effect::Unlock(id) => self.locks.release(id),
            Effect::LookAtPage(id) => {
                let mut view = page::view();
                view.record = self.read_session("result");
                view.popup = self.read_session("popup");
                self.answer(Input::PageSeen(id, Box::new(view)));
            }
            Effect::Leave(id, url, navigate) => self.leave(id, &url, navigate),
            Effect::Stay => drop(self.watching.take()),
            Effect::OpenPopup(id) => {
                let window = open_popup(&self.key(""));
                let handle = window.map(|window| self.handles.of(&window).0);
                self.answer(Input::PopupOpened(id, handle));
            }
            Effect::SendPopup(id, window, nonce, url) => {
                let sent = self.send_popup(window, &nonce, &url);
                self.answer(Input::PopupSent(id, sent));
            }
            Effect::LookAtPopup(id, window) => {
                let view = look_at_popup(&self.handles.get(window));
                self.answer(Input::PopupSeen(id, view));
            }
            Effect::ClosePopup(window) => {
                // Closed already, or out of reach by COOP.
                let _ = js::call(&self.handles.get(window), "close", &[]);
            }
            Effect::CloseWindow => {
                let _ = js::call(&js_sys::global(), "close", &[]);
            }
            Effect::Deafen(client) => self.deafen(client),
            Effect::ReleaseClient(client) => self.release_client(client),
            Effect::Listen(listening) => self.listen(listening),
            _ => {}
        }
    }

    /// Answers a store's effect with what came of it.
    fn answering(self: &Rc<Self>, id: EffectId) -> Done {
        let tab = self.clone();
        Box::new(move |result| {
            tab.change_ends(id);
            if let Ok(StoreAnswer::Values(entries)) = &result {
                ledger::note_read(entries);
            }
            let result = result.map_err(|thrown| js::error(AuthErrorCode::Storage, &thrown));
            tab.answer(Input::Stored(id, result));
        })
    }

    /// A change of a store begins; it is wanted until it ends, or is given up.
    fn change_begins(&self, id: EffectId) -> Rc<Cell<bool>> {
        let is_wanted = Rc::new(Cell::new(true));
        self.changes.borrow_mut().push((id, is_wanted.clone()));
        is_wanted
    }

    fn change_ends(&self, id: EffectId) {
        self.changes.borrow_mut().retain(|change| {
            if change.0 == id {
                change.1.set(false);
            }
            change.0 != id
        });
    }

    fn store(&self, store: StoreRef) -> Store {
        self.with_client(store.client, |client| {
            client.stores.get(store.index).cloned()
        })
        .flatten()
        .unwrap_or(Store::Blocked)
    }

    #[inline(never)]
    fn send(self: &Rc<Self>, id: EffectId, request: Box<Request>) {
        let Ok(abort) = AbortController::new() else {
            let error = AuthError::new(AuthErrorCode::Unknown);
            return self.answer(Input::Answered(id, Err(error)));
        };
        let signal = abort.signal();
        self.requests.borrow_mut().push((id, abort));
        let tab = self.clone();
        task::start(Box::pin(async move {
            let answer = fetch::send(&request, &signal).await;
            if let Ok(response) = &answer {
                ledger::note_answer(&request, response);
            }
            tab.requests.borrow_mut().retain(|request| request.0 != id);
            tab.answer(Input::Answered(id, answer.map(Box::new)));
        }));
    }

    // ---- records

    pub(super) fn read_session(&self, name: &str) -> Option<String> {
        let session = self.session.as_ref()?;
        session.get_item(&self.key(name)).ok().flatten()
    }

    #[inline(never)]
    fn write(&self, record: Record, text: Option<String>) {
        let (storage, name) = match record {
            Record::Ended => return self.store_ended(text.unwrap_or_default()),
            Record::PopupReport => (&self.local, "popup"),
            Record::Return => (&self.session, "result"),
            Record::Retried => (&self.session, "retried"),
            Record::Popup => (&self.session, "popup"),
        };
        let Some(storage) = storage else { return };
        let key = self.key(name);
        // Where it can't be stored, the page after learns nothing.
        let _ = match text {
            Some(text) => storage.set_item(&key, &text),
            None => storage.remove_item(&key),
        };
        if record == Record::PopupReport {
            let _ = storage.remove_item(&key);
        }
    }

    // ---- leaving the page

    #[inline(never)]
    fn leave(self: &Rc<Self>, id: EffectId, url: &str, navigate: Option<Handle>) {
        self.watch();
        let url = JsValue::from_str(url);
        let tab = self.clone();
        let navigated = move |result: Result<JsValue, JsValue>| {
            let result = result.map(drop);
            let result = result.map_err(|thrown| js::error(AuthErrorCode::Navigation, &thrown));
            tab.answer(Input::Navigated(id, result));
        };
        let Some(navigate) = navigate else {
            self.is_leaving.set(true);
            let left = js::call(&js::global("location"), "assign", &[&url]);
            self.is_leaving.set(false);
            // It returns at once; `pagehide` says when the page goes.
            if left.is_err() {
                navigated(left);
            }
            return;
        };
        let navigate: Function = self.handles.get(navigate).unchecked_into();
        match js::apply(&navigate, &JsValue::UNDEFINED, &[&url]) {
            Ok(value) => then(value, Box::new(navigated)),
            thrown => navigated(thrown),
        }
    }

    /// Watches what the page does from our navigation on. WebKit 2.50 has no Navigation API, iOS no `beforeunload`.
    fn watch(self: &Rc<Self>) {
        let navigation = js::global("navigation");
        let mut listeners = Vec::new();
        let unloading = self.on(|tab, _| tab.feed(Input::Unloading));
        listeners.extend(Listener::new(&js_sys::global(), "beforeunload", unloading));
        if navigation.is_object() {
            let navigates = self.on(Tab::navigates);
            listeners.extend(Listener::new(&navigation, "navigate", navigates));
        }
        self.watching.set(listeners);
    }

    fn navigates(self: &Rc<Self>, event: JsValue) {
        let to = js::get(&event, "destination");
        if js::get(&to, "sameDocument").is_truthy()
            || js::get(&event, "downloadRequest").is_string()
        {
            return;
        }
        let url = js::get_text(&to, "url").unwrap_or_default();
        let is_ours = self.is_leaving.get();
        // A listener after this one may prevent or intercept it: that is known once all have run.
        let tab = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let stays = js::get(&event, "defaultPrevented").is_truthy()
                || js::get(&js::global("navigation"), "transition").is_object();
            tab.feed(Input::NavigationSeen {
                url,
                is_ours,
                stays,
            });
        });
    }

    // ---- popups

    #[inline(never)]
    fn send_popup(self: &Rc<Self>, handle: Handle, nonce: &str, url: &str) -> bool {
        let window = self.handles.get(handle);
        let store = js::get(&window, "sessionStorage");
        let key = |name: &str| JsValue::from_str(&self.key(name));
        // The popup began with a copy of this page's: what stands there of another popup is written over, and another sign-out's
        // result is not for it. Where the storage is refused, no page can speak for the popup, and it times out.
        let _ = js::call(&store, "setItem", &[&key("popup"), &nonce.into()]);
        let _ = js::call(&store, "removeItem", &[&key("result")]);
        let tab = Rc::downgrade(self);
        let unloading = move |_| {
            if let Some(tab) = tab.upgrade() {
                tab.feed(Input::PopupUnloading(handle));
            }
        };
        let listener = Listener::new(&window, "beforeunload", Box::new(unloading));
        self.handles.keep(handle, listener);
        Reflect::set(&window, &"location".into(), &url.into()).is_ok()
    }

    // ---- telling

    /// Tells the listeners, each once; one that throws disturbs nothing.
    #[inline(never)]
    fn tell(&self, clients: &[u32], event: SignedOutEvent) {
        for listener in self.listeners_of(clients) {
            listener(event);
        }
    }
}

/// Opens a window; a browser allows it only inside the user's gesture. A web view's `open` may give this very window.
fn open_popup(prefix: &str) -> Option<JsValue> {
    // A window that is reused by its name gets no new sessionStorage.
    let mut name = prefix.to_owned();
    for number in super::clock::seed() {
        crate::text::push_decimal(&mut name, u64::from(number));
    }
    let window: JsValue = js_sys::global().into();
    let opened = js::call(
        &window,
        "open",
        &[
            &"about:blank".into(),
            &name.into(),
            &"popup,width=480,height=640".into(),
        ],
    );
    opened.ok().filter(page::is_popup)
}

fn look_at_popup(window: &JsValue) -> PopupView {
    if js::get(window, "closed").is_truthy() {
        return match js::global("crossOriginIsolated").is_truthy() {
            true => PopupView::Isolated,
            false => PopupView::Closed,
        };
    }
    // The address of another origin can't be read: the popup has left about:blank.
    let inside = Reflect::get(window, &"location".into())
        .and_then(|location| Reflect::get(&location, &"href".into()));
    match inside {
        Ok(_) => PopupView::Empty,
        Err(_) => PopupView::Away,
    }
}
