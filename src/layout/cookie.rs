//! Cookies as js-cookie, and so Amplify, writes and reads them.

use crate::config::CookieOptions;
use crate::layout::Snapshot;

/// The cookies in `document.cookie`, names and values decoded.
pub fn parse(document_cookie: &str) -> Snapshot {
    let _ = document_cookie;
    Vec::new()
}

/// The text to assign to `document.cookie` to set a cookie.
pub fn set(name: &str, value: &str, options: &CookieOptions) -> String {
    let _ = (name, value, options);
    String::new()
}

/// The texts to assign to `document.cookie`, one after the other, to remove the cookie of that
/// (decoded) name: as it is spelt there, with the configured domain and without.
pub fn remove(document_cookie: &str, name: &str, options: &CookieOptions) -> Vec<String> {
    let _ = (document_cookie, name, options);
    Vec::new()
}
