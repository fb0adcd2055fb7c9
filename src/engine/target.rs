//! The way to the hosted UI's logout and back.

use std::rc::Rc;

use super::io::Page;
use crate::config::Config;
use crate::error::{AuthError, AuthErrorCode};
use crate::options::{HostedUiMode, SignOutOptions};
use crate::protocol::logout_url;

/// The way to the hosted UI's logout and back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutTarget {
    /// The logout URL.
    pub url: String,
    /// Where it sends the browser back to.
    pub back: String,
}

/// The way out, or why there is none; true where the sign-out can't begin without it.
///
/// An explicit one must be usable; with "auto" the sign-out goes on without it.
pub fn find(
    config: &Config,
    page: &Page,
    options: &SignOutOptions,
    own_navigation: bool,
    page_url: &str,
) -> (Result<Rc<LogoutTarget>, AuthError>, bool) {
    let explicit = options.redirect_url.as_deref();
    let Some(hosted) = &config.hosted_ui else {
        let error = AuthError::configuration(
            "hostedUI",
            "the sign-out URL could not be created: configure hostedUI { domain, redirectSignOut }",
        );
        return (Err(error), is_asked_for(options));
    };
    match logout_url::choose(&hosted.redirect_sign_out, explicit, page_url) {
        Err(error) => (Err(error), is_asked_for(options)),
        Ok(back) => {
            let url = logout_url::build(hosted, &config.user_pool_client_id, &back);
            let target = Rc::new(LogoutTarget { url, back });
            let blocked = blocked(page, options.hosted_ui, own_navigation);
            (blocked.map_or(Ok(target), Err), false)
        }
    }
}

fn is_asked_for(options: &SignOutOptions) -> bool {
    options.redirect_url.is_some()
        || !matches!(options.hosted_ui, HostedUiMode::Auto | HostedUiMode::None)
}

/// Why this page can't leave for the hosted UI.
fn blocked(page: &Page, mode: HostedUiMode, own_navigation: bool) -> Option<AuthError> {
    if mode == HostedUiMode::Manual {
        return None;
    }
    let error = AuthError::new(AuthErrorCode::InvalidState);
    if !page.exists {
        return Some(error.say("Only a page can go through the hosted UI; a worker can't."));
    }
    if mode != HostedUiMode::Popup && !own_navigation && page.framed {
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
