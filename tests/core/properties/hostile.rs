//! Spoils valid texts and values, as a broken or hostile writer would.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::random::Random;

/// Pieces to insert: syntax, encodings, special characters.
const PIECES: &[&str] = &[
    "\0",
    "\u{feff}",
    "\r\n",
    "\u{2028}",
    "\u{fffd}",
    "\u{202e}",
    "\u{7f}",
    "é",
    "😀",
    "\\",
    "\\u0000",
    "\\ud83d",
    "\\ude00",
    "\"",
    "'",
    "%",
    "%00",
    "%2C",
    "%ff",
    "%zz",
    "+",
    ",",
    ",,",
    ";",
    ":",
    ".",
    "/",
    "//",
    "=",
    "&",
    "#",
    "?",
    "@",
    "-",
    "_",
    "{",
    "}",
    "[",
    "]",
    "{\"\":",
    "null",
    "true",
    "-0",
    "00",
    "0.",
    "1e999",
    "1e-999",
    "9007199254740993",
    "NaN",
    "__proto__",
    "popup ",
    " ",
    "\t",
];

/// Names that the parsers look for.
const NAMES: &[&str] = &[
    "domain",
    "Domain",
    "redirectSignOut",
    "Cognito",
    "userPoolId",
    "loginWith",
    "oauth",
    "path",
    "AccessToken",
    "code",
];

/// One change of a text; each index is a position in it.
#[derive(Clone, Debug)]
enum Change {
    Truncate(Index),
    Insert(Index, &'static str),
    Remove(Index, Index),
    Repeat(Index, Index),
    SwapCase(Index),
    /// Inserts a piece many times in a row.
    Pile(Index, &'static str, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    prop_oneof![
        1 => at().prop_map(Change::Truncate),
        4 => (at(), select(PIECES)).prop_map(|(at, piece)| Change::Insert(at, piece)),
        2 => (at(), at()).prop_map(|(a, b)| Change::Remove(a, b)),
        2 => (at(), at()).prop_map(|(a, b)| Change::Repeat(a, b)),
        1 => at().prop_map(Change::SwapCase),
        1 => (at(), select(&["[", "{\"a\":", "9", "0", ",", "%25", "\\\\", "a.", "😀"][..]), 30usize..400)
            .prop_map(|(at, piece, times)| Change::Pile(at, piece, times)),
    ]
}

impl Change {
    fn apply(&self, text: &mut Vec<char>) {
        let end = text.len() + 1;
        let range = |a: &Index, b: &Index| {
            let (a, b) = (a.index(end), b.index(end));
            // Small changes keep most of the text valid.
            a.min(b)..a.max(b).min(a.min(b) + 40)
        };
        let put = |text: &mut Vec<char>, at: usize, more: &str| {
            text.splice(at..at, more.chars());
        };
        match self {
            Change::Truncate(at) => text.truncate(at.index(end)),
            Change::Insert(at, piece) => put(text, at.index(end), piece),
            Change::Remove(a, b) => drop(text.drain(range(a, b))),
            Change::Repeat(a, b) => {
                let range = range(a, b);
                let again: String = text[range.clone()].iter().collect();
                put(text, range.end, &again);
            }
            Change::SwapCase(at) => {
                if let Some(c) = text.get_mut(at.index(end)) {
                    *c = if c.is_ascii_lowercase() {
                        c.to_ascii_uppercase()
                    } else {
                        c.to_ascii_lowercase()
                    };
                }
            }
            Change::Pile(at, piece, times) => put(text, at.index(end), &piece.repeat(*times)),
        }
    }
}

/// A valid text with up to three changes. Some have none, so that valid texts are tested too.
pub fn spoiled(valid: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    (valid, prop::collection::vec(change(), 0..4)).prop_map(|(text, changes)| {
        let mut text: Vec<char> = text.chars().collect();
        for change in &changes {
            change.apply(&mut text);
        }
        text.into_iter().collect()
    })
}

/// Any JSON without objects and arrays.
pub fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|flag| json!(flag)),
        any::<f64>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(|number| json!(number)),
        select(&[0.0, -0.0, 1e-300, 1e300, 9_007_199_254_740_993.0][..]).prop_map(|n| json!(n)),
        any::<String>().prop_map(|text| json!(text)),
        select(PIECES).prop_map(|text| json!(text)),
        Just(json!("")),
        Just(json!([])),
        Just(json!({})),
    ]
}

/// Counts all values in a value, including itself.
fn count(value: &Value) -> usize {
    let below: usize = match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    };
    below + 1
}

/// Replaces one of these values, counted from the root.
fn replace(value: &mut Value, at: &mut usize, by: &Value) {
    if *at == 0 {
        *value = by.clone();
    }
    // Below zero it never reaches 0 again.
    *at = at.wrapping_sub(1);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, at, by)),
        Value::Object(members) => members.values_mut().for_each(|item| replace(item, at, by)),
        _ => {}
    }
}

/// A valid value in which up to two values are replaced by others.
pub fn misshapen(valid: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let changes = prop::collection::vec((any::<Index>(), leaf()), 0..3);
    (valid, changes).prop_map(|(mut value, changes)| {
        for (at, by) in changes {
            let mut at = at.index(count(&value));
            replace(&mut value, &mut at, &by);
        }
        value
    })
}

/// The JSON text of a value as another writer may write it: with white space, with unneeded
/// escapes, and with duplicate names, of which the last one counts.
pub fn written(value: &Value, seed: u64) -> String {
    let mut out = String::new();
    write(value, &mut Random(seed), &mut out);
    out
}

fn space(random: &mut Random, out: &mut String) {
    let all = ["", "", "", " ", "\n", "\t", "\r\n", "  "];
    out.push_str(all[(random.bits() % 8) as usize]);
}

fn write(value: &Value, random: &mut Random, out: &mut String) {
    space(random, out);
    match value {
        Value::String(text) => quote(text, random, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                write(item, random, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (index, (name, item)) in members.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                if random.bits().is_multiple_of(4) {
                    quote(name, random, out);
                    out.push_str([":null,", ":\"decoy\",", ":[{}],"][index % 3]);
                }
                space(random, out);
                quote(name, random, out);
                space(random, out);
                out.push(':');
                write(item, random, out);
            }
            space(random, out);
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
    space(random, out);
}

fn quote(text: &str, random: &mut Random, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        if random.bits().is_multiple_of(8) || matches!(c, '\0'..='\x1f' | '"' | '\\') {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out.push('"');
}

/// A secret in the form of a JWT. No error may quote it.
pub fn secret() -> impl Strategy<Value = String> {
    "eyJ[A-Za-z0-9_-]{40,90}\\.[A-Za-z0-9_-]{40,120}\\.[A-Za-z0-9_-]{40,90}"
}

/// Whether a text contains a part of the secret of this length.
pub fn holds_part(text: &str, secret: &str, length: usize) -> bool {
    (0..=secret.len() - length).any(|at| text.contains(&secret[at..at + length]))
}

const SCHEMES: &[&str] = &[
    "https://",
    "http://",
    "HTTPS://",
    "https:",
    "https:/",
    "https:\\\\",
    "//",
    "\\\\",
    "/",
    "",
    "javascript:",
    "JaVaScRiPt:",
    "java\tscript:",
    " javascript:",
    "\u{1}javascript:",
    "data:text/html,",
    "blob:https://",
    "vbscript:",
    "file:///",
    "view-source:https://",
    "ftp://",
    "wss://",
    "myapp://",
    "intent://",
];
const USERS: &[&str] = &[
    "",
    "",
    "",
    "app.example.com@",
    "app.example.com:443@",
    "user:pw@",
    "@",
    "%40",
    "a\\@",
];
const HOSTS: &[&str] = &[
    "app.example.com",
    "APP.EXAMPLE.COM",
    "app.example.com.",
    "аpp.example.com",
    "app.examplе.com",
    "app。example。com",
    "app.example.com.evil.example",
    "evil.example",
    "app%2eexample%2ecom",
    "app.example.com%2f.evil.example",
    "app.example.com%00.evil.example",
    "app.example.com\u{202e}",
    "app.example.com\u{ad}",
    "xn--pp-example.com",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "localhost.evil.example",
    "evillocalhost",
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0.0.0.0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::1",
    "",
    " ",
    "app example.com",
];
const PORTS: &[&str] = &[
    "",
    "",
    "",
    ":443",
    ":80",
    ":8443",
    ":0",
    ":0443",
    ":99999",
    ":",
    ":443@evil.example",
    ":-1",
];
const TAILS: &[&str] = &[
    "",
    "/",
    "/out",
    "/out/",
    "\\",
    "/\\evil.example",
    "//evil.example",
    "/..//evil.example",
    "/%2e%2e/",
    "?x=1",
    "/?next=javascript:alert(1)",
    "#x",
    "/out#x",
    ";@evil.example",
    "\t",
    "\n",
    "/a b",
    "/ü",
    "&client_id=x",
];

/// Addresses as they are configured.
const ADDRESSES: [&str; 6] = [
    "https://app.example.com/out?x=1",
    "http://localhost:3000/",
    "https://[::1]:8443/a/b/",
    "myapp://signout",
    "https://auth.example.com/logout?client_id=client1&logout_uri=https%3A%2F%2Fapp.example.com%2F",
    "https://xn--mnchen-3ya.example/",
];

/// An address as somebody would write it who wants to lead users elsewhere.
pub fn address() -> impl Strategy<Value = String> {
    let piece = |all: &'static [&'static str]| select(all);
    prop_oneof![
        9 => (piece(SCHEMES), piece(USERS), piece(HOSTS), piece(PORTS), piece(TAILS))
            .prop_map(|(scheme, user, host, port, tail)| [scheme, user, host, port, tail].concat()),
        3 => spoiled(select(&ADDRESSES[..]).prop_map(str::to_owned)),
        1 => ".{0,40}",
    ]
}

/// Any JSON, three levels deep, with names that configurations and tokens have.
pub fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        3 => leaf(),
        2 => address().prop_map(|text| json!(text)),
        1 => ".{0,12}".prop_map(|text| json!(text)),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let name = prop_oneof![select(NAMES).prop_map(str::to_owned), ".{0,8}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|list| json!(list)),
            prop::collection::btree_map(name, inner, 0..4).prop_map(|members| json!(members)),
        ]
    })
}
