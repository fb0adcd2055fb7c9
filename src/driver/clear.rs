//! The clear: read, mark, remove, read back. With a synchronous storage it is done before it first waits.

use std::cell::RefCell;
use std::rc::Rc;

use super::client::{Inner, remember};
use super::requests;
use super::run::Run;
use super::sweep::{self, Place};
use crate::browser::{clock, task};
use crate::error::AuthError;
use crate::flow::{Access, Event, Found, Leave, MarkEntry};
use crate::outcome::StepName;
use crate::session::{Session, SessionId, SignInMethod};

/// How much longer than its time-out a sign-out may take: an asynchronous storage has 5 s of its own.
const SLACK_MS: f64 = 6000.0;

/// Clears; the machine gets `Cleared`.
pub fn start(run: &Rc<Run>) {
    run.begin_step(StepName::Clear, false);
    let run = run.clone();
    task::start(Box::pin(async move {
        let found = clear(&run).await;
        let error = run.storage_error.borrow().clone();
        run.end_step(StepName::Clear, error.as_ref());
        run.dispatch(Event::Cleared(found));
    }));
}

async fn clear(run: &Run) -> Found {
    let client = &run.client;
    // A refresh under way must not write what it gets.
    client.generation.set(client.generation.get() + 1);
    let (places, mut error) = sweep::read_all(client, &run.patience).await;
    let found = take_stock(run, &places);
    for place in &places {
        if let Err(failure) = remove(run, place).await {
            error = Some(failure);
        }
    }
    let removed = error.is_none();
    *run.storage_error.borrow_mut() = error;
    if removed && found.session {
        client.broadcast();
    }
    Found { removed, ..found }
}

/// Removes what is to go from one place: the sessions' keys first, one by one, then what is left over of a sign-in.
async fn remove(run: &Run, place: &Place) -> Result<(), AuthError> {
    let (client, forget) = (&run.client, run.machine.borrow().plan.forget_device);
    let mut keys = Vec::new();
    for stored in &place.found.sessions {
        keys.extend_from_slice(&stored.keys);
        if forget {
            keys.extend_from_slice(&stored.device_keys);
        }
    }
    run.keys.borrow_mut().push((place.index, keys.clone()));
    let outcome = match keys.is_empty() {
        true => Ok(()),
        false => sweep::remove(client, place.index, &keys, &run.patience).await,
    };
    if let Some(store) = client.places.get(place.index) {
        // No one is signed in by what is left over, so a failure here is no failed sign-out.
        let _ = store.remove(&place.found.leftovers, &run.patience).await;
        let _ = store.write(&place.found.writes, &run.patience).await;
    }
    outcome
}

/// Notes the sessions to end, in the run and in the mark, before anything is removed.
fn take_stock(run: &Run, places: &[Place]) -> Found {
    let client = &run.client;
    let sessions: Vec<&Session> = places
        .iter()
        .flat_map(|place| &place.found.sessions)
        .map(|stored| &stored.session)
        .collect();
    let main = sessions
        .iter()
        .find(|session| session.current)
        .or(sessions.first())
        .copied();
    let can_leave = run.way.borrow().is_ok();
    let mut found = Found {
        removed: false,
        session: main.is_some(),
        refresh_token: false,
        access: Access::Missing,
        revocable: true,
        device: false,
        others: false,
        hosted_ui: false,
        can_leave,
        overtaken: false,
    };
    // What another tab's removal has left over up to now is no session either.
    let over = main.is_none_or(|main| main.access_token.is_none() && main.refresh_token.is_none());
    found.overtaken = over && note_overtaker(run, client);
    let Some(main) = main.filter(|_| !found.overtaken) else {
        found.session = false;
        return found;
    };
    let claims = main.access_claims();
    found.refresh_token = main.refresh_token.is_some();
    found.access = match &main.access_token {
        None => Access::Missing,
        Some(token) if requests::is_expired(token) => Access::Expired,
        Some(_) => Access::Valid,
    };
    found.revocable = !claims.as_ref().is_some_and(|claims| {
        claims.token_use.as_deref() == Some("access")
            && claims.client_id.as_deref() == Some(&client.config.user_pool_client_id)
            && claims.origin_jti.is_none()
    });
    found.device = main.device_key.is_some();
    // What the session itself says goes before a flag that may be an older sign-in's.
    found.hosted_ui = match main.sign_in_method {
        Some(method) => method == SignInMethod::HostedUi,
        None => places.iter().any(|place| place.found.hosted_ui),
    };
    {
        let mut vault = run.vault.borrow_mut();
        vault.access = main.access_token.clone();
        vault.refresh = main.refresh_token.clone();
        vault.device = main.device_key.clone();
        for session in &sessions {
            if let Some(token) = &session.refresh_token
                && Some(token) != vault.refresh.as_ref()
                && !vault.others.contains(token)
            {
                vault.others.push(token.clone());
            }
        }
        found.others = !vault.others.is_empty();
    }
    let mut ids: Vec<SessionId> = main.identity().into_iter().collect();
    for id in sessions.iter().filter_map(|session| session.identity()) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    run.user.set(main.user_id());
    client.last_read.set(ids.first().copied());
    put_entries(run, &ids, found.hosted_ui && can_leave);
    // Another tab was as quick, and the listeners have heard it from there.
    let known = |list: &RefCell<Vec<SessionId>>| ids.iter().any(|id| list.borrow().contains(id));
    run.told.set(known(&client.told) && !known(&client.own));
    remember(&mut client.own.borrow_mut(), &ids);
    remember(&mut client.told.borrow_mut(), &ids);
    *run.ids.borrow_mut() = ids;
    found
}

fn put_entries(run: &Run, ids: &[SessionId], auto_redirect: bool) {
    let plan = run.machine.borrow().plan;
    let now = clock::wall();
    let redirecting = match plan.leave {
        Leave::Redirect => true,
        Leave::Auto => auto_redirect,
        _ => false,
    };
    run.client.change_mark(&mut |mark| {
        for id in ids {
            mark.put(MarkEntry {
                id: *id,
                at: now,
                until: now + run.longest_wait_ms() + SLACK_MS,
                global: plan.global,
                user: run.user.get(),
                ended_at: None,
                redirecting,
                leaving_since: None,
                codes: None,
            });
        }
    });
}

/// Nothing was found: perhaps another tab was quicker.
fn note_overtaker(run: &Run, client: &Inner) -> bool {
    let mut mark = client.mark();
    mark.0
        .retain(|entry| !client.own.borrow().contains(&entry.id));
    let overtaker = mark.overtaker(client.last_read.get(), clock::wall());
    let found = overtaker.map(|entry| entry.id);
    run.ids.borrow_mut().extend(found);
    found.is_some()
}
