//! What is being ended, and the way out: a run and its retries share it.

use std::rc::Rc;

use js_sys::Function;

use super::run::Way;
use super::sweep::KeysOf;
use crate::error::AuthError;
use crate::flow::Op;
use crate::session::{Secret, SessionId};

/// The tokens never leave it but in a report's own fields.
pub struct Ending {
    pub access: Option<Secret>,
    pub refresh: Option<Secret>,
    pub device: Option<String>,
    /// The refresh tokens of further sessions.
    pub others: Vec<Secret>,
    /// The refresh token that Cognito confirmed to be revoked.
    pub revoked: Option<Secret>,
    /// The identities of the sessions; the main one first.
    pub ids: Vec<SessionId>,
    pub user: Option<SessionId>,
    /// The keys that were removed, by place.
    pub keys: KeysOf,
    /// The keys of the remembered device, by place; they go with `forgetDevice` only.
    pub device_keys: KeysOf,
    /// A GlobalSignOut whose answer was lost may have reached Cognito.
    pub lost_answer: bool,
    /// The listeners know; a retry is no other sign-out.
    pub told: bool,
    /// The logout URL and where it leads back to, or why there is none.
    pub way: Result<Rc<Way>, AuthError>,
    /// The app's own way to leave the page.
    pub navigate: Option<Function>,
}

impl Ending {
    /// Nothing is known yet but the way out.
    pub fn new(way: Result<Rc<Way>, AuthError>, navigate: Option<Function>) -> Ending {
        Ending {
            access: None,
            refresh: None,
            device: None,
            others: Vec::new(),
            revoked: None,
            ids: Vec::new(),
            user: None,
            keys: Vec::new(),
            device_keys: Vec::new(),
            lost_answer: false,
            told: false,
            way,
            navigate,
        }
    }

    /// What a request needs, for each time that it is sent.
    pub fn tokens_for(&self, op: Op) -> Vec<Option<Secret>> {
        let mut tokens = Vec::new();
        match op {
            Op::RevokeOthers => {
                for other in &self.others {
                    tokens.push(Some(other.clone()));
                }
            }
            Op::Refresh | Op::RevokeToken => tokens.push(self.refresh.clone()),
            Op::GlobalSignOut | Op::ForgetDevice => tokens.push(self.access.clone()),
        }
        tokens
    }

    /// Whether this refresh token is one of the sessions'.
    pub fn knows(&self, token: &Secret) -> bool {
        let token = Some(token);
        self.refresh.as_ref() == token
            || self.revoked.as_ref() == token
            || self.others.iter().any(|other| Some(other) == token)
    }
}
