//! Cookies, letter by letter as js-cookie 3 writes them (the expected texts came from it).

use std::time::Duration;

use cognito_signout::internals::layout::cookie::{ATTEMPTS, parse, set};
use cognito_signout::{CookieOptions, SameSite};
use proptest::prelude::*;

fn options(domain: Option<&str>) -> CookieOptions {
    CookieOptions {
        domain: domain.map(str::to_owned),
        ..CookieOptions::default()
    }
}

/// The first attempt to remove the cookies of one name.
fn remove(jar: &str, name: &str, options: &CookieOptions) -> Vec<String> {
    attempt(jar, &[name], options, ("localhost", "/"), 0)
}

fn attempt(
    jar: &str,
    names: &[&str],
    options: &CookieOptions,
    page: (&str, &str),
    number: usize,
) -> Vec<String> {
    let names: Vec<String> = names.iter().map(|&name| name.into()).collect();
    cognito_signout::internals::layout::cookie::remove(jar, &names, options, page, number)
}

const ALL: &str = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

#[test]
fn names_and_values_as_js_cookie_spells_them() {
    for (text, cookie) in [
        (
            "jane.doe@example.com",
            "jane.doe%40example.com=jane.doe@example.com",
        ),
        ("a+b c(d)e", "a+b%20c%28d%29e=a+b%20c(d)e"),
        ("((", "%28%28=(("),
        (
            "ü€😀",
            "%C3%BC%E2%82%AC%F0%9F%98%80=%C3%BC%E2%82%AC%F0%9F%98%80",
        ),
        (
            "50%;x,y=\"z\"",
            "50%25%3Bx%2Cy%3D%22z%22=50%25%3Bx%2Cy=%22z%22",
        ),
        ("a\tb\n", "a%09b%0A=a%09b%0A"),
        (
            ALL,
            "%20!%22#$%25&'%28%29*+%2C-.%2F0123456789%3A%3B%3C%3D%3E%3F%40ABCDEFGHIJKLMNOPQRSTUVWXYZ%5B%5C%5D^_`abcdefghijklmnopqrstuvwxyz%7B|%7D~=%20!%22#$%25&'()*+%2C-./0123456789:%3B<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[%5C]^_`abcdefghijklmnopqrstuvwxyz{|}~",
        ),
    ] {
        let written = set(text, text, &options(None));
        assert_eq!(
            written.strip_suffix("; path=/; samesite=lax; secure; max-age=31536000"),
            Some(cookie)
        );
        assert_eq!(parse(cookie), [(text.to_owned(), text.to_owned())]);
    }
}

#[test]
fn attributes() {
    let options = CookieOptions {
        domain: Some(".example.com".into()),
        path: "/app".into(),
        secure: false,
        same_site: SameSite::Strict,
        expires: Duration::from_secs(43_200),
    };
    assert_eq!(
        set("a", "b", &options),
        "a=b; path=/app; domain=.example.com; samesite=strict; max-age=43200"
    );
    assert_eq!(
        remove("x=1; a=b", "a", &options),
        [
            "a=; path=/app; domain=.example.com; samesite=strict; max-age=0",
            "a=; path=/app; samesite=strict; max-age=0"
        ]
    );
}

#[test]
fn removal_takes_every_spelling() {
    // js-cookie and the Next.js adapter differ in the parentheses.
    let jar = "a%28b%29=1; a(b)=2; a%28b)=3; ab=4";
    let texts = remove(jar, "a(b)", &options(None));
    let names: Vec<&str> = texts
        .iter()
        .map(|text| text.split('=').next().unwrap())
        .collect();
    assert_eq!(names, ["a%28b%29", "a(b)", "a%28b)"]);
    assert!(remove(jar, "a", &options(None)).is_empty());
    assert!(remove("", "a", &options(None)).is_empty());
}

#[test]
fn later_attempts_name_every_path_and_domain_that_the_page_sees() {
    let configured = CookieOptions {
        domain: Some("example.com".into()),
        path: "/app".into(),
        ..CookieOptions::default()
    };
    let page = ("a.shop.example.com", "/app/deep/page");
    let all = |number| attempt("x=1; a=b; a=c", &["a", "gone"], &configured, page, number);
    // Two values of one name are one cookie to remove, in all ways.
    assert_eq!(
        all(0),
        [
            "a=; path=/app; domain=example.com; samesite=lax; secure; max-age=0",
            "a=; path=/app; samesite=lax; secure; max-age=0",
        ]
    );
    let paths = [
        "/app",
        "",
        "/",
        "/app/",
        "/app/deep",
        "/app/deep/",
        "/app/deep/page",
    ];
    let domains = [
        "example.com",
        "",
        "a.shop.example.com",
        "shop.example.com",
        "com",
    ];
    for (number, rest) in [
        (1, ""),
        (2, "; samesite=none; secure"),
        (3, "; samesite=none; secure; partitioned"),
    ] {
        let mut expected = Vec::new();
        for path in paths {
            for domain in domains {
                let attribute = |name: &str, value: &str| match value {
                    "" => String::new(),
                    _ => format!("; {name}={value}"),
                };
                let (path, domain) = (attribute("path", path), attribute("domain", domain));
                expected.push(format!("a={path}{domain}{rest}; max-age=0"));
            }
        }
        assert_eq!(all(number), expected);
    }
    assert_eq!(ATTEMPTS, 4);
    assert!(attempt("x=1", &["a"], &configured, page, 3).is_empty());
    // An address without a path or a host is one of no page.
    assert!(!attempt("a=1", &["a"], &configured, ("", ""), 1).is_empty());
}

#[test]
fn foreign_jars() {
    assert_eq!(parse(""), []);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        parse("a=1; b=x=y; c; =z; a=2; q=\"in quotes\"; bad=%ff; %ff=1; e=%41%zz; d="),
        [
            pair("a", "1"),
            pair("b", "x=y"),
            pair("c", ""),
            // Libraries read the first of a name; the others are sessions too.
            pair("a", "2"),
            pair("q", "in quotes"),
            pair("e", "A%zz"),
            pair("d", "")
        ]
    );
}

proptest! {
    #[test]
    fn any_name_and_value_round_trip(name in ".{1,30}", value in ".{0,60}") {
        let cookie = set(&name, &value, &options(None));
        let (pair, attributes) = cookie.split_once(';').unwrap();
        prop_assert_eq!(attributes, " path=/; samesite=lax; secure; max-age=31536000");
        prop_assert!(pair.is_ascii());
        let jar = ["first=1; ", pair, "; last=2"].concat();
        let parsed = parse(&jar);
        prop_assume!(name != "first" && name != "last");
        prop_assert_eq!(&parsed[1], &(name.clone(), value));
        let removal = remove(&jar, &name, &options(Some("example.com")));
        prop_assert_eq!(removal.len(), 2);
        for text in removal {
            prop_assert!(text.starts_with(&[pair.split('=').next().unwrap(), "=; path=/; "].concat()));
            prop_assert!(text.ends_with("; max-age=0"));
        }
    }

    #[test]
    fn no_jar_makes_it_panic(jar in ".{0,80}", name in ".{0,10}") {
        for (name, _) in parse(&jar) {
            prop_assert!(!remove(&jar, &name, &options(None)).is_empty());
            for number in 0..ATTEMPTS {
                let texts = attempt(&jar, &[&name], &options(None), (&jar, &jar), number);
                prop_assert!(!texts.is_empty());
            }
        }
        let _ = remove(&jar, &name, &options(None));
        let _ = attempt(&jar, &[&name], &options(Some(&name)), (&name, &name), 1);
    }
}
