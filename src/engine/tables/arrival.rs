//! Whether the hosted UI handled the logout, judged on the page after: from how the page before went away, and how this one
//! was reached.

use crate::url::Url;

/// How the page that left for the hosted UI went away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Departure {
    /// By our navigation, as far as this browser shows it.
    Ours,
    /// By another navigation, which replaced ours.
    Replaced,
    /// Nobody saw it: no `pagehide`, a crash, or no navigation of ours.
    Unseen,
}

impl Departure {
    /// The name in the record of a redirect; a record without one was never judged.
    pub fn as_str(self) -> &'static str {
        match self {
            Departure::Ours => "ours",
            Departure::Replaced => "replaced",
            Departure::Unseen => "unseen",
        }
    }

    /// The departure of that name.
    pub fn by_name(name: &str) -> Departure {
        [Departure::Ours, Departure::Replaced]
            .into_iter()
            .find(|value| value.as_str() == name)
            .unwrap_or(Departure::Unseen)
    }
}

/// What the browser did from our navigation until `pagehide`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Watch {
    /// A `beforeunload` came.
    unloaded: bool,
    replaced: bool,
}

impl Watch {
    /// A `beforeunload`: our own is the first. A typed address and the browser's reload show only here.
    pub fn before_unload(&mut self) {
        self.replaced |= std::mem::replace(&mut self.unloaded, true);
    }

    /// A navigation to another document that is not ours: no download, not prevented, not intercepted.
    pub fn foreign_navigation(&mut self) {
        self.replaced = true;
    }

    /// How the page goes away.
    pub fn departure(self) -> Departure {
        if self.replaced {
            Departure::Replaced
        } else {
            Departure::Ours
        }
    }
}

/// The `type` of the navigation entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NavigationType {
    /// `navigate`.
    Navigate,
    /// `back_forward`, or a page from the back-forward cache.
    BackForward,
    /// `reload`, `prerender`.
    Other,
    /// The browser does not tell.
    Unknown,
}

/// The entry before this one: `navigation.activation.from`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Previous {
    /// The entry of the page that left.
    Leaver,
    /// Another entry of this origin.
    Other,
    /// `null`: a page of another origin, or none.
    Null,
    /// The browser has no `navigation.activation`.
    Unsupported,
}

/// What `document.referrer` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Referrer {
    /// This origin without a path: what Cognito's redirect leaves of it.
    OwnOrigin,
    /// The origin of the hosted UI.
    HostedUi,
    /// Empty, or anything else.
    Other,
}

impl Referrer {
    /// The kind of a referrer on the page at `page`; `logout` is an address of the hosted UI.
    pub fn of(referrer: &str, page: &str, logout: &str) -> Referrer {
        let Some(url) = Url::parse(referrer) else {
            return Referrer::Other;
        };
        let is_of = |other| Url::parse(other).is_some_and(|other| other.origin == url.origin);
        if is_of(logout) {
            Referrer::HostedUi
        } else if is_of(page) && url.path.len() <= 1 && url.query.is_empty() {
            Referrer::OwnOrigin
        } else {
            Referrer::Other
        }
    }
}

/// What is known of a return from the hosted UI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Arrival {
    /// How the page before went away. A popup counts as gone by our navigation.
    pub departure: Departure,
    /// How this page was reached.
    pub navigation: NavigationType,
    /// The navigation entry's `redirectCount` is above 0: the app sent the browser here itself.
    pub redirected: bool,
    /// The entry before this one.
    pub from: Previous,
    /// The page that led here.
    pub referrer: Referrer,
    /// The address that was loaded is the redirect URL.
    pub at_redirect_url: bool,
    /// This page is in the popup: `from` is null there on a true return, too.
    pub in_popup: bool,
    /// It is the only one in the popup's history: Cognito's error page and a typed address would be two.
    pub alone: bool,
}

/// Whether the hosted UI handled the logout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Return {
    /// It sent the browser back.
    Completed,
    /// It did not send the browser back.
    NotCompleted,
    /// Nobody knows.
    Unconfirmed,
}

impl Return {
    /// The name in the record of a redirect.
    pub fn as_str(self) -> &'static str {
        match self {
            Return::Completed => "completed",
            Return::NotCompleted => "notCompleted",
            Return::Unconfirmed => "unconfirmed",
        }
    }

    /// The return of that name.
    pub fn by_name(name: &str) -> Option<Return> {
        [Return::Completed, Return::NotCompleted, Return::Unconfirmed]
            .into_iter()
            .find(|value| value.as_str() == name)
    }
}

impl Arrival {
    /// What it proves. In a tab the length of the history proves nothing: it grows by 1 or 0, or shrinks, on a true return. A
    /// popup's begins with the popup.
    pub fn judge(self) -> Return {
        // The hosted UI may have handled the request before another one replaced it.
        if self.departure != Departure::Ours {
            return Return::Unconfirmed;
        }
        if self.navigation == NavigationType::BackForward || self.redirected {
            return Return::NotCompleted;
        }
        let by_hosted = self.referrer == Referrer::HostedUi;
        let by_referrer = by_hosted || self.referrer == Referrer::OwnOrigin;
        let completed = match (self.navigation, self.from) {
            (NavigationType::Other, _) => false,
            (_, Previous::Leaver) => true,
            (NavigationType::Navigate, Previous::Null | Previous::Unsupported) if self.in_popup => {
                by_referrer || self.alone
            }
            (_, Previous::Null) => by_hosted,
            (NavigationType::Navigate, Previous::Unsupported) => {
                by_referrer || self.at_redirect_url
            }
            _ => false,
        };
        if completed {
            Return::Completed
        } else {
            Return::Unconfirmed
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use Return::{Completed, NotCompleted, Unconfirmed};

    use super::*;

    /// A return from the hosted UI to the redirect URL.
    const TRUE_RETURN: Arrival = Arrival {
        departure: Departure::Ours,
        navigation: NavigationType::Navigate,
        redirected: false,
        from: Previous::Leaver,
        referrer: Referrer::OwnOrigin,
        at_redirect_url: true,
        in_popup: false,
        alone: false,
    };

    const NULL: Arrival = Arrival {
        from: Previous::Null,
        ..TRUE_RETURN
    };

    const OLD: Arrival = Arrival {
        from: Previous::Unsupported,
        ..TRUE_RETURN
    };

    const POPUP: Arrival = Arrival {
        in_popup: true,
        alone: true,
        ..NULL
    };

    /// `from`, `referrer`, at the redirect URL: what a page that was navigated to proves, and in a popup that had another before.
    #[rustfmt::skip]
    const TABLE: [(Previous, Referrer, bool, Return, Return); 24] = [
        (Previous::Leaver, Referrer::OwnOrigin, true, Completed, Completed),
        (Previous::Leaver, Referrer::OwnOrigin, false, Completed, Completed),
        (Previous::Leaver, Referrer::HostedUi, true, Completed, Completed),
        (Previous::Leaver, Referrer::HostedUi, false, Completed, Completed),
        // no-referrer, same-origin; the app's server or router sent the user on.
        (Previous::Leaver, Referrer::Other, true, Completed, Completed),
        (Previous::Leaver, Referrer::Other, false, Completed, Completed),
        // An app page that the user went to later.
        (Previous::Other, Referrer::OwnOrigin, true, Unconfirmed, Unconfirmed),
        (Previous::Other, Referrer::OwnOrigin, false, Unconfirmed, Unconfirmed),
        (Previous::Other, Referrer::HostedUi, true, Unconfirmed, Unconfirmed),
        (Previous::Other, Referrer::HostedUi, false, Unconfirmed, Unconfirmed),
        (Previous::Other, Referrer::Other, true, Unconfirmed, Unconfirmed),
        (Previous::Other, Referrer::Other, false, Unconfirmed, Unconfirmed),
        (Previous::Null, Referrer::OwnOrigin, true, Unconfirmed, Completed),
        (Previous::Null, Referrer::OwnOrigin, false, Unconfirmed, Completed),
        // An upstream page that posts by itself.
        (Previous::Null, Referrer::HostedUi, true, Completed, Completed),
        (Previous::Null, Referrer::HostedUi, false, Completed, Completed),
        // An error page of Cognito, and a typed address: an upstream page's script without a referrer looks the same.
        (Previous::Null, Referrer::Other, true, Unconfirmed, Unconfirmed),
        (Previous::Null, Referrer::Other, false, Unconfirmed, Unconfirmed),
        (Previous::Unsupported, Referrer::OwnOrigin, true, Completed, Completed),
        (Previous::Unsupported, Referrer::OwnOrigin, false, Completed, Completed),
        (Previous::Unsupported, Referrer::HostedUi, true, Completed, Completed),
        (Previous::Unsupported, Referrer::HostedUi, false, Completed, Completed),
        (Previous::Unsupported, Referrer::Other, true, Completed, Unconfirmed),
        (Previous::Unsupported, Referrer::Other, false, Unconfirmed, Unconfirmed),
    ];

    #[test]
    fn a_page_that_was_navigated_to() {
        for (from, referrer, at_redirect_url, in_page, in_popup) in TABLE {
            let arrival = Arrival {
                from,
                referrer,
                at_redirect_url,
                ..TRUE_RETURN
            };
            assert_eq!(arrival.judge(), in_page, "{arrival:?}");
            let arrival = Arrival {
                in_popup: true,
                ..arrival
            };
            assert_eq!(arrival.judge(), in_popup, "{arrival:?}");
        }
    }

    #[test]
    fn the_only_page_of_a_popup_is_where_cognito_sent_it() {
        for (from, referrer, at_redirect_url, in_page, _) in TABLE {
            let alone = Arrival {
                from,
                referrer,
                at_redirect_url,
                alone: true,
                ..TRUE_RETURN
            };
            // In a tab it says nothing.
            assert_eq!(alone.judge(), in_page, "{alone:?}");
            let popup = Arrival {
                in_popup: true,
                ..alone
            };
            // Another page of the app was there when ours was replaced.
            let right = match from {
                Previous::Other => Unconfirmed,
                _ => Completed,
            };
            assert_eq!(popup.judge(), right, "{popup:?}");
        }
    }

    #[test]
    fn another_navigation_that_replaced_ours_or_none_that_was_seen_is_unconfirmed() {
        for base in [TRUE_RETURN, NULL, OLD, POPUP] {
            for departure in [Departure::Replaced, Departure::Unseen] {
                for navigation in [NavigationType::Navigate, NavigationType::BackForward] {
                    for redirected in [false, true] {
                        let arrival = Arrival {
                            departure,
                            navigation,
                            redirected,
                            ..base
                        };
                        assert_eq!(arrival.judge(), Unconfirmed, "{arrival:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn back_forward_and_redirects_of_the_app_are_not_completed() {
        for base in [TRUE_RETURN, NULL, OLD, POPUP] {
            let back = Arrival {
                navigation: NavigationType::BackForward,
                ..base
            };
            assert_eq!(back.judge(), NotCompleted, "{back:?}");
            let redirected = Arrival {
                redirected: true,
                ..base
            };
            assert_eq!(redirected.judge(), NotCompleted, "{redirected:?}");
        }
    }

    #[test]
    fn a_reload_or_an_unknown_type_proves_less() {
        let typed = |navigation, base: Arrival| Arrival { navigation, ..base }.judge();
        for base in [TRUE_RETURN, NULL, OLD, POPUP] {
            assert_eq!(typed(NavigationType::Other, base), Unconfirmed);
        }
        assert_eq!(typed(NavigationType::Unknown, POPUP), Unconfirmed);
        assert_eq!(typed(NavigationType::Unknown, TRUE_RETURN), Completed);
        assert_eq!(typed(NavigationType::Unknown, NULL), Unconfirmed);
        assert_eq!(typed(NavigationType::Unknown, OLD), Unconfirmed);
    }

    #[test]
    fn the_kinds_of_referrers() {
        let of = |referrer: &str| {
            Referrer::of(
                referrer,
                "https://app.example.com/bye?x=1",
                "https://login.example.com/logout?client_id=1",
            )
        };
        for (referrer, kind) in [
            ("https://app.example.com/", Referrer::OwnOrigin),
            ("https://app.example.com", Referrer::OwnOrigin),
            ("https://app.example.com/?from=1", Referrer::Other),
            ("https://app.example.com/page", Referrer::Other),
            ("https://app.example.com:8443/", Referrer::Other),
            ("http://app.example.com/", Referrer::Other),
            ("https://login.example.com/", Referrer::HostedUi),
            ("https://login.example.com/error", Referrer::HostedUi),
            ("https://idp.example.org/", Referrer::Other),
            ("android-app://com.example/", Referrer::Other),
            ("", Referrer::Other),
        ] {
            assert_eq!(of(referrer), kind, "{referrer}");
        }
    }

    #[test]
    fn the_watch_counts_and_our_own_beforeunload_is_the_first() {
        let mut watch = Watch::default();
        // iOS may have no `beforeunload`.
        assert_eq!(watch.departure(), Departure::Ours);
        watch.before_unload();
        assert_eq!(watch.departure(), Departure::Ours);
        let mut foreign = watch;
        foreign.foreign_navigation();
        assert_eq!(foreign.departure(), Departure::Replaced);
        watch.before_unload();
        assert_eq!(watch.departure(), Departure::Replaced);
        watch.before_unload();
        assert_eq!(watch.departure(), Departure::Replaced);
    }

    #[test]
    fn a_departure_has_a_name_in_the_record() {
        for value in [Departure::Ours, Departure::Replaced, Departure::Unseen] {
            assert_eq!(Departure::by_name(value.as_str()), value);
        }
        assert_eq!(Departure::by_name(""), Departure::Unseen);
    }

    #[test]
    fn a_return_has_a_name_in_the_record() {
        for value in [Completed, NotCompleted, Unconfirmed] {
            assert_eq!(Return::by_name(value.as_str()), Some(value));
        }
        assert_eq!(Return::by_name(""), None);
    }
}
