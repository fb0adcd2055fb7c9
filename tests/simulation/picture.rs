//! A picture of one story: time runs down, and each tab has a lane, with Cognito between them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use cognito_signout::internals::engine::io::CallId;

use crate::account::What;
use crate::setup::Action;
use crate::story::{Event, Lane, Line, Lost, RequestKey, Seen};
use crate::words::{seconds, words};

/// The column of times.
const AXIS: f64 = 74.0;
/// What happens in a tab, beside its lane.
const TEXT: f64 = 252.0;
/// A tab's lane: a column for each session that it may have stored.
const LANE: f64 = 34.0;
const BAR: f64 = 8.0;
/// Between a tab's lane and Cognito's: requests.
const GAP: f64 = 168.0;
const COGNITO: f64 = 14.0;
const EDGE: f64 = 12.0;
/// Between two lines of text.
const ROW: f64 = 15.0;
/// How many characters of a text fit, and how many bold ones.
const CHARS: usize = 36;
const BOLD_CHARS: usize = 32;
/// A longer time without an entry is drawn as a break, in milliseconds.
const BREAK_MS: f64 = 2500.0;

const STYLE: &str = "<style>
text { font: 12px system-ui, sans-serif; fill: #1f2328; paint-order: stroke; stroke: #ffffff;
  stroke-width: 3px; stroke-linejoin: round }
.bg { fill: #ffffff } .title { font-size: 15px; font-weight: 600 } .head { font-weight: 600 }
.quiet { fill: #59636e; font-size: 11px } .request { font-size: 11px }
.lane { fill: #f0f2f5; stroke: #d1d9e0 } .away { stroke: #d1d9e0; stroke-dasharray: 3 4 }
.cognito { fill: #d1d9e0 } .band { fill: #fff1d6 } .rule { stroke: #d1d9e0; stroke-dasharray: 1 5 }
.hidden { fill: url(#hatch) } .hatch { stroke: #8c959f }
.line { fill: none; stroke: #59636e; stroke-width: 1.3 } .back { stroke-dasharray: 5 3 }
.wide { stroke-width: 2.4 } .tip { fill: #59636e } .cross { stroke: #cf222e; stroke-width: 2 }
.call { fill: none; stroke: #1f2328; stroke-width: 1.6 }
.good { fill: #1a7f37 } .so-so { fill: #9a6700 } .bad { fill: #cf222e }
.s0 { fill: #0969da } .s1 { fill: #bc4c00 } .s2 { fill: #8250df } .s3 { fill: #1a7f37 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc; stroke: #0d1117 } .bg { fill: #0d1117 } .quiet { fill: #9198a1 }
  .lane { fill: #1c222a; stroke: #3d444d } .away, .rule { stroke: #3d444d }
  .cognito { fill: #3d444d } .band { fill: #3a2d12 } .hatch { stroke: #6e7681 }
  .line { stroke: #9198a1 } .tip { fill: #9198a1 } .cross { stroke: #f85149 }
  .call { stroke: #f0f6fc } .good { fill: #3fb950 } .so-so { fill: #d29922 } .bad { fill: #f85149 }
  .s0 { fill: #4493f8 } .s1 { fill: #db6d28 } .s2 { fill: #ab7df8 } .s3 { fill: #3fb950 }
}
</style>
<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
patternTransform=\"rotate(45)\"><line class=\"hatch\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"6\"/></pattern>
</defs>
";

/// Where a text may stand; two texts of one place never overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Spot {
    /// What happens in a tab.
    Beside(usize),
    /// What it asks, and what it gets.
    Between(usize),
}

struct Tab {
    /// The middle of its lane.
    x: f64,
    /// Away from Cognito.
    out: f64,
    seen: Seen,
    /// Since where it was seen so.
    since: f64,
    /// The sessions that are stored, and since where.
    stored: BTreeMap<usize, f64>,
    /// The calls under way, each in a column of its own.
    calls: Vec<Option<CallId>>,
}

/// A request whose end is not drawn yet.
struct Flight {
    tab: usize,
    sent: f64,
    /// Where Cognito answered it, and how.
    served: Option<(f64, String)>,
}

struct Picture {
    tabs: BTreeMap<usize, Tab>,
    cognito: f64,
    width: f64,
    /// Where time begins.
    top: f64,
    legend: String,
    /// Behind the rest.
    below: String,
    above: String,
    y: f64,
    at: f64,
    /// How far down each place is taken.
    taken: BTreeMap<Spot, f64>,
    /// Where a time was written last, and which.
    timed: (f64, String),
    flights: BTreeMap<RequestKey, Flight>,
    /// Calls under way: when they were made, their column, and where it begins.
    calls: BTreeMap<CallId, (f64, usize, f64)>,
    /// Where tabs left for the hosted UI, or where that one answered.
    away: BTreeMap<usize, f64>,
    /// Since where the browser has been offline, or Cognito silent.
    offline: Option<f64>,
    silent: Option<f64>,
}

fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('"', "&quot;")
}

/// Breaks a text into lines.
fn wrap(text: &str, most: usize) -> Vec<String> {
    // An option and its value stay together.
    let text = text.replace(": ", ":\u{a0}");
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Whether an entry is drawn: not what every page does when it starts, and no line of a log.
fn is_drawn(event: &Event) -> bool {
    match event {
        Event::Calls { what, .. } => {
            matches!(what, What::Refresh | What::ByHand(_) | What::SignOut(_))
        }
        Event::Settles { what, told, .. } => match what {
            What::Open | What::Load => false,
            What::Store(_) => told != "done",
            What::Take => told != "null",
            _ => true,
        },
        Event::Logs { .. } | Event::PageHides => false,
        _ => true,
    }
}

/// The color of what a caller is told.
fn class(told: &str, is_good: bool) -> &'static str {
    match is_good {
        true => "good",
        false if told.starts_with("partial") => "so-so",
        false => "bad",
    }
}

/// Draws a story; its title says what it is about.
pub fn draw(title: &str, story: &[Line]) -> String {
    let mut picture = Picture::new(story);
    // It begins with the first thing that somebody does, and ends with the last.
    let is_quiet = |line: &Line| {
        let is_small = matches!(line.event, Event::Shows { .. } | Event::Text(_));
        let is_start = line.at < 100.0 && matches!(line.event, Event::Opens { .. });
        is_small || is_start || !is_drawn(&line.event)
    };
    let begin = story.iter().position(|line| !is_quiet(line)).unwrap_or(0);
    let last = story.iter().rfind(|line| !is_quiet(line));
    let last = last.map_or(0.0, |line| line.at);
    for (number, line) in story.iter().enumerate() {
        if let (Lane::Tab(tab), Event::Shows { sessions, seen }) = (line.lane, &line.event)
            && number < begin
        {
            picture.shows(tab, *seen, sessions);
        } else if number >= begin && line.at <= last && is_drawn(&line.event) {
            if number == begin {
                picture.at = line.at;
            }
            picture.line(line);
        }
    }
    picture.finish(title, story)
}

impl Picture {
    fn new(story: &[Line]) -> Picture {
        let tabs = story.iter().filter_map(|line| match line.lane {
            Lane::Tab(tab) => Some(tab),
            _ => None,
        });
        let all: BTreeSet<usize> = tabs.collect();
        let left = all.len().div_ceil(2);
        let (legend, top) = legend(story);
        let mut tabs = BTreeMap::new();
        let (mut x, mut cognito) = (AXIS, 0.0);
        for (number, tab) in all.into_iter().enumerate() {
            let is_left = number < left;
            x += if is_left { TEXT } else { 0.0 };
            let lane = Tab {
                x: x + LANE / 2.0,
                out: if is_left { -1.0 } else { 1.0 },
                seen: Seen::Closed,
                since: top,
                stored: BTreeMap::new(),
                calls: Vec::new(),
            };
            tabs.insert(tab, lane);
            x += LANE + if is_left { 0.0 } else { TEXT };
            if number + 1 == left {
                cognito = x + GAP + COGNITO / 2.0;
                x += GAP + COGNITO + GAP;
            }
        }
        Picture {
            tabs,
            cognito,
            width: x + EDGE,
            top,
            legend,
            below: String::new(),
            above: String::new(),
            y: top,
            at: 0.0,
            taken: BTreeMap::new(),
            timed: (0.0, String::new()),
            flights: BTreeMap::new(),
            calls: BTreeMap::new(),
            away: BTreeMap::new(),
            offline: None,
            silent: None,
        }
    }

    // ---- time

    /// Goes to the time of an entry, and so far down that the place is free from `above` this
    /// point to `below` it.
    fn go(&mut self, at: f64, spots: &[Spot], above: f64, below: f64) {
        let ms = at - self.at;
        self.at = at;
        if ms > BREAK_MS {
            self.pause(ms);
        } else if ms > 0.0 {
            self.y += (3.0 + 0.8 * ms.sqrt()).min(34.0);
        }
        for spot in spots {
            let free = self.taken.get(spot).copied().unwrap_or(0.0);
            self.y = self.y.max(free + above);
        }
        for spot in spots {
            self.taken.insert(*spot, self.y + below);
        }
        let text = format!("{:.2} s", at / 1000.0);
        if self.y >= self.timed.0 + ROW && self.timed.1 != text {
            self.text(AXIS - 22.0, self.y + 4.0, "quiet", "end", &text);
            self.timed = (self.y, text);
        }
    }

    /// A long time passes.
    fn pause(&mut self, ms: f64) {
        let y = self.bottom() + 22.0;
        let right = self.width - EDGE;
        let _ = writeln!(
            self.below,
            r#"<line class="rule" x1="{AXIS}" x2="{right:.0}" y1="{y:.1}" y2="{y:.1}"/>"#
        );
        let text = format!("{} later", seconds(ms));
        self.text(AXIS - 8.0, y + 4.0, "quiet", "end", &text);
        self.timed.0 = y;
        self.y = y + 20.0;
    }

    fn bottom(&self) -> f64 {
        self.taken.values().copied().fold(self.y, f64::max)
    }

    // ---- shapes

    fn text(&mut self, x: f64, y: f64, class: &str, anchor: &str, text: &str) {
        let text = escape(text);
        let _ = writeln!(
            self.above,
            r#"<text class="{class}" x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{text}</text>"#
        );
    }

    /// A text beside a tab's lane.
    fn beside(&mut self, at: f64, tab: usize, class: &str, text: &str) {
        let lines = wrap(text, if class == "head" { BOLD_CHARS } else { CHARS });
        let below = (lines.len() as f64 - 1.0) * ROW + 4.0;
        self.go(at, &[Spot::Beside(tab)], ROW - 4.0, below);
        let it = &self.tabs[&tab];
        let x = it.x + it.out * (LANE / 2.0 + 22.0);
        let anchor = if it.out < 0.0 { "end" } else { "start" };
        let y = self.y + 4.0;
        for (row, line) in lines.iter().enumerate() {
            self.text(x, y + row as f64 * ROW, class, anchor, line);
        }
    }

    /// A text over the whole width.
    fn across(&mut self, at: f64, text: &str) {
        let spots: Vec<Spot> = self.tabs.keys().map(|tab| Spot::Between(*tab)).collect();
        self.go(at, &spots, ROW, 6.0);
        let (x, y, right) = (self.cognito, self.y, self.width - EDGE);
        let _ = writeln!(
            self.below,
            r#"<line class="rule" x1="{AXIS}" x2="{right:.0}" y1="{y:.1}" y2="{y:.1}"/>"#
        );
        self.text(x, y + 4.0, "event", "middle", text);
    }

    /// A text between a tab's lane and Cognito's, at the tab.
    fn between(&mut self, tab: usize, y: f64, class: &str, text: &str) {
        let it = &self.tabs[&tab];
        let x = it.x - it.out * (LANE / 2.0 + 6.0);
        let anchor = if it.out < 0.0 { "start" } else { "end" };
        self.text(x, y, class, anchor, text);
    }

    /// The edge of a tab's lane at Cognito's side, and that of Cognito's lane at the tab's.
    fn ends(&self, tab: usize) -> (f64, f64) {
        let it = &self.tabs[&tab];
        (
            it.x - it.out * LANE / 2.0,
            self.cognito + it.out * COGNITO / 2.0,
        )
    }

    /// A line; it ends in an arrow, or where it is lost on half of the way in a cross.
    fn arrow(&mut self, from: (f64, f64), to: (f64, f64), class: &str, is_lost: bool) {
        let to = match is_lost {
            true => ((from.0 + to.0) / 2.0, to.1),
            false => to,
        };
        let _ = writeln!(
            self.above,
            r#"<path class="line {class}" d="M{:.1} {:.1}L{:.1} {:.1}"/>"#,
            from.0, from.1, to.0, to.1
        );
        let (x, y) = to;
        if is_lost {
            return self.cross(x, y);
        }
        let angle = (y - from.1).atan2(x - from.0).to_degrees();
        let _ = writeln!(
            self.above,
            r#"<path class="tip" d="M0 0l-8 -3.5v7z" transform="translate({x:.1} {y:.1}) rotate({angle:.1})"/>"#
        );
    }

    fn cross(&mut self, x: f64, y: f64) {
        let (x, y) = (x - 4.5, y - 4.5);
        let _ = writeln!(
            self.above,
            r#"<path class="cross" d="M{x:.1} {y:.1}l9 9m0 -9l-9 9"/>"#
        );
    }

    fn crash(&mut self, tab: usize) {
        self.shows(tab, Seen::Away, &[]);
        self.cross(self.tabs[&tab].x, self.y);
    }

    /// What a tab showed until now.
    fn shows(&mut self, tab: usize, seen: Seen, sessions: &[usize]) {
        let y = self.y;
        let Some(it) = self.tabs.get_mut(&tab) else {
            return;
        };
        let (left, middle) = (it.x - LANE / 2.0, it.x);
        let over: Vec<(usize, f64)> = it
            .stored
            .iter()
            .filter(|stored| !sessions.contains(stored.0))
            .map(|stored| (*stored.0, *stored.1))
            .collect();
        for (session, from) in over {
            it.stored.remove(&session);
            let x = left + 4.0 + (session % 3) as f64 * (BAR + 1.0);
            let (height, class) = ((y - from).max(3.0), session % 4);
            let _ = writeln!(
                self.above,
                r#"<rect class="s{class}" x="{x:.1}" y="{from:.1}" width="{BAR}" height="{height:.1}" rx="2"/>"#
            );
        }
        for session in sessions {
            it.stored.entry(*session).or_insert(y);
        }
        if it.seen == seen {
            return;
        }
        let (before, from) = (it.seen, it.since);
        (it.seen, it.since) = (seen, y);
        let height = (y - from).max(0.0);
        let mut rect = |class: &str| {
            let _ = writeln!(
                self.below,
                r#"<rect class="{class}" x="{left:.1}" y="{from:.1}" width="{LANE}" height="{height:.1}"/>"#
            );
        };
        match before {
            Seen::Closed => {}
            Seen::Visible => rect("lane"),
            Seen::Hidden | Seen::Frozen => {
                rect("lane");
                rect("hidden");
            }
            Seen::Away => {
                let _ = writeln!(
                    self.below,
                    r#"<line class="away" x1="{middle:.1}" x2="{middle:.1}" y1="{from:.1}" y2="{y:.1}"/>"#
                );
            }
        }
    }

    /// A band behind the lanes: offline, or silent.
    fn band(&mut self, from: Option<f64>, x: f64, width: f64) {
        let Some(from) = from else { return };
        let height = self.y - from;
        let band = format!(
            r#"<rect class="band" x="{x:.1}" y="{from:.1}" width="{width:.1}" height="{height:.1}"/>"#
        );
        self.below.insert_str(0, &(band + "\n"));
    }

    fn online(&mut self) {
        let from = self.offline.take();
        self.band(from, AXIS, self.width - EDGE - AXIS);
    }

    fn answers(&mut self) {
        let from = self.silent.take();
        self.band(from, self.cognito - 30.0, 60.0);
    }

    // ---- entries

    fn line(&mut self, line: &Line) {
        let at = line.at;
        match line.lane {
            Lane::Tab(tab) => self.in_tab(at, tab, &line.event),
            Lane::Cognito => self.at_cognito(at, &line.event),
            Lane::Browser => {
                let text = words(&line.event);
                match line.event {
                    Event::Action(_) => self.across(at, &format!("the browser {text}")),
                    _ => self.across(at, &text),
                }
                match line.event {
                    Event::MachineCrashes => {
                        for tab in self.tabs.keys().copied().collect::<Vec<_>>() {
                            if !matches!(self.tabs[&tab].seen, Seen::Closed) {
                                self.crash(tab);
                            }
                        }
                    }
                    Event::Action(Action::Offline) => self.offline = Some(self.y),
                    Event::Action(Action::Online) => self.online(),
                    Event::Text(_) => {
                        self.online();
                        self.answers();
                    }
                    _ => {}
                }
            }
        }
    }

    fn in_tab(&mut self, at: f64, tab: usize, event: &Event) {
        match event {
            Event::Shows { sessions, seen } => {
                self.go(at, &[], 0.0, 0.0);
                self.shows(tab, *seen, sessions);
            }
            Event::Removes { session, .. } => {
                self.go(at, &[], 0.0, 0.0);
                let it = &self.tabs[&tab];
                let (seen, left) = (it.seen, it.stored.keys().copied());
                let left: Vec<usize> = left.filter(|it| it != session).collect();
                self.shows(tab, seen, &left);
            }
            Event::Calls {
                call, what, client, ..
            } => {
                let second = if *client == 0 { "" } else { " of app client 2" };
                self.beside(at, tab, "head", &format!("{what}{second}"));
                self.calls_begin(at, tab, *call);
            }
            Event::Settles {
                call,
                what,
                told,
                is_good,
                ..
            } => self.settles(at, tab, *call, what, (told, class(told, *is_good))),
            Event::Sends {
                request, target, ..
            } => {
                self.go(at, &[Spot::Between(tab)], ROW, 1.0);
                self.between(tab, self.y - 4.0, "request", target);
                let flight = Flight {
                    tab,
                    sent: self.y,
                    served: None,
                };
                self.flights.insert(*request, flight);
            }
            Event::Gets {
                request, status, ..
            } => self.gets(at, tab, *request, *status),
            Event::Loses { request, how, .. } => self.loses(at, tab, *request, *how),
            Event::Leaves => {
                self.go(at, &[Spot::Between(tab)], 4.0, 4.0);
                self.beside(at, tab, "event", "navigates to the hosted UI's /logout");
                self.away.insert(tab, self.y);
            }
            Event::Arrives { from_hosted_ui, .. } => {
                self.beside(at, tab, "event", &words(event));
                if let Some(from) = self.away.remove(&tab).filter(|_| *from_hosted_ui) {
                    let (lane, cognito) = self.ends(tab);
                    self.arrow((cognito, from), (lane, self.y), "wide back", false);
                }
            }
            Event::Opens { .. } => {
                self.beside(at, tab, "event", &words(event));
                if self.tabs[&tab].seen == Seen::Closed {
                    self.shows(tab, Seen::Away, &[]);
                }
            }
            Event::Crashes => {
                self.beside(at, tab, "bad", &words(event));
                self.crash(tab);
            }
            _ => self.beside(at, tab, "event", &words(event)),
        }
    }

    fn at_cognito(&mut self, at: f64, event: &Event) {
        match event {
            Event::Serves {
                request,
                status,
                error,
                ..
            } => {
                self.go(at, &[], 0.0, 0.0);
                let Some(flight) = self.flights.get_mut(request) else {
                    return;
                };
                let error = error.as_deref().unwrap_or_default();
                flight.served = Some((self.y, format!("{status} {error}")));
                let (tab, sent) = (flight.tab, flight.sent);
                let (lane, cognito) = self.ends(tab);
                self.arrow((lane, sent), (cognito, self.y), "", false);
            }
            Event::LogsOut { tab, is_ok } => {
                let text = match is_ok {
                    true => "ends the hosted UI's session",
                    false => "shows its error page",
                };
                self.go(at, &[Spot::Between(*tab)], ROW, 1.0);
                let (lane, cognito) = self.ends(*tab);
                if let Some(from) = self.away.get(tab).copied() {
                    self.arrow((lane, from), (cognito, self.y), "wide", false);
                }
                self.away.insert(*tab, self.y);
                // At the other side, where the tab's lines are not.
                let out = -self.tabs[tab].out;
                let anchor = if out < 0.0 { "end" } else { "start" };
                let (x, y) = (self.cognito + out * (COGNITO / 2.0 + 6.0), self.y + 4.0);
                self.text(x, y, "request", anchor, text);
            }
            _ => {
                let text = words(event);
                self.across(at, &format!("Cognito {text}"));
                match text.as_str() {
                    "answers again" => self.answers(),
                    text if text.starts_with("answers nothing") => self.silent = Some(self.y),
                    _ => {}
                }
            }
        }
    }

    fn gets(&mut self, at: f64, tab: usize, request: RequestKey, status: Option<u16>) {
        self.go(at, &[Spot::Between(tab)], 0.0, ROW);
        let (lane, cognito) = self.ends(tab);
        let flight = self.flights.remove(&request);
        let served = flight.and_then(|flight| flight.served);
        match (served, status) {
            (Some((from, said)), Some(status)) => {
                self.arrow((cognito, from), (lane, self.y), "back", false);
                let is_good = status == 200 && said.trim() == "200";
                let class = if is_good {
                    "request good"
                } else {
                    "request bad"
                };
                self.between(tab, self.y + 12.0, class, said.trim());
            }
            _ => self.between(tab, self.y + 8.0, "request bad", "network error"),
        }
    }

    fn loses(&mut self, at: f64, tab: usize, request: RequestKey, how: Lost) {
        self.go(at, &[], 0.0, 0.0);
        let (lane, cognito) = self.ends(tab);
        let Some(flight) = self.flights.get(&request) else {
            return;
        };
        let (sent, served) = (flight.sent, flight.served.as_ref().map(|served| served.0));
        match (how, served) {
            (Lost::GivenUp, _) => {
                self.go(at, &[Spot::Between(tab)], ROW - 4.0, 4.0);
                self.between(tab, self.y + 4.0, "request bad", "given up");
            }
            (_, Some(served)) => {
                self.arrow((cognito, served), (lane, self.y + 8.0), "back", true);
            }
            (_, None) => self.arrow((lane, sent), (cognito, self.y.max(sent + 8.0)), "", true),
        }
    }

    fn calls_begin(&mut self, at: f64, tab: usize, call: CallId) {
        let Some(it) = self.tabs.get_mut(&tab) else {
            return;
        };
        let free = it.calls.iter().position(Option::is_none);
        let column = free.unwrap_or(it.calls.len());
        if column == it.calls.len() {
            it.calls.push(None);
        }
        it.calls[column] = Some(call);
        self.calls.insert(call, (at, column, self.y));
    }

    fn settles(
        &mut self,
        at: f64,
        tab: usize,
        call: CallId,
        what: &What,
        (told, class): (&str, &str),
    ) {
        let Some((since, column, from)) = self.calls.remove(&call) else {
            return self.beside(at, tab, class, &format!("{what}: {told}"));
        };
        let others = self.tabs[&tab].calls.iter().flatten();
        let is_alone = others.filter(|other| **other != call).count() == 0;
        let name = what.to_string();
        let name = name.split('(').next().unwrap_or_default();
        let text = match is_alone {
            true => format!("→ {told}"),
            false => format!("→ {name} of {:.2} s: {told}", since / 1000.0),
        };
        self.beside(at, tab, class, &text);
        let y = self.y;
        let Some(it) = self.tabs.get_mut(&tab) else {
            return;
        };
        it.calls[column] = None;
        let out = it.out;
        let (edge, x) = (
            it.x + out * LANE / 2.0,
            it.x + out * (LANE / 2.0 + 6.0 + 5.0 * column as f64),
        );
        let _ = writeln!(
            self.above,
            r#"<path class="call" d="M{edge:.1} {from:.1}H{x:.1}V{y:.1}H{edge:.1}"/>"#
        );
    }

    // ---- the end

    fn finish(mut self, title: &str, story: &[Line]) -> String {
        self.y = self.bottom() + 14.0;
        self.online();
        self.answers();
        for tab in self.tabs.keys().copied().collect::<Vec<_>>() {
            let seen = match self.tabs[&tab].seen {
                Seen::Closed => Seen::Away,
                _ => Seen::Closed,
            };
            self.shows(tab, seen, &[]);
        }
        let (bottom, width) = (self.y, self.width);
        let mut heads = String::new();
        let mut head = |x: f64, text: &str| {
            let _ = writeln!(
                heads,
                r#"<text class="head" x="{x:.1}" y="{:.1}" text-anchor="middle">{text}</text>"#,
                self.top - 14.0
            );
        };
        for (tab, it) in &self.tabs {
            let is_popup = story.iter().any(|line| {
                line.lane == Lane::Tab(*tab)
                    && matches!(line.event, Event::Opens { opener: Some(_) })
            });
            let kind = if is_popup { " (a popup)" } else { "" };
            head(it.x, &format!("tab {tab}{kind}"));
        }
        head(self.cognito, "Cognito");
        let cognito = format!(
            r#"<rect class="cognito" x="{:.1}" y="{}" width="{COGNITO}" height="{:.1}"/>"#,
            self.cognito - COGNITO / 2.0,
            self.top,
            bottom - self.top
        );
        let (height, escaped) = (bottom + 12.0, escape(title));
        let legend = self.legend;
        let calls = story.iter().filter(|line| {
            let is_call = matches!(line.event, Event::Calls { .. } | Event::Settles { .. });
            is_call && is_drawn(&line.event)
        });
        let sentence = |line: &Line| {
            format!(
                "{}, {} {}.",
                seconds(line.at),
                line.lane,
                words(&line.event)
            )
        };
        let told = escape(&calls.map(sentence).collect::<Vec<_>>().join(" "));
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0} {height:.0}" width="{width:.0}" height="{height:.0}" role="img">
<title>{escaped}</title>
<desc>{told}</desc>
{STYLE}<rect class="bg" width="100%" height="100%"/>
<text class="title" x="16" y="28">{escaped}</text>
{legend}{heads}{}{cognito}
{}</svg>
"#,
            self.below, self.above
        )
    }
}

/// What colors and lines mean, and how far down the lanes begin.
fn legend(story: &[Line]) -> (String, f64) {
    let mut text = String::new();
    let (mut x, mut y) = (16.0, 52.0);
    let mut add = |shape: &str, width: f64, says: &str| {
        let needs = width + 6.0 + says.len() as f64 * 5.8;
        if x + needs > 1000.0 {
            (x, y) = (16.0, y + 22.0);
        }
        let _ = writeln!(
            text,
            r#"<g transform="translate({x:.0} {y:.0})">{shape}<text class="quiet" x="{:.0}" y="4">{}</text></g>"#,
            width + 6.0,
            escape(says)
        );
        x += needs + 16.0;
    };
    for line in story {
        if let Event::SignsIn { session, user, .. } = &line.event {
            let class = session % 4;
            let shape = format!(r#"<rect class="s{class}" y="-6" width="8" height="12" rx="2"/>"#);
            add(
                &shape,
                8.0,
                &format!("session {session}, of {user}, is stored"),
            );
        }
    }
    add(
        r#"<path class="call" d="M8 -6H0V6H8"/>"#,
        8.0,
        "a call, until it settles",
    );
    add(
        r#"<rect class="lane" y="-6" width="12" height="12"/><rect class="hidden" y="-6" width="12" height="12"/>"#,
        12.0,
        "hidden or frozen",
    );
    let cross = r#"<path class="cross" d="M0 -4.5l9 9m0 -9l-9 9"/>"#;
    add(cross, 9.0, "lost, or a crash");
    (text, y + 60.0)
}
