//! JSON (RFC 8259) in a few hundred bytes of code: service answers, JWT claims, our own small records.
//!
//! Its properties are in `tests/core/properties/json.rs`.

use crate::text::push_decimal;

/// How deep arrays and objects may be nested; a hostile answer must not exhaust the stack.
const DEPTH: u8 = 32;

/// Integers are exact up to here (2^53).
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A JSON value. Objects keep the order of their members.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// Exact for integers up to 2^53, close otherwise.
    Number(f64),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Parses one JSON text; `None` where it is not one, or is nested deeper than 32.
    pub fn parse(text: &str) -> Option<Json> {
        let mut parser = Parser {
            rest: text.as_bytes(),
        };
        let value = parser.value(DEPTH)?;
        parser.skip_space();
        parser.rest.is_empty().then_some(value)
    }

    /// The member of that name; the last one where it is there twice, as in JavaScript.
    pub fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members.iter().rev().find(|m| m.0 == name).map(|m| &m.1),
            _ => None,
        }
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a number.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Json::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The value of `true` or `false`.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Json::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The elements of an array; none of anything else.
    pub fn items(&self) -> &[Json] {
        match self {
            Json::Array(items) => items,
            _ => &[],
        }
    }

    /// Whether this is an object.
    pub fn is_object(&self) -> bool {
        matches!(self, Json::Object(_))
    }

    /// The JSON text of this value.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        self.push_to(&mut out);
        out
    }

    fn push_to(&self, out: &mut String) {
        match self {
            Json::Null => out.push_str("null"),
            Json::Bool(true) => out.push_str("true"),
            Json::Bool(false) => out.push_str("false"),
            Json::Number(number) => push_number(out, *number),
            Json::String(text) => push_quoted(out, text),
            Json::Array(items) => {
                out.push('[');
                for item in items {
                    item.push_to(out);
                    out.push(',');
                }
                close(out, ']');
            }
            Json::Object(members) => {
                out.push('{');
                for (name, value) in members {
                    push_quoted(out, name);
                    out.push(':');
                    value.push_to(out);
                    out.push(',');
                }
                close(out, '}');
            }
        }
    }
}

/// Closes an array or an object, in place of the comma behind its last element.
fn close(out: &mut String, bracket: char) {
    if out.ends_with(',') {
        out.pop();
    }
    out.push(bracket);
}

/// Appends a number: integers exactly, others as an integer and a power of ten.
fn push_number(out: &mut String, number: f64) {
    if !number.is_finite() {
        return out.push_str("null"); // as JSON.stringify does
    }
    if number < 0.0 {
        out.push('-');
    }
    let (mut digits, mut down, mut up) = (number.abs(), 0, 0);
    while digits >= EXACT {
        digits /= 10.0;
        up += 1;
    }
    while digits.fract() != 0.0 && digits < EXACT / 10.0 {
        digits *= 10.0;
        down += 1;
    }
    push_decimal(out, digits.round() as u64);
    if up + down > 0 {
        out.push_str(if down > 0 { "e-" } else { "e" });
        push_decimal(out, up + down);
    }
}

/// Appends the text as a JSON string, quotes included. U+2028 and U+2029 are escaped too, so that the
/// text is also JavaScript.
pub fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\0'..='\x1f' | '\u{2028}' | '\u{2029}' => {
                out.push_str("\\u");
                for shift in [12, 8, 4, 0] {
                    out.push(char::from_digit(c as u32 >> shift & 15, 16).unwrap_or('0'));
                }
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

/// An object of strings, in one go: the bodies of requests.
pub fn object_of(members: &[(&str, &str)]) -> String {
    let mut out = String::from("{");
    for (name, value) in members {
        push_quoted(&mut out, name);
        out.push(':');
        push_quoted(&mut out, value);
        out.push(',');
    }
    close(&mut out, '}');
    out
}

/// What is left to read.
struct Parser<'a> {
    rest: &'a [u8],
}

impl Parser<'_> {
    fn next(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(byte)
    }

    /// Takes the byte if it is the next one.
    fn take(&mut self, byte: u8) -> bool {
        let found = self.rest.first() == Some(&byte);
        if found {
            self.next();
        }
        found
    }

    fn skip_space(&mut self) {
        while matches!(self.rest.first(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.next();
        }
    }

    /// RFC 8259 section 3.
    fn value(&mut self, depth: u8) -> Option<Json> {
        self.skip_space();
        match self.rest.first()? {
            b'{' => {
                self.next();
                let mut members = Vec::new();
                self.list(b'}', depth, &mut |parser, depth| {
                    parser.skip_space();
                    let name = parser.string()?;
                    parser.skip_space();
                    if !parser.take(b':') {
                        return None;
                    }
                    members.push((name, parser.value(depth)?));
                    Some(())
                })?;
                Some(Json::Object(members))
            }
            b'[' => {
                self.next();
                let mut items = Vec::new();
                self.list(b']', depth, &mut |parser, depth| {
                    items.push(parser.value(depth)?);
                    Some(())
                })?;
                Some(Json::Array(items))
            }
            b'"' => self.string().map(Json::String),
            b't' => self.word(b"true", Json::Bool(true)),
            b'f' => self.word(b"false", Json::Bool(false)),
            b'n' => self.word(b"null", Json::Null),
            _ => self.number().map(Json::Number),
        }
    }

    /// Elements between commas, up to the closing bracket.
    fn list(
        &mut self,
        close: u8,
        depth: u8,
        element: &mut dyn FnMut(&mut Self, u8) -> Option<()>,
    ) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        self.skip_space();
        if self.take(close) {
            return Some(());
        }
        loop {
            element(self, depth)?;
            self.skip_space();
            if self.take(close) {
                return Some(());
            }
            if !self.take(b',') {
                return None;
            }
        }
    }

    fn word(&mut self, word: &[u8], value: Json) -> Option<Json> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(value)
    }

    /// Reads at least one digit into the number. Returns the power of ten to multiply it by: digits
    /// beyond the precision of a double are only counted.
    fn digits(&mut self, number: &mut f64, of_fraction: i32) -> Option<i32> {
        let length = self.rest.len();
        let mut exponent = 0;
        while let Some(digit @ b'0'..=b'9') = self.rest.first() {
            exponent -= of_fraction;
            if *number < EXACT * 1e6 {
                *number = *number * 10.0 + f64::from(digit - b'0');
            } else {
                exponent += 1;
            }
            self.next();
        }
        (self.rest.len() < length).then_some(exponent)
    }

    /// RFC 8259 section 6.
    fn number(&mut self) -> Option<f64> {
        let negative = self.take(b'-');
        let (mut number, mut exponent) = (0.0, 0);
        // The number ends behind a leading zero: a further digit is a syntax error of the caller.
        if !self.take(b'0') {
            exponent = self.digits(&mut number, 0)?;
        }
        if self.take(b'.') {
            exponent += self.digits(&mut number, 1)?;
        }
        if self.take(b'e') || self.take(b'E') {
            let minus = self.take(b'-');
            if !minus {
                self.take(b'+');
            }
            let mut power = 0.0;
            self.digits(&mut power, 0)?;
            let power = power.min(9999.0) as i32;
            exponent += if minus { -power } else { power };
        }
        // One operation where the power is exact (up to 10^22), so that 0.1 is 0.1.
        let mut scale = 1.0;
        for _ in 0..exponent.unsigned_abs().min(400) {
            scale *= 10.0;
        }
        if number != 0.0 {
            number = if exponent < 0 {
                number / scale
            } else {
                number * scale
            };
        }
        Some(if negative { -number } else { number })
    }

    /// RFC 8259 section 7.
    fn string(&mut self) -> Option<String> {
        if !self.take(b'"') {
            return None;
        }
        let mut out = Vec::new();
        loop {
            let byte = match self.next()? {
                b'"' => return String::from_utf8(out).ok(),
                0..=0x1f => return None,
                b'\\' => match self.next()? {
                    b'b' => 8,
                    b'f' => 12,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'u' => {
                        let c = self.escaped_char()?;
                        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                        continue;
                    }
                    byte @ (b'"' | b'\\' | b'/') => byte,
                    _ => return None,
                },
                byte => byte,
            };
            out.push(byte);
        }
    }

    /// The character behind `\u`; U+FFFD for half a surrogate pair, which no Rust string can hold.
    fn escaped_char(&mut self) -> Option<char> {
        let mut unit = self.hex4()?;
        if let 0xd800..=0xdbff = unit
            && let Some(rest) = self.rest.strip_prefix(b"\\u")
        {
            let mut ahead = Parser { rest };
            if let Some(low @ 0xdc00..=0xdfff) = ahead.hex4() {
                self.rest = ahead.rest;
                unit = 0x10000 + (unit - 0xd800) * 0x400 + (low - 0xdc00);
            }
        }
        Some(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex4(&mut self) -> Option<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit * 16 + char::from(self.next()?).to_digit(16)?;
        }
        Some(unit)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_json_is_refused() {
        for bad in [
            "",
            " ",
            "{",
            "}",
            "[",
            "[1,]",
            "[,1]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "'a'",
            "01",
            "-",
            "+1",
            ".5",
            "1.",
            "1e",
            "1e+",
            "0x1",
            "NaN",
            "Infinity",
            "tru",
            "nullx",
            "1 2",
            "\"",
            "\"\n\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u12g4\"",
            "<html>",
            "[1}",
            "\u{feff}{}",
            "\u{a0}1",
            "-01",
            "00",
        ] {
            assert_eq!(Json::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn numbers() {
        for (text, number) in [
            ("0", 0.0),
            ("-0", 0.0),
            ("9007199254740991", 9_007_199_254_740_991.0),
            ("-1732280000", -1_732_280_000.0),
            ("0.1", 0.1),
            ("12.5", 12.5),
            ("1.5e3", 1500.0),
            ("25e-1", 2.5),
            ("1E2", 100.0),
            ("0e999999999999", 0.0),
            // More digits than a double has an exponent for.
            (&["1", &"0".repeat(400), "e-400"].concat(), 1.0),
            (&["0.", &"0".repeat(400), "1e401"].concat(), 1.0),
            (&["1.", &"0".repeat(400)].concat(), 1.0),
            ("1e999", f64::INFINITY),
        ] {
            assert_eq!(Json::parse(text), Some(Json::Number(number)), "{text}");
        }
        assert_eq!(Json::parse("1e-99999"), Some(Json::Number(0.0)));
        for (number, text) in [
            (0.0, "0"),
            (-1.0, "-1"),
            (9_007_199_254_740_991.0, "9007199254740991"),
            (12.5, "125e-1"),
            (0.1, "1e-1"),
            (f64::NAN, "null"),
            (f64::INFINITY, "null"),
        ] {
            assert_eq!(Json::Number(number).to_text(), text);
        }
    }

    #[test]
    fn strings() {
        for (text, value) in [
            (r#""\u0041\n\/\"""#, "A\n/\""),
            (r#""\ud83d\ude00""#, "😀"),
            (r#""\ud83d""#, "\u{fffd}"),
            (r#""\ud83d\u0041""#, "\u{fffd}A"),
            (r#""\ude00x""#, "\u{fffd}x"),
            ("\"é\u{2028}\"", "é\u{2028}"),
        ] {
            assert_eq!(
                Json::parse(text),
                Some(Json::String(value.into())),
                "{text}"
            );
        }
        assert_eq!(
            Json::String("\u{2028}\u{1}\"\\".into()).to_text(),
            r#""\u2028\u0001\"\\""#
        );
    }

    #[test]
    fn nesting_is_bounded_and_the_last_member_wins() {
        let nested = |n: usize| ["[".repeat(n), "]".repeat(n)].concat();
        assert!(Json::parse(&nested(32)).is_some());
        assert!(Json::parse(&nested(33)).is_none());
        assert!(Json::parse(&"[".repeat(1_000_000)).is_none());
        let json = Json::parse(r#"{"a":1,"a":2}"#).unwrap();
        assert_eq!(json.get("a").and_then(Json::as_f64), Some(2.0));
    }

    #[test]
    fn an_object_of_strings() {
        assert_eq!(
            object_of(&[("a", "1\""), ("b", "")]),
            r#"{"a":"1\"","b":""}"#
        );
        assert_eq!(object_of(&[]), "{}");
    }
}
