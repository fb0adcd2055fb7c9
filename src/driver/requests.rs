//! Requests to Cognito: built from the tokens of a run, sent, and read.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use web_sys::AbortController;

use super::client::Inner;
use super::journal::step_of;
use super::run::Run;
use crate::browser::clock::{self, Timer};
use crate::browser::{fetch, task};
use crate::error::{AuthError, AuthErrorCode};
use crate::flow::{Answer, Event, Op};
use crate::outcome::LocalFuture;
use crate::protocol::{
    self, Request, Response, forget_device, global_sign_out, refresh, revoke_token,
};
use crate::session::{Claims, Secret};

/// How long a request outside a sign-out may take, in milliseconds.
const ALONE_MS: f64 = 5000.0;

/// A request, and the one to send instead to a pool that does not know it.
pub type Requests = (Request, Option<Request>);

/// Sends a request of a run, which the run may abort, or one that stands alone, whose time is limited.
///
/// # Errors
/// `network`; `aborted` in a run, `timeout` alone.
pub fn exchange(
    (mut request, mut instead): Requests,
    of: Option<(Rc<Run>, Op)>,
) -> LocalFuture<Result<Box<Response>, AuthError>> {
    Box::pin(async move {
        loop {
            let abort = match &of {
                Some((run, _)) => run.abort.clone(),
                None => AbortController::new().ok(),
            };
            let abort = abort.ok_or_else(|| AuthError::new(AuthErrorCode::Unknown))?;
            let signal = abort.signal();
            let limit = match of {
                Some(_) => None,
                None => Some(Timer::after(ALONE_MS, Box::new(move |_| abort.abort()))),
            };
            let mut answer = fetch::send(&request, &signal).await.map(Box::new);
            drop(limit);
            match (&mut answer, &of) {
                (Ok(response), Some((run, op))) => run.journal.borrow_mut().answered(
                    step_of(*op),
                    response.status,
                    response.request_id.clone(),
                ),
                (Err(error), None) if error.code == AuthErrorCode::Aborted => {
                    *error = AuthError::new(AuthErrorCode::Timeout);
                }
                _ => {}
            }
            match (instead.take(), &answer) {
                (Some(next), Ok(response)) if is_unknown(response) => request = next,
                _ => return answer,
            }
        }
    })
}

/// Whether the pool does not know the first request of a refresh.
fn is_unknown(response: &Response) -> bool {
    refresh::answer(response).is_err_and(|error| refresh::wants_fallback(&error))
}

/// The requests of a refresh.
///
/// # Errors
/// `configuration`: nothing says where to.
pub fn refresh_requests(
    client: &Inner,
    token: &Secret,
    device: Option<&str>,
) -> Result<Requests, AuthError> {
    let (endpoint, id) = (&client.endpoint(None)?, &client.config.user_pool_client_id);
    Ok((
        refresh::request(endpoint, id, token, device),
        Some(refresh::fallback_request(endpoint, id, token, device)),
    ))
}

/// The request of a revocation.
///
/// # Errors
/// `configuration`: nothing says where to.
pub fn revoke_request(client: &Inner, token: &Secret) -> Result<Requests, AuthError> {
    let endpoint = client.endpoint(None)?;
    let request = revoke_token::request(&endpoint, &client.config.user_pool_client_id, token);
    Ok((request, None))
}

/// Revokes a token that nobody waits for, where the pool has revocation on.
pub fn revoke_in_passing(client: &Inner, token: Option<&Secret>) {
    if let (Some(token), true) = (token, client.config.token_revocation)
        && let Ok(request) = revoke_request(client, token)
    {
        let sent = exchange(request, None);
        task::start(Box::pin(async move {
            // Its outcome can't be told to anyone; a refused revocation leaves the token as it was.
            let _ = sent.await;
        }));
    }
}

/// What of an operation is still under way.
struct Batch {
    left: Cell<usize>,
    error: RefCell<Option<AuthError>>,
}

/// Sends what the machine ordered; the outcome comes back as an event.
pub fn run(run: &Rc<Run>, op: Op) {
    let tokens = run.ending.borrow().tokens_for(op);
    run.begin_step(step_of(op), tokens.len());
    // The number tells its answer from a later try's.
    let number = run.client.next_id();
    if let Some(sent) = run.sent.get(op as usize) {
        sent.set(number);
    }
    let batch = Rc::new(Batch {
        left: Cell::new(tokens.len()),
        error: RefCell::default(),
    });
    if tokens.is_empty() {
        run.finish(op, number, None);
    }
    // Several leave at once: one after the other would take a round trip each.
    for token in &tokens {
        let (run, batch, token) = (run.clone(), batch.clone(), token.clone());
        task::start(Box::pin(async move {
            let answer = match run.requests_for(op, token.as_ref()) {
                Ok(requests) => exchange(requests, Some((run.clone(), op))).await,
                Err(error) => Err(error),
            };
            if let Err(error) = run.take_in(op, token, answer) {
                batch.error.replace(Some(error));
            }
            batch.left.set(batch.left.get() - 1);
            if batch.left.get() == 0 {
                run.finish(op, number, batch.error.take());
            }
        }));
    }
}

impl Run {
    fn requests_for(&self, op: Op, token: Option<&Secret>) -> Result<Requests, AuthError> {
        let client = &self.client;
        let endpoint = &client.endpoint(None)?;
        let ending = self.ending.borrow();
        Ok(match (op, token, ending.device.as_deref()) {
            (Op::RevokeToken | Op::RevokeOthers, Some(token), _) => revoke_request(client, token)?,
            (Op::Refresh, Some(token), device) => refresh_requests(client, token, device)?,
            (Op::GlobalSignOut, Some(token), _) => {
                (global_sign_out::request(endpoint, token), None)
            }
            (Op::ForgetDevice, Some(token), Some(device)) => {
                (forget_device::request(endpoint, token, device), None)
            }
            _ => {
                return Err(AuthError::with_message(
                    AuthErrorCode::NotAuthorized,
                    "The session holds no token for this request.",
                ));
            }
        })
    }

    /// Learns from an answer.
    fn take_in(
        &self,
        op: Op,
        token: Option<Secret>,
        answer: Result<Box<Response>, AuthError>,
    ) -> Result<(), AuthError> {
        // A request whose answer was lost may have reached Cognito.
        let lost = self.ending.borrow().lost_answer;
        if op == Op::GlobalSignOut && answer.is_err() && token.is_some() {
            self.ending.borrow_mut().lost_answer = true;
        }
        let response = answer?;
        match op {
            Op::RevokeToken => {
                revoke_token::answer(&response)?;
                self.ending.borrow_mut().revoked = token;
            }
            Op::RevokeOthers => {
                revoke_token::answer(&response)?;
                let others = &mut self.ending.borrow_mut().others;
                others.retain(|other| Some(other) != token.as_ref());
            }
            Op::GlobalSignOut => {
                global_sign_out::answer(&response, lost)?;
                self.global_ended(response.date.as_deref());
            }
            Op::ForgetDevice => forget_device::answer(&response)?,
            // For the run alone: what comes back is never written to the storage.
            Op::Refresh => {
                let mut ending = self.ending.borrow_mut();
                let fresh = refresh::answer(&response).inspect_err(|error| {
                    if error.code == AuthErrorCode::TokenRevoked {
                        self.client.dead.set(ending.ids.first().copied());
                    }
                })?;
                ending.access = Some(fresh.access_token);
                if fresh.refresh_token.is_some() {
                    ending.refresh = fresh.refresh_token;
                }
            }
        }
        Ok(())
    }

    fn finish(self: &Rc<Self>, op: Op, number: u32, error: Option<AuthError>) {
        if self.sent.get(op as usize).map(Cell::get) != Some(number) {
            // It was sent again meanwhile.
            return;
        }
        self.end_step(step_of(op), error.as_ref());
        let answer = match &error {
            None => Answer::Ok,
            Some(error) if error.code == AuthErrorCode::TokenExpired => Answer::Expired,
            Some(error) if protocol::is_transient(error) => Answer::Transient {
                again: !fetch::is_offline(),
            },
            Some(_) => Answer::Final,
        };
        self.journal.borrow_mut().set_error(op as usize, error);
        // A hidden page's timers run late: what is over is over, whatever came in between.
        self.tick();
        self.dispatch(Event::Answered(op, answer));
    }
}

/// Whether a token has expired by this device's clock (RFC 7519 section 4.1.4).
pub fn is_expired(token: &Secret) -> bool {
    Claims::of(token)
        .and_then(|claims| claims.exp)
        .is_some_and(|exp| exp * 1000.0 <= clock::wall())
}
