//! The watch over a page that leaves for the hosted UI: `pagehide` proves that the page left, not where to.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::client::Inner;
use super::returned;
use crate::browser::js::{self, Listener};
use crate::browser::page;
use crate::flow::{Departure, Watch};

/// One leave, from our navigation until `pagehide`.
pub struct Leaving {
    /// Where the hosted UI ends its session, without the query.
    logout: String,
    /// The Navigation API, where the browser has it.
    navigation: JsValue,
    /// `location.assign` is being called: what begins meanwhile is ours.
    pub calling: Cell<bool>,
    /// Our navigation was seen.
    ours: Cell<bool>,
    watch: Cell<Watch>,
    /// What `pagehide` made of it, and the entry that the page left.
    judged: RefCell<Option<(Departure, Option<String>)>>,
    listeners: Cell<Vec<Listener>>,
}

/// Begins to watch. Every page event is read through catching calls: WebKit 2.50 has no Navigation API, iOS no `beforeunload`.
pub fn begin(client: &Rc<Inner>, url: &str) -> Rc<Leaving> {
    let window: JsValue = js_sys::global().into();
    let navigation = js::global("navigation");
    let leaving = Rc::new(Leaving {
        logout: url
            .split_inclusive('?')
            .next()
            .unwrap_or_default()
            .to_owned(),
        navigation: navigation.clone(),
        calling: Cell::new(false),
        ours: Cell::new(false),
        watch: Cell::default(),
        judged: RefCell::default(),
        listeners: Cell::default(),
    });
    let on = |target: &JsValue, kind: &'static str, act: fn(&Rc<Inner>, &Rc<Leaving>, JsValue)| {
        // The client stays until the page has left, or stays itself: nobody else may need it by then.
        let (client, leaving) = (client.clone(), Rc::downgrade(&leaving));
        Listener::new(
            target,
            kind,
            Box::new(move |event| {
                if let Some(leaving) = leaving.upgrade() {
                    act(&client, &leaving, event);
                }
            }),
        )
    };
    let mut listeners = Vec::new();
    listeners.extend(on(&window, "beforeunload", |_, leaving, _| {
        leaving.change(Watch::before_unload);
    }));
    listeners.extend(on(&window, "pagehide", |client, _, _| {
        client.depart();
    }));
    if navigation.is_object() {
        listeners.extend(on(&navigation, "navigate", |_, leaving, event| {
            leaving.navigates(event);
        }));
    }
    leaving.listeners.set(listeners);
    client.leaving.replace(Some(leaving.clone()));
    leaving
}

impl Leaving {
    fn change(&self, change: fn(&mut Watch)) {
        let mut watch = self.watch.get();
        change(&mut watch);
        self.watch.set(watch);
    }

    /// A navigation begins.
    fn navigates(self: &Rc<Self>, event: JsValue) {
        let to = js::get(&event, "destination");
        if js::get(&to, "sameDocument").is_truthy()
            || js::get(&event, "downloadRequest").is_string()
        {
            return;
        }
        let url = js::get_text(&to, "url").unwrap_or_default();
        let is_ours = self.calling.get() || url.starts_with(&self.logout);
        let is_first = is_ours && !self.ours.replace(true);
        // A listener after this one may prevent or intercept it: that is known once all have run.
        let leaving = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let stays = js::get(&event, "defaultPrevented").is_truthy()
                || js::get(&leaving.navigation, "transition").is_object();
            match (is_first, stays) {
                // The app prevented ours: nobody is on the way to the hosted UI.
                (true, true) => leaving.ours.set(false),
                (false, false) => leaving.change(Watch::foreign_navigation),
                _ => {}
            }
        });
    }

    /// How the page goes away, as far as it was seen up to now.
    pub fn departure(&self) -> Departure {
        match self.watch.get().departure() {
            // The browser tells of navigations, and none of them was ours.
            Departure::Ours if self.navigation.is_object() && !self.ours.get() => Departure::Unseen,
            departure => departure,
        }
    }
}

impl Inner {
    /// The page goes away: judges how, once, and puts that into the record.
    pub fn depart(&self) -> Departure {
        let Some(leaving) = self.leaving.borrow().clone() else {
            return Departure::Unseen;
        };
        if leaving.judged.borrow().is_none() {
            let judged = (leaving.departure(), page::entry_id());
            leaving.judged.replace(Some(judged));
            returned::amend(self);
        }
        self.departed().0
    }

    /// What was judged.
    pub fn departed(&self) -> (Departure, Option<String>) {
        let leaving = self.leaving.borrow();
        let judged = leaving
            .as_ref()
            .and_then(|leaving| leaving.judged.borrow().clone());
        judged.unwrap_or((Departure::Unseen, None))
    }
}
