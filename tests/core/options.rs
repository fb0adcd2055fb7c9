//! The options of a sign-out, as apps really pass them.

use std::time::Duration;

use cognito_signout::internals::fields::Field;
use cognito_signout::internals::options;
use cognito_signout::{HostedUiMode, SignOutOptions};

use crate::support::{Object, Value, argument, function, names_field, object, text};

fn number(number: f64) -> Value {
    Value::Field(Field::Number(number))
}

fn flag(flag: bool) -> Value {
    Value::Field(Field::Flag(flag))
}

#[test]
fn defaults_and_values() {
    let defaults = SignOutOptions::default();
    assert_eq!(
        (defaults.global, defaults.timeout, defaults.popup_timeout),
        (false, Duration::from_secs(5), Duration::from_secs(60))
    );
    assert_eq!(options::read::<Object>(Field::Missing).unwrap(), defaults);
    assert_eq!(options::read::<Object>(Field::Null).unwrap(), defaults);
    assert_eq!(options::read(argument(&[])).unwrap(), defaults);
    let nothing = Value::Field(Field::Null);
    assert_eq!(
        options::read(argument(&[
            ("global", nothing.clone()),
            ("signal", nothing.clone()),
            ("hostedUI", nothing)
        ]))
        .unwrap(),
        defaults
    );
    let options = options::read(argument(&[
        ("global", flag(true)),
        ("hostedUI", text("manual")),
        ("redirectUrl", text("https://a.example/")),
        ("timeoutMs", number(0.0)),
        ("popupTimeoutMs", number(1e300)),
        ("forgetDevice", flag(true)),
        ("retryWhenOnline", flag(true)),
        ("navigate", function()),
        ("signal", object(&[("addEventListener", function())])),
        ("appState", Value::Field(Field::Other)),
    ]))
    .unwrap();
    assert_eq!(
        options,
        SignOutOptions {
            global: true,
            hosted_ui: HostedUiMode::Manual,
            redirect_url: Some("https://a.example/".into()),
            timeout: Duration::ZERO,
            popup_timeout: Duration::from_millis(i32::MAX as u64),
            forget_device: true,
            retry_when_online: true,
        }
    );
    for (name, mode) in [
        ("auto", HostedUiMode::Auto),
        ("redirect", HostedUiMode::Redirect),
        ("popup", HostedUiMode::Popup),
        ("none", HostedUiMode::None),
    ] {
        assert_eq!(
            options::read(argument(&[("hostedUI", text(name))]))
                .unwrap()
                .hosted_ui,
            mode
        );
    }
}

#[test]
fn amplifys_own() {
    let url = |options| options::read(options).unwrap().redirect_url;
    let oauth = object(&[("redirectUrl", text("https://a.example/"))]);
    assert_eq!(
        url(argument(&[
            ("global", flag(true)),
            ("oauth", oauth.clone())
        ]))
        .as_deref(),
        Some("https://a.example/")
    );
    assert_eq!(
        url(argument(&[("redirectUrl", text("b")), ("oauth", oauth)])).as_deref(),
        Some("b")
    );
    assert_eq!(url(argument(&[("oauth", object(&[]))])), None);
    names_field(options::read(argument(&[("oauth", text("x"))])), "oauth");
    let misspelt = object(&[("redirectURL", text("https://a.example/"))]);
    names_field(
        options::read(argument(&[("oauth", misspelt)])),
        "oauth.redirectURL",
    );
}

#[test]
fn what_is_wrong_is_named() {
    for (name, value) in [
        ("global", text("true")),
        ("global", number(1.0)),
        ("hostedUI", text("Redirect")),
        ("hostedUI", flag(true)),
        ("redirectUrl", number(1.0)),
        ("redirectUrl", text("")),
        ("timeoutMs", number(-1.0)),
        ("timeoutMs", number(f64::NAN)),
        ("timeoutMs", number(f64::INFINITY)),
        ("timeoutMs", text("5000")),
        ("popupTimeoutMs", flag(true)),
        ("navigate", text("/x")),
        ("navigate", object(&[])),
        ("signal", function()),
        ("signal", object(&[("addEventListener", flag(true))])),
        ("forgetDevice", text("")),
        ("retryWhenOnline", number(0.0)),
        ("timeoutMS", number(1.0)),
        ("Global", flag(true)),
        ("clientMetadata", object(&[])),
        ("global", Value::Throws),
    ] {
        names_field(options::read(argument(&[(name, value)])), name);
    }
    // Near a name that is known, it says which.
    for (name, says) in [
        (
            "timeoutMS",
            "timeoutMS: is not known. Did you mean timeoutMs?",
        ),
        ("globl", "globl: is not known. Did you mean global?"),
        (
            "hosted_ui",
            "hosted_ui: is not known. Did you mean hostedUI?",
        ),
        (
            "clientMetadata",
            "clientMetadata: is not known. Check its spelling, or leave it out.",
        ),
    ] {
        let error = options::read(argument(&[(name, flag(true))])).unwrap_err();
        assert_eq!(error.message, says);
    }
    for argument in [
        Field::Text(String::new()),
        Field::Number(0.0),
        Field::Flag(false),
        Field::Function(Object::default()),
        Field::Texts(vec![]),
        Field::Other,
    ] {
        names_field(options::read::<Object>(argument), "options");
    }
}
