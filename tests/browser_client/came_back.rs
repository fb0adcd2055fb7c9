//! Sessions that are written back after their end, by a refresh in flight or another library.

use crate::support::cognito::Reply;
use crate::support::patch::faster;
use crate::support::wait::{Gate, settled, until};
use crate::support::*;
use cognito_signout::error::AuthErrorCode;
use cognito_signout::outcome::StepName;
use wasm_bindgen_test::*;

/// A gate, and the script that holds RevokeToken behind it.
fn hold(world: &World) -> Gate {
    let gate = Gate::new();
    let behind = Reply::Behind(gate.clone(), Box::new(Reply::Success));
    world.cognito.reply("RevokeToken", behind);
    gate
}

#[wasm_bindgen_test]
async fn a_session_written_back_within_the_run_is_removed_and_revoked() {
    let world = World::new();
    let gate = hold(&world);
    let session = world.session();
    let client = world.signed_in(&session).await;
    let waits = client.sign_out(Options::default());
    // A refresh of another library was in flight.
    let mut back = session.clone();
    back.renew(3600.0);
    back.rotate();
    world.write(&back);
    gate.open();
    let result = settled("signOut", waits).await;
    let steps = result.steps();
    let read_back = steps.iter().find(|s| s.step == StepName::ReadBack).unwrap();
    let expected = "the session had been written back";
    assert_eq!(read_back.reason.as_deref(), Some(expected));
    complete(result);
    assert!(
        !world
            .stored("localStorage")
            .iter()
            .any(|e| e.0.ends_with("Token"))
    );
    assert_eq!(world.cognito.revoked(), [session.refresh, back.refresh]);
}

#[wasm_bindgen_test]
async fn a_new_session_written_within_the_run_stays() {
    let world = World::new();
    let gate = hold(&world);
    let (old, new) = (world.session(), world.session());
    let client = world.signed_in(&old).await;
    let waits = client.sign_out(Options::default());
    client.store_tokens(new.tokens()).await.unwrap();
    gate.open();
    complete(settled("signOut", waits).await);
    assert_eq!(client.load_tokens().await.unwrap(), Some(new.tokens()));
    assert_eq!(world.cognito.revoked(), [old.refresh]);
}

#[wasm_bindgen_test]
async fn a_session_written_back_soon_after_goes_by_itself() {
    let world = World::new();
    let session = world.session();
    let client = world.signed_in(&session).await;
    let time = faster(50.0);
    // It is to be complete, however slow the machine is.
    complete(run(&client, within(1e6)).await);
    let mut back = session.clone();
    back.rotate();
    world.write(&back);
    let user = world.key("jane.doe.refreshToken");
    until("it is removed", || item("localStorage", &user).is_none()).await;
    let both = [session.refresh, back.refresh];
    until("it is revoked", || world.cognito.revoked() == both).await;
    drop(time);
}

#[wasm_bindgen_test]
async fn a_session_written_back_later_goes_when_it_is_looked_for() {
    for look in ["load", "open", "take"] {
        let world = World::new();
        let session = world.session();
        let client = world.signed_in(&session).await;
        complete(run(&client, Options::default()).await);
        let mut back = session.clone();
        back.rotate();
        world.write(&back);
        match look {
            "load" => assert_eq!(client.load_tokens().await.unwrap(), None),
            "open" => client.open().await.unwrap(),
            _ => assert!(client.take_sign_out_result().await.is_none()),
        }
        let user = world.key("jane.doe.refreshToken");
        assert_eq!(item("localStorage", &user), None, "{look}");
    }
}

#[wasm_bindgen_test]
async fn a_refresh_in_flight_writes_nothing_after_the_sign_out() {
    let world = World::new();
    let gate = Gate::new();
    let session = world.session();
    let mut fresh = session.clone();
    fresh.renew(3600.0);
    fresh.rotate();
    let answer = Reply::Behind(
        gate.clone(),
        Box::new(Reply::Answer(200, fresh.refreshed())),
    );
    world.cognito.reply("GetTokensFromRefreshToken", answer);
    let client = world.signed_in(&session).await;
    let refreshing = client.clone();
    let refreshed = wasm_bindgen_futures::future_to_promise(async move {
        match refreshing.refresh_tokens().await {
            Ok(_) => Ok(true.into()),
            Err(error) => Err(error.code.as_str().into()),
        }
    });
    until("the refresh is out", || !world.cognito.sent().is_empty()).await;
    complete(run(&client, Options::default()).await);
    gate.open();
    let refreshed = wasm_bindgen_futures::JsFuture::from(refreshed);
    let refused = settled("refreshTokens", refreshed).await.unwrap_err();
    assert_eq!(refused, "invalidState");
    assert!(world.is_signed_out());
    // What Cognito gave meanwhile must not live on.
    let both = [session.refresh, fresh.refresh];
    until("both are revoked", || world.cognito.revoked() == both).await;
}

#[wasm_bindgen_test]
async fn a_refresh_that_is_answered_in_time_is_stored() {
    let world = World::new();
    let session = world.session();
    let mut fresh = session.clone();
    fresh.renew(3600.0);
    fresh.rotate();
    let answer = Reply::Answer(200, fresh.refreshed());
    world.cognito.reply("GetTokensFromRefreshToken", answer);
    let client = world.signed_in(&session).await;
    let refreshed = settled("refreshTokens", client.refresh_tokens()).await;
    assert_eq!(refreshed.unwrap(), fresh.tokens());
    assert_eq!(client.load_tokens().await.unwrap(), Some(fresh.tokens()));
    // It is the same session: its end is known by the origin, not by the token.
    complete(run(&client, Options::default()).await);
    assert_eq!(world.cognito.revoked(), [fresh.refresh]);
    assert!(client.store_tokens(session.tokens()).await.is_err());
    let error = settled("refreshTokens", client.refresh_tokens()).await;
    assert_eq!(error.unwrap_err().code, AuthErrorCode::InvalidState);
}
