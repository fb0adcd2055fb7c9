//! The client: one configuration, and all that goes on under it in this tab.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use crate::config::Config;
use crate::engine::io::{Call, Reply};
use crate::engine::outcome::Outcome;
use crate::engine::tables::Tag;
use crate::error::{AuthError, AuthErrorCode};
use crate::options::SignOutOptions;
use crate::outcome::{Complete, Failed, LocalFuture, Partial, Retry, SignOutResult};
use crate::returned::ReturnedSignOutResult;
use crate::session::{Secret, Tokens};
use crate::shell::tab::{Attached, Tab};
use crate::shell::task::Slot;

pub use crate::engine::io::{SignedOutEvent, SignedOutReason};
pub use crate::shell::tab::Hooks;

/// Signs users of one user pool client out. Cheap to clone; every clone is the same client.
#[derive(Clone)]
pub struct Client(Rc<Inner>);

struct Inner {
    config: Config,
    attached: Rc<Attached>,
}

/// One who can call `retry()`. Dropping it lets the engine forget what it would run again.
#[derive(Clone)]
pub(crate) struct Again(Rc<Holder>);

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
pub(crate) struct Pending {
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

    fn typed(self) -> LocalFuture<SignOutResult> {
        Box::pin(async move {
            match self.reply().await {
                (Reply::SignedOut(outcome), retry) => result(&outcome, retry),
                (Reply::Failed(error), _) => result(&Outcome::refused(error), None),
                _ => result(
                    &Outcome::refused(AuthError::new(AuthErrorCode::Unknown)),
                    None,
                ),
            }
        })
    }
}

/// The result for Rust.
fn result(outcome: &Outcome, retry: Option<Again>) -> SignOutResult {
    let outcome = outcome.clone();
    match outcome.tag {
        Tag::Complete => SignOutResult::Complete(Complete {
            was_signed_in: outcome.was_signed_in,
            logout_url: outcome.logout_url,
            steps: outcome.steps,
        }),
        Tag::Partial => SignOutResult::Partial(Partial {
            was_signed_in: outcome.was_signed_in,
            revoke_token_error: outcome.revoke_token_error,
            global_sign_out_error: outcome.global_sign_out_error,
            hosted_ui_error: outcome.hosted_ui_error,
            forget_device_error: outcome.forget_device_error,
            logout_url: outcome.logout_url,
            retry: retry.as_ref().map(Again::typed),
            steps: outcome.steps,
        }),
        Tag::Failed => SignOutResult::Failed(Failed {
            error: outcome
                .error
                .unwrap_or_else(|| AuthError::new(AuthErrorCode::Unknown)),
            revoke_token_error: outcome.revoke_token_error,
            global_sign_out_error: outcome.global_sign_out_error,
            steps: outcome.steps,
        }),
    }
}

impl Client {
    /// A client of a configuration. Those of one app client share what they know of this tab, and its sign-outs.
    pub fn new(config: Config) -> Client {
        Client::with_objects(config, None, None)
    }

    /// A client of a configuration with a storage object (`getItem`, `setItem`, `removeItem`, perhaps
    /// `keys`) and a logger (`debug`, `warn`) of the app's own.
    pub fn with_objects(
        config: Config,
        storage: Option<JsValue>,
        logger: Option<JsValue>,
    ) -> Client {
        Client::make(config, [storage, None, logger], false)
    }

    /// Of the storage, the store for sign-ins under way, and the logger. With `own_memory`, a client that keeps its session in memory
    /// shares it with no other.
    pub(crate) fn make(config: Config, objects: [Option<JsValue>; 3], own_memory: bool) -> Client {
        let attached = Tab::attach(&config, objects, own_memory);
        Client(Rc::new(Inner { config, attached }))
    }

    fn tab(&self) -> &Rc<Tab> {
        &self.0.attached.tab
    }

    /// Calls the engine.
    pub(crate) fn begin(&self, what: Call) -> Pending {
        let tab = self.tab();
        Pending::new(tab, tab.call(self.0.attached.id, what))
    }

    async fn call(&self, what: Call) -> Result<Reply, AuthError> {
        match self.begin(what).slot.await {
            Reply::Failed(error) => Err(error),
            reply => Ok(reply),
        }
    }

    /// Lets go of what the client holds in the page: its listeners, and with the last client of its app client the channel to
    /// other tabs. A sign-out under way ends first, as it would have. Dropping the last clone does the same, but a client with
    /// listeners lives on.
    pub fn dispose(&self) {
        self.0.attached.dispose();
    }

    /// Takes the place of a client in the page, for the same listener: what that one ended is no other tab's doing.
    #[cfg(feature = "js")]
    pub(crate) fn succeed(&self, before: &Client, listener: u32) {
        if Rc::ptr_eq(self.tab(), before.tab()) {
            // It listens here already.
            before.off_signed_out(listener);
        } else {
            self.tab().inherit(before.tab());
        }
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Looks for a session that was ended and written back since, and ends it again. Called once at the start.
    ///
    /// # Errors
    /// `configuration`, where the configured storage does not exist here.
    pub async fn open(&self) -> Result<(), AuthError> {
        self.call(Call::Open).await.map(drop)
    }

    /// Stores a session in the Amplify v6 layout.
    ///
    /// # Errors
    /// `tokenRevoked` for a session that was signed out, `storage` where it can't be written.
    pub async fn store_tokens(&self, tokens: Tokens) -> Result<(), AuthError> {
        let call = Call::StoreTokens(Box::new(tokens));
        self.call(call).await.map(drop)
    }

    /// The stored session; `None` when signed out.
    ///
    /// # Errors
    /// `storage` where it can't be read.
    pub async fn load_tokens(&self) -> Result<Option<Tokens>, AuthError> {
        Ok(match self.call(Call::LoadTokens).await? {
            Reply::Tokens(tokens) => tokens.map(|tokens| *tokens),
            _ => None,
        })
    }

    /// Refreshes the stored session; one refresh at a time over all tabs.
    ///
    /// # Errors
    /// `invalidState` when signed out, else what Cognito answered.
    pub async fn refresh_tokens(&self) -> Result<Tokens, AuthError> {
        match self.call(Call::RefreshTokens).await? {
            Reply::Tokens(Some(tokens)) => Ok(*tokens),
            _ => Err(AuthError::new(AuthErrorCode::InvalidState)),
        }
    }

    /// Signs out. With a synchronous storage the tokens are out of it when this returns its future.
    pub fn sign_out(&self, options: SignOutOptions) -> LocalFuture<SignOutResult> {
        self.sign_out_with(options, Hooks::default())
    }

    /// Signs out, with a signal, a way to leave the page or a state to come back with.
    pub fn sign_out_with(
        &self,
        options: SignOutOptions,
        hooks: Hooks,
    ) -> LocalFuture<SignOutResult> {
        self.begin_sign_out(options, hooks).typed()
    }

    /// The same, with the outcome as the engine has it.
    pub(crate) fn begin_sign_out(&self, options: SignOutOptions, hooks: Hooks) -> Pending {
        let tab = self.tab();
        Pending::new(tab, tab.sign_out(self.0.attached.id, options, hooks))
    }

    /// The result of the sign-out that left the page; the same for every call in one document.
    pub async fn take_sign_out_result(&self) -> Option<ReturnedSignOutResult> {
        match self.begin(Call::TakeSignOutResult).reply().await {
            (Reply::Returned(Some(returned)), retry) => {
                let retry = retry.as_ref().map(Again::typed);
                Some(ReturnedSignOutResult::read(&returned, retry))
            }
            _ => None,
        }
    }

    /// Whether some tab of the origin is signing out.
    pub fn is_signing_out(&self) -> bool {
        self.tab().is_signing_out()
    }

    /// Tells when a session ended here or in another tab; returns the number for [`Client::off_signed_out`].
    pub fn on_signed_out(&self, listener: impl Fn(SignedOutEvent) + 'static) -> u32 {
        self.0.attached.on_signed_out(Rc::new(listener))
    }

    /// Takes a listener off.
    pub fn off_signed_out(&self, id: u32) {
        self.0.attached.off_signed_out(id);
    }

    /// Revokes a refresh token: the escape hatch, to retry by hand.
    ///
    /// # Errors
    /// What Cognito answered.
    pub async fn revoke_token(&self, refresh_token: &Secret) -> Result<(), AuthError> {
        let call = Call::RevokeToken(refresh_token.clone());
        self.call(call).await.map(drop)
    }

    /// Ends all of the user's sessions: the escape hatch, to retry by hand.
    ///
    /// # Errors
    /// What Cognito answered.
    pub async fn global_sign_out(&self, access_token: &Secret) -> Result<(), AuthError> {
        let call = Call::GlobalSignOut(access_token.clone());
        self.call(call).await.map(drop)
    }
}
