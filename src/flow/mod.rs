//! The sign-out machine: what to do next, given what has happened. Driven from outside.

mod machine;
mod mark;
mod retry;
mod state;
mod verdict;

pub use machine::{MAX_TRIES, Machine};
pub use mark::{Codes, Mark, MarkEntry};
pub use retry::pause_ms;
pub use state::{
    Access, Answer, Back, Call, Command, Event, Found, Hosted, Leave, Op, Phase, Plan, PopupEnd,
};
pub use verdict::{Fault, Tag, Verdict};
