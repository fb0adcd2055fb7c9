//! The only users of the browser's interfaces. Every call catches what JavaScript may throw.

pub mod clock;
pub mod fetch;
pub mod js;
pub mod page;
pub mod storage;
pub mod tabs;
pub mod task;
