//! The sessions that were ended: their record, which all tabs share, and what this page knows in addition to it.

use std::cell::RefCell;
use std::rc::Rc;

use super::io::{Effect, Now, Record};
use crate::engine::tables::{Mark, MarkEntry};
use crate::session::SessionId;

/// How many ended sessions a page remembers.
const REMEMBERED: usize = 64;

/// What this page knows of ended sessions.
#[derive(Default)]
pub struct EndedSessions {
    /// The record's text, as of this step.
    text: String,
    /// The record as another tab said it last: browsers show one process what another stored only a moment later.
    heard: String,
    /// Sessions that this document ended itself. A client that was configured again may still be
    /// signing out, so its engine and the one that follows share this list.
    own: Rc<RefCell<Vec<SessionId>>>,
    /// Their part of the record: two tabs that write at once overwrite each other's.
    own_text: String,
    /// That part was written once more, for it had been overwritten.
    is_rewritten: bool,
    /// Sessions whose end the listeners were told.
    told: Vec<SessionId>,
}

/// Adds sessions, the main one first, to a list that a long-lived page must not let grow.
fn remember(list: &mut Vec<SessionId>, ids: &[SessionId]) {
    // The main one comes last, so that the others do not push it out.
    for id in ids.iter().rev() {
        list.retain(|known| known != id);
        if list.len() >= REMEMBERED {
            list.remove(0);
        }
        list.push(*id);
    }
}

impl EndedSessions {
    /// A step begins.
    pub fn look(&mut self, now: &Now) {
        now.ended
            .as_deref()
            .unwrap_or_default()
            .clone_into(&mut self.text);
    }

    /// What is stored, and what was heard and is not seen in the storage yet.
    pub fn all(&self, now: &Now) -> Mark {
        self.with_heard(&self.text, now)
    }

    /// The same, with the record as it is now.
    pub fn now(&self, now: &Now) -> Mark {
        self.with_heard(now.ended.as_deref().unwrap_or_default(), now)
    }

    fn with_heard(&self, text: &str, now: &Now) -> Mark {
        let mut mark = self.with_own(text, now);
        mark.add_unseen(Mark::parse(&self.heard, now.wall));
        mark
    }

    fn with_own(&self, text: &str, now: &Now) -> Mark {
        let mut mark = Mark::parse(text, now.wall);
        mark.add_unseen(Mark::parse(&self.own_text, now.wall));
        mark
    }

    /// Whether this session was ended or is being ended.
    pub fn has(&self, id: Option<SessionId>, now: &Now) -> bool {
        id.is_some() && self.all(now).has_ended(id)
    }

    /// The same, and nobody needs the access token of the session any more.
    pub fn is_to_revoke(&self, id: Option<SessionId>, now: &Now) -> bool {
        let mark = self.all(now);
        let entry = id.and_then(|id| mark.entry(id));
        entry.is_some_and(|entry| self.is_own(entry.id) || !entry.holds_tokens(now.wall))
    }

    /// Changes the record.
    pub fn change(&mut self, now: &Now, out: &mut Vec<Effect>, change: &mut dyn FnMut(&mut Mark)) {
        let mut mark = self.with_own(&self.text, now);
        change(&mut mark);
        let (text, is_empty) = (mark.to_text(), mark.0.is_empty());
        mark.keep(&|entry| self.is_own(entry.id));
        self.own_text = mark.to_text();
        self.is_rewritten = false;
        if text == self.text || (self.text.is_empty() && is_empty) {
            return;
        }
        out.push(Effect::Write(Record::Ended, Some(text.clone())));
        self.text = text;
    }

    /// Changes the entries of sessions, where they are there.
    pub fn update(
        &mut self,
        ids: &[SessionId],
        now: &Now,
        out: &mut Vec<Effect>,
        change: &mut dyn FnMut(&mut MarkEntry),
    ) {
        self.change(now, out, &mut |mark| {
            for id in ids {
                mark.update(*id, &mut *change);
            }
        });
    }

    /// Says the record to the other tabs.
    pub fn broadcast(&self, out: &mut Vec<Effect>) {
        out.push(Effect::Broadcast(self.text.clone()));
    }

    /// Another tab said what it knows. What it has overwritten of our own is written again, once: where more sessions ended
    /// than the record holds, two tabs would do so for ever.
    pub fn hear(&mut self, text: &str, now: &Now, out: &mut Vec<Effect>) {
        text.clone_into(&mut self.heard);
        let stored = Mark::parse(&self.text, now.wall);
        let own = Mark::parse(&self.own_text, now.wall);
        let mut own = own.0.iter();
        if !self.is_rewritten && own.any(|entry| stored.entry(entry.id).is_none()) {
            self.change(now, out, &mut |_| {});
            self.is_rewritten = true;
        }
    }

    /// Keeps what other tabs ended.
    pub fn keep_others(&self, mark: &mut Mark) {
        mark.keep(&|entry| !self.is_own(entry.id));
    }

    /// Keeps what other tabs ended, and what this document ends in another storage.
    pub fn keep_followed(&self, mark: &mut Mark) {
        mark.keep(&|entry| !self.is_own(entry.id) || entry.codes.is_none());
    }

    /// This document ends these sessions itself. Returns whether the listeners have heard of it from another tab, which was as quick.
    pub fn end(&mut self, ids: &[SessionId]) -> bool {
        let told = ids.iter().any(|id| self.told.contains(id));
        let heard = told && !ids.iter().any(|id| self.is_own(*id));
        remember(&mut self.own.borrow_mut(), ids);
        remember(&mut self.told, ids);
        heard
    }

    /// Whether the listeners were not told of the end of these sessions before; from now on they were.
    pub fn tells_first(&mut self, ids: &[SessionId]) -> bool {
        let first = ids.iter().all(|id| !self.told.contains(id));
        remember(&mut self.told, ids);
        first
    }

    fn is_own(&self, id: SessionId) -> bool {
        self.own.borrow().contains(&id)
    }

    /// What another engine of this page did and heard stays true; what it still ends counts too.
    pub fn inherit(&mut self, other: &EndedSessions) {
        let own = std::mem::replace(&mut self.own, other.own.clone());
        if !Rc::ptr_eq(&own, &self.own) {
            remember(&mut self.own.borrow_mut(), &own.borrow());
        }
        remember(&mut self.told, &other.told);
    }
}
