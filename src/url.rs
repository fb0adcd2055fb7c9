//! Addresses: as much of the URL standard as decides which origin one belongs to, and strictly so.
//! What a browser would repair (backslashes, odd numbers for hosts, spaces) is refused here.

use crate::text::{after_last, cut, decimal, parts, push_decimal, push_percent, split_at_any};

/// Schemes that run code, or that name what no server sent.
const REFUSED: [&str; 8] = [
    "javascript",
    "vbscript",
    "data",
    "blob",
    "file",
    "filesystem",
    "about",
    "view-source",
];

/// A parsed address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// `https://host[:port]`, lower case, without the scheme's own port; of any other scheme, its name.
    pub origin: String,
    /// Whether it is http or https.
    pub web: bool,
    /// Whether the host is this machine.
    pub loopback: bool,
    /// Whether it is https, or http on this machine.
    pub safe: bool,
    /// The path, percent-encoded as browsers do, without a trailing slash.
    pub path: String,
    /// `?` and the query; empty where there is none.
    pub query: String,
    /// Whether there is a `#`.
    pub fragment: bool,
}

impl Url {
    /// Parses an absolute address; `None` where it is not one, or a browser might read it otherwise.
    pub fn parse(text: &str) -> Option<Url> {
        // A browser drops tabs and newlines, and takes a backslash for a slash.
        if text.bytes().any(|byte| byte <= b' ' || byte == b'\\') {
            return None;
        }
        let (scheme, rest) = cut(text, b":")?;
        let mut origin = scheme.to_ascii_lowercase();
        let scheme_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        if !origin.starts_with(|c: char| c.is_ascii_lowercase())
            || !origin.bytes().all(scheme_byte)
            || REFUSED.contains(&origin.as_str())
        {
            return None;
        }
        let (rest, hash) = split_at_any(rest, b"#");
        let (mut path, query) = split_at_any(rest, b"?");
        let https = origin == "https";
        let web = https || origin == "http";
        let mut loopback = false;
        // Only browsers' own parsers know what a custom scheme's path is: taken as it stands.
        if web {
            let (authority, rest) = split_at_any(path.strip_prefix("//")?, b"/");
            path = rest;
            let authority = authority.to_ascii_lowercase();
            // The colons of an IPv6 address are in brackets.
            let port = after_last(after_last(&authority, b']'), b':');
            let (host, port) = match authority.strip_suffix(port) {
                Some(host) if host.ends_with(':') => (
                    host.strip_suffix(':')?,
                    decimal(port).filter(|port| (1..65536).contains(port))?,
                ),
                _ => (authority.as_str(), 0),
            };
            let host = &ascii(host)?;
            // No `@` of a userinfo, no percent-encoding.
            let six = host.starts_with('[') && host.ends_with(']');
            let known = |byte: u8| {
                byte.is_ascii_alphanumeric()
                    || b"-_.".contains(&byte)
                    || six && b"[:]".contains(&byte)
            };
            if host.is_empty() || !host.bytes().all(known) {
                return None;
            }
            loopback = host.as_str() == "localhost"
                || host.ends_with(".localhost")
                || host.as_str() == "[::1]"
                || host.starts_with("127.")
                    && host
                        .bytes()
                        .all(|byte| byte == b'.' || byte.is_ascii_digit());
            origin.push_str("://");
            origin.push_str(host);
            if port != 0 && port != if https { 443 } else { 80 } {
                origin.push(':');
                push_decimal(&mut origin, u64::from(port));
            }
        }
        Some(Url {
            origin,
            web,
            loopback,
            safe: https || loopback,
            path: encoded(path.strip_suffix('/').unwrap_or(path)),
            query: encoded(query),
            fragment: !hash.is_empty(),
        })
    }
}

/// The host as browsers send it: labels with letters of other scripts in Punycode.
///
/// `None` where a browser would change a letter first: that takes tables larger than all else here.
fn ascii(host: &str) -> Option<String> {
    let mut out = String::with_capacity(host.len());
    for (index, label) in parts(host, b'.').enumerate() {
        if index > 0 {
            out.push('.');
        }
        if label.is_ascii() {
            out.push_str(label);
        } else if label.len() < 256 && label.chars().all(is_final) {
            push_punycode(&mut out, label)?;
        } else {
            return None;
        }
    }
    Some(out)
}

/// Whether a browser leaves a letter of a host as it is (UTS 46), roughly, and on the safe side for the usual scripts.
fn is_final(letter: char) -> bool {
    let code = u32::from(letter);
    match code {
        // Symbols, capital letters, marks to compose, punctuation, full width, what nobody sees.
        0x80..=0xde | 0xf7 | 0x300..=0x36f | 0x386..=0x3ab | 0x400..=0x42f => false,
        0x2000..=0x2fff | 0x3000..=0x3004 | 0xe000.. => false,
        // Capital and small letters in turn.
        0x139..=0x148 | 0x179..=0x17e => code % 2 == 0,
        0x100..=0x17f | 0x460..=0x52f | 0x1e00..=0x1eff => code % 2 == 1,
        _ => true,
    }
}

/// Appends a label in Punycode (RFC 3492 section 6.3); `None` where it is too long for one.
fn push_punycode(out: &mut String, label: &str) -> Option<()> {
    out.push_str("xn--");
    for byte in label.bytes().filter(u8::is_ascii) {
        out.push(char::from(byte));
    }
    let basic = label.bytes().filter(u8::is_ascii).count() as u32;
    if basic > 0 {
        out.push('-');
    }
    let (mut next, mut delta, mut bias, mut handled) = (0x80, 0_u32, 72, basic);
    let codes = || label.chars().map(u32::from);
    while handled < codes().count() as u32 {
        let least = codes().filter(|&code| code >= next).min()?;
        delta = (least - next)
            .checked_mul(handled + 1)?
            .checked_add(delta)?;
        next = least;
        for code in codes() {
            if code < next {
                delta += 1;
            } else if code == next {
                let (mut rest, mut step) = (delta, 36_u32);
                loop {
                    let least = step.saturating_sub(bias).clamp(1, 26);
                    if rest < least {
                        break;
                    }
                    push_digit(out, least + (rest - least) % (36 - least));
                    rest = (rest - least) / (36 - least);
                    step += 36;
                }
                push_digit(out, rest);
                delta /= if handled == basic { 700 } else { 2 };
                handled += 1;
                delta += delta / handled;
                bias = 0;
                while delta > 455 {
                    delta /= 35;
                    bias += 36;
                }
                bias += 36 * delta / (delta + 38);
                delta = 0;
            }
        }
        delta += 1;
        next += 1;
    }
    Some(())
}

/// A digit of Punycode: a to z, then 0 to 9.
fn push_digit(out: &mut String, digit: u32) {
    let first = if digit < 26 { b'a' } else { b'0' - 26 };
    out.push(char::from(first.wrapping_add(digit as u8)));
}

/// The text with what no address may hold percent-encoded, as browsers do.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte >= 0x7f || b"\"<>`{}".contains(&byte) {
            push_percent(&mut out, byte);
        } else {
            out.push(char::from(byte));
        }
    }
    out
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn origins() {
        for (text, origin) in [
            ("https://app.example.com", "https://app.example.com"),
            ("HTTPS://App.Example.COM:443/x", "https://app.example.com"),
            ("http://localhost:80/", "http://localhost"),
            ("http://localhost:443/", "http://localhost:443"),
            ("https://a:8443?x#y", "https://a:8443"),
            ("http://[::1]:3000/", "http://[::1]:3000"),
            ("http://[::1]", "http://[::1]"),
            ("http://127.0.0.1:5173/", "http://127.0.0.1:5173"),
            (
                "https://xn--mnchen-3ya.example/",
                "https://xn--mnchen-3ya.example",
            ),
            (
                "https://München.example/".to_lowercase().as_str(),
                "https://xn--mnchen-3ya.example",
            ),
            ("https://аpple.com/", "https://xn--pple-43d.com"),
            ("https://日本語.jp:8443/", "https://xn--wgv71a119e.jp:8443"),
            ("https://việt.example", "https://xn--vit-5kz.example"),
            ("myapp://signout", "myapp"),
            ("com.example.app:/signout", "com.example.app"),
        ] {
            assert_eq!(Url::parse(text).unwrap().origin, origin, "{text}");
        }
    }

    #[test]
    fn what_could_be_read_two_ways_is_refused() {
        for text in [
            "",
            "x",
            "/path",
            "//host",
            "https:",
            "https:/a",
            "https:a",
            "https://",
            "https:///x",
            "https://user@a/",
            "https://a@b/",
            "https://a:b@c/",
            "https://a:b/",
            "https://a:/",
            "https://a:65536/",
            "https://a:0/",
            "https://a:-1/",
            "https://a\\b/",
            "https:\\\\a",
            "https://a b/",
            " https://a/",
            "https://a/\n",
            "https://a\t.b/",
            "https://%61/",
            "https://a%2eb/",
            "https://a。b/",
            "https://ÄPFEL.example/",
            "https://a\u{308}pfel.example/",
            "https://ａ.example/",
            "https://a\u{ad}b/",
            "https://a\u{200d}b/",
            "https://😀.example/",
            "https://[::1/",
            "https://::1/",
            "https://a,b/",
            "https://a;b/",
            "https://a*b/",
            "https://[::1]x/",
            "javascript:alert(1)",
            "JavaScript://a/%0aalert(1)",
            "data:text/html,x",
            "blob:https://a/x",
            "vbscript:x",
            "file:///etc",
            "about:blank",
            "1a://b",
            ":x",
            "ht tp://a",
            "https\u{ff1a}//a",
        ] {
            assert_eq!(Url::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn loopback() {
        for text in [
            "http://localhost",
            "http://a.localhost",
            "http://127.0.0.1",
            "http://127.9.9.9",
            "http://[::1]:1",
        ] {
            let url = Url::parse(text).unwrap();
            assert!(url.loopback && url.safe, "{text}");
        }
        for text in [
            "http://localhost.example.com",
            "http://notlocalhost",
            "http://127.0.0.1.example.com",
            "http://128.0.0.1",
            "http://[::2]",
            "http://[::ffff:127.0.0.1]",
            "http://127.example.com",
            "http://2130706433",
            "http://0x7f000001",
        ] {
            let url = Url::parse(text).unwrap();
            assert!(!url.loopback && !url.safe, "{text}");
        }
        assert!(!Url::parse("localhost://x").unwrap().loopback);
    }

    #[test]
    fn paths() {
        for (text, path) in [
            ("https://a", ""),
            ("https://a/", ""),
            ("https://a?q", ""),
            ("https://a/b/c/", "/b/c"),
            ("https://a/../x", "/../x"),
            ("https://a//b", "//b"),
            ("https://a/é\"", "/%C3%A9%22"),
            ("https://a/...", "/..."),
            ("https://a/%61", "/%61"),
        ] {
            assert_eq!(Url::parse(text).unwrap().path, path, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_keeps_to_its_alphabet(text in "[a-zA-Z:/?#@\\[\\]\\\\.%0-9é\\- ]{0,40}") {
            if let Some(url) = Url::parse(&text) {
                prop_assert!(!url.origin.contains(['@', '\\', '%', '?', '#', ' ']) && url.origin.is_ascii());
                prop_assert_eq!(url.origin.matches('/').count(), if url.web { 2 } else { 0 });
                prop_assert!(url.path.is_ascii() && url.query.is_ascii());
            }
        }

        #[test]
        fn a_parsed_address_parses_to_itself(text in "https?://[a-z]{1,5}(\\.[a-z]{1,3})?(:[0-9]{1,4})?(/[a-zé.%\"]{1,4}){0,4}(\\?[a-z=é]{0,4})?") {
            if let Some(url) = Url::parse(&text) {
                let again = Url::parse(&[url.origin.as_str(), &url.path, &url.query].concat()).unwrap();
                prop_assert_eq!(again, url);
            }
        }
    }
}
