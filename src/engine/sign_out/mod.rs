//! A sign-out.

mod ask;
mod callers;
mod clear;
mod context;
mod end;
mod leave;
mod popup;
mod popup_window;
mod remote;
mod report;
mod scope;
mod task;

pub use self::ask::{Ask, Waiter};
pub use self::context::SessionContext;
pub use self::remote::is_unknown;
pub use self::scope::{Action, Purpose, Scope};
pub use self::task::SignOutTask;
