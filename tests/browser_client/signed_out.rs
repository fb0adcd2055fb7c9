//! What a sign-out leaves behind for others: listeners, `isSigningOut`, the mark.

use std::cell::RefCell;
use std::rc::Rc;

use crate::support::cognito::Reply;
use crate::support::wait::{Gate, macrotask, settled};
use crate::support::*;
use cognito_signout::engine::tables::Mark;
use cognito_signout::{Client, SignedOutEvent, SignedOutReason};
use wasm_bindgen_test::*;

type Told = Rc<RefCell<Vec<SignedOutEvent>>>;

fn listen(client: &Client) -> (u32, Told) {
    let told: Told = Rc::default();
    let seen = told.clone();
    let id = client.on_signed_out(move |event| seen.borrow_mut().push(event));
    (id, told)
}

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
    let (first, told) = listen(&client);
    let (second, told_twice) = listen(&client);
    let (_, other) = listen(&world.client());
    let [a, b] = [everywhere(), Options::default()].map(|options| client.sign_out(options));
    settled("the first", a).await;
    let expected = [event(SignedOutReason::SignOut, true)];
    assert_eq!(*told.borrow(), expected);
    settled("the second", b).await;
    client.off_signed_out(second);
    client.off_signed_out(second);

    client.store_tokens(world.session().tokens()).await.unwrap();
    run(&client, Options::default()).await;
    macrotask().await;
    let both = [expected[0], event(SignedOutReason::SignOut, false)];
    assert_eq!(*told.borrow(), both);
    assert_eq!(
        *other.borrow(),
        both,
        "the same configuration is the same client"
    );
    assert_eq!(*told_twice.borrow(), expected);
    client.off_signed_out(first);
}

#[wasm_bindgen_test]
async fn a_disposed_client_hears_the_end_of_its_sign_out_and_nothing_later() {
    let world = World::new();
    let gate = hold(&world);
    let (first, second) = (world.signed_in(&world.session()).await, world.client());
    let (_, told) = listen(&first);
    let (_, others) = listen(&second);
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
