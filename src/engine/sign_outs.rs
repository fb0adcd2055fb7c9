//! All sign-outs of a page: who joins which, what is run again, and what each of them wants done.

use std::rc::Rc;

use super::clients::Client;
use super::io::{CallId, Effect, EffectId, Handle, Listening, Reply, RetryId, SignOutCall, TaskId};
use super::outcome::Outcome;
use super::parts::{Owner, Parts};
use super::retries::{Again, Retries};
use super::sessions::Ended;
use super::sign_out::{Action, Ask, Purpose, Scope, SessionContext, SignOutTask, Waiter};
use super::storage::{Done, Out, Scanned};
use super::tables::{Answer, Asked, Departure, Event, Leave, Machine, Phase, Plan};
use super::target::{self, LogoutTarget};
use crate::config::Config;
use crate::error::{AuthError, AuthErrorCode};
use crate::options::{HostedUiMode, SignOutOptions};
use crate::protocol::Response;
use crate::session::SessionId;

/// A call that joins the running sign-out only if storage holds no session but the one being ended.
struct Joining {
    task: Box<SignOutTask>,
    other: TaskId,
}

/// What a task does with what it may use.
pub type Act<'a> = &'a mut dyn FnMut(&mut SignOutTask, &mut Scope);

/// All sign-outs of a page.
#[derive(Default)]
pub struct SignOuts {
    #[expect(clippy::vec_box, reason = "they are taken out while they act")]
    tasks: Vec<Box<SignOutTask>>,
    joining: Vec<Joining>,
    contexts: Vec<(u32, SessionContext)>,
    retries: Retries,
}

impl SignOuts {
    /// Those to which something may still happen by itself.
    fn live(&self) -> impl Iterator<Item = &SignOutTask> {
        let tasks = self.tasks.iter().map(|task| &**task);
        tasks.filter(|task| !task.is_let_go())
    }

    /// Lets a task act.
    fn with_task(&mut self, parts: &mut Parts, id: TaskId, act: Act) {
        let Some(at) = self.tasks.iter().position(|task| task.id == id) else {
            return;
        };
        let mut task = self.tasks.remove(at);
        let actions = self.scoped(parts, &mut task, act);
        self.tasks.insert(at, task);
        for action in actions {
            self.act(parts, id, action);
        }
    }

    /// Hands a task what it may use.
    #[inline(never)]
    fn scoped(&mut self, parts: &mut Parts, task: &mut SignOutTask, act: Act) -> Vec<Action> {
        let (mut own, mut concurrent) = (None, None::<&SessionContext>);
        for (id, context) in &mut self.contexts {
            if *id == task.context {
                own = Some(context);
            } else if task.concurrent.contains(id)
                && concurrent.is_none_or(|before| context.rank() >= before.rank())
            {
                // The newest that ended a session.
                concurrent = Some(context);
            }
        }
        let Some(context) = own else {
            return Vec::new();
        };
        let client = task.client.clone();
        let mut scope = Scope {
            now: &parts.now,
            page: &parts.page,
            client: &client,
            context,
            concurrent,
            ended: &mut parts.ended,
            facts: &mut parts.facts,
            returns: &mut parts.returns,
            random: &mut parts.random,
            out: Out {
                now: parts.now.mono,
                last_id: &mut parts.last_id,
                effects: &mut parts.effects,
            },
            actions: Vec::new(),
        };
        act(task, &mut scope);
        scope.actions
    }

    /// Lets each live task act.
    pub fn each_task(&mut self, parts: &mut Parts, act: Act) {
        let ids: Vec<TaskId> = self.live().map(|task| task.id).collect();
        for id in ids {
            self.with_task(parts, id, act);
        }
    }

    fn act(&mut self, parts: &mut Parts, id: TaskId, action: Action) {
        let Some(task) = self.tasks.iter().find(|task| task.id == id) else {
            return;
        };
        let client = task.client.clone();
        match action {
            Action::Scan(purpose, known, left_ms) => {
                let owner = Owner::SignOut(id, purpose);
                let left = Some(left_ms);
                parts.scan_stores(&client.stores, owner, known, left);
            }
            Action::Remove(purpose, scanned) => {
                let owner = Owner::SignOut(id, purpose);
                let done = parts.remove(&client, owner, scanned, purpose == Purpose::Clear);
                self.done(parts, done);
            }
            Action::CleanStateStore => parts.clean_state_store(&client),
            Action::Revoke(token) => {
                // A `retry()` that runs says what comes of it.
                let context = task.context;
                let runs = |task: &&SignOutTask| {
                    task.context == context && !task.is_settled() && task.is_to_revoke()
                };
                let retry = self.live().find(runs).map(|task| task.id);
                match retry {
                    Some(id) => {
                        self.with_task(parts, id, &mut |task, scope| task.newer_token(scope))
                    }
                    None => parts.revoke_in_passing(&client, &token),
                }
            }
            Action::OfferRetry(retry, ask) => {
                self.retries.offer(retry, Again::SignOut(id, ask));
            }
            Action::TellCaller(waiter, outcome) => match waiter {
                Waiter::Call(call) => parts.settle(call, Reply::SignedOut(outcome)),
                Waiter::Retry(retry) => self.retries.done(retry, &outcome, &mut parts.effects),
                Waiter::Nobody => self.revoked_again(parts, id),
            },
            Action::TellListeners(event) => parts.tell(event),
            Action::Succeeded(op) => {
                let context = task.context;
                let mut tasks = self.tasks.iter();
                let later = tasks.find(|task| task.context == context && !task.superseded);
                if let Some(later) = later.map(|task| task.id) {
                    let answered = Event::Answered(op, Answer::Ok);
                    let act: Act = &mut |task, scope| task.dispatch(answered, scope);
                    self.with_task(parts, later, act);
                }
            }
            // A sign-out that ran at the same time waits for its outcome.
            Action::Settled => {
                let again = task.online_meanwhile;
                let whom = task.on_behalf_of.unwrap_or(id);
                self.each_task(parts, &mut |task, scope| task.check_other_tab(scope));
                if again {
                    self.revoke_again(parts, whom);
                }
            }
        }
    }

    /// The newest sign-out that has not settled.
    pub fn active(&self) -> Option<&SignOutTask> {
        self.live().filter(|task| !task.is_settled()).last()
    }

    /// Those that a call may join.
    fn joinable(&self) -> impl Iterator<Item = &SignOutTask> {
        let active = self.live().filter(|task| !task.is_settled());
        active.filter(|task| !task.removed_before)
    }

    /// The one that a call joins: the newest, but a `retry()` only where there is no other.
    fn running(&self, by_popup: bool) -> Option<&SignOutTask> {
        // What another sign-out does says nothing of a popup, unless it has one, and what `online` began has none; nobody else
        // waits for a popup.
        let fits = |task: &&SignOutTask| match by_popup {
            true => task.plan().leave == Leave::Popup && task.on_behalf_of.is_none(),
            false => task.phase() != Phase::Popup,
        };
        let mut found = None::<&SignOutTask>;
        for task in self.joinable().filter(fits) {
            if !task.is_retry || found.is_none_or(|found| found.is_retry) {
                found = Some(task);
            }
        }
        found
    }

    fn begin(&mut self, parts: &mut Parts, task: Box<SignOutTask>) {
        let id = task.id;
        // A retry may outlive all clients.
        parts.listen(Listening::Page);
        self.tasks.push(task);
        self.with_task(parts, id, &mut |task, scope| task.begin(scope));
    }

    /// Signs out: checks, joins or begins.
    #[inline(never)]
    pub fn sign_out(
        &mut self,
        parts: &mut Parts,
        client: &Rc<Client>,
        call: CallId,
        asked: SignOutCall,
    ) {
        let options = asked.options;
        let by_popup = options.hosted_ui == HostedUiMode::Popup;
        let window = asked.popup.filter(|_| by_popup);
        let own_navigation = asked.navigate.is_some();
        let (target, must) = target::find(
            &client.config,
            &parts.page,
            &options,
            own_navigation,
            &asked.url,
        );
        let mut removed = asked.removed;
        let refused = match &target {
            // The user is signed out here already, so all else is done as far as it can be.
            _ if removed.is_some() => None,
            _ if asked.aborted => Some(AuthError::new(AuthErrorCode::Aborted)),
            Err(error) if must => Some(error.clone()),
            _ => None,
        };
        if let Some(error) = refused {
            return refuse(parts, call, window.flatten(), error);
        }
        let machine = Machine::new(plan(&client.config, &options));
        let mut ask = Box::new(Ask {
            asked: Asked {
                global: options.global,
                forget_device: options.forget_device,
                leave: machine.plan.leave,
                refused: [false; 3],
            },
            own_target: options.redirect_url.is_some(),
            target,
            navigate: asked.navigate,
            app_state: asked.app_state,
            signal: asked.signal,
            aborted: asked.aborted,
            timeout_ms: options.timeout_ms(),
            retry_when_online: options.retry_when_online,
        });
        if removed.is_some() {
            ask.for_retry();
        }
        let waiter = Waiter::Call(call);
        let running = self.running(by_popup).filter(|_| removed.is_none());
        let mut concurrent: Vec<u32> = running.iter().map(|task| task.context).collect();
        if by_popup && removed.is_none() {
            concurrent = self.joinable().map(|task| task.context).collect();
        }
        let is_clearing = running.is_some_and(SignOutTask::is_to_clear);
        let running = running.map(|task| task.id);
        if let (Some(other), true) = (running, is_clearing) {
            self.join_task(parts, other, ask, waiter, window.flatten());
            return;
        }
        let id = parts.id();
        let now = parts.now.mono;
        let mut task = SignOutTask::new(id, id, client, machine, options, now);
        if let Some(window) = window {
            task.with_popup(window, parts.random.popup_nonce());
        }
        // What it finds ended is their doing: their outcome is this call's too.
        task.concurrent = concurrent;
        let context = SessionContext::new(ask.target.clone(), ask.navigate);
        self.contexts.push((id, context));
        let mut ask = Some(ask);
        self.scoped(parts, &mut task, &mut |task, scope| {
            if let Some(ask) = ask.take() {
                task.first_caller(ask, waiter, scope);
            }
            if let Some(removed) = removed.take() {
                task.was_removed(removed, scope);
            }
        });
        for other in &mut self.tasks {
            if !by_popup && other.phase() == Phase::Popup {
                other.concurrent.push(id);
            }
        }
        match running {
            None => self.begin(parts, task),
            Some(other) => {
                self.joining.push(Joining { task, other });
                parts.scan(client, Owner::Join(id));
            }
        }
    }

    /// The stores were read for a call that may join another sign-out.
    #[inline(never)]
    pub fn join(&mut self, parts: &mut Parts, id: TaskId, scanned: &Scanned) {
        let mut joining = self.joining.iter();
        let Some(at) = joining.position(|joining| joining.task.id == id) else {
            return;
        };
        let Joining { mut task, other } = self.joining.swap_remove(at);
        let running = self.tasks.iter().find(|task| task.id == other);
        let context = running.map(|task| task.context);
        // ForgetDevice and GlobalSignOut are for the main session alone.
        let mut contexts = self.contexts.iter();
        let main = contexts.find(|entry| Some(entry.0) == context);
        let main = main.and_then(|entry| entry.1.ids.first().copied());
        let for_main = task.plan().forget_device || task.plan().global;
        let mut apart = scanned.error.is_some() || running.is_none_or(|task| task.is_settled());
        for place in &scanned.places {
            for stored in &place.found.sessions {
                let id = stored.session.identity();
                apart |= !self.is_held(id, &|id| Some(id) == context) || (for_main && id != main);
            }
        }
        // Another call was as quick, and begins to clear.
        let clearing = self.running(task.plan().leave == Leave::Popup);
        let clearing = clearing.filter(|task| apart && task.is_to_clear());
        let clearing = clearing.map(|task| task.id);
        if apart && clearing.is_none() {
            task.has_waited(scanned);
            self.begin(parts, task);
        } else if let Some((ask, waiter)) = task.take_caller() {
            let window = task.take_window();
            self.join_task(parts, clearing.unwrap_or(other), ask, waiter, window);
            let mut places = scanned.places.iter();
            if !apart && places.any(|place| !place.found.sessions.is_empty()) {
                // A refresh in flight has written the session back: it is removed before the call returns.
                self.with_task(parts, other, &mut |task, scope| {
                    task.read_back_meanwhile(scope)
                });
            }
        }
    }

    fn join_task(
        &mut self,
        parts: &mut Parts,
        id: TaskId,
        ask: Box<Ask>,
        waiter: Waiter,
        window: Option<Handle>,
    ) {
        let mut ask = Some(ask);
        self.with_task(parts, id, &mut |task, scope| {
            if let Some(ask) = ask.take() {
                task.join(ask, waiter, window, scope);
            }
        });
    }

    /// Whether a session is being ended, or was, in one of these contexts.
    fn is_held(&self, id: Option<SessionId>, which: &dyn Fn(u32) -> bool) -> bool {
        let mut contexts = self.contexts.iter();
        contexts.any(|context| which(context.0) && context.1.holds(id))
    }

    /// `retry()` is called.
    #[inline(never)]
    pub fn retry(&mut self, parts: &mut Parts, retry: RetryId, call: CallId) {
        match self.retries.call(retry, call, &mut parts.effects) {
            None => {}
            Some(Again::SignOut(task, ask)) => self.run_again(parts, task, ask, retry),
            Some(Again::Leave(client, target)) => self.leave_again(parts, &client, &target, retry),
        }
    }

    #[inline(never)]
    fn run_again(&mut self, parts: &mut Parts, mut id: TaskId, ask: Box<Ask>, retry: RetryId) {
        // Another caller's retry goes on from there.
        while let Some(next) = self.tasks.iter().find(|task| task.id == id) {
            match next.retried {
                Some(next) => id = next,
                None => break,
            }
        }
        let next = parts.id();
        let (mut ask, mut begun) = (Some(ask), None);
        self.with_task(parts, id, &mut |task, scope| {
            if let Some(ask) = ask.take() {
                begun = task.retry(ask, retry, next, scope);
            }
        });
        if let Some(task) = begun {
            self.begin(parts, task);
            let mut tasks = self.tasks.iter_mut();
            if let Some(task) = tasks.find(|task| task.id == id) {
                task.retry_begun(next);
            }
        }
    }

    #[inline(never)]
    fn leave_again(
        &mut self,
        parts: &mut Parts,
        client: &Rc<Client>,
        target: &Rc<LogoutTarget>,
        retry: RetryId,
    ) {
        let options = SignOutOptions {
            hosted_ui: HostedUiMode::Redirect,
            ..SignOutOptions::default()
        };
        let (id, now) = (parts.id(), parts.now.mono);
        let machine = Machine::leave_only(plan(&client.config, &options));
        let mut task = SignOutTask::new(id, id, client, machine, options, now);
        let context = SessionContext::new(Ok(target.clone()), None);
        self.contexts.push((id, context));
        let waiter = Waiter::Retry(retry);
        self.scoped(parts, &mut task, &mut |task, scope| {
            task.leaves_again(waiter, scope)
        });
        self.begin(parts, task);
    }

    /// The browser came online: what failed is sent again where a caller asked for that.
    #[inline(never)]
    pub fn online(&mut self, parts: &mut Parts) {
        let ids: Vec<TaskId> = self.tasks.iter().map(|task| task.id).collect();
        for id in ids {
            self.revoke_again(parts, id);
        }
    }

    #[inline(never)]
    fn revoke_again(&mut self, parts: &mut Parts, id: TaskId) {
        let next = parts.id();
        let mut begun = None;
        self.with_task(parts, id, &mut |task, scope| {
            begun = task.revoke_again(next, scope)
        });
        if let Some(task) = begun {
            self.begin(parts, task);
        }
    }

    /// What `online` began has settled.
    #[inline(never)]
    fn revoked_again(&mut self, parts: &mut Parts, id: TaskId) {
        let Some(at) = self.tasks.iter().position(|task| task.id == id) else {
            return;
        };
        let mut run = self.tasks.remove(at);
        let before = run.on_behalf_of;
        let mut tasks = self.tasks.iter_mut();
        let waiting = tasks
            .find(|task| Some(task.id) == before)
            .map(|task| task.revoked_again(&mut run));
        self.tasks.insert(at, run);
        let (Some(before), Some(waiting)) = (before, waiting) else {
            return;
        };
        for (ask, retry) in waiting {
            self.run_again(parts, before, ask, retry);
        }
        self.with_task(parts, before, &mut |task, _| task.let_go());
    }

    // ---- what comes back

    /// The stores were read or changed for a sign-out.
    fn done(&mut self, parts: &mut Parts, done: Option<Done<Owner>>) {
        match done {
            Some(Done::Scanned(Owner::SignOut(id, purpose), scanned)) => {
                self.scanned(parts, id, purpose, scanned);
            }
            Some(Done::Removed(Owner::SignOut(id, purpose), scanned)) => {
                self.removed(parts, id, purpose, scanned);
            }
            _ => {}
        }
    }

    /// The stores were read.
    #[inline(never)]
    pub fn scanned(
        &mut self,
        parts: &mut Parts,
        id: TaskId,
        purpose: Purpose,
        scanned: Box<Scanned>,
    ) {
        if let Some(task) = self.tasks.iter().find(|task| task.id == id) {
            parts.learn_issuer(&task.client, &scanned);
        }
        let mut scanned = Some(scanned);
        self.with_task(parts, id, &mut |task, scope| {
            if let Some(scanned) = scanned.take() {
                task.scanned(purpose, scanned, scope);
            }
        });
    }

    /// The chosen keys were removed, or not.
    #[inline(never)]
    pub fn removed(
        &mut self,
        parts: &mut Parts,
        id: TaskId,
        purpose: Purpose,
        scanned: Box<Scanned>,
    ) {
        let mut scanned = Some(scanned);
        self.with_task(parts, id, &mut |task, scope| {
            if let Some(scanned) = scanned.take() {
                task.removed(purpose, scanned, scope);
            }
        });
    }

    /// Cognito answered one of them, or no answer can be had.
    pub fn answered(
        &mut self,
        parts: &mut Parts,
        effect: EffectId,
        answer: Result<Box<Response>, AuthError>,
    ) {
        let mut answer = Some(answer);
        let tasks: Vec<TaskId> = self.tasks.iter().map(|task| task.id).collect();
        for id in tasks {
            self.with_task(parts, id, &mut |task, scope| {
                if let Some(given) = answer.take() {
                    answer = task.answered(effect, given, scope);
                }
            });
        }
    }

    /// The page goes away.
    #[inline(never)]
    pub fn page_hidden(&mut self, parts: &mut Parts, departure: Departure) {
        self.each_task(parts, &mut |task, scope| task.page_hidden(departure, scope));
    }

    /// A signal was aborted.
    pub fn signal_aborted(&mut self, parts: &mut Parts, signal: Handle) {
        self.each_task(parts, &mut |task, scope| task.signal_aborted(signal, scope));
        // One that looks whether it joins has touched nothing yet.
        let is_aborted = |joining: &mut Joining| !joining.task.note_aborted(signal).is_empty();
        while let Some(at) = self.joining.iter_mut().position(is_aborted) {
            let mut task = self.joining.remove(at).task;
            let window = task.take_window();
            if let Some((_, Waiter::Call(call))) = task.take_caller() {
                refuse(parts, call, window, AuthError::new(AuthErrorCode::Aborted));
            }
        }
    }

    /// The result of the page before can be left for once more.
    pub fn offer_leaving(&mut self, retry: RetryId, client: &Rc<Client>, target: LogoutTarget) {
        let again = Again::Leave(client.clone(), Rc::new(target));
        self.retries.offer(retry, again);
    }

    /// One who could call `retry()` is gone.
    pub fn retry_forgotten(&mut self, retry: RetryId) {
        self.retries.forget(retry);
    }

    // ---- how it stands

    /// Whether one of them is signing out.
    pub fn is_signing_out(&self) -> bool {
        self.live().any(SignOutTask::is_signing_out)
    }

    /// Whether one has anything left to tell.
    pub fn is_active(&self) -> bool {
        self.active().is_some() || !self.joining.is_empty()
    }

    /// Whether anything more happens to one.
    pub fn is_running(&self) -> bool {
        self.live().next().is_some() || !self.joining.is_empty()
    }

    /// A session has ended, and this refresh token of it turned up: the sign-out that ends it revokes the token, or nobody waits.
    pub fn revoke(&mut self, parts: &mut Parts, client: &Rc<Client>, (session, token): &Ended) {
        let revokes = |task: &&SignOutTask| {
            task.is_to_revoke() && self.is_held(*session, &|context| context == task.context)
        };
        // One whose callers still wait comes first.
        let task = self
            .live()
            .filter(revokes)
            .min_by_key(|task| task.is_settled());
        let Some(id) = task.map(|task| task.id) else {
            return parts.revoke_in_passing(client, token);
        };
        self.with_task(parts, id, &mut |task, scope| {
            task.refresh_token_found(*session, token, scope);
        });
    }

    /// Whether one is ending this session, and revokes its token itself.
    pub fn holds(&self, id: Option<SessionId>) -> bool {
        let revoking = self.live().filter(|task| task.is_to_revoke());
        let contexts: Vec<u32> = revoking.map(|task| task.context).collect();
        self.is_held(id, &|context| contexts.contains(&context))
    }

    /// When one wants to be looked at.
    pub fn due(&self) -> f64 {
        let mut due = f64::INFINITY;
        for task in self.live() {
            due = due.min(task.due());
        }
        due
    }

    /// After each step: counts who got a `retry()`, and drops what nobody can call and nothing needs any more. `is_kept`: the
    /// `retry()` of a result that is handed out again.
    pub fn tidy(&mut self, effects: &[Effect], is_kept: &dyn Fn(RetryId) -> bool) {
        self.retries.hand_out(effects);
        self.retries.drop_unused(is_kept);
        self.drop_tasks();
    }

    /// The handles that they may need.
    pub fn handles(&self, used: &mut Vec<Handle>) {
        for task in &self.tasks {
            task.handles(used);
        }
        for joining in &self.joining {
            joining.task.handles(used);
        }
        for (_, context) in &self.contexts {
            used.extend(context.navigate);
        }
        self.retries.handles(used);
    }

    fn drop_tasks(&mut self) {
        let (mut retried, mut contexts) = (Vec::new(), Vec::new());
        for task in &self.tasks {
            let id = task.id;
            // A retry is younger than what it runs again.
            if !task.is_let_go() || self.retries.need(id) || retried.contains(&id) {
                retried.push(id);
                retried.extend(task.retried);
                contexts.push(task.context);
            }
        }
        // An answer that comes late counts for the retries.
        self.tasks.retain(|task| {
            let counts = task.awaits_answers() && contexts.contains(&task.context);
            counts || retried.contains(&task.id)
        });
        let (tasks, joining) = (&self.tasks, &self.joining);
        self.contexts.retain(|context| {
            let needs = |task: &SignOutTask| {
                task.context == context.0 || task.concurrent.contains(&context.0)
            };
            tasks.iter().any(|task| needs(task))
                || joining.iter().any(|joining| needs(&joining.task))
        });
    }
}

/// A failure before anything was touched.
fn refuse(parts: &mut Parts, call: CallId, window: Option<Handle>, error: AuthError) {
    if let Some(window) = window {
        parts.effects.push(Effect::ClosePopup(window));
    }
    let outcome = Rc::new(Outcome::refused(error));
    parts.settle(call, Reply::SignedOut(outcome));
}

fn plan(config: &Config, options: &SignOutOptions) -> Plan {
    Plan {
        global: options.global,
        forget_device: options.forget_device,
        revocation: config.token_revocation,
        leave: match options.hosted_ui {
            HostedUiMode::Auto => Leave::Auto,
            HostedUiMode::Redirect => Leave::Redirect,
            HostedUiMode::Popup => Leave::Popup,
            HostedUiMode::Manual => Leave::Manual,
            HostedUiMode::None => Leave::Never,
        },
        one_request: options.timeout_ms() <= 0.0,
    }
}
