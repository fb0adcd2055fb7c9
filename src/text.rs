//! Small text helpers, in place of the standard library's larger ones: formatting, searching and float
//! parsing would weigh more than all that they are used for here.

/// Appends an integer in decimal.
pub fn push_decimal(out: &mut String, number: u64) {
    if number >= 10 {
        push_decimal(out, number / 10);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
}

/// Reads an integer of decimal digits alone; `None` past `u32`.
pub fn decimal(text: &str) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    let mut number = 0u32;
    for byte in text.bytes() {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number
            .checked_mul(10)?
            .checked_add(u32::from(byte - b'0'))?;
    }
    Some(number)
}

/// Whether one text is a part of the other.
pub fn contains(text: &str, part: &str) -> bool {
    text.as_bytes()
        .windows(part.len().max(1))
        .any(|window| window == part.as_bytes())
}

/// The value of a hexadecimal digit.
fn hex_value(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

/// Appends a byte as `%XX`.
pub fn push_percent(out: &mut String, byte: u8) {
    const DIGITS: [u8; 16] = *b"0123456789ABCDEF";
    out.push('%');
    for nibble in [byte >> 4, byte & 15] {
        // A nibble is always an index of the table.
        out.push(
            DIGITS
                .get(usize::from(nibble))
                .map_or('0', |&digit| char::from(digit)),
        );
    }
}

/// The punctuation that JavaScript's `encodeURIComponent` leaves as it is.
pub const COMPONENT: &[u8] = b"-_.!~*'()";

/// Appends the text percent-encoded, letters, digits and the bytes of `keep` apart.
pub fn push_encoded(out: &mut String, text: &str, keep: &[u8]) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || keep.contains(&byte) {
            out.push(char::from(byte));
        } else {
            push_percent(out, byte);
        }
    }
}

/// Decodes every `%XX`; a `%` that starts none stays. `None` where the bytes are not UTF-8.
pub fn decoded(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%'
            && let [high, low, after @ ..] = rest
            && let (Some(high), Some(low)) = (hex_value(*high), hex_value(*low))
        {
            out.push(high << 4 | low);
            rest = after;
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}

/// The text up to the first of these bytes (ASCII), and the rest from there.
pub fn split_at_any<'a>(text: &'a str, bytes: &[u8]) -> (&'a str, &'a str) {
    let at = text.bytes().position(|byte| bytes.contains(&byte));
    split_at(text, at.unwrap_or(text.len()))
}

/// The text before and after the first of these bytes (ASCII); `None` where there is none.
pub fn cut<'a>(text: &'a str, bytes: &[u8]) -> Option<(&'a str, &'a str)> {
    let (head, tail) = split_at_any(text, bytes);
    Some((head, tail.get(1..)?))
}

/// The text after the last of this byte (ASCII); all of it where there is none.
pub fn after_last(text: &str, byte: u8) -> &str {
    let at = text.bytes().rposition(|found| found == byte);
    split_at(text, at.map_or(0, |at| at + 1)).1
}

/// The position of an ASCII byte is always a boundary.
fn split_at(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// The parts between these bytes (ASCII), one after the other.
pub struct Parts<'a>(pub Option<&'a str>, pub u8);

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.0?;
        let (part, rest) = match cut(text, &[self.1]) {
            Some((part, rest)) => (part, Some(rest)),
            None => (text, None),
        };
        self.0 = rest;
        Some(part)
    }
}

/// The parts between bytes (ASCII).
pub fn parts(text: &str, byte: u8) -> Parts<'_> {
    Parts(Some(text), byte)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decimals() {
        for number in [0, 7, 10, 1_234_567_890, u64::MAX] {
            let mut out = String::new();
            push_decimal(&mut out, number);
            assert_eq!(out, number.to_string());
        }
        assert_eq!(decimal("65535"), Some(65535));
        for bad in ["", "-1", "+1", " 1", "1a", "4294967296"] {
            assert_eq!(decimal(bad), None, "{bad}");
        }
    }

    #[test]
    fn encoding_is_that_of_javascript() {
        let mut out = String::new();
        push_encoded(&mut out, "aZ0-_.!~*'() é%/?&=+#@:", COMPONENT);
        assert_eq!(out, "aZ0-_.!~*'()%20%C3%A9%25%2F%3F%26%3D%2B%23%40%3A");
        assert_eq!(decoded("100%").as_deref(), Some("100%"));
        assert_eq!(decoded("%zz%4").as_deref(), Some("%zz%4"));
        assert_eq!(decoded("%ff"), None);
    }

    proptest! {
        #[test]
        fn encoding_round_trips(text in ".*", keep in "[#$&+^`|]{0,4}") {
            let mut out = String::new();
            push_encoded(&mut out, &text, keep.as_bytes());
            prop_assert_eq!(decoded(&out), Some(text));
        }

        #[test]
        fn a_decimal_is_digits_alone(text in "[0-9]{0,12}|[0-9+ _.-]{0,4}|.{0,3}", number in any::<u64>()) {
            let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
            prop_assert_eq!(decimal(&text), text.parse().ok().filter(|_| is_digits));
            let mut out = String::new();
            push_decimal(&mut out, number);
            prop_assert_eq!(out, number.to_string());
        }

        /// What no `%XX` is stays as it is, whatever stands around it.
        #[test]
        fn decoding_goes_from_one_percent_sign_to_the_next(text in "(%|[0-9a-fA-F]|z|é|%25|%C3%A9|%ff){0,12}") {
            let mut bytes = Vec::new();
            let mut pieces = text.split('%');
            bytes.extend(pieces.next().unwrap_or_default().bytes());
            for piece in pieces {
                let code = piece.get(..2).filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
                match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
                    Some(byte) => {
                        bytes.push(byte);
                        bytes.extend(piece.bytes().skip(2));
                    }
                    None => {
                        bytes.push(b'%');
                        bytes.extend(piece.bytes());
                    }
                }
            }
            prop_assert_eq!(decoded(&text), String::from_utf8(bytes).ok());
        }

        #[test]
        fn contains_is_contains(text in "[ab]{0,9}", part in "[ab]{1,3}") {
            prop_assert_eq!(contains(&text, &part), text.contains(&part));
        }

        #[test]
        fn splitting_loses_nothing(text in "[a/?#é]{0,12}") {
            let (head, tail) = split_at_any(&text, b"/?#");
            prop_assert_eq!([head, tail].concat(), text.clone());
            prop_assert!(!head.contains(['/', '?', '#']));
            prop_assert_eq!(cut(&text, b"/"), text.split_once('/'));
            prop_assert_eq!(after_last(&text, b'a'), text.rsplit('a').next().unwrap());
            prop_assert!(parts(&text, b'a').eq(text.split('a')));
        }
    }
}
