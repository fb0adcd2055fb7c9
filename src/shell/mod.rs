//! The shell: performs the engine's effects in a browser, and decides nothing. Effects are performed in the order in which they
//! were given; what comes of them goes back as inputs. Every call into JavaScript catches, and no borrow is held over one.

mod clock;
mod fetch;
mod handles;
pub mod js;
pub mod ledger;
mod page;
mod perform;
mod store;
pub mod tab;
mod tabs;
pub mod task;

#[cfg(feature = "js")]
pub use self::clock::wall;
