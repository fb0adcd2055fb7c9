//! Requests of pages to Cognito: they may be lost, or their answers may be.

use cognito_signout::AuthErrorCode;
use cognito_signout::internals::engine::io::{EffectId, Input};
use cognito_signout::internals::error::AuthError;
use cognito_signout::internals::protocol::{Request, Response};

use crate::cognito::{self, Answer};
use crate::pages::State;
use crate::scene::Forced;
use crate::story::{Event, Lost, RequestKey};
use crate::world::{Chance, Lane, World};

impl World {
    /// A request of an engine leaves; it outlives its page.
    pub fn send(&mut self, page: usize, slot: usize, id: EffectId, request: Request) {
        self.account_send(page, slot, id, &request);
        let (key, target) = ((page, slot, id), request.target);
        self.note_sent(key, target, &request.body);
        self.slot(page, slot).requests.push(id);
        let faults = self.setup.faults;
        let ms = 1 + self.below(Chance::Network, page, 150);
        if !self.browser.is_online || self.fault(Chance::Network, page, faults.lost_request) {
            self.note_lost(key, target, Lost::OnTheWay);
            return self.refuse(key, target, ms as f64);
        }
        if self.fault(Chance::Network, page, faults.silent) {
            return self.note_lost(key, target, Lost::Silence);
        }
        let forced = self.staged.as_mut().and_then(|it| it.forced(target));
        match forced {
            Some(Forced::Lost) => return self.refuse(key, target, ms as f64),
            Some(Forced::Unanswered) => return,
            Some(Forced::Delayed) => {
                let arrives = move |world: &mut World, _: bool| {
                    world.arrive(key, &request, None);
                };
                return self.hold(target, arrives);
            }
            _ => {}
        }
        self.after(ms as f64, move |world| {
            world.arrive(key, &request, forced);
        });
    }

    /// A request reaches Cognito.
    fn arrive(&mut self, key: RequestKey, request: &Request, forced: Option<Forced>) {
        let (page, target) = (key.0, request.target);
        let answer = match forced {
            Some(Forced::Answered(answer)) => Some(answer()),
            _ => self.ask_cognito(key, request),
        };
        let Some(answer) = answer else {
            return self.note_lost(key, target, Lost::Silence);
        };
        let faults = self.setup.faults;
        let slow = self.below(Chance::Network, page, 1 + faults.slow_ms * 2) as f64;
        let slow = if slow > faults.slow_ms as f64 || !self.has_faults {
            0.0
        } else {
            slow
        };
        let ms = 1.0 + slow + self.below(Chance::Network, page, 150) as f64;
        if self.fault(Chance::Network, page, faults.lost_answer) {
            self.note_lost(key, target, Lost::OnTheWayBack);
            return self.refuse(key, target, ms);
        }
        // By seconds, as the header has it.
        let answered_at = Some((self.wall() / 1000.0).floor() * 1000.0);
        let repeated = self.fault(Chance::Network, page, faults.lost_answer / 4);
        let response = Box::new(Response {
            status: answer.status,
            error_type: answer.error_type,
            request_id: Some("request-id".into()),
            answered_at,
            body: answer.body,
            repeated,
        });
        if matches!(forced, Some(Forced::Held)) {
            let comes = move |world: &mut World, is_lost: bool| match is_lost {
                true => world.refuse(key, target, 0.0),
                false => world.reply(key, target, 0.0, Ok(response)),
            };
            return self.hold(target, comes);
        }
        self.reply(key, target, ms, Ok(response));
    }

    /// Something waits until a scene lets it go on.
    fn hold(&mut self, target: &'static str, goes_on: impl FnOnce(&mut World, bool) + 'static) {
        if let Some(staged) = &mut self.staged {
            staged.held.push((target, Box::new(goes_on)));
        }
    }

    fn refuse(&mut self, key: RequestKey, target: &'static str, ms: f64) {
        let error = AuthError::new(AuthErrorCode::Network);
        self.reply(key, target, ms, Err(error));
    }

    fn reply(
        &mut self,
        key: RequestKey,
        target: &'static str,
        ms: f64,
        answer: Result<Box<Response>, AuthError>,
    ) {
        self.after(ms, move |world| {
            let (page, slot, id) = key;
            let requests = &mut world.slot(page, slot).requests;
            let is_awaited = requests.contains(&id);
            requests.retain(|request| *request != id);
            if is_awaited {
                let status = answer.as_ref().ok().map(|answer| answer.status);
                match world.pages[page].state {
                    State::Gone => world.note_lost(key, target, Lost::NoPage),
                    _ => world.note_got(key, target, status),
                }
                world.deliver(page, slot, Input::Answered(id, answer));
            }
        });
    }

    pub fn abort_request(&mut self, page: usize, slot: usize, id: EffectId) {
        let requests = &mut self.slot(page, slot).requests;
        let is_open = requests.contains(&id);
        requests.retain(|request| *request != id);
        if is_open {
            let flight = self.account.flights.get(&(page, slot, id));
            let target = flight.map_or("a request", |flight| flight.0);
            self.note_lost((page, slot, id), target, Lost::GivenUp);
            let error = AuthError::new(AuthErrorCode::Aborted);
            self.after(0.0, move |world| {
                world.deliver(page, slot, Input::Answered(id, Err(error)));
            });
        }
    }

    /// Cognito takes a request; nothing comes of it while it is silent.
    fn ask_cognito(&mut self, key: RequestKey, request: &Request) -> Option<Answer> {
        if self.is_silent {
            return None;
        }
        let faults = self.setup.faults;
        let fault = [
            (faults.throttled, cognito::throttled as fn() -> Answer),
            (faults.internal, cognito::internal_error),
            (faults.portal, cognito::captive_portal),
        ];
        for (times, answer) in fault {
            if self.fault(Chance::Network, key.0, times) {
                let answer = answer();
                self.note_served(key, request.target, &answer);
                return Some(answer);
            }
        }
        let answer = self.serve(request.target, &request.body);
        self.note_served(key, request.target, &answer);
        Some(answer)
    }

    /// Cognito does what it is asked.
    pub fn serve(&mut self, target: &str, body: &str) -> Answer {
        let answer = self.cognito.serve(self.wall(), target, body);
        let session = self.session_in(body);
        if let (200, Some(session)) = (answer.status, session) {
            match target {
                "GlobalSignOut" => self.account_global(self.sessions[session].user),
                _ => self.refreshed(session, &answer.body),
            }
        }
        answer
    }

    // ---- the story

    pub fn note_sent(&mut self, request: RequestKey, target: &'static str, body: &str) {
        if self.story.is_none() {
            return;
        }
        let (lane, session) = (self.lane(request.0), self.session_in(body));
        self.note(lane, || Event::Sends {
            request,
            target,
            session: session.unwrap_or_default(),
        });
    }

    pub fn note_lost(&mut self, request: RequestKey, target: &'static str, how: Lost) {
        let lane = self.lane(request.0);
        self.note(lane, || Event::Loses {
            request,
            target,
            how,
        });
    }

    pub fn note_served(&mut self, request: RequestKey, target: &'static str, answer: &Answer) {
        let error = || match answer.error_type.as_deref() {
            Some(error) => Some(error.trim_end_matches(':').to_owned()),
            None if answer.body.starts_with('<') => Some("a captive portal's page".into()),
            None => None,
        };
        let tab = self.pages[request.0].tab;
        self.note(Lane::Cognito, || Event::Serves {
            tab,
            request,
            target,
            status: answer.status,
            error: error(),
        });
    }

    pub fn note_got(&mut self, request: RequestKey, target: &'static str, status: Option<u16>) {
        let lane = self.lane(request.0);
        self.note(lane, || Event::Gets {
            request,
            target,
            status,
        });
    }

    /// The session whose token a request carries.
    pub fn session_in(&self, body: &str) -> Option<usize> {
        self.owner(&self.token_in(body))
    }

    /// The token that a request carries.
    pub fn token_in(&self, body: &str) -> String {
        let json: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
        let parameters = &json["AuthParameters"];
        let places = [
            &json["Token"],
            &json["AccessToken"],
            &json["RefreshToken"],
            &parameters["REFRESH_TOKEN"],
        ];
        let token = places.into_iter().find_map(|token| token.as_str());
        token.unwrap_or_default().to_owned()
    }
}
