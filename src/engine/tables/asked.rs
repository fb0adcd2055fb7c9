//! What each caller of a sign-out asked for. Callers share one sign-out, and each has a verdict of its own.

use super::state::Leave;

/// The options that a page can follow once only.
pub const EXCLUSIVE: [&str; 3] = ["redirectUrl", "navigate", "appState"];

/// What one caller asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    /// End all of the user's sessions.
    pub global: bool,
    /// Also ForgetDevice.
    pub forget_device: bool,
    /// What to do about the hosted UI.
    pub leave: Leave,
    /// Which of the `EXCLUSIVE` options of this caller were not followed, because another caller's were.
    pub refused: [bool; 3],
}

impl Asked {
    /// Whether this caller may want the page to leave for the hosted UI.
    pub fn may_leave(&self) -> bool {
        matches!(self.leave, Leave::Auto | Leave::Redirect)
    }
}

/// Who holds an option that a page can follow once only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Claim {
    /// Nobody asked for it: the default counts.
    #[default]
    Free,
    /// Someone who does not ask to leave the page.
    Idle,
    /// Someone who may.
    Held,
}

/// What became of an explicit option of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// It counts from now on.
    Taken,
    /// It changes nothing: the same one counts already, or this caller does not leave.
    Kept,
    /// Another caller's counts, or it is too late.
    Refused,
}

impl Claim {
    /// A caller comes with a value of its own. `leaves`: it may want the page to leave; `same`: what counts is equal;
    /// `late`: the page is being left, and what was used can't be changed.
    pub fn ask(&mut self, leaves: bool, same: bool, late: bool) -> Claimed {
        match (*self, leaves) {
            (Claim::Held, true) if !same => Claimed::Refused,
            (Claim::Free | Claim::Idle, true) if late => Claimed::Refused,
            (Claim::Free | Claim::Idle, true) => {
                *self = Claim::Held;
                Claimed::Taken
            }
            (Claim::Free, false) if !late => {
                *self = Claim::Idle;
                Claimed::Taken
            }
            _ => Claimed::Kept,
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::Claimed::{Kept, Refused, Taken};
    use super::*;

    #[test]
    fn the_first_explicit_option_counts() {
        for (claim, leaves, same, late, is, then) in [
            // An explicit one wins over the default, until it is too late.
            (Claim::Free, true, false, false, Taken, Claim::Held),
            (Claim::Free, true, false, true, Refused, Claim::Free),
            // It wins over that of one who does not leave, too.
            (Claim::Idle, true, false, false, Taken, Claim::Held),
            (Claim::Idle, true, false, true, Refused, Claim::Idle),
            (Claim::Held, true, false, false, Refused, Claim::Held),
            (Claim::Held, true, true, false, Kept, Claim::Held),
            (Claim::Held, true, true, true, Kept, Claim::Held),
            // Who does not leave misses nothing.
            (Claim::Free, false, false, false, Taken, Claim::Idle),
            (Claim::Free, false, false, true, Kept, Claim::Free),
            (Claim::Idle, false, false, false, Kept, Claim::Idle),
            (Claim::Held, false, false, false, Kept, Claim::Held),
        ] {
            let mut held = claim;
            let what = format!("{claim:?} {leaves} {same} {late}");
            assert_eq!(held.ask(leaves, same, late), is, "{what}");
            assert_eq!(held, then, "{what}");
        }
    }
}
