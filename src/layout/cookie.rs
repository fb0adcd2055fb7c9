//! Cookies as js-cookie, and so Amplify, writes and reads them.

use crate::config::CookieOptions;
use crate::layout::Snapshot;
use crate::text::{cut, decoded, parts, push_decimal, push_encoded};

/// The punctuation that js-cookie leaves as it is in a name.
const NAME: &[u8] = b"-_.!~*'#$&+^`|";

/// The same for a value.
const VALUE: &[u8] = b"-_.!~*'()#$&+:<>=/?@[]^`{}|";

/// Of one `name=value`: the raw name, the decoded name, the raw value.
fn pair(text: &str) -> Option<(&str, String, &str)> {
    let text = text.trim_ascii();
    let (name, value) = cut(text, b"=").unwrap_or((text, ""));
    Some((name, decoded(name)?, value))
}

/// The text between quotes.
fn unquoted(value: &str) -> Option<&str> {
    value.strip_prefix('"')?.strip_suffix('"')
}

/// The cookies in `document.cookie`, names and values decoded. Of two with one name the first counts.
pub fn parse(document_cookie: &str) -> Snapshot {
    let mut snapshot = Snapshot::new();
    for text in parts(document_cookie, b';') {
        if let Some((raw, name, value)) = pair(text)
            && let Some(value) = decoded(unquoted(value).unwrap_or(value))
            && !raw.is_empty()
            && !snapshot.iter().any(|entry| entry.0 == name)
        {
            snapshot.push((name, value));
        }
    }
    snapshot
}

/// The text to assign to `document.cookie` to set a cookie.
pub fn set(name: &str, value: &str, options: &CookieOptions) -> String {
    let mut out = String::new();
    push_encoded(&mut out, name, NAME);
    out.push('=');
    push_encoded(&mut out, value, VALUE);
    let domain = options.domain.as_deref();
    push_attributes(&mut out, options, domain, options.expires_days);
    out
}

/// The texts to assign to `document.cookie`, one after the other, to remove the cookie of that
/// (decoded) name: as it is spelt there, with the configured domain and without.
pub fn remove(document_cookie: &str, name: &str, options: &CookieOptions) -> Vec<String> {
    let mut texts = Vec::new();
    // The Next.js adapter spells parentheses otherwise than js-cookie.
    for text in parts(document_cookie, b';') {
        let Some((raw, decoded, _)) = pair(text) else {
            continue;
        };
        for domain in [options.domain.as_deref(), None] {
            let mut text = [raw, "="].concat();
            push_attributes(&mut text, options, domain, 0.0);
            if decoded == name && !texts.contains(&text) {
                texts.push(text);
            }
        }
    }
    texts
}

/// Appends the attributes (RFC 6265 section 5.2). Browsers keep no cookie longer than 400 days.
fn push_attributes(out: &mut String, options: &CookieOptions, domain: Option<&str>, days: f64) {
    for (name, value) in [
        ("; path=", options.path.as_str()),
        ("; domain=", domain.unwrap_or_default()),
        ("; samesite=", options.same_site),
    ] {
        if !value.is_empty() {
            out.push_str(name);
            out.push_str(value);
        }
    }
    if options.secure {
        out.push_str("; secure");
    }
    out.push_str("; max-age=");
    push_decimal(out, (days * 86_400.0) as u64);
}
