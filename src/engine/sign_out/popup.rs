//! The hosted UI in a popup, as a step of a sign-out.

use super::popup_window::Popup;
use super::scope::Scope;
use super::task::{Alarm, SignOutTask};
use crate::engine::io::{Effect, EffectId, Handle, PopupView};
use crate::engine::tables::{Departure, Event, Phase, PopupEnd, Return};
use crate::error::{AuthError, AuthErrorCode};
use crate::outcome::StepName;

/// How often a popup is looked at, in milliseconds.
const POLL_MS: f64 = 100.0;

impl SignOutTask {
    /// The popup that was opened for it, or refused.
    pub fn with_popup(&mut self, window: Option<Handle>, nonce: String) {
        self.popup = Some(Popup::new(window, nonce));
    }

    pub(super) fn run_popup(&mut self, scope: &mut Scope) {
        self.begin_step(StepName::Popup, 0, scope);
        let Ok(target) = scope.context.target.clone() else {
            self.popup_ended(PopupEnd::Blocked, scope);
            return;
        };
        let effect = scope.out.id();
        match &mut self.popup {
            None => {
                let mut popup = Popup::new(None, scope.random.popup_nonce());
                popup.effect = Some(effect);
                self.popup = Some(popup);
                scope.effect(Effect::OpenPopup(effect));
            }
            Some(popup) => match popup.window {
                Some(window) => {
                    popup.effect = Some(effect);
                    let (nonce, url) = (popup.nonce.clone(), target.url.clone());
                    scope.effect(Effect::SendPopup(effect, window, nonce, url));
                }
                None => self.popup_ended(PopupEnd::Blocked, scope),
            },
        }
    }

    /// The popup, where an answer is for it.
    fn awaited(&mut self, effect: EffectId) -> Option<&mut Popup> {
        let is_open = self.machine.phase == Phase::Popup;
        let popup = self.popup.as_mut().filter(|_| is_open)?;
        popup.effect.take_if(|awaited| *awaited == effect)?;
        Some(popup)
    }

    /// The popup was opened, or refused; false where it is another sign-out's.
    pub fn popup_opened(
        &mut self,
        effect: EffectId,
        window: Option<Handle>,
        scope: &mut Scope,
    ) -> bool {
        let Some(popup) = self.awaited(effect) else {
            return false;
        };
        popup.window = window;
        self.run_popup(scope);
        true
    }

    /// The popup was sent to the hosted UI, or could not be.
    pub fn popup_sent(&mut self, effect: EffectId, is_sent: bool, scope: &mut Scope) {
        if self.awaited(effect).is_none() {
            return;
        }
        if is_sent {
            let ms = self.options.popup_timeout_ms();
            self.set_alarm(ms, Alarm::PopupOver, scope);
            self.look_at_popup(scope);
        } else {
            self.popup_ended(PopupEnd::Blocked, scope);
        }
    }

    pub(super) fn look_at_popup(&mut self, scope: &mut Scope) {
        if self.machine.phase == Phase::Popup
            && let Some(popup) = &mut self.popup
            && let Some(window) = popup.window
        {
            let effect = scope.out.id();
            popup.effect = Some(effect);
            scope.effect(Effect::LookAtPopup(effect, window));
        }
    }

    /// How the popup looks.
    pub fn popup_seen(&mut self, effect: EffectId, view: PopupView, scope: &mut Scope) {
        let Some(popup) = self.awaited(effect) else {
            return;
        };
        if popup.is_cancelled(view) {
            let dead = scope.facts.dead;
            let is_dead = dead.is_some() && dead == scope.facts.last_read;
            // Another call has signed the user out meanwhile.
            let session_dead = is_dead || !self.concurrent.is_empty();
            self.popup_ended(PopupEnd::Cancelled { session_dead }, scope);
        } else {
            self.set_alarm(POLL_MS, Alarm::PopupPoll, scope);
        }
    }

    /// `beforeunload` in a popup that still shows a page of this origin.
    pub fn popup_unloading(&mut self, window: Handle) {
        if let Some(popup) = self.popup.as_mut().filter(|it| it.window == Some(window)) {
            popup.watch.before_unload();
        }
    }

    /// A page says that it is a popup's, and how it was reached.
    pub fn popup_reported(&mut self, nonce: &str, found: Return, scope: &mut Scope) {
        let Some(popup) = self.popup.as_ref().filter(|popup| popup.nonce == nonce) else {
            return;
        };
        let end = match found {
            _ if popup.watch.departure() == Departure::Replaced => PopupEnd::Unconfirmed,
            Return::Completed => PopupEnd::Returned,
            Return::NotCompleted => PopupEnd::NotCompleted,
            Return::Unconfirmed => PopupEnd::Unconfirmed,
        };
        self.popup_ended(end, scope);
    }

    pub(super) fn popup_timed_out(&mut self, scope: &mut Scope) {
        self.popup_ended(PopupEnd::TimedOut, scope);
    }

    /// The popup ended, by itself or by the returning page's message.
    fn popup_ended(&mut self, end: PopupEnd, scope: &mut Scope) {
        if self.machine.phase != Phase::Popup {
            return;
        }
        let error = match end {
            PopupEnd::Returned => None,
            PopupEnd::NotCompleted => Some(AuthErrorCode::RedirectNotCompleted),
            PopupEnd::Unconfirmed => Some(AuthErrorCode::Unconfirmed),
            PopupEnd::Blocked => Some(AuthErrorCode::PopupBlocked),
            PopupEnd::TimedOut => Some(AuthErrorCode::Timeout),
            PopupEnd::Cancelled { .. } => Some(AuthErrorCode::UserCancelled),
        };
        self.end_step(StepName::Popup, error.map(AuthError::new).as_ref(), scope);
        self.dispatch(Event::PopupEnded(end), scope);
    }

    pub(super) fn close_popup(&mut self, scope: &mut Scope) {
        if let Some(window) = self.popup.as_ref().and_then(|popup| popup.window) {
            scope.effect(Effect::ClosePopup(window));
        }
        self.popup = None;
    }
}
