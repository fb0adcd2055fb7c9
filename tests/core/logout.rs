//! The logout address and the choice of the redirect; parity 11 and 16 (ARCHITECTURE.md, "Tests").

use cognito_signout::HostedUi;
use cognito_signout::internals::protocol::logout_url::{build, choose, same_address};

use crate::support::fault;

fn list(redirects: &[&str]) -> Vec<String> {
    redirects
        .iter()
        .map(|&redirect| redirect.to_owned())
        .collect()
}

#[test]
fn exactly_two_parameters_percent_encoded() {
    let hosted = HostedUi {
        origin: "https://auth.example.com".into(),
        redirect_sign_out: vec![],
    };
    assert_eq!(
        build(&hosted, "1a+b", "https://app.example.com/out?a=1&b=ü#x"),
        "https://auth.example.com/logout?client_id=1a%2Bb&logout_uri=https%3A%2F%2Fapp.example.com%2Fout%3Fa%3D1%26b%3D%C3%BC%23x"
    );
}

#[test]
fn which_redirect() {
    let app = "https://app.example.com";
    #[rustfmt::skip]
    let rows: [(&[&str], &str, Option<&str>); 21] = [
        // Parity 16: the first where nothing else decides.
        (&["https://a.example/", "https://b.example/"], "https://app.example.com/", Some("https://a.example/")),
        (&["https://a.example/", "https://app.example.com/out"], "https://app.example.com/x", Some("https://app.example.com/out")),
        // The longest run of path segments.
        (&["https://app.example.com/", "https://app.example.com/a/b", "https://app.example.com/a"], "https://app.example.com/a/b/c", Some("https://app.example.com/a/b")),
        (&["https://app.example.com/", "https://app.example.com/a/"], "https://app.example.com/a", Some("https://app.example.com/a/")),
        (&["https://app.example.com/admin", "https://app.example.com/adm"], "https://app.example.com/adm/x", Some("https://app.example.com/adm")),
        // A shared beginning of a segment is none.
        (&["https://app.example.com/first", "https://app.example.com/ab"], "https://app.example.com/abc", Some("https://app.example.com/first")),
        // Of equals the first.
        (&["https://app.example.com/x", "https://app.example.com/y"], "https://app.example.com/z", Some("https://app.example.com/x")),
        // The scheme, the port and the whole host are the origin.
        (&["https://a.example/", "https://app.example.com:8443/"], "https://app.example.com/", Some("https://a.example/")),
        (&["https://a.example/", "https://app.example.com:443/"], "https://app.example.com/", Some("https://app.example.com:443/")),
        (&["https://a.example/", "https://APP.example.com/"], "https://app.example.com/", Some("https://APP.example.com/")),
        (&["https://a.example/", "https://app.example.com.evil.example/"], "https://app.example.com/", Some("https://a.example/")),
        (&["https://a.example/", "https://app.example.com@evil.example/"], "https://app.example.com/", Some("https://a.example/")),
        (&["https://a.example/", "https://example.com/"], "https://app.example.com/", Some("https://a.example/")),
        // Never a loopback URL on a page that is not.
        (&["http://localhost:3000/", "https://a.example/"], "https://app.example.com/", Some("https://a.example/")),
        (&["http://localhost:3000/"], "https://app.example.com/", None),
        (&["http://127.0.0.1/", "http://[::1]/", "http://x.localhost/"], "https://app.example.com/", None),
        (&["https://a.example/", "http://localhost:3000/"], "http://localhost:3000/x", Some("http://localhost:3000/")),
        (&["http://localhost:3000/", "https://a.example/"], "http://localhost:5173/", Some("http://localhost:3000/")),
        // Pages that have no web origin: a file, an app's own scheme.
        (&["http://localhost:3000/", "myapp://out"], "capacitor://localhost/", Some("myapp://out")),
        (&["myapp://out"], "file:///index.html", Some("myapp://out")),
        (&[], "https://app.example.com/", None),
    ];
    for (redirects, page, expected) in rows {
        let chosen = choose(&list(redirects), None, page);
        match expected {
            Some(expected) => {
                assert_eq!(chosen.as_deref(), Ok(expected), "{redirects:?} on {page}")
            }
            // Parity 11.
            None => {
                let (code, message) = fault(chosen);
                assert_eq!(code, "configuration");
                assert!(message.contains("could not be created"), "{message}");
            }
        }
    }
    for (explicit, known) in [
        ("https://app.example.com/", true),
        ("https://app.example.com", false),
        ("https://app.example.com/x", false),
        ("HTTPS://app.example.com/", false),
        ("https://app.example.com/ ", false),
        ("", false),
        ("javascript:alert(1)", false),
    ] {
        let chosen = choose(
            &list(&["https://a.example/", "https://app.example.com/"]),
            Some(explicit),
            app,
        );
        assert_eq!(chosen.is_ok(), known, "{explicit}");
        if !known {
            let (code, message) = fault(chosen);
            assert!(
                code == "configuration" && message.starts_with("redirectUrl: "),
                "{message}"
            );
        }
    }
}

#[test]
fn the_same_address() {
    for (a, b, same) in [
        ("https://a.example", "https://a.example/", true),
        ("https://a.example/x/", "https://a.example/x", true),
        ("https://a.example/x#top", "https://a.example/x", true),
        ("https://A.example:443/x", "https://a.example/x", true),
        ("https://a.example/ü", "https://a.example/%C3%BC", true),
        (
            "https://a.example/x?out=1",
            "https://a.example/x?out=1#",
            true,
        ),
        ("https://a.example/x?out=1", "https://a.example/x", false),
        ("https://a.example/x", "https://a.example/X", false),
        ("https://a.example/x", "http://a.example/x", false),
        ("https://a.example/x", "https://a.example:8443/x", false),
        ("myapp://out", "myapp://out/", true),
        ("myapp://out", "myapp://in", false),
        ("nonsense", "nonsense", false),
    ] {
        assert_eq!(same_address(a, b), same, "{a} {b}");
        assert_eq!(same_address(b, a), same, "{b} {a}");
    }
}
