//! One schedule from its beginning to its end, and a failing one made small.

use crate::account::{PLANTED, Wrong};
use crate::pages::State;
use crate::setup::{Faults, Plan, Setup};
use crate::storage::{Cookie, Entries};
use crate::story::Line;
use crate::world::{LOGOUT_URLS, Lane, World};

/// How long the end of a schedule may take, in milliseconds: a redirect has 31 s, and a `retry()` as long.
const END_MS: f64 = 60_000.0;

/// What came of a schedule.
pub struct Played {
    pub wrong: Option<Wrong>,
    pub story: Vec<Line>,
}

fn world(setup: &Setup, is_told: bool) -> World {
    let mut world = World::new(setup);
    world.story = is_told.then(Vec::new);
    begin(&mut world);
    world
}

/// The tabs open. In each place there are keys that are nobody's of ours.
pub fn begin(world: &mut World) {
    for name in PLANTED {
        let value = world.value("somebody else's");
        world.browser.local.insert(name.into(), value.clone());
        world.browser.database.insert(name.into(), value.clone());
        world.browser.set_cookie(Cookie {
            name: name.into(),
            of_domain: false,
            path: "/",
            value,
        });
    }
    for _ in 0..world.setup.tabs {
        let mut session = Entries::new();
        for name in PLANTED {
            session.insert(name.into(), world.value("somebody else's"));
        }
        world.open(session);
    }
    world.run_until(100.0);
    if world.setup.elsewhere {
        world.sign_in_elsewhere();
    }
    if world.setup.crowd {
        world.store_crowd();
    }
}

/// Plays a schedule. `is_told`: with its story, which takes time.
pub fn play(plan: &Plan, is_told: bool) -> Played {
    let mut world = world(&plan.setup, is_told);
    world.is_calm = plan.is_calm();
    for (at, action) in &plan.actions {
        world.run_until(100.0 + *at as f64);
        if world.wrong.is_some() {
            break;
        }
        world.act(*action);
        world.note_tabs();
    }
    end(&mut world);
    Played {
        wrong: world.wrong,
        story: world.story.unwrap_or_default(),
    }
}

/// The faults are over: everything comes to its end.
pub fn end(world: &mut World) {
    pass(world, 1000.0);
    let since = world.now;
    world.note(Lane::Browser, || {
        "nothing goes wrong from here on".to_owned()
    });
    world.has_faults = false;
    world.is_silent = false;
    world.online();
    for tab in world.open_tabs() {
        world.set_hidden(tab, false);
    }
    world.note_tabs();
    world.mend_navigations();
    world.register_urls(&LOGOUT_URLS);
    pass(world, END_MS);
    world.check_online(since);
    for _ in 0..8 {
        for _ in 0..world.account.offers.len() {
            if world.wrong.is_none() {
                world.retry_next();
            }
        }
        pass(world, END_MS);
    }
    if world.wrong.is_none() && !world.account.offers.is_empty() {
        let offers = world.account.offers.iter();
        let open = offers.filter(|offer| world.pages[offer.page].state == State::Active);
        if open.count() > 0 {
            world.is_wrong(9, || "retry() never finishes what can be finished".into());
        }
    }
    if world.wrong.is_none() {
        for process in &world.browser.processes {
            assert!(
                process.local == world.browser.local,
                "all processes see one localStorage in the end"
            );
        }
        world.check_end();
    }
}

fn pass(world: &mut World, ms: f64) {
    if world.wrong.is_none() {
        world.run_until(world.now + ms);
    }
}

/// The smallest schedule that breaks the same invariant: without what it does not need.
pub fn shrink(plan: &Plan) -> Plan {
    let Some(wrong) = play(plan, false).wrong else {
        return plan.clone();
    };
    let fails = |plan: &Plan| {
        let found = play(plan, false).wrong;
        found.is_some_and(|found| found.invariant == wrong.invariant)
    };
    let mut small = plan.clone();
    loop {
        let before = (small.actions.len(), format!("{:?}", small.setup));
        let mut at = small.actions.len();
        while at > 0 {
            at -= 1;
            let mut less = small.clone();
            less.actions.remove(at);
            if fails(&less) {
                small = less;
            }
        }
        for simpler in simpler(&small.setup) {
            let less = Plan {
                setup: simpler,
                actions: small.actions.clone(),
            };
            if fails(&less) {
                small = less;
            }
        }
        if before == (small.actions.len(), format!("{:?}", small.setup)) {
            return small;
        }
    }
}

/// The same browser, with one thing less that may go wrong.
fn simpler(setup: &Setup) -> Vec<Setup> {
    let mut all = Vec::new();
    let mut with = |change: &dyn Fn(&mut Setup)| {
        let mut less = setup.clone();
        change(&mut less);
        all.push(less);
    };
    with(&|it| it.faults = Faults::default());
    with(&|it| it.faults.lost_request = 0);
    with(&|it| it.faults.lost_answer = 0);
    with(&|it| it.faults.silent = 0);
    with(&|it| it.faults.throttled = 0);
    with(&|it| it.faults.internal = 0);
    with(&|it| it.faults.portal = 0);
    with(&|it| it.faults.slow_ms = 0);
    with(&|it| it.faults.lost_event = 0);
    with(&|it| it.faults.storage_rejects = 0);
    with(&|it| it.faults.storage_hangs = 0);
    with(&|it| it.tabs = (it.tabs - 1).max(1));
    with(&|it| it.spread_ms = 0);
    with(&|it| it.storage_ms = 0);
    with(&|it| it.parted = false);
    with(&|it| it.back_forward_cache = false);
    with(&|it| it.oidc = false);
    with(&|it| it.rotation_grace_ms = None);
    with(&|it| it.access_valid_ms = 3_600_000.0);
    with(&|it| it.knows_get_tokens = true);
    with(&|it| it.referrer = true);
    with(&|it| it.channels = true);
    with(&|it| it.locks = true);
    with(&|it| it.tells_navigations = true);
    with(&|it| it.one_process = false);
    with(&|it| it.faults.full = 0);
    with(&|it| it.user_list = false);
    with(&|it| it.crowd = false);
    with(&|it| it.elsewhere = false);
    with(&|it| it.sticky = false);
    with(&|it| it.identity_pool = false);
    with(&|it| it.authority = 0);
    with(&|it| it.v5 = false);
    with(&|it| it.sends_on = false);
    with(&|it| it.retries_on_load = false);
    all
}
