//! The requests of a run: built from its tokens, sent, and read.

use std::rc::Rc;

use web_sys::AbortController;

use super::journal::step_of;
use super::run::Run;
use crate::browser::clock::{self, Timer};
use crate::browser::{fetch, js, task};
use crate::error::{AuthError, AuthErrorCode};
use crate::flow::{Answer, Event, Op};
use crate::protocol::{
    self, Request, Response, forget_device, global_sign_out, refresh, revoke_token,
};
use crate::session::{Claims, Secret};

/// How long a request outside a sign-out may take, in milliseconds.
const ALONE_MS: f64 = 5000.0;

/// Sends a request that stands alone; its time is limited.
///
/// # Errors
/// `timeout`, or `network`.
pub async fn send_alone(request: &Request) -> Result<Response, AuthError> {
    let abort = AbortController::new().map_err(|e| js::error(AuthErrorCode::Unknown, &e))?;
    let signal = abort.signal();
    let timer = Timer::after(ALONE_MS, Box::new(move |_| abort.abort()));
    let result = fetch::send(request, &signal).await;
    drop(timer);
    result.map_err(|error| match error.code {
        AuthErrorCode::Aborted => AuthError::new(AuthErrorCode::Timeout),
        _ => error,
    })
}

/// Revokes a token that nobody waits for.
pub fn revoke_in_passing(endpoint: &str, client_id: &str, token: &Secret) {
    let request = revoke_token::request(endpoint, client_id, token);
    task::start(Box::pin(async move {
        // Its outcome can't be told to anyone; a refused revocation leaves the token as it was.
        let _ = send_alone(&request).await;
    }));
}

/// Sends a request of the machine; its answer comes back as an event.
pub fn run(run: &Rc<Run>, op: Op) {
    let step = step_of(op);
    run.begin_step(step, true);
    let number = run.count(op);
    let run = run.clone();
    task::start(Box::pin(async move {
        let result = match op {
            Op::RevokeToken => revoke(&run).await,
            Op::RevokeOthers => revoke_others(&run).await,
            Op::GlobalSignOut => global(&run).await,
            Op::ForgetDevice => forget(&run).await,
            Op::Refresh => renew(&run).await,
        };
        if run.is_superseded(op, number) {
            return;
        }
        run.end_step(step, result.as_ref().err());
        run.journal
            .borrow_mut()
            .set_error(op, result.as_ref().err().cloned());
        let answer = match result {
            Ok(()) => Answer::Ok,
            Err(error) if error.code == AuthErrorCode::TokenExpired => Answer::Expired,
            Err(error) if protocol::is_transient(&error) => Answer::Transient {
                again: !fetch::is_offline(),
            },
            Err(_) => Answer::Final,
        };
        // A hidden page's timers run late: what is over is over, whatever came in between.
        run.tick();
        run.dispatch(Event::Answered(op, answer));
    }));
}

impl Run {
    /// Counts a request; the number tells its answer from a later one's.
    fn count(&self, op: Op) -> u32 {
        let mut sent = self.sent.get();
        let number = sent.get_mut(op as usize).map_or(0, |number| {
            *number += 1;
            *number
        });
        self.sent.set(sent);
        number
    }

    fn is_superseded(&self, op: Op, number: u32) -> bool {
        self.sent.get().get(op as usize) != Some(&number)
    }
}

async fn ask(run: &Run, op: Op, request: &Request) -> Result<Response, AuthError> {
    let abort = run.abort.as_ref();
    let abort = abort.ok_or_else(|| AuthError::new(AuthErrorCode::Unknown))?;
    let response = fetch::send(request, &abort.signal()).await?;
    run.journal
        .borrow_mut()
        .answered(step_of(op), response.status, response.request_id.clone());
    Ok(response)
}

fn missing() -> AuthError {
    AuthError::with_message(
        AuthErrorCode::NotAuthorized,
        "The session holds no token for this request.",
    )
}

async fn revoke(run: &Run) -> Result<(), AuthError> {
    let config = &run.client.config;
    let token = run.vault.borrow().refresh.clone().ok_or_else(missing)?;
    let request = revoke_token::request(&config.endpoint, &config.user_pool_client_id, &token);
    revoke_token::answer(&ask(run, Op::RevokeToken, &request).await?)?;
    run.vault.borrow_mut().revoked = Some(token);
    Ok(())
}

/// One after the other would take a round trip each; they all leave at once.
async fn revoke_others(run: &Rc<Run>) -> Result<(), AuthError> {
    let tokens = run.vault.borrow().others.clone();
    let outcomes: Vec<task::Slot<Result<(), AuthError>>> = tokens
        .into_iter()
        .map(|token| {
            let slot = task::Slot::new();
            let (filled, run) = (slot.clone(), run.clone());
            task::start(Box::pin(async move {
                let config = &run.client.config;
                let request =
                    revoke_token::request(&config.endpoint, &config.user_pool_client_id, &token);
                let answer = ask(&run, Op::RevokeOthers, &request).await;
                let result = answer.and_then(|response| revoke_token::answer(&response));
                if result.is_ok() {
                    run.vault
                        .borrow_mut()
                        .others
                        .retain(|other| *other != token);
                }
                filled.fill(result);
            }));
            slot
        })
        .collect();
    let mut result = Ok(());
    for outcome in outcomes {
        if let Err(error) = outcome.await {
            result = Err(error);
        }
    }
    result
}

async fn global(run: &Run) -> Result<(), AuthError> {
    let token = run.vault.borrow().access.clone().ok_or_else(missing)?;
    let request = global_sign_out::request(&run.client.config.endpoint, &token);
    let lost = run.lost_answer.get();
    let response = ask(run, Op::GlobalSignOut, &request).await;
    run.lost_answer.set(lost || response.is_err());
    let response = response?;
    global_sign_out::answer(&response, lost)?;
    run.global_ended(response.date.as_deref());
    Ok(())
}

async fn forget(run: &Run) -> Result<(), AuthError> {
    let (token, device) = {
        let vault = run.vault.borrow();
        (vault.access.clone(), vault.device.clone())
    };
    let token = token.ok_or_else(missing)?;
    let device = device.ok_or_else(missing)?;
    let request = forget_device::request(&run.client.config.endpoint, &token, &device);
    forget_device::answer(&ask(run, Op::ForgetDevice, &request).await?)
}

/// Refreshes for the run alone: what comes back is never written to the storage.
async fn renew(run: &Run) -> Result<(), AuthError> {
    let config = &run.client.config;
    let (token, device) = {
        let vault = run.vault.borrow();
        (vault.refresh.clone(), vault.device.clone())
    };
    let token = token.ok_or_else(missing)?;
    let device = device.as_deref();
    let request = refresh::request(
        &config.endpoint,
        &config.user_pool_client_id,
        &token,
        device,
    );
    let mut answer = refresh::answer(&ask(run, Op::Refresh, &request).await?);
    if let Err(error) = &answer
        && refresh::wants_fallback(error)
    {
        let request = refresh::fallback_request(
            &config.endpoint,
            &config.user_pool_client_id,
            &token,
            device,
        );
        answer = refresh::answer(&ask(run, Op::Refresh, &request).await?);
    }
    if let Err(error) = &answer
        && error.code == AuthErrorCode::TokenRevoked
    {
        run.client.dead.set(run.ids.borrow().first().copied());
    }
    let fresh = answer?;
    let mut vault = run.vault.borrow_mut();
    vault.access = Some(fresh.access_token);
    if fresh.refresh_token.is_some() {
        vault.refresh = fresh.refresh_token;
    }
    Ok(())
}

/// Whether a token has expired by this device's clock (RFC 7519 section 4.1.4).
pub fn is_expired(token: &Secret) -> bool {
    Claims::of(token)
        .and_then(|claims| claims.exp)
        .is_some_and(|exp| exp * 1000.0 <= clock::wall())
}
