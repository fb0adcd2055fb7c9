//! Signing out: what goes first, what is sent, and what the result says.

use std::cell::RefCell;
use std::rc::Rc;

use crate::support::cognito::Reply;
use crate::support::patch::{faster, function, no_pauses};
use crate::support::wait::{macrotask, settled};
use crate::support::*;
use cognito_signout::{AuthErrorCode, Client, StorageKind};
use wasm_bindgen_test::*;

const THROTTLED: Reply = Reply::Fault(400, "TooManyRequestsException", "Rate exceeded");

#[wasm_bindgen_test]
async fn the_tokens_are_gone_and_the_request_is_out_before_the_future_is_polled() {
    for kind in [
        StorageKind::Local,
        StorageKind::Session,
        StorageKind::Cookie,
    ] {
        let world = World::new();
        world.cognito.reply("RevokeToken", Reply::Silence);
        let session = world.session();
        let client = Client::new(world.config_of(kind));
        client.store_tokens(session.tokens()).await.unwrap();

        let _never_polled = client.sign_out(Options::default());
        for storage in ["localStorage", "sessionStorage"] {
            assert_eq!(world.stored(storage), [], "{kind:?}");
        }
        assert!(!text_of(&global("document"), "cookie").contains(&world.id));
        assert_eq!(world.cognito.targets(), ["RevokeToken"], "{kind:?}");
        assert!(client.is_signing_out());
    }
}

#[wasm_bindgen_test]
async fn nothing_that_prints_holds_a_token() {
    let world = World::new();
    let session = world.session();
    let (access, refresh) = (session.access.clone(), session.refresh.clone());
    let id_token = session.id_token.clone();
    world.cognito.script(move |target, _| match target {
        // A service, and a network, that quote what they were given.
        "GlobalSignOut" => Reply::Answer(
            400,
            format!(r#"{{"__type":"NotAuthorizedException","message":"bad {access} {id_token}"}}"#),
        ),
        _ => Reply::Reject(js_error(&["blocked: ", &refresh].concat())),
    });
    let lines: Rc<RefCell<Vec<String>>> = Rc::default();
    let seen = lines.clone();
    let log = function(move |line, _| {
        seen.borrow_mut().extend(line.as_string());
        Err(js_error("a logger that throws"))
    });
    let logger = object(&[("debug", log.clone()), ("warn", log)]);
    let _now = no_pauses();
    let client = Client::with_objects(world.config(), None, Some(logger));
    client.store_tokens(session.tokens()).await.unwrap();
    let result = run(&client, everywhere()).await;
    session.is_not_in(&format!("{result:?} {result:#?}"));
    let result = partial(result);
    assert_eq!(revoke_code(&result), Some(AuthErrorCode::Network));
    assert_eq!(global_code(&result), Some(AuthErrorCode::NotAuthorized));
    let error = &result.revoke_token_error.as_ref().unwrap().error;
    session.is_not_in(&format!("{error} {error:?}"));
    assert_eq!(error.cause.clone().unwrap().message, "blocked: [redacted]");

    let lines = lines.borrow().join("\n");
    assert!(lines.contains("clear ok") && lines.contains("sign-out partial"));
    session.is_not_in(&lines);
    session.is_not_in(&world.mark());
    world.is_quiet().await;
}

#[wasm_bindgen_test]
async fn tokens_can_be_revoked_by_hand() {
    let world = World::new();
    let (client, session) = (world.client(), world.session());
    let tokens = session.tokens();
    client
        .revoke_token(&tokens.refresh_token.unwrap())
        .await
        .unwrap();
    client.global_sign_out(&tokens.access_token).await.unwrap();
    assert_eq!(world.cognito.targets(), ["RevokeToken", "GlobalSignOut"]);

    world.cognito.script(|_, _| THROTTLED);
    let error = client.global_sign_out(&tokens.access_token).await;
    assert_eq!(error.unwrap_err().code, AuthErrorCode::Throttled);

    world.cognito.script(|_, _| Reply::Silence);
    let _time = faster(100.0);
    let waits = client.global_sign_out(&tokens.access_token);
    let error = settled("globalSignOut", waits).await.unwrap_err();
    assert_eq!(error.code, AuthErrorCode::Timeout);
    macrotask().await;
}
