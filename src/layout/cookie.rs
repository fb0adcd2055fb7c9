//! Cookies as js-cookie, and so Amplify, writes and reads them.

use crate::config::CookieOptions;
use crate::layout::Snapshot;
use crate::text::{decoded, push_decimal, push_encoded, split_at_any};

/// The characters that js-cookie leaves as they are in a name, beside those of `encodeURIComponent`.
const NAME: &str = "#$&+^`|";

/// The same for a value.
const VALUE: &str = "#$&+:<>=/?@[]^`{}|";

/// The raw and the decoded names in `document.cookie`, and the raw values.
fn pairs(document_cookie: &str) -> impl Iterator<Item = (&str, String, &str)> {
    document_cookie.split(';').filter_map(|pair| {
        let pair = pair.trim_ascii();
        let (name, rest) = split_at_any(pair, b"=");
        Some((
            name,
            decoded(name)?,
            rest.strip_prefix('=').unwrap_or_default(),
        ))
    })
}

/// The cookies in `document.cookie`, names and values decoded. Of two with one name the first counts.
pub fn parse(document_cookie: &str) -> Snapshot {
    let mut snapshot = Snapshot::new();
    for (_, name, value) in pairs(document_cookie) {
        let bare = value
            .strip_prefix('"')
            .map_or(value, |value| value.strip_suffix('"').unwrap_or(value));
        if let Some(value) = decoded(bare)
            && !name.is_empty()
            && !snapshot.iter().any(|entry| entry.0 == name)
        {
            snapshot.push((name, value));
        }
    }
    snapshot
}

/// The text to assign to `document.cookie` to set a cookie.
pub fn set(name: &str, value: &str, options: &CookieOptions) -> String {
    let mut out = encoded_name(name);
    out.push('=');
    push_encoded(&mut out, value, VALUE);
    push_attributes(
        &mut out,
        options,
        options.domain.as_deref(),
        options.expires_days,
    );
    out
}

/// The texts to assign to `document.cookie`, one after the other, to remove the cookie of that
/// (decoded) name: as it is spelt there, with the configured domain and without.
pub fn remove(document_cookie: &str, name: &str, options: &CookieOptions) -> Vec<String> {
    let mut texts = Vec::new();
    // The Next.js adapter spells parentheses otherwise than js-cookie.
    for (raw, decoded, _) in pairs(document_cookie) {
        if decoded != name {
            continue;
        }
        let domain = options.domain.as_deref();
        for domain in [domain, None] {
            let mut text = [raw, "="].concat();
            push_attributes(&mut text, options, domain, 0.0);
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
    }
    texts
}

/// The name as js-cookie spells it.
fn encoded_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for part in name.split_inclusive(['(', ')']) {
        let bare = part.trim_end_matches(['(', ')']);
        push_encoded(&mut out, bare, NAME);
        match part.as_bytes().last() {
            Some(b'(') => out.push_str("%28"),
            Some(b')') => out.push_str("%29"),
            _ => {}
        }
    }
    out
}

/// Appends the attributes (RFC 6265 section 5.2). Browsers keep no cookie longer than 400 days.
fn push_attributes(out: &mut String, options: &CookieOptions, domain: Option<&str>, days: f64) {
    for (name, value) in [
        ("; path=", Some(options.path.as_str())),
        ("; domain=", domain),
        ("; samesite=", Some(options.same_site)),
    ] {
        if let Some(value) = value {
            out.push_str(name);
            out.push_str(value);
        }
    }
    if options.secure {
        out.push_str("; secure");
    }
    out.push_str("; max-age=");
    push_decimal(out, (days * 86_400.0).min(1e15) as u64);
}
