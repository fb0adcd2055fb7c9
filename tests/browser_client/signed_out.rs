//! What a sign-out leaves behind for others: listeners, `isSigningOut`, the mark.

use crate::support::cognito::Reply;
use crate::support::wait::{Gate, macrotask, settled};
use crate::support::*;
use cognito_signout::internals::engine::tables::Mark;
use cognito_signout::{SignedOutEvent, SignedOutReason};
use wasm_bindgen_test::*;

fn event(reason: SignedOutReason, global: bool) -> SignedOutEvent {
    SignedOutEvent {
        reason,
        global,
        redirecting: false,
    }
}

/// A gate, and the script that holds RevokeToken behind it.
fn hold(world: &World) -> Gate {
    let gate = Gate::new();
    let behind = Reply::Behind(gate.clone(), Box::new(Reply::Success));
    world.cognito.reply("RevokeToken", behind);
    gate
}

// ---- listeners

#[wasm_bindgen_test]
async fn listeners_are_told_once_a_sign_out_before_the_caller_goes_on() {
    let world = World::new();
    let client = world.signed_in(&world.session()).await;
    let (_listens, told) = listen(&client);
    let (second, told_twice) = listen(&client);
    let (forgotten, other) = listen(&world.client());
    forgotten.forget();
    let [a, b] = [everywhere(), Options::default()].map(|options| client.sign_out(options));
    complete(settled("the first", a).await);
    let expected = [event(SignedOutReason::SignOut, true)];
    assert_eq!(*told.borrow(), expected);
    complete(settled("the second", b).await);
    drop(second);

    client.store_tokens(world.session().tokens()).await.unwrap();
    complete(run(&client, Options::default()).await);
    macrotask().await;
    let both = [expected[0], event(SignedOutReason::SignOut, false)];
    assert_eq!(*told.borrow(), both);
    assert_eq!(
        *other.borrow(),
        both,
        "the same configuration is the same client"
    );
    assert_eq!(*told_twice.borrow(), expected);
}

#[wasm_bindgen_test]
async fn a_disposed_client_hears_the_end_of_its_sign_out_and_nothing_later() {
    let world = World::new();
    let gate = hold(&world);
    let (first, second) = (world.signed_in(&world.session()).await, world.client());
    let (_first_listens, told) = listen(&first);
    let (_second_listens, others) = listen(&second);
    let waits = first.sign_out(Options::default());
    first.dispose();
    first.dispose();
    assert!(told.borrow().is_empty() && second.is_signing_out());
    gate.open();
    complete(settled("signOut", waits).await);
    let once = [event(SignedOutReason::SignOut, false)];
    assert_eq!(*told.borrow(), once);
    assert_eq!(*others.borrow(), once);

    second.store_tokens(world.session().tokens()).await.unwrap();
    complete(run(&second, Options::default()).await);
    assert_eq!(*told.borrow(), once);
    assert_eq!(others.borrow().len(), 2);
    world.is_quiet().await;
}

// ---- isSigningOut and the mark

#[wasm_bindgen_test]
async fn signing_out_from_the_clear_until_it_settles() {
    let world = World::new();
    let gate = hold(&world);
    let session = world.session();
    let client = world.signed_in(&session).await;
    assert!(!client.is_signing_out() && world.mark().is_empty());
    let waits = client.sign_out(Options::default());
    assert!(client.is_signing_out());

    // Another tab reads it off the mark, in which there is no token.
    let mark = Mark::parse(&world.mark(), js_sys::Date::now());
    assert_eq!(mark.0.len(), 1);
    assert!(mark.is_signing_out(js_sys::Date::now()));
    session.is_not_in(&world.mark());

    gate.open();
    complete(settled("signOut", waits).await);
    assert!(!client.is_signing_out());
    let mark = Mark::parse(&world.mark(), js_sys::Date::now());
    assert!(!mark.is_signing_out(js_sys::Date::now()));
    assert_eq!(mark.0[0].codes, Some([None; 4]));
}
