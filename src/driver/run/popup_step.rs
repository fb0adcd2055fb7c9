//! The hosted UI in a popup, as a step of a run.

use std::rc::Rc;

use super::Run;
use super::alarms::Alarm;
use crate::driver::popup::Popup;
use crate::error::{AuthError, AuthErrorCode};
use crate::flow::{Event, Phase, PopupEnd, Return};
use crate::outcome::StepName;

impl Run {
    pub(super) fn run_popup(self: &Rc<Self>) {
        self.begin_step(StepName::Popup, 0);
        let way = self.ending.borrow().way.clone();
        let opened = match (&self.popup, &way) {
            (Some(popup), Ok(way)) => popup.begin(&self.client, way),
            _ => false,
        };
        if !opened {
            self.popup_ended(PopupEnd::Blocked);
            return;
        }
        self.set_alarm(self.options.popup_timeout_ms, Alarm::PopupOver);
        self.poll_popup();
    }

    pub(super) fn poll_popup(self: &Rc<Self>) {
        if self.phase() != Phase::Popup {
            return;
        }
        let closed = self.popup.as_ref().is_none_or(Popup::is_cancelled);
        if closed {
            let dead = self.client.dead.get();
            let is_dead = dead.is_some() && dead == self.client.last_read.get();
            // Another call has signed the user out meanwhile.
            let is_out = self.beside.borrow().is_some();
            self.popup_ended(PopupEnd::Cancelled {
                session_dead: is_dead || is_out,
            });
        } else {
            self.set_alarm(Popup::POLL_MS, Alarm::PopupPoll);
        }
    }

    /// A page says that it is a popup's.
    pub fn popup_reported(self: &Rc<Self>, nonce: &str, found: Return) {
        let end = self
            .popup
            .as_ref()
            .and_then(|popup| popup.end(nonce, found));
        if let Some(end) = end {
            self.popup_ended(end);
        }
    }

    /// The popup ended, by itself or by the returning page's message.
    pub fn popup_ended(self: &Rc<Self>, end: PopupEnd) {
        if self.phase() == Phase::Popup {
            let error = match end {
                PopupEnd::Returned => None,
                PopupEnd::NotCompleted => Some(AuthErrorCode::RedirectNotCompleted),
                PopupEnd::Unconfirmed => Some(AuthErrorCode::Unconfirmed),
                PopupEnd::Blocked => Some(AuthErrorCode::PopupBlocked),
                PopupEnd::TimedOut => Some(AuthErrorCode::Timeout),
                PopupEnd::Cancelled { .. } => Some(AuthErrorCode::UserCancelled),
            };
            self.end_step(StepName::Popup, error.map(AuthError::new).as_ref());
            self.dispatch(Event::PopupEnded(end));
        }
    }
}
