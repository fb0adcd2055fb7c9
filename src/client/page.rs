//! The client in a page.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use crate::config::Config;
use crate::engine::io::{Call, Reply, SignedOutEvent};
use crate::engine::outcome::Outcome;
use crate::error::{AuthError, AuthErrorCode};
use crate::hooks::Hooks;
use crate::options::SignOutOptions;
use crate::outcome::Status;
use crate::result::{
    Complete, Failed, Partial, Retry, ReturnedSignOutResult, SignOutFuture, SignOutResult,
};
use crate::returned;
use crate::shell::tab::{Attached, Tab};
use crate::shell::task::Slot;

/// A client that was configured here. Every clone is the same one.
#[derive(Clone)]
pub struct PageClient(Rc<Inner>);

struct Inner {
    config: Config,
    attached: Rc<Attached>,
}

/// One who can call `retry()`. Dropping it lets the engine forget what it would run again.
#[derive(Clone)]
pub struct Again(Rc<Holder>);

struct Holder {
    tab: Rc<Tab>,
    retry: u32,
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.tab.forget_retry(self.retry);
    }
}

impl Again {
    fn new(tab: &Rc<Tab>, retry: Option<u32>) -> Option<Again> {
        let holder = |retry| Holder {
            tab: tab.clone(),
            retry,
        };
        retry.map(|retry| Again(Rc::new(holder(retry))))
    }

    /// Runs again what failed, once; calling it twice gives the same result.
    pub fn run(&self) -> Pending {
        Pending::new(&self.0.tab, self.0.tab.retry(self.0.retry))
    }

    fn typed(&self) -> Retry {
        let again = self.clone();
        Retry(Rc::new(move || again.run().typed()))
    }
}

/// A call's reply, which comes later.
pub struct Pending {
    tab: Rc<Tab>,
    slot: Slot<Reply>,
}

impl Pending {
    fn new(tab: &Rc<Tab>, slot: Slot<Reply>) -> Pending {
        Pending {
            tab: tab.clone(),
            slot,
        }
    }

    /// The reply, and what `retry()` of its result is called by.
    pub async fn reply(self) -> (Reply, Option<Again>) {
        let reply = self.slot.await;
        let retry = match &reply {
            Reply::SignedOut(outcome) => outcome.retry,
            Reply::Returned(Some(returned)) => returned.retry,
            _ => None,
        };
        (reply, Again::new(&self.tab, retry))
    }

    fn typed(self) -> SignOutFuture {
        SignOutFuture(Box::pin(async move {
            match self.reply().await {
                (Reply::SignedOut(outcome), retry) => result(&outcome, retry),
                (Reply::Failed(error), _) => result(&Outcome::refused(error), None),
                _ => result(
                    &Outcome::refused(AuthError::new(AuthErrorCode::Unknown)),
                    None,
                ),
            }
        }))
    }
}

/// The result for Rust.
fn result(outcome: &Outcome, retry: Option<Again>) -> SignOutResult {
    let outcome = outcome.clone();
    match outcome.tag {
        Status::Complete => SignOutResult::Complete(Complete {
            was_signed_in: outcome.was_signed_in,
            logout_url: outcome.logout_url,
            steps: outcome.steps,
        }),
        Status::Partial => SignOutResult::Partial(Partial {
            was_signed_in: outcome.was_signed_in,
            revoke_token_error: outcome.revoke_token_error,
            global_sign_out_error: outcome.global_sign_out_error,
            hosted_ui_error: outcome.hosted_ui_error,
            forget_device_error: outcome.forget_device_error,
            logout_url: outcome.logout_url,
            retry: retry.as_ref().map(Again::typed),
            steps: outcome.steps,
        }),
        Status::Failed => SignOutResult::Failed(Failed {
            error: outcome
                .error
                .unwrap_or_else(|| AuthError::new(AuthErrorCode::Unknown)),
            revoke_token_error: outcome.revoke_token_error,
            global_sign_out_error: outcome.global_sign_out_error,
            steps: outcome.steps,
        }),
    }
}

impl PageClient {
    /// Of the storage, the store for sign-ins under way, and the logger. With `own_memory`, a client that keeps its session in memory
    /// shares it with no other.
    pub fn new(config: Config, objects: [Option<JsValue>; 3], own_memory: bool) -> PageClient {
        let attached = Tab::attach(&config, objects, own_memory);
        if config.insecure {
            let line = "allowInsecureEndpoint is set: others can read the tokens.";
            attached.tab.log(attached.id, true, line);
        }
        PageClient(Rc::new(Inner { config, attached }))
    }

    fn tab(&self) -> &Rc<Tab> {
        &self.0.attached.tab
    }

    pub fn is(&self, other: &PageClient) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Calls the engine.
    pub fn begin(&self, what: Call) -> Pending {
        let tab = self.tab();
        Pending::new(tab, tab.call(self.0.attached.id, what))
    }

    pub async fn call(&self, what: Call) -> Result<Reply, AuthError> {
        match self.begin(what).slot.await {
            Reply::Failed(error) => Err(error),
            reply => Ok(reply),
        }
    }

    /// Signs out, with the outcome as the engine has it.
    pub fn begin_sign_out(&self, options: SignOutOptions, hooks: Hooks) -> Pending {
        let tab = self.tab();
        Pending::new(tab, tab.sign_out(self.0.attached.id, options, hooks))
    }

    pub fn sign_out(&self, options: SignOutOptions, hooks: Hooks) -> SignOutFuture {
        self.begin_sign_out(options, hooks).typed()
    }

    pub async fn take_sign_out_result(&self) -> Option<ReturnedSignOutResult> {
        match self.begin(Call::TakeSignOutResult).reply().await {
            (Reply::Returned(Some(returned)), retry) => {
                let retry = retry.as_ref().map(Again::typed);
                Some(returned::read(&returned, retry))
            }
            _ => None,
        }
    }

    pub fn is_signing_out(&self) -> bool {
        self.tab().is_signing_out()
    }

    /// Returns the number for [`PageClient::off_signed_out`].
    pub fn on_signed_out(&self, listener: impl Fn(SignedOutEvent) + 'static) -> u32 {
        self.0.attached.on_signed_out(Rc::new(listener))
    }

    pub fn off_signed_out(&self, listener: u32) {
        self.0.attached.off_signed_out(listener);
    }

    pub fn dispose(&self) {
        self.0.attached.dispose();
    }

    /// Takes the place of a client in the page, for the same listener: what that one ended is no other tab's doing.
    #[cfg(feature = "js")]
    pub fn succeed(&self, before: &PageClient, listener: u32) {
        if Rc::ptr_eq(self.tab(), before.tab()) {
            // It listens here already.
            before.off_signed_out(listener);
        } else {
            self.tab().inherit(before.tab());
        }
    }
}
