//! The customer's program in a storm: what can happen in a thread, as a server would let it happen, and what must be true after it.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use minicom_client::{
    ClientEvent, ConnState,
    transfers::{self, testing::Moving},
};
use minicom_protocol::{
    command::{CustomerCommand, Done, Outcome},
    customer_event::{
        Author, Closed, Closer, CustomerBody, CustomerEvent, HandedBack, HumanRequested, Joined, LineChanged, Opened,
    },
    event::Part,
    frame::{CustomerMe, CustomerQuestion, CustomerReply, CustomerSignal, Told},
    gate::Shown,
    ids::{CommandId, LineNo, Seq, Time},
    line::{LineRef, LineState},
    refusal::Refusal,
    stage::Side,
    text::MessageText,
    thread_view::CustomerStage,
};
use minicom_tui_kit::{
    Effect, Input,
    config::{Config, Reread},
    testing::{Bench, storm::InStorm},
    theme::Theme,
};
use proptest::prelude::*;

use super::{
    rig::{self, Desk, Rig},
    story::{Step, step},
};
use crate::{
    App, Msg, Order, actions,
    model::{SettingsRead, Writing},
};

/// The screen in a storm, with all that it sends.
pub struct Stormy {
    rig: Rig,
    /// Events that the program has not been told.
    untold: Vec<CustomerEvent>,
    number: u64,
    ids: HashSet<CommandId>,
    waiting: Vec<(CommandId, CustomerCommand)>,
    moving: Moving,
    kept: String,
    quit: bool,
    wrong: Option<String>,
}

impl Stormy {
    fn is_live(&self) -> bool {
        self.rig.bench.app.state.is_live()
    }

    fn stage(&self) -> Option<&CustomerStage> {
        self.rig.desk.view.stage.as_ref()
    }

    fn happens(&mut self, body: CustomerBody) {
        let at = self.rig.bench.now().wall;
        let mut event = self.rig.desk.event(0, None, body);
        event.time = Time(at);
        if let Some(last) = self.rig.desk.events.last_mut() {
            last.time = event.time;
        }
        self.untold.push(event);
    }

    /// A line of somebody who may write now.
    fn says(&mut self, who: u8, text: &str) {
        if matches!(self.stage(), None | Some(CustomerStage::Closed { .. })) {
            self.number += 1;
            self.happens(CustomerBody::Opened(Opened { number: self.number }));
        }
        let author = match (self.stage(), who % 3) {
            (Some(CustomerStage::Active { .. }), 1) => rig::agent(),
            (Some(CustomerStage::Bot), 1 | 2) => Author::Bot,
            _ => Author::Customer,
        };
        let line = match author.side() {
            Side::Customer => self.rig.desk.view.customer_lines.next(),
            Side::Desk => self.rig.desk.view.desk_lines.next(),
        };
        let parts = MessageText::parse(text).map(Part::of_text).into_iter().collect();
        self.happens(CustomerBody::Posted(rig::posted(author, line, parts)));
    }

    fn goes(&mut self, which: u8) {
        let body = match (self.stage(), which % 4) {
            (None | Some(CustomerStage::Closed { .. }), _) => return,
            (_, 3) => CustomerBody::Closed(Closed {
                by: if which & 8 == 0 {
                    Closer::Customer
                } else {
                    Closer::Agent
                },
                ask_rating: which & 16 == 0,
            }),
            (Some(CustomerStage::Bot), _) => CustomerBody::HumanRequested(HumanRequested {}),
            (Some(CustomerStage::Waiting { .. }), _) => CustomerBody::Joined(Joined { name: rig::ada() }),
            (Some(CustomerStage::Active { .. }), _) => CustomerBody::HandedBack(HandedBack {}),
        };
        self.happens(body);
    }

    fn changed(&mut self, own: bool, state: LineState, text: &str) {
        let view = &self.rig.desk.view;
        let (side, line) = match own {
            true => (Side::Customer, view.customer_lines),
            false => (Side::Desk, view.desk_lines),
        };
        let text = MessageText::parse(text).ok().filter(|_| state == LineState::Edited);
        if line > LineNo(0) {
            self.happens(CustomerBody::LineChanged(LineChanged {
                line: LineRef { side, line },
                state,
                parts: text.map(Part::of_text).into_iter().collect(),
            }));
        }
    }

    /// What has happened reaches the program, if it is connected.
    fn hear(&mut self) {
        if self.is_live() && !self.untold.is_empty() {
            let events = std::mem::take(&mut self.untold);
            self.rig.happens(events);
        }
    }

    fn passes(&mut self, which: u8, text: &str) {
        let at = self.rig.desk.view.seq;
        let signal = match which % 6 {
            0 => rig::typing(Some(rig::ada()), which & 8 == 0, at),
            1 => rig::typing(None, which & 8 == 0, at),
            2 => CustomerSignal::BotDelta {
                text: text.to_owned(),
                at,
            },
            3 => CustomerSignal::BotDone { at },
            4 => rig::place(u64::from(which), Some((3, 8))),
            _ => CustomerSignal::Open {
                open_now: which & 8 == 0,
                agents_available: which & 16 == 0,
                next_open_at: (which & 32 == 0).then(|| rig::minute(90)),
            },
        };
        self.rig.signal(signal);
    }

    fn loses(&mut self, which: u8) {
        let (retry_at, why) = (self.rig.at(Duration::from_secs(3)), "refused \u{1b}[2J".to_owned());
        let since = SystemTime::UNIX_EPOCH;
        match which % 4 {
            0 => self.rig.state(ConnState::Offline { since, retry_at, why }),
            1 => self.rig.state(ConnState::Untrusted { retry_at, why }),
            2 => self.rig.state(ConnState::Draining { retry_at }),
            _ => self.rig.lost(3),
        };
    }

    fn comes_back(&mut self, which: u8) {
        self.untold.clear();
        let asks = match which % 4 {
            0 => rig::asking(&[("order", "Which order?"), ("mail", "Your address? \u{1b}[31m")]),
            _ => rig::me(),
        };
        let consent = if which & 24 == 0 {
            "Do you agree?\nTo all \u{202e}of it"
        } else {
            ""
        };
        self.rig.connect_as(CustomerMe {
            consent: consent.to_owned(),
            ..asks
        });
    }

    fn told(&mut self, which: u8, text: &str) {
        let shown = || Shown::line(text);
        let message = match which % 8 {
            0 => Msg::Trouble(text.to_owned()),
            1 => Msg::FileRead {
                title: shown(),
                text: if which & 8 == 0 {
                    Ok(text.to_owned())
                } else {
                    Err(shown())
                },
            },
            2 => Msg::Files(transfers::Told::Found {
                text: text.to_owned(),
                found: Err(text.to_owned()),
            }),
            3 => Msg::Client(ClientEvent::OutboxTrouble(text.to_owned())),
            4 => Msg::Settings(settings(which, text)),
            5 | 6 => Msg::Files(transfers::Told::Found {
                text: text.to_owned(),
                found: Ok(vec![format!("/tmp/{}", shown().as_str()).into()]),
            }),
            _ => Msg::Client(ClientEvent::Latency(Duration::from_millis(u64::from(which)))),
        };
        self.rig.bench.tell(message);
    }

    fn answers(&mut self, yes: bool) {
        for (id, command) in std::mem::take(&mut self.waiting) {
            let outcome = match yes {
                true => Outcome::Done(Done::default()),
                false => Outcome::Refused {
                    refusal: Refusal::RateLimited { retry_after_ms: 9_000 },
                },
            };
            self.rig.tell(ClientEvent::Answered { id, command, outcome });
            self.look();
        }
    }

    /// Does what was ordered: questions are answered at once, commands wait, and none is sent twice.
    fn look(&mut self) {
        loop {
            let effects = self.rig.bench.effects();
            if effects.is_empty() {
                return;
            }
            for effect in effects {
                match effect {
                    Effect::Quit(_) => self.quit = true,
                    Effect::Program(Order::Ask(question)) => self.asked(question),
                    Effect::Program(Order::KeepDraft(text)) => self.kept = text,
                    Effect::Program(Order::Send { id, command }) => {
                        if !self.ids.insert(id) {
                            self.wrong = Some(format!("sent twice: {command:?}"));
                        }
                        self.rig.tell(ClientEvent::Pending {
                            id,
                            command: command.clone(),
                            adopted: false,
                        });
                        self.waiting.push((id, command));
                    }
                    Effect::Program(Order::Files(order)) => {
                        let told = self.moving.ordered(order);
                        self.files_told(told);
                    }
                    _ => {}
                }
            }
        }
    }

    fn files_told(&mut self, told: Option<transfers::Told>) {
        if let Some(told) = told {
            self.rig.bench.tell(Msg::Files(told));
        }
    }

    fn asked(&mut self, question: CustomerQuestion) {
        if !self.is_live() {
            self.rig.tell(ClientEvent::AskFailed { n: 1, question });
            return;
        }
        let told = match &question {
            CustomerQuestion::Thread { before, limit } => {
                let known = self.rig.desk.view.seq.0 - self.untold.len() as u64;
                let until = before.unwrap_or(Seq(known + 1));
                let all = self.rig.desk.events.iter().filter(|event| event.seq < until);
                let all: Vec<CustomerEvent> = all.cloned().collect();
                let skip = all.len().saturating_sub(*limit as usize);
                Told::Reply(CustomerReply::Thread {
                    events: all[skip..].to_vec(),
                    more: skip > 0,
                })
            }
            _ => Told::Refusal(Refusal::NotFound),
        };
        self.rig.tell(ClientEvent::Reply { n: 1, question, told });
    }
}

/// A file of settings that was changed while the program ran, or one with a mistake in it.
fn settings(which: u8, text: &str) -> SettingsRead {
    let own = if which & 8 == 0 {
        "[keys.chat]\n\"ctrl-g\" = \"help\"\n"
    } else {
        text
    };
    let config = Config::parse("chat.toml", own, &actions::contexts())?;
    Ok(Box::new(Reread {
        file: config.file.clone(),
        keymap: actions::with_own(actions::keymap().prefer_function_keys(which & 16 == 0), &config)?,
        theme: if which & 32 == 0 { Theme::mono() } else { Theme::ansi() },
        mouse: which & 64 == 0,
        notifier: config.notifier(),
        habits: config.habits,
    }))
}

impl InStorm for Stormy {
    type App = App;
    type Step = Step;
    const NAME: &'static str = "minicom-chat";

    fn begin() -> Stormy {
        let mut stormy = Stormy {
            rig: Rig::live(Desk::story(), 80, 24),
            untold: Vec::new(),
            number: 1,
            ids: HashSet::new(),
            waiting: Vec::new(),
            moving: Moving::default(),
            kept: String::new(),
            quit: false,
            wrong: None,
        };
        stormy.look();
        stormy
    }

    fn any_step() -> BoxedStrategy<Step> {
        step().boxed()
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Act(act) => _ = self.rig.bench.act(act),
            Step::Says(who, text) => self.says(*who, text),
            Step::Goes(which) => self.goes(*which),
            Step::Reads(by_desk) => {
                let side = if *by_desk { Side::Desk } else { Side::Customer };
                let event = self.rig.desk.read_by(0, side);
                self.untold.push(event);
            }
            Step::Changed(own, state, text) => self.changed(*own, *state, text),
            Step::Passing(which, text) if self.is_live() => self.passes(*which, text),
            Step::Answer(yes) if self.is_live() => self.answers(*yes),
            Step::Lose(which) => self.loses(*which),
            Step::Fresh(which) => self.comes_back(*which),
            Step::Told(which, text) => self.told(*which, text),
            Step::Transfer(which, text) => {
                let told = self.moving.goes_on(*which, text);
                self.files_told(told);
            }
            Step::Passing(..) | Step::Answer(_) => {}
        }
        self.hear();
        self.look();
    }

    fn valid(&self) -> Result<(), String> {
        self.wrong.clone().map_or(Ok(()), Err)?;
        let app = &self.rig.bench.app;
        app.composer.valid()?;
        app.transcript.valid()?;
        let (text, waits) = (app.composer.draft(), app.keep_draft_at.is_some());
        // A line that is being changed is on the server.
        match waits || matches!(app.writing, Writing::Edit(_)) || text == self.kept || text.trim().is_empty() {
            true => Ok(()),
            false => Err(format!("what is written is not kept: {text:?}, but {:?} is", self.kept)),
        }
    }

    fn is_over(&self) -> bool {
        self.quit
    }

    fn end(&mut self) -> Result<(), String> {
        self.rig.bench.input(Input::Terminate);
        self.look();
        let app = &self.rig.bench.app;
        match app.keep_draft_at {
            None => self.valid(),
            Some(_) => Err("the end lost what was written".to_owned()),
        }
    }

    fn bench(&mut self) -> &mut Bench<App> {
        &mut self.rig.bench
    }
}
