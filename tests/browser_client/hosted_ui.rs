//! The way out through the hosted UI, as far as a page that stays can see it.

use std::cell::RefCell;
use std::rc::Rc;

use crate::support::cognito::Reply;
use crate::support::patch::{faster, function};
use crate::support::wait::{Gate, settled, until};
use crate::support::*;
use cognito_signout::error::AuthErrorCode;
use cognito_signout::json::Json;
use cognito_signout::options::HostedUiMode;
use cognito_signout::outcome::{StepName, StepOutcome};
use cognito_signout::session::SignInMethod;
use cognito_signout::{Client, Hooks, SignedOutEvent};
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::*;

const BACK: &str = "https://app.example.com/signed out?a=1&b=ü";
const OTHER: &str = "myapp://signed-out";

fn url(world: &World, encoded: &str) -> String {
    format!(
        "https://login.example.com/logout?client_id={}&logout_uri={encoded}",
        world.id
    )
}

fn mode(hosted_ui: HostedUiMode) -> Options {
    Options {
        hosted_ui,
        ..Options::default()
    }
}

/// A client of the hosted UI with this session stored.
async fn signed_in(world: &World, session: &Session) -> Client {
    let client = Client::new(world.hosted(&["https://app.example.com/bye", OTHER]));
    client.store_tokens(session.tokens()).await.unwrap();
    client
}

type Visits = Rc<RefCell<Vec<String>>>;

/// A `navigate` that notes where it was sent, and does this.
fn navigate(act: impl Fn() -> Result<JsValue, JsValue> + 'static) -> (Hooks, Visits) {
    let visits: Visits = Rc::default();
    let seen = visits.clone();
    let navigate = function(move |url, _| {
        seen.borrow_mut().push(url.as_string().unwrap());
        act()
    });
    let hooks = Hooks {
        navigate: Some(navigate.unchecked_into()),
        ..Hooks::default()
    };
    (hooks, visits)
}

fn done() -> Result<JsValue, JsValue> {
    Ok(JsValue::UNDEFINED)
}

const BYE: &str = "https%3A%2F%2Fapp.example.com%2Fbye";

#[wasm_bindgen_test]
async fn a_redirect_leaves_by_the_apps_own_way_after_the_clear() {
    let world = Rc::new(World::new());
    let session = world.session();
    let client = signed_in(&world, &session).await;
    let told: Rc<RefCell<Vec<SignedOutEvent>>> = Rc::default();
    let events = told.clone();
    client.on_signed_out(move |event| events.borrow_mut().push(event));

    let (seen, looking) = (Rc::new(RefCell::new(None)), world.clone());
    let note = seen.clone();
    let (hooks, visits) = navigate(move || {
        let record = item("sessionStorage", &looking.own_key("result"));
        *note.borrow_mut() = Some((looking.is_signed_out(), looking.cognito.revoked(), record));
        done()
    });
    let hooks = Hooks {
        app_state: Some(r#"{"from":"/cart"}"#.to_owned()),
        ..hooks
    };
    let run = client.sign_out_with(mode(HostedUiMode::Redirect), hooks);
    let result = settled("signOut", run).await;
    assert_eq!(step(&result, StepName::Navigate), Some(StepOutcome::Ok));
    let result = complete(result);
    assert_eq!(result.logout_url, Some(url(&world, BYE)));
    assert_eq!(*visits.borrow(), [url(&world, BYE)]);
    assert!(told.borrow()[0].redirecting);

    // When it was called the tokens were gone, the token revoked, and the record was there, without a token.
    let (signed_out, revoked, record) = seen.borrow_mut().take().unwrap();
    assert!(signed_out);
    assert_eq!(revoked, [&*session.refresh]);
    let record = record.unwrap();
    session.is_not_in(&record);
    let json = Json::parse(&record).unwrap();
    let text = |name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
    assert_eq!(text("back").as_deref(), Some("https://app.example.com/bye"));
    assert_eq!(text("url"), Some(url(&world, BYE)));
    assert_eq!(text("appState").as_deref(), Some(r#"{"from":"/cart"}"#));
    let status = json.get("result").and_then(|result| result.get("status"));
    assert_eq!(status.and_then(Json::as_str), Some("complete"));

    // The record is for the page after; guards hold until then.
    assert!(client.take_sign_out_result().await.is_none());
    assert!(item("sessionStorage", &world.own_key("result")).is_some());
    assert!(client.is_signing_out());
    world.is_quiet().await;
}

#[wasm_bindgen_test]
async fn a_new_sign_in_makes_the_record_void() {
    let world = World::new();
    let client = signed_in(&world, &world.session()).await;
    let (hooks, _) = navigate(done);
    let run = client.sign_out_with(mode(HostedUiMode::Redirect), hooks);
    complete(settled("signOut", run).await);
    client.store_tokens(world.session().tokens()).await.unwrap();
    assert_eq!(item("sessionStorage", &world.own_key("result")), None);
}

#[wasm_bindgen_test]
async fn auto_leaves_only_a_session_of_the_hosted_ui() {
    for (method, leaves) in [
        (None, false),
        (Some(SignInMethod::Api), false),
        (Some(SignInMethod::HostedUi), true),
    ] {
        let world = World::new();
        let mut session = world.session();
        session.method = method;
        let client = signed_in(&world, &session).await;
        let (hooks, visits) = navigate(done);
        let run = client.sign_out_with(Options::default(), hooks);
        let result = complete(settled("signOut", run).await);
        assert_eq!(visits.borrow().len(), usize::from(leaves), "{method:?}");
        assert_eq!(result.logout_url.is_some(), leaves);
    }
}

#[wasm_bindgen_test]
async fn auto_with_a_set_up_that_cannot_be_used_signs_out_all_the_same() {
    let world = World::new();
    let session = world.session().by(SignInMethod::HostedUi);
    for redirects in [None, Some([])] {
        let config = match redirects {
            None => world.config(),
            Some(none) => world.hosted(&none),
        };
        let client = Client::new(config);
        let session = match redirects {
            None => session.clone(),
            Some(_) => world.session().by(SignInMethod::HostedUi),
        };
        client.store_tokens(session.tokens()).await.unwrap();
        let run = client.sign_out(Options::default());
        let result = partial(settled("signOut", run).await);
        let hosted = result.hosted_ui_error.unwrap();
        assert_eq!(hosted.error.code, AuthErrorCode::Configuration);
        assert_eq!(hosted.url, None);
        assert!(world.is_signed_out());
    }
    assert_eq!(world.cognito.targets(), ["RevokeToken"; 2]);
}

#[wasm_bindgen_test]
async fn none_stays_and_manual_hands_the_url_over() {
    let world = World::new();
    let session = world.session().by(SignInMethod::HostedUi);
    let client = signed_in(&world, &session).await;
    let (hooks, visits) = navigate(done);
    let run = client.sign_out_with(mode(HostedUiMode::None), hooks.clone());
    assert_eq!(complete(settled("none", run).await).logout_url, None);

    let session = world.session().by(SignInMethod::HostedUi);
    client.store_tokens(session.tokens()).await.unwrap();
    let run = client.sign_out_with(mode(HostedUiMode::Manual), hooks);
    let result = complete(settled("manual", run).await);
    assert_eq!(result.logout_url, Some(url(&world, BYE)));
    assert!(visits.borrow().is_empty());
    assert_eq!(item("sessionStorage", &world.own_key("result")), None);
    assert!(!client.is_signing_out());
}

#[wasm_bindgen_test]
async fn an_explicit_redirect_url_is_used_as_it_was_configured() {
    let world = World::new();
    let client = Client::new(world.hosted(&["https://app.example.com/bye", BACK, OTHER]));
    for (asked, encoded) in [
        (
            BACK,
            "https%3A%2F%2Fapp.example.com%2Fsigned%20out%3Fa%3D1%26b%3D%C3%BC",
        ),
        (OTHER, "myapp%3A%2F%2Fsigned-out"),
    ] {
        let (hooks, visits) = navigate(done);
        let options = Options {
            redirect_url: Some(asked.to_owned()),
            ..mode(HostedUiMode::Redirect)
        };
        // Signed out already: an explicit redirect still runs.
        let run = client.sign_out_with(options, hooks);
        assert!(!complete(settled(asked, run).await).was_signed_in);
        assert_eq!(*visits.borrow(), [url(&world, encoded)]);
    }
}

#[wasm_bindgen_test]
async fn a_redirect_that_is_not_configured_is_failed_before_anything_is_touched() {
    let world = World::new();
    let session = world.session();
    let plain = world.signed_in(&session).await;
    let client = Client::new(world.hosted(&["https://app.example.com/bye"]));
    let named = |url: &str, hosted_ui| Options {
        redirect_url: Some(url.to_owned()),
        ..mode(hosted_ui)
    };
    for (client, options, field) in [
        (
            &client,
            named("https://app.example.com/bye/", HostedUiMode::Redirect),
            "redirectUrl: ",
        ),
        (
            &client,
            named("https://evil.example", HostedUiMode::Auto),
            "redirectUrl: ",
        ),
        (&plain, mode(HostedUiMode::Redirect), "hostedUI: "),
        (&plain, mode(HostedUiMode::Manual), "hostedUI: "),
    ] {
        let (hooks, visits) = navigate(done);
        let run = client.sign_out_with(options, hooks);
        let result = failed(settled("signOut", run).await);
        assert_eq!(result.error.code, AuthErrorCode::Configuration);
        assert!(result.error.message.starts_with(field), "{}", result.error);
        assert!(result.steps.is_empty() && visits.borrow().is_empty());
        assert!(!client.is_signing_out());
    }
    assert_eq!(plain.load_tokens().await.unwrap(), Some(session.tokens()));
    assert!(world.cognito.sent().is_empty());
    assert_eq!(world.mark(), "");
}

#[wasm_bindgen_test]
async fn a_navigation_that_fails_is_partial_and_can_be_retried() {
    let throws: fn() -> Result<JsValue, JsValue> = || Err(js_error("no way out"));
    let rejects: fn() -> Result<JsValue, JsValue> =
        || Ok(Promise::reject(&"no way out".into()).into());
    for act in [throws, rejects] {
        let world = World::new();
        let session = world.session();
        let client = signed_in(&world, &session).await;
        let count = std::cell::Cell::new(0);
        let (hooks, visits) = navigate(move || match count.replace(count.get() + 1) {
            0 => act(),
            _ => done(),
        });
        let run = client.sign_out_with(mode(HostedUiMode::Redirect), hooks);
        let result = partial(settled("signOut", run).await);
        let hosted = result.hosted_ui_error.as_ref().unwrap();
        assert_eq!(hosted.error.code, AuthErrorCode::Navigation);
        assert_eq!(hosted.url, Some(url(&world, BYE)));
        assert_eq!(hosted.error.cause.clone().unwrap().message, "no way out");
        assert_eq!(result.logout_url, None);
        assert!(revoke_code(&result).is_none());
        assert!(!client.is_signing_out());
        assert_eq!(item("sessionStorage", &world.own_key("result")), None);
        assert!(client.take_sign_out_result().await.is_none());

        let again = complete(settled("retry", result.retry.as_ref().unwrap().run()).await);
        assert_eq!(again.logout_url, Some(url(&world, BYE)));
        assert_eq!(visits.borrow().len(), 2);
        assert_eq!(world.cognito.revoked(), [session.refresh]);
        world.is_quiet().await;
    }
}

#[wasm_bindgen_test]
async fn a_navigation_that_never_ends_settles_after_half_a_minute() {
    let world = World::new();
    let client = signed_in(&world, &world.session()).await;
    let (hooks, visits) = navigate(|| Ok(Promise::new(&mut |_, _| {}).into()));
    let time = faster(60.0);
    let run = client.sign_out_with(mode(HostedUiMode::Redirect), hooks);
    let result = partial(settled("signOut", run).await);
    drop(time);
    let hosted = result.hosted_ui_error.unwrap();
    assert_eq!(hosted.error.code, AuthErrorCode::Navigation);
    assert_eq!(visits.borrow().len(), 1);
    assert!(!client.is_signing_out());
}

#[wasm_bindgen_test]
async fn a_navigation_that_takes_its_time_is_waited_for() {
    let world = World::new();
    let client = signed_in(&world, &world.session()).await;
    let gate = Gate::new();
    let promise = gate.promise().clone();
    let (hooks, visits) = navigate(move || Ok(promise.clone().into()));
    let run = client.sign_out_with(mode(HostedUiMode::Redirect), hooks);
    until("it leaves", || !visits.borrow().is_empty()).await;
    assert!(client.is_signing_out());
    gate.open();
    complete(settled("signOut", run).await);
}

#[wasm_bindgen_test]
async fn a_silent_network_holds_the_navigation_up_for_a_second_at_most() {
    let world = World::new();
    world.cognito.script(|_, _| Reply::Silence);
    let client = signed_in(&world, &world.session()).await;
    let (hooks, visits) = navigate(done);
    let time = faster(20.0);
    let run = client.sign_out_with(mode(HostedUiMode::Redirect), hooks);
    let result = partial(settled("signOut", run).await);
    drop(time);
    assert_eq!(revoke_code(&result), Some(AuthErrorCode::Unconfirmed));
    assert_eq!(visits.borrow().len(), 1);
    assert_eq!(result.logout_url, Some(url(&world, BYE)));
}

#[wasm_bindgen_test]
async fn tokens_that_stay_keep_the_page_too() {
    let world = World::new();
    let client = signed_in(&world, &world.session()).await;
    let (hooks, visits) = navigate(done);
    let patch = patch_storages("removeItem", |_, _| Ok(JsValue::UNDEFINED));
    let run = client.sign_out_with(mode(HostedUiMode::Redirect), hooks);
    let result = settled("signOut", run).await;
    drop(patch);
    assert_eq!(failed(result).error.code, AuthErrorCode::Storage);
    assert!(visits.borrow().is_empty());
}

#[wasm_bindgen_test]
async fn a_redirect_that_joins_still_leaves_once() {
    let world = World::new();
    let gate = Gate::new();
    let behind = Reply::Behind(gate.clone(), Box::new(Reply::Success));
    world.cognito.reply("RevokeToken", behind);
    let client = signed_in(&world, &world.session()).await;
    let (hooks, visits) = navigate(done);
    let runs = [
        client.sign_out(mode(HostedUiMode::None)),
        client.sign_out_with(mode(HostedUiMode::Redirect), hooks.clone()),
        client.sign_out_with(mode(HostedUiMode::Redirect), hooks),
    ];
    gate.open();
    for run in runs {
        settled("signOut", run).await;
    }
    assert_eq!(*visits.borrow(), [url(&world, BYE)]);
    assert_eq!(world.cognito.targets(), ["RevokeToken"]);
}
