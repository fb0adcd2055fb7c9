//! What other tabs ended: this tab's own copies are removed, and the listeners told.

use std::rc::Rc;

use super::clients::Client;
use super::io::{SignedOutEvent, SignedOutReason};
use super::parts::{Considered, Owner, Parts};
use super::sessions;
use super::storage::Scanned;
use super::tables::Mark;

/// Where nobody is signed in: hears what another tab ended after this page began, and before anybody here could listen, for the
/// page may show its user by now.
pub fn catch_up(parts: &mut Parts, client: &Rc<Client>) {
    let began = parts.page.began;
    let mut mark = parts.ended.all(&parts.now);
    mark.keep(&|entry| entry.at > began);
    consider(parts, client, mark, SignedOutReason::OtherTab, true);
}

/// Removes this tab's own copies of sessions that ended, and tells; what all tabs share is the signing-out tab's business. One
/// client acts for all.
#[inline(never)]
pub fn consider(
    parts: &mut Parts,
    client: &Rc<Client>,
    mut mark: Mark,
    reason: SignedOutReason,
    unread: bool,
) {
    parts.ended.keep_others(&mut mark);
    let entries = mark.0;
    if !entries.is_empty() {
        let considered = Considered {
            entries,
            reason,
            unread,
            found: Vec::new(),
        };
        let owner = Owner::OtherTabs(client.clone(), Box::new(considered));
        parts.scan(client, owner);
    }
}

pub fn tell_considered(parts: &mut Parts, considered: &Considered) {
    for entry in &considered.entries {
        let concerned = considered.unread
            || parts.facts.last_read == Some(entry.id)
            || considered.found.contains(&entry.id);
        if concerned && parts.ended.tells_first(&[entry.id]) {
            parts.tell(SignedOutEvent {
                reason: considered.reason,
                global: entry.global,
                redirecting: entry.redirecting,
            });
        }
    }
}

/// Chooses this tab's own copies of sessions that other tabs ended.
pub fn choose_copies(client: &Client, considered: &mut Considered, scanned: &mut Scanned) {
    for place in &mut scanned.places {
        if client.stores.is_shared(place.index) {
            continue;
        }
        for stored in &place.found.sessions {
            let mut entries = considered.entries.iter();
            if let Some(entry) = entries.find(|entry| sessions::ends(entry, &stored.session)) {
                considered.found.push(entry.id);
                place.keys.extend_from_slice(&stored.keys);
            }
        }
    }
}
