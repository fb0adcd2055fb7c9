//! Addresses: as much of the URL standard as decides which origin one belongs to, and strictly so.
//! What a browser would repair (backslashes, odd numbers for hosts, spaces) is refused here.

use crate::text::{decimal, push_decimal, push_percent, split_at_any};

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
    /// `https://host[:port]`, lower case, without the scheme's own port; of any other scheme, all in
    /// front of the path.
    pub origin: String,
    /// Without userinfo and port; empty where the scheme is not http or https.
    pub host: String,
    /// Whether it is https.
    pub https: bool,
    /// The path, percent-encoded as browsers do, without dot segments.
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
        let odd = |byte: u8| byte <= b' ' || byte == 0x7f || byte == b'\\';
        if text.bytes().any(odd) {
            return None;
        }
        let (scheme, rest) = text.split_once(':')?;
        let scheme = scheme.to_ascii_lowercase();
        let starts_well = scheme.starts_with(|c: char| c.is_ascii_lowercase());
        let scheme_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        if !starts_well || !scheme.bytes().all(scheme_byte) || REFUSED.contains(&scheme.as_str()) {
            return None;
        }
        let (rest, hash) = split_at_any(rest, b"#");
        let (rest, query) = split_at_any(rest, b"?");
        let https = scheme == "https";
        let mut origin = scheme;
        let mut host = String::new();
        let path = if https || origin == "http" {
            let (authority, path) = split_at_any(rest.strip_prefix("//")?, b"/");
            let (name, port) = split_port(authority)?;
            host = name.to_ascii_lowercase();
            if !is_host(&host) {
                return None;
            }
            origin.push_str("://");
            origin.push_str(&host);
            if let Some(port) = port
                && port != if https { 443 } else { 80 }
            {
                origin.push(':');
                push_decimal(&mut origin, u64::from(port));
            }
            normal_path(path)
        } else {
            // Only browsers' own parsers know what a custom scheme's path is: taken as it stands.
            origin.push(':');
            encoded(rest)
        };
        Some(Url {
            origin,
            host,
            https,
            path,
            query: encoded(query),
            fragment: !hash.is_empty(),
        })
    }

    /// Whether it is http or https.
    pub fn is_web(&self) -> bool {
        !self.host.is_empty()
    }

    /// Whether the host is this machine: only there may http be.
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost"
            || self.host.ends_with(".localhost")
            || self.host == "[::1]"
            || is_ipv4(&self.host) && self.host.starts_with("127.")
    }

    /// https, or http on this machine.
    pub fn is_safe(&self) -> bool {
        self.https || self.is_web() && self.is_loopback()
    }

    /// The path without its trailing slash.
    pub fn bare_path(&self) -> &str {
        self.path.strip_suffix('/').unwrap_or(&self.path)
    }
}

/// The host and the port; userinfo leaves an `@` in the host, which is no host then.
fn split_port(authority: &str) -> Option<(&str, Option<u32>)> {
    match authority.rsplit_once(':') {
        // The last colon of an IPv6 address is none before a port.
        Some((host, port)) if !port.ends_with(']') => {
            let port = decimal(port).filter(|&port| port <= 65535)?;
            Some((host, Some(port)))
        }
        _ => Some((authority, None)),
    }
}

/// A host name, an IPv4 address as browsers spell it, or an IPv6 address in brackets.
fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        return address.strip_suffix(']').is_some_and(|address| {
            address.contains(':')
                && address
                    .bytes()
                    .all(|byte| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.')
        });
    }
    let last = host.rsplit('.').next().unwrap_or(host);
    // "A host that ends in a number" is an IPv4 address to a browser, whatever it looks like.
    let numeric = last.starts_with("0x") || last.bytes().all(|byte| byte.is_ascii_digit());
    if numeric {
        return is_ipv4(host);
    }
    host.len() < 254
        && host.split('.').all(|label| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        })
}

/// Four decimal numbers up to 255, no leading zeros.
fn is_ipv4(host: &str) -> bool {
    let mut count = 0;
    for part in host.split('.') {
        let plain = part == "0" || !part.starts_with('0');
        if !plain || decimal(part).is_none_or(|number| number > 255) {
            return false;
        }
        count += 1;
    }
    count == 4
}

/// The text with what no address may hold percent-encoded, as browsers do.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte >= 0x80 || b"\"<>`{}".contains(&byte) {
            push_percent(&mut out, byte);
        } else {
            out.push(char::from(byte));
        }
    }
    out
}

/// The path with its dot segments taken out (RFC 3986 section 5.2.4); at least `/`.
fn normal_path(path: &str) -> String {
    let mut out = String::with_capacity(path.len() + 1);
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match dots(segment) {
            Some(up) => {
                if up {
                    out.truncate(out.rfind('/').unwrap_or(0));
                }
                if last {
                    out.push('/');
                }
            }
            None => {
                out.push('/');
                out.push_str(&encoded(segment));
            }
        }
    }
    if out.is_empty() {
        out.push('/');
    }
    out
}

/// Whether the segment is `..` (true) or `.` (false), percent-encoded or not.
fn dots(segment: &str) -> Option<bool> {
    let (mut rest, mut count) = (segment, 0);
    while !rest.is_empty() {
        rest = rest
            .strip_prefix('.')
            .or_else(|| rest.strip_prefix("%2e"))
            .or_else(|| rest.strip_prefix("%2E"))?;
        count += 1;
    }
    match count {
        1 => Some(false),
        2 => Some(true),
        _ => None,
    }
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
            ("myapp://signout", "myapp:"),
            ("com.example.app:/signout", "com.example.app:"),
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
            "https://a:-1/",
            "https://a\\b/",
            "https:\\\\a",
            "https://a b/",
            " https://a/",
            "https://a/\n",
            "https://a\t.b/",
            "https://%61/",
            "https://a%2eb/",
            "https://аpple.com/",
            "https://a。b/",
            "https://a..b/",
            "https://.a/",
            "https://127.1/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://2130706433/",
            "https://1.2.3.256/",
            "https://1.2.3.4.5/",
            "https://[::1/",
            "https://[]/",
            "https://[1]/",
            "https://::1/",
            "https://a,b/",
            "https://a;b/",
            "https://a*b/",
            "https://[::1]x/",
            "https://a.0x1/",
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
            assert!(url.is_loopback() && url.is_safe(), "{text}");
        }
        for text in [
            "http://localhost.example.com",
            "http://notlocalhost",
            "http://127.0.0.1.example.com",
            "http://128.0.0.1",
            "http://[::2]",
            "http://[::ffff:127.0.0.1]",
            "http://127.example.com",
        ] {
            let url = Url::parse(text).unwrap();
            assert!(!url.is_loopback() && !url.is_safe(), "{text}");
        }
        assert!(!Url::parse("localhost://x").unwrap().is_loopback());
    }

    #[test]
    fn paths() {
        for (text, path) in [
            ("https://a", "/"),
            ("https://a?q", "/"),
            ("https://a/b/../c/./d", "/c/d"),
            ("https://a/b/..", "/"),
            ("https://a/b/c/..", "/b/"),
            ("https://a/b/%2E%2e/c/.", "/c/"),
            ("https://a/../../x", "/x"),
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
                prop_assert!(!url.host.contains(['@', '\\', '%', '/', '?', '#', ' ']));
                prop_assert!(url.path.is_ascii() && url.query.is_ascii());
            }
        }

        #[test]
        fn a_parsed_address_parses_to_itself(text in "https?://[a-z]{1,5}(\\.[a-z]{1,3})?(:[0-9]{1,4})?(/[a-zé.%\"]{0,4}){0,4}(\\?[a-z=é]{0,4})?") {
            if let Some(url) = Url::parse(&text) {
                let again = Url::parse(&[url.origin.as_str(), &url.path, &url.query].concat()).unwrap();
                prop_assert_eq!(again, url);
            }
        }
    }
}
