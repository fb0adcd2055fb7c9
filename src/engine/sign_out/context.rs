//! What is being ended, and the way out: a sign-out and its retries share it.

use std::rc::Rc;

use crate::engine::io::Handle;
use crate::engine::storage::KeysOf;
use crate::engine::tables::Op;
use crate::engine::target::LogoutTarget;
use crate::error::AuthError;
use crate::session::{Secret, SessionId};

/// The tokens leave it only in an outcome's own fields.
pub struct SessionContext {
    /// The access token.
    pub access: Option<Secret>,
    /// The newest refresh token.
    pub refresh: Option<Secret>,
    /// The key of the remembered device.
    pub device: Option<String>,
    /// The refresh tokens of further sessions.
    pub others: Vec<Secret>,
    /// The refresh token that Cognito confirmed to be revoked.
    pub revoked: Option<Secret>,
    /// The identities of the sessions; the main one first.
    pub ids: Vec<SessionId>,
    /// The identity of the user.
    pub user: Option<SessionId>,
    /// The keys that were removed, by store.
    pub keys: KeysOf,
    /// The keys of the remembered device, by store; they are removed with `forgetDevice` only.
    pub device_keys: KeysOf,
    /// A GlobalSignOut whose answer was lost may have reached Cognito.
    pub lost_answer: bool,
    /// The listeners know; a retry is no other sign-out.
    pub told: bool,
    /// The logout URL and where it leads back to, or why there is none.
    pub target: Result<Rc<LogoutTarget>, AuthError>,
    /// The app's own way to leave the page.
    pub navigate: Option<Handle>,
}

impl SessionContext {
    /// Nothing is known yet but the way out.
    pub fn new(
        target: Result<Rc<LogoutTarget>, AuthError>,
        navigate: Option<Handle>,
    ) -> SessionContext {
        SessionContext {
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
            target,
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

    /// Takes a newer refresh token of one of the sessions. Returns whether that is the main one.
    pub fn takes_newer(&mut self, id: Option<SessionId>, token: Secret) -> bool {
        let is_main = id == self.ids.first().copied();
        match is_main {
            true => self.refresh = Some(token),
            false => self.others.push(token),
        }
        is_main
    }

    /// Whether it ended a session itself, followed another tab that did, or found nothing: 2, 1 or 0.
    pub fn rank(&self) -> usize {
        let is_own = self.access.is_some() || self.refresh.is_some();
        usize::from(is_own) + usize::from(!self.ids.is_empty())
    }

    /// Whether this refresh token is one of the sessions'.
    pub fn knows(&self, token: &Secret) -> bool {
        let token = Some(token);
        self.refresh.as_ref() == token
            || self.revoked.as_ref() == token
            || self.others.iter().any(|other| Some(other) == token)
    }

    /// Whether this session is one of them.
    pub fn holds(&self, id: Option<SessionId>) -> bool {
        id.is_some_and(|id| self.ids.contains(&id))
    }
}
