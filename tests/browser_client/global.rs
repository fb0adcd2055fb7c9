//! Signing out everywhere: the order of the requests, an expired access token, a retry that can succeed.

use std::cell::RefCell;
use std::rc::Rc;

use crate::support::cognito::Reply;
use crate::support::patch::no_pauses;
use crate::support::*;
use cognito_signout::error::AuthErrorCode;
use wasm_bindgen_test::*;

const THROTTLED: Reply = Reply::Fault(400, "TooManyRequestsException", "Rate exceeded");
const EXPIRED: Reply = Reply::Fault(400, "NotAuthorizedException", "Access Token has expired");

#[wasm_bindgen_test]
async fn global_signs_out_everywhere_before_it_revokes() {
    let world = World::new();
    let session = world.session();
    let client = world.signed_in(&session).await;
    complete(run(&client, everywhere()).await);
    assert_eq!(world.cognito.targets(), ["GlobalSignOut", "RevokeToken"]);
    let sent = world.cognito.only("GlobalSignOut");
    assert_eq!(sent.field("AccessToken").unwrap(), session.access);
    assert!(sent.is_keepalive());
    assert_eq!(sent.text("credentials"), "omit");
}

#[wasm_bindgen_test]
async fn an_expired_access_token_is_refreshed_first_and_never_written() {
    let world = World::new();
    let old = world.session().expired();
    let mut fresh = old.clone();
    fresh.renew(3600.0);
    fresh.rotate();
    let answer = fresh.refreshed();
    world.cognito.script(move |target, _| match target {
        "GetTokensFromRefreshToken" => Reply::Answer(200, answer.clone()),
        _ => Reply::Success,
    });
    let client = world.signed_in(&old).await;
    let written: Rc<RefCell<Vec<String>>> = Rc::default();
    let seen = written.clone();
    let original = get(&get(&global("Storage"), "prototype"), "setItem");
    let patch = patch_storages("setItem", move |key, value| {
        seen.borrow_mut().extend(value.as_string());
        let args: js_sys::Array = [key, value].iter().collect();
        apply(&original, &global("localStorage"), &args)
    });
    complete(run(&client, everywhere()).await);
    drop(patch);

    assert_eq!(
        world.cognito.targets(),
        ["GetTokensFromRefreshToken", "GlobalSignOut", "RevokeToken"]
    );
    let refresh = world.cognito.only("GetTokensFromRefreshToken");
    assert_eq!(refresh.field("RefreshToken").unwrap(), old.refresh);
    assert_eq!(refresh.field("ClientId").unwrap(), world.id);
    let global = world.cognito.only("GlobalSignOut");
    assert_eq!(global.field("AccessToken").unwrap(), fresh.access);
    // Rotation: the old refresh token is dead, the new one is what has to be revoked.
    assert_eq!(world.cognito.revoked(), [fresh.refresh.clone()]);
    assert!(world.is_signed_out());
    assert!(!written.borrow().is_empty());
    for text in &*written.borrow() {
        fresh.is_not_in(text);
        old.is_not_in(text);
    }
}

#[wasm_bindgen_test]
async fn told_expired_refreshes_once_and_tries_once_more() {
    let world = World::new();
    let session = world.session();
    let mut fresh = session.clone();
    fresh.renew(3600.0);
    let answer = fresh.refreshed();
    world.cognito.script(move |target, count| match target {
        "GlobalSignOut" if count == 1 => EXPIRED,
        "GetTokensFromRefreshToken" => Reply::Answer(200, answer.clone()),
        _ => Reply::Success,
    });
    let client = world.signed_in(&session).await;
    complete(run(&client, everywhere()).await);
    assert_eq!(
        world.cognito.targets(),
        [
            "GlobalSignOut",
            "GetTokensFromRefreshToken",
            "GlobalSignOut",
            "RevokeToken"
        ]
    );
}

#[wasm_bindgen_test]
async fn told_expired_again_it_gives_up_and_revokes() {
    let world = World::new();
    let session = world.session();
    let answer = session.refreshed();
    world.cognito.script(move |target, _| match target {
        "GlobalSignOut" => EXPIRED,
        "GetTokensFromRefreshToken" => Reply::Answer(200, answer.clone()),
        _ => Reply::Success,
    });
    let client = world.signed_in(&session).await;
    let result = partial(run(&client, everywhere()).await);
    assert_eq!(global_code(&result), Some(AuthErrorCode::TokenExpired));
    assert_eq!(revoke_code(&result), None);
    assert_eq!(world.cognito.revoked(), [session.refresh]);
}

#[wasm_bindgen_test]
async fn a_pool_that_does_not_know_the_new_refresh_is_asked_the_old_way() {
    let world = World::new();
    let session = world.session().expired();
    let answer = session.refreshed();
    world.cognito.script(move |target, _| match target {
        "GetTokensFromRefreshToken" => Reply::Fault(400, "UnknownOperationException", ""),
        "InitiateAuth" => Reply::Answer(200, answer.clone()),
        _ => Reply::Success,
    });
    let client = world.signed_in(&session).await;
    complete(run(&client, everywhere()).await);
    let sent = world.cognito.only("InitiateAuth");
    assert_eq!(sent.field("AuthFlow").unwrap(), "REFRESH_TOKEN_AUTH");
}

#[wasm_bindgen_test]
async fn a_throttled_global_sign_out_holds_the_revocation_back_for_the_retry() {
    let world = World::new();
    let _now = no_pauses();
    world.cognito.script(|target, count| match target {
        "GlobalSignOut" if count <= 3 => THROTTLED,
        _ => Reply::Success,
    });
    let session = world.session();
    let client = world.signed_in(&session).await;
    let result = partial(run(&client, everywhere()).await);
    assert_eq!(global_code(&result), Some(AuthErrorCode::Throttled));
    assert_eq!(revoke_code(&result), Some(AuthErrorCode::Deferred));
    let access = result.global_sign_out_error.as_ref().unwrap();
    assert_eq!(
        access.access_token.as_ref().unwrap().expose(),
        session.access
    );
    let refresh = result.revoke_token_error.as_ref().unwrap();
    assert_eq!(
        refresh.refresh_token.as_ref().unwrap().expose(),
        session.refresh
    );
    assert_eq!(world.cognito.targets(), ["GlobalSignOut"; 3]);

    complete(again(&result).await);
    assert_eq!(
        world.cognito.targets()[3..],
        ["GlobalSignOut", "RevokeToken"]
    );
}

#[wasm_bindgen_test]
async fn a_refused_global_sign_out_revokes_all_the_same() {
    let world = World::new();
    let message = "Access Token does not have required scopes";
    let refused = Reply::Fault(400, "NotAuthorizedException", message);
    world.cognito.reply("GlobalSignOut", refused);
    let client = world.signed_in(&world.session()).await;
    let result = partial(run(&client, everywhere()).await);
    assert_eq!(global_code(&result), Some(AuthErrorCode::MissingScope));
    assert_eq!(revoke_code(&result), None);
    assert_eq!(world.cognito.targets(), ["GlobalSignOut", "RevokeToken"]);
}
