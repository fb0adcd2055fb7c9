//! JSON, compared with serde_json, and numbers, compared with the standard library.

use cognito_signout::internals::json::Json;
use proptest::prelude::*;
use serde_json::Value;

use super::hostile::{leaf, spoiled, written};

/// The parser's limit of nesting.
const DEPTH: usize = 32;

/// Any JSON, some levels deep.
fn any_json() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn is_close(ours: f64, theirs: f64) -> bool {
    // Close to the smallest doubles, the power of ten exceeds a double.
    ours == theirs || (ours - theirs).abs() <= theirs.abs() * 1e-12 || theirs.abs() < 1e-280
}

/// Equal strings and integers, close numbers; of duplicate names the last one counts.
fn is_same(ours: &Json, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Json::Null, Value::Null) => true,
        (Json::Bool(ours), Value::Bool(theirs)) => ours == theirs,
        (Json::Number(ours), Value::Number(number)) => {
            let theirs = number.as_f64().unwrap();
            let is_whole = number.as_i64().is_some() && ours.fract() == 0.0;
            let is_exact = is_whole && theirs.abs() <= 9_007_199_254_740_992.0;
            if is_exact {
                *ours == theirs
            } else {
                is_close(*ours, theirs)
            }
        }
        (Json::String(ours), Value::String(theirs)) => ours == theirs,
        (Json::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| is_same(a, b))
        }
        (Json::Object(members), Value::Object(theirs)) => {
            members.iter().all(|member| theirs.contains_key(&member.0))
                && theirs
                    .iter()
                    .all(|(name, theirs)| ours.get(name).is_some_and(|it| is_same(it, theirs)))
        }
        _ => false,
    }
}

/// Equal after writing and reading again; infinite numbers become `null`, as in JavaScript.
fn is_alike(again: &Json, first: &Json) -> bool {
    match (again, first) {
        (Json::Null, Json::Number(first)) => !first.is_finite(),
        (Json::Number(again), Json::Number(first)) => is_close(*again, *first),
        (Json::Array(again), Json::Array(first)) => {
            again.len() == first.len() && again.iter().zip(first).all(|(a, b)| is_alike(a, b))
        }
        (Json::Object(again), Json::Object(first)) => {
            let mut pairs = again.iter().zip(first);
            again.len() == first.len() && pairs.all(|(a, b)| a.0 == b.0 && is_alike(&a.1, &b.1))
        }
        _ => again == first,
    }
}

/// The depth of nesting.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Numbers of the JSON grammar, some with more digits than a double has.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        "-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,17})?([eE][+-]?[0-9]{1,3})?",
        "-?(0|[1-9][0-9]{0,400})(\\.[0-9]{1,400})?([eE][+-]?[0-9]{1,4})?",
        "-?[1-9]0{300,500}(\\.0{300,500})?e-[0-9]{1,3}",
        "0\\.0{300,500}[1-9][0-9]{0,30}e[0-9]{1,3}",
    ]
}

proptest! {
    #[test]
    fn texts_of_other_writers_are_read(value in any_json(), seed in any::<u64>()) {
        let text = written(&value, seed);
        let json = Json::parse(&text);
        prop_assert!(json.as_ref().is_some_and(|json| is_same(json, &value)), "{text} {json:?}");
    }

    #[test]
    fn serde_json_reads_what_is_written(value in any_json(), seed in any::<u64>()) {
        let json = Json::parse(&written(&value, seed)).unwrap();
        let text = json.to_text();
        prop_assert!(is_same(&json, &serde_json::from_str(&text).unwrap()), "{text}");
        // U+2028 and U+2029 end a line in old JavaScript.
        let ends_a_line = text.contains(['\u{2028}', '\u{2029}', '\n']);
        prop_assert!(!ends_a_line, "{text}");
    }

    /// serde_json rejects the same texts, except for three differences. This parser limits the
    /// depth, reads numbers beyond a double as infinite, and reads lone surrogates as U+FFFD, as
    /// TextEncoder does.
    #[test]
    fn serde_json_rejects_the_same_texts(
        text in prop_oneof![
            spoiled((any_json(), any::<u64>()).prop_map(|(value, seed)| written(&value, seed))),
            "[\\[\\]{}\":,0-9eE.+\\-a-u\\\\ ]{0,40}",
        ],
    ) {
        let ours = Json::parse(&text);
        match (&ours, serde_json::from_str::<Value>(&text)) {
            (Some(json), Ok(theirs)) => prop_assert!(is_same(json, &theirs), "{text:?} {json:?}"),
            (None, Ok(theirs)) => prop_assert!(depth(&theirs) > DEPTH, "{text:?}"),
            (Some(_), Err(error)) => {
                let error = error.to_string();
                let known = ["out of range", "surrogate", "hex escape"];
                prop_assert!(known.iter().any(|part| error.contains(part)), "{text:?}: {error}");
            }
            (None, Err(_)) => {}
        }
    }

    /// Also with more digits than a double can count. Infinite only if the standard library says
    /// so.
    #[test]
    fn numbers_are_those_of_the_standard_library(text in number()) {
        let theirs: f64 = text.parse().unwrap();
        let ours = Json::parse(&text).and_then(|json| json.as_f64()).unwrap();
        prop_assert!(is_close(ours, theirs), "{text}: {ours} for {theirs}");
    }

    /// A value that was read and written reads the same again, and its text has a proportional
    /// size.
    #[test]
    fn reading_and_writing_again_changes_nothing(
        text in spoiled((any_json(), any::<u64>()).prop_map(|(value, seed)| written(&value, seed))),
    ) {
        if let Some(json) = Json::parse(&text) {
            let text_again = json.to_text();
            // `1e15` is written with all digits, and U+2028 as six characters.
            prop_assert!(text_again.len() <= 6 * text.len(), "{text:?} {text_again:?}");
            let again = Json::parse(&text_again);
            prop_assert!(again.is_some_and(|again| is_alike(&again, &json)), "{text_again:?}");
        }
    }

    #[test]
    fn a_member_is_the_last_of_its_name(names in prop::collection::vec("[ab]{0,2}", 0..8), name in "[ab]{0,2}") {
        let members: Vec<String> = names.iter().enumerate().map(|(index, name)| format!("\"{name}\":{index}")).collect();
        let json = Json::parse(&format!("{{{}}}", members.join(","))).unwrap();
        let last = names.iter().rposition(|it| *it == name).map(|index| index as f64);
        prop_assert_eq!(json.get(&name).and_then(Json::as_f64), last);
    }
}

/// 100 KB of difficult input. The parser reads or rejects each text in one pass, without deep
/// recursion.
#[test]
fn large_hostile_texts() {
    const LENGTH: usize = 100_000;
    for (text, is_json) in [
        ("[".repeat(LENGTH), false),
        ("{\"a\":".repeat(LENGTH / 5), false),
        ("[[],".repeat(LENGTH / 4), false),
        (["\"", &"\\ud83d".repeat(LENGTH / 6), "\""].concat(), true),
        (["\"", &"\\".repeat(LENGTH)].concat(), false),
        (["[", &"0,".repeat(LENGTH / 2), "0]"].concat(), true),
        (
            ["{", &"\"a\":0,".repeat(LENGTH / 6), "\"a\":1}"].concat(),
            true,
        ),
        ("1".repeat(LENGTH), true),
        (["1e", &"9".repeat(LENGTH)].concat(), true),
        (["0.", &"0".repeat(LENGTH)].concat(), true),
        (" ".repeat(LENGTH), false),
    ] {
        let json = Json::parse(&text);
        assert_eq!(json.is_some(), is_json, "{}", &text[..20]);
        if let Some(json) = json {
            assert!(json.to_text().len() <= text.len() + 2, "{}", &text[..20]);
            assert!(json.get("a").is_none_or(|a| a.as_f64() == Some(1.0)));
        }
    }
}
