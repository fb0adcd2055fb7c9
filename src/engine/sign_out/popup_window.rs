//! A popup as its opener sees it.

use crate::engine::io::{EffectId, Handle, PopupView};
use crate::engine::tables::Watch;

/// A popup that was opened, or refused.
pub struct Popup {
    /// Its window.
    pub window: Option<Handle>,
    /// What its pages find, and no other page does.
    pub(super) nonce: String,
    /// What happens in it while it still shows a page of this origin.
    pub(super) watch: Watch,
    /// How often it was seen at the hosted UI, so that `closed` may be believed.
    away: u32,
    closed: u32,
    /// What is awaited.
    pub(super) effect: Option<EffectId>,
}

impl Popup {
    pub(super) fn new(window: Option<Handle>, nonce: String) -> Popup {
        Popup {
            window,
            nonce,
            watch: Watch::default(),
            away: 0,
            closed: 0,
            effect: None,
        }
    }

    /// Whether the user closed it. With COOP, `closed` reads true at once while the window is open.
    pub(super) fn is_cancelled(&mut self, view: PopupView) -> bool {
        match view {
            PopupView::Empty | PopupView::Away => {
                self.closed = 0;
                self.away += u32::from(view == PopupView::Away);
            }
            PopupView::Closed | PopupView::Isolated => self.closed += 1,
        }
        // COOP may take a moment to part the windows; on a busy machine the page's report comes a second after that.
        view == PopupView::Closed && self.away >= 2 && self.closed >= 10
    }
}
