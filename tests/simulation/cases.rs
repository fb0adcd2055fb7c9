//! Schedules that were found wrong once, each by what the user sees.

mod following;
mod leaving;
mod outcomes;
mod popups;
mod records;
mod refreshes;
mod retries;
