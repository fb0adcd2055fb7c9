//! How a sign-out begins: its options are checked, and it joins the one under way or starts its own.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::Run;
use crate::browser::task::{self, Slot};
use crate::browser::{js, page};
use crate::driver::client::{Hooks, Inner};
use crate::driver::ending::Ending;
use crate::driver::popup::Popup;
use crate::driver::report::Report;
use crate::driver::sweep;
use crate::driver::tab::Tab;
use crate::error::{AuthError, AuthErrorCode};
use crate::flow::{Asked, Leave, Phase, Plan};
use crate::options::{HostedUiMode, SignOutOptions};
use crate::outcome::LocalFuture;
use crate::protocol::logout_url;

/// The way out to the hosted UI.
pub struct Way {
    pub url: String,
    pub back: String,
}

/// What one caller asked for, and what it is done with.
#[derive(Clone)]
pub struct Ask {
    pub asked: Asked,
    /// The way out as this caller wants it, or why there is none.
    pub way: Result<Rc<Way>, AuthError>,
    /// That one is named by `redirectUrl`.
    pub own_way: bool,
    pub navigate: Option<Function>,
    pub app_state: Option<String>,
    pub signal: Option<JsValue>,
    pub timeout_ms: f64,
    pub retry_when_online: bool,
}

/// Signs out: checks, joins or begins.
pub fn sign_out(
    client: &Rc<Inner>,
    options: SignOutOptions,
    hooks: Hooks,
    popup: Option<Popup>,
) -> LocalFuture<Rc<Report>> {
    let (way, must) = way(client, &options, hooks.navigate.is_some());
    let refused = match &way {
        _ if is_aborted(hooks.signal.as_ref()) => Some(AuthError::new(AuthErrorCode::Aborted)),
        Err(error) if must => Some(error.clone()),
        _ => None,
    };
    if let Some(error) = refused {
        if let Some(popup) = popup {
            popup.close();
        }
        return Box::pin(async move { Report::refused(&error) });
    }
    let ask = Ask {
        asked: Asked {
            global: options.global,
            forget_device: options.forget_device,
            leave: leave(options.hosted_ui),
            refused: [false; 3],
        },
        way,
        own_way: options.redirect_url.is_some(),
        navigate: hooks.navigate,
        app_state: hooks.app_state,
        signal: hooks.signal,
        timeout_ms: options.timeout_ms,
        retry_when_online: options.retry_when_online,
    };
    let slot = Slot::new();
    // What another sign-out does says nothing of a popup, unless it has one; and nobody else waits for a popup.
    let mut beside = client.active();
    let mut running = beside.clone();
    let mut at_popup = None;
    if options.hosted_ui == HostedUiMode::Popup {
        running = running.filter(|run| run.machine.get().plan.leave == Leave::Popup);
    } else {
        at_popup = running.take_if(|run| run.phase() == Phase::Popup);
        beside = running.clone();
    }
    if let Some(run) = running.as_ref().filter(|run| run.is_clearing()) {
        run.join(ask, popup.as_ref(), slot.clone());
        return Box::pin(slot);
    }
    let ending = Ending::new(ask.way.clone(), ask.navigate.clone());
    let ending = Rc::new(RefCell::new(ending));
    let run = Rc::new(Run::new(client, options, ending, popup));
    // What it finds ended is that one's doing: its outcome is this call's too.
    run.beside.replace(beside);
    if let Some(other) = at_popup {
        other.beside.replace(Some(run.clone()));
    }
    run.first_caller(ask, slot.clone());
    let Some(other) = running else {
        run.begin();
        return Box::pin(slot);
    };
    // It joins only if storage holds no session but the one being ended.
    task::start(Box::pin(async move {
        let stock = sweep::read_all(&run.client, &run.patience, Vec::new()).await;
        let mut apart = stock.error.is_some() || other.is_settled();
        for place in &stock.places {
            for stored in &place.found.sessions {
                apart |= !other.holds(stored.session.identity());
            }
        }
        if apart {
            run.begin();
        } else {
            let caller = run.callers.borrow_mut().pop();
            if let Some(caller) = caller {
                other.join(caller.ask, run.popup.as_ref(), caller.slot);
            }
        }
    }));
    Box::pin(slot)
}

pub(super) fn is_aborted(signal: Option<&JsValue>) -> bool {
    signal.is_some_and(|signal| js::get(signal, "aborted").is_truthy())
}

/// The way out, or why there is none; true where the sign-out can't begin without it.
///
/// An explicit one must be usable; with "auto" the sign-out goes on without it.
pub(super) fn way(
    client: &Inner,
    options: &SignOutOptions,
    own_navigation: bool,
) -> (Result<Rc<Way>, AuthError>, bool) {
    let config = &client.config;
    let explicit = options.redirect_url.as_deref();
    let Some(hosted) = &config.hosted_ui else {
        let error = AuthError::configuration(
            "hostedUI",
            "the sign-out URL could not be created: configure hostedUI { domain, redirectSignOut }",
        );
        return (Err(error), is_asked_for(options));
    };
    match logout_url::choose(&hosted.redirect_sign_out, explicit, &page::url()) {
        Err(error) => (Err(error), is_asked_for(options)),
        Ok(back) => {
            let url = logout_url::build(hosted, &config.user_pool_client_id, &back);
            let way = Rc::new(Way { url, back });
            let blocked = blocked(options.hosted_ui, own_navigation);
            (blocked.map_or(Ok(way), Err), false)
        }
    }
}

fn is_asked_for(options: &SignOutOptions) -> bool {
    options.redirect_url.is_some()
        || !matches!(options.hosted_ui, HostedUiMode::Auto | HostedUiMode::None)
}

/// Why this page can't leave for the hosted UI.
fn blocked(mode: HostedUiMode, own_navigation: bool) -> Option<AuthError> {
    if mode == HostedUiMode::Manual {
        return None;
    }
    let error = AuthError::new(AuthErrorCode::InvalidState);
    if !page::exists() {
        return Some(error.say("Only a page can go through the hosted UI; a worker can't."));
    }
    if mode != HostedUiMode::Popup && !own_navigation && page::is_framed() {
        return Some(
            error
                .say("The hosted UI's logout needs the whole tab, and this page is in a frame.")
                .suggest(
                    "Sign out in the top-level page, or use hostedUI: \"popup\" or \"manual\".",
                ),
        );
    }
    None
}

pub(super) fn plan(client: &Inner, options: &SignOutOptions) -> Plan {
    Plan {
        global: options.global,
        forget_device: options.forget_device,
        revocation: client.config.token_revocation,
        leave: leave(options.hosted_ui),
        one_request: options.timeout_ms <= 0.0,
    }
}

fn leave(mode: HostedUiMode) -> Leave {
    match mode {
        HostedUiMode::Auto => Leave::Auto,
        HostedUiMode::Redirect => Leave::Redirect,
        HostedUiMode::Popup => Leave::Popup,
        HostedUiMode::Manual => Leave::Manual,
        HostedUiMode::None => Leave::Never,
    }
}

impl Tab {
    /// The run that a call may join: the newest that has not settled.
    pub fn active(&self) -> Option<Rc<Run>> {
        let runs = self.runs.borrow();
        runs.iter().rev().find(|run| !run.is_settled()).cloned()
    }
}
