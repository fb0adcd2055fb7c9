//! Requests to Cognito and what their answers mean: pure functions, one endpoint a file.

pub mod forget_device;
pub mod global_sign_out;
pub mod logout_url;
mod message;
pub mod refresh;
pub mod revoke_token;
pub mod service_error;

pub use message::{CONTENT_TYPE, Request, Response, TARGET_PREFIX};
pub use service_error::{Operation, is_transient};
