//! What one seed makes: the browser, Cognito and their faults, and what people and apps do when.

use crate::random::Random;

/// Where the app keeps its sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    Local,
    Session,
    Cookie,
    Memory,
    /// An asynchronous storage of the app's own that lists its keys.
    Listing,
    /// One that can't list its keys.
    ByKey,
    /// A `StateStore` of oidc-client-ts.
    StateStore,
}

impl Kept {
    /// It may take its time.
    pub fn is_custom(self) -> bool {
        matches!(self, Kept::Listing | Kept::ByKey | Kept::StateStore)
    }
}

/// How often things go wrong, in percent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Faults {
    pub lost_request: u64,
    pub lost_answer: u64,
    pub silent: u64,
    pub throttled: u64,
    pub internal: u64,
    pub portal: u64,
    /// An answer that takes up to so many milliseconds more.
    pub slow_ms: u64,
    /// A storage event or a message that never arrives.
    pub lost_event: u64,
    /// A write that finds the storage full.
    pub full: u64,
    /// An operation of an asynchronous storage that rejects.
    pub storage_rejects: u64,
    /// One that never settles; what it does may still happen, much later.
    pub storage_hangs: u64,
}

/// The browser, the app and Cognito.
#[derive(Clone, Debug)]
pub struct Setup {
    pub seed: u64,
    pub kept: Kept,
    pub hosted_ui: bool,
    /// What the app says of the pool, which has it so or not.
    pub revocation: bool,
    pub pool_revokes: bool,
    pub rotation_grace_ms: Option<f64>,
    pub access_valid_ms: f64,
    pub knows_get_tokens: bool,
    /// The Navigation API.
    pub tells_navigations: bool,
    pub referrer: bool,
    pub channels: bool,
    pub locks: bool,
    pub back_forward_cache: bool,
    /// The app's pages and popups are parted by COOP.
    pub parted: bool,
    pub one_process: bool,
    /// How long a write takes to reach another process at most.
    pub spread_ms: u64,
    /// How long an asynchronous storage takes at most.
    pub storage_ms: u64,
    /// Sign-ins are stored as oidc-client-ts does, by the library.
    pub oidc: bool,
    /// Users are signed in beside each other, and the list of them says so.
    pub user_list: bool,
    /// Forty more users are stored.
    pub crowd: bool,
    /// The user is signed in on another device too.
    pub elsewhere: bool,
    /// A key of the storage can't be removed.
    pub sticky: bool,
    pub identity_pool: bool,
    /// How oidc-client-ts names the authority.
    pub authority: usize,
    /// The configuration is Amplify v5's.
    pub v5: bool,
    /// The app's server sends on from the sign-out URL.
    pub sends_on: bool,
    /// The app calls `retry()` on load, wherever it is offered.
    pub retries_on_load: bool,
    pub tabs: usize,
    pub faults: Faults,
}

/// How a user signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The app stores the tokens by this package.
    StoreTokens,
    /// Another library writes them.
    Library,
}

/// What a call of `signOut` asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wanted {
    pub global: bool,
    pub hosted_ui: Mode,
    pub timeout_ms: u64,
    pub forget_device: bool,
    pub online: bool,
    pub signal: bool,
    /// How the app's own `navigate` behaves.
    pub navigate: Option<Navigate>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Auto,
    Redirect,
    Popup,
    /// A popup that the face has opened before it called.
    OpenedPopup,
    Manual,
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Navigate {
    Follows,
    Rejects,
    Hangs,
    LeadsElsewhere,
}

/// One thing that somebody does. Tabs are chosen by number, modulo those that are open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    SignIn {
        tab: usize,
        user: usize,
        client: usize,
        hosted: bool,
        device: bool,
        /// Without a refresh token: the implicit grant.
        implicit: bool,
        by: By,
    },
    SignOut(usize, usize, Wanted),
    Abort(usize),
    Retry(usize),
    Forget(usize),
    Load(usize),
    Refresh(usize),
    Take(usize),
    RevokeToken(usize),
    GlobalSignOut(usize),
    Configure(usize),
    Dispose(usize),
    LibraryRefresh(usize),
    LibrarySignOut(usize),
    /// Another version of this package stores its own view of the record of ended sessions.
    OtherVersion(usize),
    Hide(usize),
    Show(usize),
    Freeze(usize),
    Resume(usize),
    Open,
    Duplicate(usize),
    Reload(usize),
    Close(usize),
    /// To another page of the app, by a link.
    Link(usize),
    Typed(usize),
    Back(usize),
    Crash(usize),
    MachineCrash,
    Clock(i64),
    Offline,
    Online,
    /// Cognito answers nothing, until it does again.
    Silence,
    ClosePopup,
    ErrorPage,
}

/// All of it.
#[derive(Clone, Debug)]
pub struct Plan {
    pub setup: Setup,
    /// When, in milliseconds from the start, and what.
    pub actions: Vec<(u64, Action)>,
}

struct Dice(Random);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0.bits() % limit
    }

    /// So many times in a hundred.
    fn percent(&mut self, times: u64) -> bool {
        self.below(100) < times
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }
}

impl Plan {
    /// One plain sign-out, and nothing that may go wrong.
    pub fn is_calm(&self) -> bool {
        let Setup { faults, .. } = &self.setup;
        let Faults { slow_ms, .. } = *faults;
        let is_plain = |action: &Action| match action {
            Action::SignIn { implicit, .. } => !implicit,
            Action::Load(_) | Action::Open => true,
            Action::SignOut(_, _, wanted) => {
                let modes = [Mode::None, Mode::Auto, Mode::Redirect];
                let Wanted {
                    timeout_ms,
                    signal,
                    navigate,
                    ..
                } = *wanted;
                timeout_ms >= 5000
                    && !signal
                    && navigate.is_none()
                    && modes.contains(&wanted.hosted_ui)
            }
            _ => false,
        };
        let sign_outs = self
            .actions
            .iter()
            .filter(|it| matches!(it.1, Action::SignOut(..)));
        *faults
            == Faults {
                slow_ms,
                ..Faults::default()
            }
            && slow_ms < 1000
            && !self.setup.sticky
            && self.setup.hosted_ui
            && self.setup.pool_revokes == self.setup.revocation
            && self.actions.iter().all(|it| is_plain(&it.1))
            && sign_outs.count() == 1
    }

    pub fn of(seed: u64) -> Plan {
        let mut dice = Dice(Random(seed));
        let setup = setup(seed, &mut dice);
        let mut actions = vec![(0, sign_in(&mut dice, 0))];
        let mut at = 500 + dice.below(1500);
        let calm = dice.percent(30);
        for _ in 0..3 + dice.below(if calm { 6 } else { 18 }) {
            actions.push((at, action(&mut dice, &setup)));
            at += dice.pick(&[0, 0, 1, 15, 80, 400, 1500, 3000, 12_000]);
        }
        Plan { setup, actions }
    }
}

fn setup(seed: u64, dice: &mut Dice) -> Setup {
    let kept = match dice.below(20) {
        0..=8 => Kept::Local,
        9..=11 => Kept::Session,
        12 | 13 => Kept::Cookie,
        14 => Kept::Memory,
        15 | 16 => Kept::Listing,
        17 | 18 => Kept::ByKey,
        _ => Kept::StateStore,
    };
    let often = dice.pick(&[0, 0, 3, 12, 35]);
    let rate = |dice: &mut Dice| if dice.percent(40) { often } else { 0 };
    let faults = Faults {
        lost_request: rate(dice),
        lost_answer: rate(dice),
        silent: rate(dice) / 2,
        throttled: rate(dice),
        internal: rate(dice),
        portal: rate(dice) / 2,
        slow_ms: dice.pick(&[0, 0, 300, 3000, 9000]),
        full: dice.pick(&[0, 0, 0, 0, 20]),
        lost_event: dice.pick(&[0, 0, 0, 10, 50]),
        storage_rejects: dice.pick(&[0, 0, 0, 4]),
        storage_hangs: dice.pick(&[0, 0, 0, 4]),
    };
    let pool_revokes = !dice.percent(8);
    Setup {
        seed,
        kept,
        hosted_ui: dice.percent(75),
        revocation: if dice.percent(95) {
            pool_revokes
        } else {
            !pool_revokes
        },
        pool_revokes,
        rotation_grace_ms: dice.pick(&[None, None, Some(0.0), Some(10_000.0)]),
        access_valid_ms: dice.pick(&[3_600_000.0, 3_600_000.0, 300_000.0, 4000.0]),
        knows_get_tokens: !dice.percent(15),
        tells_navigations: dice.percent(70),
        referrer: dice.percent(75),
        channels: !dice.percent(15),
        locks: !dice.percent(15),
        back_forward_cache: dice.percent(60),
        parted: dice.percent(25),
        one_process: dice.percent(25),
        spread_ms: dice.pick(&[0, 5, 60, 400, 2500]),
        storage_ms: dice.pick(&[0, 5, 200, 1500]),
        oidc: kept == Kept::StateStore || (dice.percent(20) && kept != Kept::ByKey),
        user_list: dice.percent(15),
        crowd: kept == Kept::Local && dice.percent(3),
        elsewhere: dice.percent(40),
        sticky: !kept.is_custom() && dice.percent(2),
        identity_pool: dice.percent(25),
        authority: dice.below(3) as usize,
        v5: dice.percent(15),
        sends_on: dice.percent(15),
        retries_on_load: dice.percent(20),
        tabs: dice.pick(&[1, 1, 2, 2, 3]),
        faults,
    }
}

fn sign_in(dice: &mut Dice, tab: usize) -> Action {
    Action::SignIn {
        tab,
        user: usize::from(dice.percent(25)),
        client: usize::from(dice.percent(10)),
        hosted: dice.percent(50),
        device: dice.percent(20),
        implicit: dice.percent(4),
        by: if dice.percent(50) {
            By::StoreTokens
        } else {
            By::Library
        },
    }
}

fn wanted(dice: &mut Dice, setup: &Setup) -> Wanted {
    Wanted {
        global: dice.percent(35),
        hosted_ui: match dice.below(20) {
            0..=6 => Mode::None,
            7..=11 => Mode::Auto,
            12..=14 => Mode::Redirect,
            15 | 16 => Mode::Popup,
            17 => Mode::OpenedPopup,
            _ => Mode::Manual,
        },
        timeout_ms: dice.pick(&[5000, 5000, 5000, 300, 0, 20_000]),
        forget_device: dice.percent(20),
        online: dice.percent(25),
        signal: dice.percent(30),
        navigate: dice.percent(15).then(|| {
            dice.pick(&[
                Navigate::Follows,
                Navigate::Follows,
                Navigate::Rejects,
                Navigate::Hangs,
                // Without the Navigation API it can't be told from a return (docs/engines.md).
                if setup.tells_navigations {
                    Navigate::LeadsElsewhere
                } else {
                    Navigate::Hangs
                },
            ])
        }),
    }
}

fn action(dice: &mut Dice, setup: &Setup) -> Action {
    let tab = dice.below(4) as usize;
    let any = dice.below(8) as usize;
    let tab = if setup.tabs == 1 && dice.percent(70) {
        0
    } else {
        tab
    };
    match dice.below(100) {
        0..=25 => Action::SignOut(tab, usize::from(dice.percent(8)), wanted(dice, setup)),
        26..=31 => sign_in(dice, tab),
        32..=35 => Action::Abort(any),
        36..=42 => Action::Retry(any),
        43 => Action::Forget(any),
        44..=47 => Action::Load(tab),
        48..=51 => Action::Refresh(tab),
        52..=53 => Action::Take(tab),
        54 => Action::RevokeToken(tab),
        55 => Action::GlobalSignOut(tab),
        56..=57 => Action::Configure(tab),
        58 => Action::Dispose(tab),
        59..=63 => Action::LibraryRefresh(tab),
        64 => Action::LibrarySignOut(tab),
        65 => Action::OtherVersion(tab),
        66..=67 => Action::Hide(tab),
        68..=69 => Action::Show(tab),
        70..=71 => Action::Freeze(tab),
        72..=73 => Action::Resume(tab),
        74..=75 => Action::Open,
        76 => Action::Duplicate(tab),
        77..=79 => Action::Reload(tab),
        80 => Action::Close(tab),
        81..=82 => Action::Link(tab),
        83 => Action::Typed(tab),
        84..=86 => Action::Back(tab),
        87 => Action::Crash(tab),
        88 => match dice.percent(40) {
            true => Action::MachineCrash,
            false => Action::Crash(tab),
        },
        89 => Action::Clock(dice.pick(&[-7_200_000, -60_000, 500, 60_000, 7_200_000])),
        90..=92 => Action::Offline,
        93..=95 => Action::Online,
        96..=97 => Action::Silence,
        98 => Action::ClosePopup,
        _ => Action::ErrorPage,
    }
}
