//! The client: one configuration, and all that goes on under it in this tab.

#[cfg(not(target_arch = "wasm32"))]
mod no_page;
#[cfg(target_arch = "wasm32")]
pub mod page;

use std::fmt;

use wasm_bindgen::JsValue;

#[cfg(not(target_arch = "wasm32"))]
use self::no_page::PageClient;
#[cfg(target_arch = "wasm32")]
use self::page::PageClient;
use crate::config::{Config, StorageKind};
use crate::engine::io::{Call, Reply, SignedOutEvent};
use crate::error::{AuthError, AuthErrorCode};
use crate::hooks::Hooks;
use crate::options::SignOutOptions;
use crate::result::{ReturnedSignOutResult, SignOutFuture};
use crate::session::{Secret, Tokens};

/// Signs users of one user pool client out. Cheap to clone; every clone is the same client, and equal to it.
///
/// It exists on every target, so that an app that is rendered on a server compiles. It works on wasm32 in a
/// browser; elsewhere it is [`Send`] and [`Sync`], its asynchronous functions return `invalidState`, a sign-out is
/// [`Failed`](crate::Failed), and listeners are never called.
#[derive(Clone)]
pub struct Client(PageClient);

impl Client {
    /// A client of a configuration. Clients of one app client share what they know of this tab, and their
    /// sign-outs.
    pub fn new(config: Config) -> Client {
        Client::with_objects(config, None, None)
    }

    /// A client of a configuration with JavaScript objects of the app's own: a storage (`getItem`, `setItem`,
    /// `removeItem`, perhaps `keys`; each may return a promise), and a logger: `warn`, `info` (else `debug`), as
    /// `console` has them. It gets a line for each step, without tokens. No logger: nothing is printed.
    ///
    /// With a storage, the configuration's [`StorageKind`] becomes [`StorageKind::Custom`], unless it is
    /// [`StorageKind::StateStore`].
    pub fn with_objects(
        mut config: Config,
        storage: Option<JsValue>,
        logger: Option<JsValue>,
    ) -> Client {
        if storage.is_some() && config.storage != StorageKind::StateStore {
            config.storage = StorageKind::Custom;
        }
        Client(PageClient::new(config, [storage, None, logger], false))
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        self.0.config()
    }

    /// Looks for a session that was ended and written back since, and ends it again. Call it once, when the app
    /// starts.
    ///
    /// # Errors
    /// `configuration` where the configured storage does not exist here; `invalidState` outside of a browser.
    pub async fn open(&self) -> Result<(), AuthError> {
        self.0.call(Call::Open).await.map(drop)
    }

    /// Stores a session in the layout of Amplify v6.
    ///
    /// # Errors
    /// `tokenRevoked` for a session that was signed out, `storage` where it can't be written, `invalidState` after
    /// [`Client::dispose`].
    pub async fn store_tokens(&self, tokens: Tokens) -> Result<(), AuthError> {
        let call = Call::StoreTokens(Box::new(tokens));
        self.0.call(call).await.map(drop)
    }

    /// The stored session, of whatever library; `None` when signed out.
    ///
    /// # Errors
    /// `storage` where it can't be read, `invalidState` after [`Client::dispose`].
    pub async fn load_tokens(&self) -> Result<Option<Tokens>, AuthError> {
        Ok(match self.0.call(Call::LoadTokens).await? {
            Reply::Tokens(tokens) => tokens.map(|tokens| *tokens),
            _ => None,
        })
    }

    /// Refreshes the stored session (GetTokensFromRefreshToken, else InitiateAuth) and stores what came; one
    /// refresh at a time over all tabs.
    ///
    /// # Errors
    /// `invalidState` when signed out, `storage` where the session can't be read or written, else what Cognito
    /// answered.
    pub async fn refresh_tokens(&self) -> Result<Tokens, AuthError> {
        match self.0.call(Call::RefreshTokens).await? {
            Reply::Tokens(Some(tokens)) => Ok(*tokens),
            _ => Err(AuthError::new(AuthErrorCode::InvalidState)),
        }
    }

    /// Signs out. With a synchronous storage the tokens are out of it, and the first request is sent, when this
    /// returns its future.
    pub fn sign_out(&self, options: SignOutOptions) -> SignOutFuture {
        self.sign_out_with(options, Hooks::default())
    }

    /// Signs out, with a signal, a way to leave the page or a state to come back with.
    pub fn sign_out_with(&self, options: SignOutOptions, hooks: Hooks) -> SignOutFuture {
        self.0.sign_out(options, hooks)
    }

    /// The result of the sign-out that left the page for the hosted UI, once the browser is back; the same for
    /// every call in one document. `None` where there was none.
    pub async fn take_sign_out_result(&self) -> Option<ReturnedSignOutResult> {
        self.0.take_sign_out_result().await
    }

    /// Whether some tab of the origin is signing out.
    #[must_use]
    pub fn is_signing_out(&self) -> bool {
        self.0.is_signing_out()
    }

    /// Calls the listener when a session has ended, here or in another tab, until the [`Subscription`] is dropped.
    pub fn on_signed_out(&self, listener: impl Fn(SignedOutEvent) + 'static) -> Subscription {
        Subscription {
            listener: self.0.on_signed_out(listener),
            client: self.0.clone(),
        }
    }

    /// Revokes a refresh token (RevokeToken), to retry by hand.
    ///
    /// # Errors
    /// What Cognito answered, else `network` or `timeout`.
    pub async fn revoke_token(&self, refresh_token: &Secret) -> Result<(), AuthError> {
        let call = Call::RevokeToken(refresh_token.clone());
        self.0.call(call).await.map(drop)
    }

    /// Ends all of the user's sessions (GlobalSignOut), to retry by hand.
    ///
    /// # Errors
    /// What Cognito answered, else `network` or `timeout`.
    pub async fn global_sign_out(&self, access_token: &Secret) -> Result<(), AuthError> {
        let call = Call::GlobalSignOut(access_token.clone());
        self.0.call(call).await.map(drop)
    }

    /// Releases what the client has in the page: its listeners, and with the last client of its app client the
    /// channel to other tabs. A sign-out in progress ends first. Dropping the last clone does the same, but a
    /// client with listeners lives on.
    pub fn dispose(&self) {
        self.0.dispose();
    }
}

impl PartialEq for Client {
    fn eq(&self, other: &Client) -> bool {
        self.0.is(&other.0)
    }
}

impl Eq for Client {}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(self.config()).finish()
    }
}

/// A listener of [`Client::on_signed_out`]. Dropping this takes the listener off.
#[must_use = "the listener is taken off when this is dropped; forget() keeps it"]
pub struct Subscription {
    client: PageClient,
    listener: u32,
}

impl Subscription {
    /// Keeps the listener as long as the page lives, or until [`Client::dispose`].
    pub fn forget(self) {
        std::mem::forget(self);
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.client.off_signed_out(self.listener);
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subscription")
    }
}
