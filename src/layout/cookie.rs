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

/// The cookies in `document.cookie`, names and values decoded. Several may have one name: of other paths or
/// domains. Libraries read the first.
pub fn parse(document_cookie: &str) -> Snapshot {
    let mut snapshot = Snapshot::new();
    for text in parts(document_cookie, b';') {
        if let Some((raw, name, value)) = pair(text)
            && let Some(value) = decoded(unquoted(value).unwrap_or(value))
            && !raw.is_empty()
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
    let domain = options.domain.as_deref().unwrap_or_default();
    push_scope(&mut out, &options.path, domain);
    out.push_str(&attributes(options));
    // Browsers keep no cookie longer than 400 days.
    out.push_str("; max-age=");
    push_decimal(&mut out, options.expires.as_secs());
    out
}

/// How often a removal is tried, each time in another way.
pub const ATTEMPTS: usize = 4;

/// Browsers take no attribute of more bytes (RFC 6265bis section 5.6).
const LONGEST_PATH: usize = 1024;

/// The texts to assign to `document.cookie`, one after the other, to remove the cookies of these (decoded) names:
/// as they are spelt there. None where no cookie has such a name.
///
/// The first attempt is what the configuration says. The later ones are for cookies that something else has set:
/// every path and domain that a page at this address sees (RFC 6265 section 5.1), first without further
/// attributes, then with those that a page in a frame needs, and partitioned.
pub fn remove(
    document_cookie: &str,
    names: &[String],
    options: &CookieOptions,
    (host, path): (&str, &str),
    attempt: usize,
) -> Vec<String> {
    let mut paths = vec![options.path.as_str()];
    let mut domains = vec![options.domain.as_deref().unwrap_or_default(), ""];
    if attempt > 0 {
        // None: the folder of the page, which is the default.
        paths.push("");
        for (at, byte) in path.bytes().enumerate().take(LONGEST_PATH) {
            if byte == b'/' {
                paths.push(path.get(..at).unwrap_or_default());
                paths.push(path.get(..=at).unwrap_or_default());
            }
        }
        paths.push(path);
        let mut parent = Some(host);
        while let Some(domain) = parent {
            domains.push(domain);
            parent = cut(domain, b".").map(|(_, parent)| parent);
        }
    }
    let rest = match attempt {
        0 => attributes(options),
        1 => String::new(),
        2 => "; samesite=none; secure".to_owned(),
        _ => "; samesite=none; secure; partitioned".to_owned(),
    };
    let mut texts = Vec::new();
    for name in names {
        // The Next.js adapter spells parentheses otherwise than js-cookie.
        for text in parts(document_cookie, b';') {
            let Some((raw, _, _)) = pair(text).filter(|(_, decoded, _)| decoded == name) else {
                continue;
            };
            for path in &paths {
                for domain in &domains {
                    let mut text = [raw, "="].concat();
                    push_scope(&mut text, path, domain);
                    text.push_str(&rest);
                    text.push_str("; max-age=0");
                    if !texts.contains(&text) {
                        texts.push(text);
                    }
                }
            }
        }
    }
    texts
}

/// Appends where a cookie is seen (RFC 6265 section 5.2).
fn push_scope(out: &mut String, path: &str, domain: &str) {
    for (name, value) in [("; path=", path), ("; domain=", domain)] {
        if !value.is_empty() {
            out.push_str(name);
            out.push_str(value);
        }
    }
}

/// The further attributes of the configuration.
fn attributes(options: &CookieOptions) -> String {
    let secure = if options.secure { "; secure" } else { "" };
    ["; samesite=", options.same_site.as_str(), secure].concat()
}
