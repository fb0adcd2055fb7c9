//! The page that comes after a sign-out that left.

use crate::support::patch::faster;
use crate::support::wait::settled;
use crate::support::*;
use cognito_signout::Client;
use cognito_signout::error::AuthErrorCode;
use cognito_signout::outcome::StepName;
use wasm_bindgen_test::*;

const BYE: &str = "https%3A%2F%2Fapp.example.com%2Fbye";

fn url(world: &World, encoded: &str) -> String {
    format!(
        "https://login.example.com/logout?client_id={}&logout_uri={encoded}",
        world.id
    )
}

/// The record of a sign-out that another document of this tab left with, and what the first page after made of it.
fn leave_a_record(world: &World, back: &str, came: &str) {
    leave_a_record_for(world, &url(world, BYE), back, came);
}

fn leave_a_record_for(world: &World, url: &str, back: &str, came: &str) {
    let record = format!(
        r#"{{"at":{},"url":"{url}","back":"{back}","came":"{came}","ids":[],"result":{{"status":"complete","signedOutLocally":true,"wasSignedIn":true,"logoutUrl":"{url}","steps":[{{"step":"navigate","outcome":"ok","attempts":0,"startedAtMs":1,"durationMs":2}}]}},"appState":"[1]"}}"#,
        js_sys::Date::now()
    );
    set_item("sessionStorage", &world.own_key("result"), &record);
}

#[wasm_bindgen_test]
async fn the_page_that_comes_after_takes_the_result() {
    let world = World::new();
    let here = text_of(&global("location"), "href");
    leave_a_record(&world, &here, "completed");
    let client = Client::new(world.hosted(&["https://app.example.com/bye"]));
    for _ in 0..2 {
        // The same for every call in one document.
        let result = client.take_sign_out_result().await.unwrap();
        assert_eq!(result.status, "complete");
        assert!(result.was_signed_in && result.retry.is_none());
        assert_eq!(result.app_state.as_deref(), Some("[1]"));
        assert_eq!(result.steps[0].step, StepName::Navigate);
        assert!(result.hosted_ui_error.is_none());
    }
    assert_eq!(item("sessionStorage", &world.own_key("result")), None);
}

#[wasm_bindgen_test]
async fn a_page_that_was_not_sent_back_to_says_so_and_can_leave_again() {
    let world = World::new();
    // An address that the page can be sent to and stay.
    leave_a_record_for(
        &world,
        "#left",
        "https://app.example.com/bye",
        "notCompleted",
    );
    let client = Client::new(world.hosted(&["https://app.example.com/bye"]));
    let result = client.take_sign_out_result().await.unwrap();
    assert_eq!(result.status, "partial");
    let hosted = result.hosted_ui_error.unwrap();
    assert_eq!(hosted.error.code, AuthErrorCode::RedirectNotCompleted);
    assert_eq!(hosted.url.as_deref(), Some("#left"));
    assert!(hosted.error.message.contains("https://app.example.com/bye"));

    let time = faster(60.0);
    let again = settled("retry", result.retry.unwrap().run()).await;
    drop(time);
    assert_eq!(text_of(&global("location"), "hash"), "#left");
    // The page is still here.
    let hosted = partial(again).hosted_ui_error.unwrap();
    assert_eq!(hosted.error.code, AuthErrorCode::Navigation);
    assert!(world.cognito.sent().is_empty());
    world.is_quiet().await;
}

#[wasm_bindgen_test]
async fn a_page_that_the_apps_server_sent_on_to_counts_as_returned() {
    let world = World::new();
    leave_a_record(&world, "https://app.example.com/bye", "completed");
    let client = Client::new(world.hosted(&["https://app.example.com/bye"]));
    let result = client.take_sign_out_result().await.unwrap();
    assert_eq!(result.status, "complete");
    let reason = result.steps[0].reason.as_deref();
    assert_eq!(reason, Some("returned at another address"));
}

#[wasm_bindgen_test]
async fn a_record_that_nobody_judged_is_unconfirmed() {
    let world = World::new();
    let here = text_of(&global("location"), "href");
    leave_a_record(&world, &here, "");
    let client = Client::new(world.hosted(&["https://app.example.com/bye"]));
    let result = client.take_sign_out_result().await.unwrap();
    assert_eq!(result.status, "partial");
    let hosted = result.hosted_ui_error.unwrap();
    assert_eq!(hosted.error.code, AuthErrorCode::Unconfirmed);
    assert_eq!(result.steps[0].code, Some(AuthErrorCode::Unconfirmed));
    assert!(result.retry.is_some());
}

#[wasm_bindgen_test]
async fn after_a_retry_that_left_there_is_none_for_ten_minutes() {
    for (ago, retry) in [(1.0, false), (599_000.0, false), (601_000.0, true)] {
        let world = World::new();
        leave_a_record(&world, "https://app.example.com/bye", "unconfirmed");
        let at = (js_sys::Date::now() - ago).to_string();
        set_item("sessionStorage", &world.own_key("retried"), &at);
        let client = Client::new(world.hosted(&["https://app.example.com/bye"]));
        let result = client.take_sign_out_result().await.unwrap();
        assert_eq!(result.retry.is_some(), retry, "{ago}");
        // A newly stored session starts afresh.
        client.store_tokens(world.session().tokens()).await.unwrap();
        assert_eq!(item("sessionStorage", &world.own_key("retried")), None);
    }
}

#[wasm_bindgen_test]
async fn a_record_that_is_old_or_broken_is_none() {
    for text in [
        "",
        "{",
        "[]",
        r#"{"at":1,"result":{}}"#,
        r#"{"at":"now"}"#,
        "null",
    ] {
        let world = World::new();
        set_item("sessionStorage", &world.own_key("result"), text);
        let client = world.client();
        assert!(client.take_sign_out_result().await.is_none(), "{text}");
        assert!(!client.is_signing_out());
    }
}
