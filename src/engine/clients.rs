//! The clients that share an engine: one configuration each.

use std::rc::Rc;

use super::io::{ClientId, Effect};
use super::storage::Stores;
use crate::config::Config;

/// A client. What is under way for it keeps it.
pub struct Client {
    /// Its number.
    pub id: ClientId,
    /// The configuration.
    pub config: Config,
    /// The stores.
    pub stores: Rc<Stores>,
}

struct Entry {
    client: Rc<Client>,
    is_disposed: bool,
    /// Its listeners were dropped.
    is_deaf: bool,
}

/// All clients of an engine.
#[derive(Default)]
pub struct Clients(Vec<Entry>);

impl Clients {
    /// One more client.
    pub fn add(&mut self, client: Client) {
        self.0.push(Entry {
            client: Rc::new(client),
            is_disposed: false,
            is_deaf: false,
        });
    }

    /// The client of that number.
    pub fn get(&self, id: ClientId) -> Option<Rc<Client>> {
        let entry = self.0.iter().find(|entry| entry.client.id == id)?;
        Some(entry.client.clone())
    }

    /// A client that can act for all.
    pub fn any(&self) -> Option<Rc<Client>> {
        let used = self.0.iter().find(|entry| !entry.is_disposed);
        Some(used.or(self.0.first())?.client.clone())
    }

    /// A client is disposed of. What is under way for it ends as it would have.
    pub fn dispose(&mut self, id: ClientId) {
        for entry in &mut self.0 {
            entry.is_disposed |= entry.client.id == id;
        }
    }

    /// Whether somebody uses one of them.
    pub fn are_used(&self) -> bool {
        self.0.iter().any(|entry| !entry.is_disposed)
    }

    /// Whose listeners are told: one that was disposed of hears the end of a sign-out of this tab, and no more.
    pub fn listening(&self, disposed_too: bool) -> Vec<ClientId> {
        let mut ids = Vec::new();
        for entry in &self.0 {
            if !entry.is_deaf && (disposed_too || !entry.is_disposed) {
                ids.push(entry.client.id);
            }
        }
        ids
    }

    /// Releases those that were disposed of and that nothing under way needs. `idle`: no sign-out has anything left to tell.
    pub fn release_unused(&mut self, idle: bool, out: &mut Vec<Effect>) {
        for entry in &mut self.0 {
            if idle && entry.is_disposed && !entry.is_deaf {
                entry.is_deaf = true;
                out.push(Effect::Deafen(entry.client.id));
            }
        }
        self.0.retain(|entry| {
            let is_unused = entry.is_deaf && Rc::strong_count(&entry.client) == 1;
            if is_unused {
                out.push(Effect::ReleaseClient(entry.client.id));
            }
            !is_unused
        });
    }
}
