//! The sign-out machine: what to do next, given what has happened. Driven from outside.

mod arrival;
mod asked;
mod machine;
mod mark;
mod retry;
mod state;
mod verdict;

pub use arrival::{Arrival, Departure, NavigationType, Previous, Referrer, Return, Watch};
pub use asked::{Asked, Claim, Claimed, EXCLUSIVE};
pub use machine::{MAX_TRIES, Machine};
pub use mark::{Codes, Mark, MarkEntry};
pub use retry::pause_ms;
pub use state::{
    Access, Answer, Back, Call, Command, Event, Found, Heard, Hosted, Leave, Op, Phase, Plan,
    PopupEnd,
};
pub use verdict::{Fault, Verdict};

pub use crate::outcome::Status;
