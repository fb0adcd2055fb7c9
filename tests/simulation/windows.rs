//! Tabs and popups: their history, and how pages come and go.

use cognito_signout::internals::engine::io::{
    EffectId, EntryBefore, Handle, Input, Listening, PageView, PopupView,
};

use crate::cognito::Logout;
use crate::pages::{Object, Page, State, key};
use crate::storage::Entries;
use crate::story::Event;
use crate::world::{APP, CLIENTS, Chance, Lane, World};

/// An entry of a tab's history.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: String,
    /// A page of the app, or one of the hosted UI.
    pub url: Option<String>,
    /// The page, where it shows or is in the back-forward cache.
    pub page: Option<usize>,
}

pub struct Tab {
    pub session: Entries,
    pub process: usize,
    pub history: Vec<Entry>,
    pub at: usize,
    pub is_open: bool,
    /// The navigation under way.
    pub pending: Option<u32>,
    /// How many began since it shows what it shows.
    begun: u32,
    pub is_popup: bool,
    /// A popup that still shows about:blank.
    pub is_blank: bool,
    /// The page that opened it, its engine, and the number by which that one knows it.
    pub opener: Option<(usize, usize, Handle)>,
    /// COOP has parted it from its opener.
    pub is_parted: bool,
    /// Its pages use the second app client too.
    pub uses_second: bool,
    /// What the user sees there while `/logout` answered with an error.
    pub has_error: bool,
}

/// Where a navigation leads.
#[derive(Clone, Debug)]
pub enum Way {
    App(&'static str),
    Typed(&'static str),
    Reload,
    Logout(String),
}

impl World {
    pub fn open_tabs(&self) -> Vec<usize> {
        let open = |tab: &usize| self.tabs[*tab].is_open && !self.tabs[*tab].is_popup;
        (0..self.tabs.len()).filter(open).collect()
    }

    /// The page that a tab shows, where it is one of the app's.
    pub fn page_of(&self, tab: usize) -> Option<usize> {
        let tab = &self.tabs[tab];
        let page = tab.history.get(tab.at)?.page?;
        (tab.is_open && self.pages[page].state != State::Gone).then_some(page)
    }

    pub fn new_tab(&mut self, session: Entries) -> usize {
        let process = match self.setup.one_process && !self.browser.processes.is_empty() {
            true => self.browser.processes.len() - 1,
            false => self.new_process(),
        };
        self.tabs.push(Tab {
            session,
            process,
            history: Vec::new(),
            at: 0,
            is_open: true,
            pending: None,
            begun: 0,
            is_popup: false,
            is_blank: false,
            opener: None,
            is_parted: false,
            uses_second: false,
            has_error: false,
        });
        self.tabs.len() - 1
    }

    /// A tab at the app's first page.
    pub fn open(&mut self, session: Entries) -> usize {
        let tab = self.new_tab(session);
        let view = PageView {
            navigation: Some("navigate".into()),
            is_first: true,
            before: match self.setup.tells_navigations {
                true => EntryBefore::Null,
                false => EntryBefore::Unsupported,
            },
            ..PageView::default()
        };
        self.note(Lane::Tab(tab), || Event::Opens { opener: None });
        self.show(tab, "/", view, self.now);
        tab
    }

    /// A new page of the app in a tab.
    fn show(&mut self, tab: usize, path: &str, mut view: PageView, began: f64) {
        let entry = format!("entry-{}", self.number());
        let (url, process) = ([APP, path].concat(), self.tabs[tab].process);
        let began_wall = self.wall_here() - (self.now - began);
        let mut page = Page::new(tab, process, &url, (began, began_wall), entry.clone());
        page.note_awake(self.now);
        page.answered = self.now - began;
        let is_popup = self.tabs[tab].is_popup;
        let alone = self.tabs[tab].history.is_empty();
        view.url = url.clone();
        view.loaded = Some(url.clone());
        view.is_first = alone;
        view.is_alone = is_popup && alone;
        page.view = view;
        self.pages.push(page);
        let page = self.pages.len() - 1;
        self.push(tab, Some(url), entry, Some(page));
        let ms = self.below(Chance::Pages, tab, 40) as f64;
        self.after(ms, move |world| world.boot(page));
    }

    /// A document is pushed behind the one that shows.
    fn push(&mut self, tab: usize, url: Option<String>, id: String, page: Option<usize>) {
        let it = &mut self.tabs[tab];
        let keeps = if it.history.is_empty() { 0 } else { it.at + 1 };
        let forward: Vec<Entry> = it.history.drain(keeps..).collect();
        it.history.push(Entry { id, url, page });
        it.at = it.history.len() - 1;
        for entry in forward {
            if let Some(page) = entry.page {
                self.end_page(page);
            }
        }
    }

    // ---- navigations

    /// A navigation begins; one that is under way is replaced.
    pub fn navigate(&mut self, tab: usize, way: Way, by: Option<(usize, usize)>) {
        let number = self.number();
        let from = self.page_of(tab);
        self.tabs[tab].pending = Some(number);
        self.tabs[tab].begun += 1;
        let url = match &way {
            Way::App(path) | Way::Typed(path) => [APP, path].concat(),
            Way::Reload => String::new(),
            Way::Logout(url) => url.clone(),
        };
        if let Some(page) = from {
            if self.pages[page].state == State::Frozen {
                self.runs_again(page);
            }
            for slot in 0..self.pages[page].slots.len() {
                if !self.slot(page, slot).is_watching {
                    continue;
                }
                let is_ours = by == Some((page, slot));
                // The browser's own reload and a typed address show no `navigate` event.
                if self.setup.tells_navigations && matches!(way, Way::App(_) | Way::Logout(_)) {
                    let seen = Input::NavigationSeen {
                        url: url.clone(),
                        is_ours,
                        stays: false,
                    };
                    self.after(0.0, move |world| world.deliver(page, slot, seen));
                }
                self.after(0.5, move |world| {
                    world.deliver(page, slot, Input::Unloading)
                });
            }
        }
        if self.tabs[tab].is_blank
            && let Some((page, slot, handle)) = self.tabs[tab].opener
        {
            self.deliver(page, slot, Input::PopupUnloading(handle));
        }
        let began = self.now;
        let ms = 5 + self.below(Chance::Pages, tab, 600);
        let boots = self.browser.boots;
        self.after(ms as f64, move |world| {
            if world.browser.boots == boots {
                world.answered(tab, number, way, began);
            }
        });
    }

    /// The server of a navigation answers.
    fn answered(&mut self, tab: usize, number: u32, way: Way, began: f64) {
        let is_pending = self.tabs[tab].pending == Some(number);
        let path = match &way {
            Way::App(path) | Way::Typed(path) => path,
            Way::Reload => "",
            Way::Logout(url) => {
                // What was replaced may have reached the server all the same.
                let reaches = is_pending || self.percent(Chance::Network, tab, 60);
                if !self.browser.is_online || !reaches {
                    return self.commit_foreign(tab, number, false);
                }
                let (wall, cookie) = (self.wall(), self.browser.hosted);
                match self.cognito.logout(wall, cookie, url) {
                    Logout::Redirect(back) => {
                        self.note(Lane::Cognito, || Event::LogsOut { tab, is_ok: true });
                        self.browser.hosted = None;
                        match back.strip_prefix(APP) {
                            Some("/signed-out") => "/signed-out",
                            _ => "/",
                        }
                    }
                    Logout::ErrorPage => {
                        self.note(Lane::Cognito, || Event::LogsOut { tab, is_ok: false });
                        return self.commit_foreign(tab, number, true);
                    }
                }
            }
        };
        let sends_on = self.setup.sends_on && matches!(way, Way::Logout(_));
        let path: &'static str = match path {
            _ if sends_on => "/home",
            "/home" => "/home",
            "/signed-out" => "/signed-out",
            _ => "/",
        };
        let ms = 5 + self.below(Chance::Pages, tab, 300);
        let boots = self.browser.boots;
        self.after(ms as f64, move |world| {
            if world.browser.boots == boots && world.tabs[tab].pending == Some(number) {
                world.commit(tab, path, &way, began);
            }
        });
    }

    /// The tab shows a document of another origin.
    fn commit_foreign(&mut self, tab: usize, number: u32, is_error: bool) {
        let boots = self.browser.boots;
        self.after(5.0, move |world| {
            if world.browser.boots != boots || world.tabs[tab].pending != Some(number) {
                return;
            }
            world.tabs[tab].pending = None;
            if let Some(page) = world.page_of(tab) {
                world.hide_page(page);
            }
            if !world.tabs[tab].is_open {
                return;
            }
            world.leave_blank(tab);
            world.tabs[tab].has_error = is_error;
            world.note(Lane::Tab(tab), || {
                let page = if is_error {
                    "Cognito's"
                } else {
                    "the browser's"
                };
                format!("shows {page} error page")
            });
            world.push(tab, None, String::new(), None);
        });
    }

    fn leave_blank(&mut self, tab: usize) {
        let parted = self.setup.parted;
        let it = &mut self.tabs[tab];
        it.is_parted |= it.is_popup && parted;
        it.is_blank = false;
    }

    /// The tab shows a page of the app.
    fn commit(&mut self, tab: usize, path: &'static str, way: &Way, began: f64) {
        self.tabs[tab].pending = None;
        let returned = matches!(way, Way::Logout(_));
        let is_reload = matches!(way, Way::Reload);
        if let Some(page) = self.page_of(tab) {
            self.hide_page(page);
        }
        // What begins while the page goes away does not count.
        self.tabs[tab].pending = None;
        let it = &self.tabs[tab];
        if !it.is_open {
            return;
        }
        let shown = it.history.get(it.at).cloned();
        let tells = self.setup.tells_navigations;
        let is_alone = self.tabs[tab].begun == 1;
        self.tabs[tab].begun = 0;
        let own = shown.as_ref().filter(|entry| entry.url.is_some());
        let before = match (tells, own) {
            (false, _) => EntryBefore::Unsupported,
            (true, Some(entry)) => EntryBefore::Entry(Some(entry.id.clone())),
            (true, None) => EntryBefore::Null,
        };
        let typed = matches!(way, Way::Typed(_));
        let referrer = match own {
            Some(_) if self.setup.referrer && returned => format!("{APP}/"),
            Some(entry) if self.setup.referrer && !typed => entry.url.clone().unwrap_or_default(),
            None if returned && self.tabs[tab].is_popup && self.setup.referrer => format!("{APP}/"),
            _ => String::new(),
        };
        let mut view = PageView {
            navigation: Some(if is_reload { "reload" } else { "navigate" }.into()),
            pushed_behind: own
                .filter(|_| tells && !is_reload)
                .map(|entry| entry.id.clone()),
            before,
            referrer,
            ..PageView::default()
        };
        let path = match (is_reload, &shown) {
            (true, Some(Entry { url: Some(url), .. })) => {
                url.strip_prefix(APP).unwrap_or("/").to_owned()
            }
            _ => path.to_owned(),
        };
        if is_reload {
            // It stands in its own place.
            let history = &mut self.tabs[tab].history;
            history.pop();
            let last = history.len().saturating_sub(1);
            self.tabs[tab].at = last;
            if tells && let Some(entry) = &shown {
                view.before = EntryBefore::Entry(Some(entry.id.clone()));
            }
        }
        // The first page after a return has all the evidence that there is.
        self.account_return(tab, returned && tells && is_alone && own.is_some());
        self.leave_blank(tab);
        self.note(Lane::Tab(tab), || Event::Arrives {
            path: path.clone(),
            from_hosted_ui: returned,
        });
        self.show(tab, &path, view, began);
    }

    /// Back in the history.
    pub fn back(&mut self, tab: usize) {
        let it = &mut self.tabs[tab];
        if it.at == 0 || !it.is_open {
            return;
        }
        let from = self.page_of(tab);
        let tells = self.setup.tells_navigations;
        if let Some(page) = from {
            for slot in 0..self.pages[page].slots.len() {
                if self.slot(page, slot).is_watching {
                    if tells {
                        let url = APP.to_owned();
                        let seen = Input::NavigationSeen {
                            url,
                            is_ours: false,
                            stays: false,
                        };
                        self.deliver(page, slot, seen);
                    }
                    self.deliver(page, slot, Input::Unloading);
                }
            }
            self.hide_page(page);
        }
        self.note(Lane::Tab(tab), || Event::Back);
        self.account_return(tab, false);
        let it = &mut self.tabs[tab];
        if !it.is_open {
            return;
        }
        it.pending = None;
        it.at -= 1;
        let at = it.at;
        let entry = it.history[at].clone();
        let cached = entry
            .page
            .filter(|page| self.pages[*page].state == State::Cached);
        match (cached, entry.url) {
            (Some(page), _) => {
                for slot in 0..self.pages[page].slots.len() {
                    if self.slot(page, slot).listening != Listening::Off {
                        self.pages[page].state = State::Active;
                        self.deliver(page, slot, Input::PageShown { persisted: true });
                    }
                }
                self.runs_again(page);
            }
            (None, Some(url)) => {
                let view = PageView {
                    navigation: Some("back_forward".into()),
                    before: match tells {
                        true => EntryBefore::Null,
                        false => EntryBefore::Unsupported,
                    },
                    ..PageView::default()
                };
                let path = url.strip_prefix(APP).unwrap_or("/").to_owned();
                let behind = self.tabs[tab].history.split_off(at + 1);
                self.tabs[tab].history.pop();
                self.tabs[tab].at = at.saturating_sub(1);
                self.show(tab, &path, view, self.now);
                self.tabs[tab].history.extend(behind);
            }
            (None, None) => {}
        }
    }

    // ---- the end of pages

    /// `pagehide`: it goes into the back-forward cache, or away.
    fn hide_page(&mut self, page: usize) {
        match self.pages[page].state {
            State::Active => {}
            // It runs for the last time.
            State::Frozen => self.runs_again(page),
            _ => return self.end_page(page),
        }
        let lane = self.lane(page);
        self.note(lane, || Event::PageHides);
        let entry = self
            .setup
            .tells_navigations
            .then(|| self.pages[page].entry.clone());
        self.account_hides(page);
        for slot in 0..self.pages[page].slots.len() {
            if self.slot(page, slot).listening == Listening::Page {
                self.step(page, slot, Input::PageHidden(entry.clone()));
            }
        }
        self.check_sent(page);
        let holds = self
            .browser
            .locks
            .iter()
            .any(|locks| locks.iter().any(|lock| lock.0 == page));
        let is_kept =
            self.setup.back_forward_cache && !holds && self.percent(Chance::Pages, page, 70);
        let is_open = self.tabs[self.pages[page].tab].is_open;
        if is_kept && is_open {
            self.pages[page].state = State::Cached;
            self.pages[page].was_cached = true;
            let now = self.now;
            self.pages[page].note_awake(now);
        } else {
            self.end_page(page);
        }
    }

    /// The page is gone, without a word.
    pub fn end_page(&mut self, page: usize) {
        if self.pages[page].state == State::Gone {
            return;
        }
        self.pages[page].state = State::Gone;
        let now = self.now;
        self.pages[page].note_awake(now);
        for client in 0..CLIENTS.len() {
            self.release_locks(client, |lock| lock.0 == page);
        }
    }

    pub fn close(&mut self, tab: usize) {
        if !self.tabs[tab].is_open {
            return;
        }
        self.note(Lane::Tab(tab), || Event::Closes);
        self.tabs[tab].is_open = false;
        let pages: Vec<usize> = self.tabs[tab]
            .history
            .iter()
            .filter_map(|entry| entry.page)
            .collect();
        for page in pages {
            match self.pages[page].state {
                State::Active => self.hide_page(page),
                _ => self.end_page(page),
            }
        }
    }

    /// The renderer of a tab crashes: no `pagehide`.
    pub fn crash(&mut self, tab: usize) {
        self.note(Lane::Tab(tab), || Event::Crashes);
        let process = self.tabs[tab].process;
        for page in 0..self.pages.len() {
            if self.pages[page].process == process {
                self.end_page(page);
            }
        }
        for other in 0..self.tabs.len() {
            if self.tabs[other].process == process {
                self.tabs[other].pending = None;
                if other != tab {
                    self.tabs[other].is_open = false;
                }
            }
        }
        // The user loads it again.
        let process = self.new_process();
        self.tabs[tab].process = process;
        self.navigate(tab, Way::Reload, None);
    }

    /// The machine crashes; the browser comes back with one tab.
    pub fn machine_crash(&mut self) {
        self.note(Lane::Browser, || Event::MachineCrashes);
        let ms = self.below(Chance::Storage, 0, 5000) as f64;
        for page in 0..self.pages.len() {
            self.end_page(page);
        }
        for tab in &mut self.tabs {
            tab.is_open = false;
            tab.pending = None;
        }
        self.browser.roll_back(self.now - ms);
        self.account.machine_crashed(self.now - ms);
        self.open(Entries::new());
    }

    // ---- popups

    pub fn open_popup(&mut self, page: usize, slot: usize) -> Option<Handle> {
        if self.percent(Chance::Pages, page, 15) {
            return None;
        }
        let session = self.tabs[self.pages[page].tab].session.clone();
        let tab = self.new_tab(session);
        let handle = self.keep(page, slot, Object::Window(tab));
        let client = self.pages[page].slots[slot].client;
        let it = &mut self.tabs[tab];
        it.is_popup = true;
        it.is_blank = true;
        it.opener = Some((page, slot, handle));
        it.uses_second = client == 1;
        let opener = Some(self.pages[page].tab);
        self.note(Lane::Tab(tab), || Event::Opens { opener });
        Some(handle)
    }

    fn window(&self, page: usize, slot: usize, handle: Handle) -> Option<usize> {
        match self.object(page, slot, handle)? {
            Object::Window(tab) => Some(tab),
            _ => None,
        }
    }

    pub fn send_popup(
        &mut self,
        page: usize,
        slot: usize,
        id: EffectId,
        window: Handle,
        nonce: &str,
        url: &str,
    ) -> Option<Input> {
        self.no_token(url, "an address");
        let tab = self.window(page, slot, window)?;
        let client = self.pages[page].slots[slot].client;
        if !self.tabs[tab].is_open {
            return Some(Input::PopupSent(id, false));
        }
        let value = self.value(nonce);
        let session = &mut self.tabs[tab].session;
        session.insert(key(client, "popup").into(), value);
        session.remove(key(client, "result").as_str());
        self.note(Lane::Tab(tab), || Event::Leaves);
        self.navigate(tab, Way::Logout(url.to_owned()), None);
        Some(Input::PopupSent(id, true))
    }

    pub fn popup_view(&self, page: usize, slot: usize, window: Handle) -> PopupView {
        let Some(tab) = self.window(page, slot, window) else {
            return PopupView::Closed;
        };
        let it = &self.tabs[tab];
        if !it.is_open || it.is_parted {
            return PopupView::Closed;
        }
        let foreign = it
            .history
            .get(it.at)
            .is_some_and(|entry| entry.url.is_none());
        if foreign {
            PopupView::Away
        } else {
            PopupView::Empty
        }
    }

    pub fn close_popup(&mut self, page: usize, slot: usize, window: Handle) {
        if let Some(tab) = self.window(page, slot, window)
            && !self.tabs[tab].is_parted
        {
            self.after(0.0, move |world| world.close(tab));
        }
    }

    /// Which logout URLs the hosted UI knows from now on.
    pub fn register_urls(&mut self, urls: &[&str]) {
        for client in CLIENTS {
            self.cognito.add_client(client, urls);
        }
    }

    /// What a page of the app keeps for its tab.
    pub fn session_of(&self, tab: usize) -> Entries {
        self.tabs[tab].session.clone()
    }
}
