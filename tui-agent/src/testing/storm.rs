//! The agent's program in a storm: what must be true after every step, and that nothing is sent twice.

use std::collections::HashSet;

use minicom_client::transfers::{Told, testing::Moving};
use minicom_protocol::{command::AgentCommand, ids::CommandId};
use minicom_tui_kit::{
    Input,
    testing::{Bench, storm::InStorm},
};
use proptest::prelude::*;

use super::{
    ADA, Desk, Seat,
    story::{Step, answered, step, take},
};
use crate::{
    app::{App, Msg, Order},
    list::Spot,
};

/// What must be true of the program after every step.
///
/// # Errors
/// What is not.
pub fn valid(seat: &Seat) -> Result<(), String> {
    let app = &seat.bench.app;
    if let Some(Spot::Row(row, _)) = app.list.cursor() {
        fits(
            app.replica.summary(row).is_some(),
            "the list's cursor stands on nothing",
        )?;
        fits(app.list.rows().any(|it| it == row), "the list's cursor cannot be seen")?;
    }
    if let Some(open) = app.conversation() {
        fits(app.replica.summary(open).is_some(), "what is open is not known")?;
        if let Some(written) = app.writing.get(open) {
            written.composer.valid()?;
            written.current().valid()?;
        }
    }
    if let Some(chat) = &app.chat {
        chat.transcript.valid()?;
    }
    let mut rows: Vec<_> = app.list.rows().collect();
    let count = rows.len();
    rows.sort();
    rows.dedup();
    fits(rows.len() == count, "a conversation has two rows")?;
    for held in &app.closing {
        fits(held.until > seat.bench.now().elapsed, "what is due was not sent")?;
    }
    Ok(())
}

fn fits(is: bool, otherwise: &str) -> Result<(), String> {
    if is { Ok(()) } else { Err(otherwise.to_owned()) }
}

/// A seat in a storm, with all that it sends.
pub struct Stormy {
    seat: Seat,
    ids: HashSet<CommandId>,
    waiting: Vec<(CommandId, AgentCommand)>,
    moving: Moving,
    wrong: Option<String>,
}

impl Stormy {
    /// Nothing is sent twice; what was ordered waits for its answer.
    fn look(&mut self) {
        let ordered = self.seat.ordered();
        for order in ordered {
            match order {
                Order::Send { id, command } => {
                    if !self.ids.insert(id) {
                        self.wrong = Some(format!("sent twice: {command:?}"));
                    }
                    self.waiting.push((id, command));
                }
                Order::Files(order) => {
                    let told = self.moving.ordered(order);
                    self.files_told(told);
                }
                _ => {}
            }
        }
    }

    fn files_told(&mut self, told: Option<Told>) {
        if let Some(told) = told {
            self.seat.bench.tell(Msg::Files(told));
            self.seat.pump();
        }
    }
}

impl InStorm for Stormy {
    type App = App;
    type Step = Step;
    const NAME: &'static str = "minicom-agent";

    fn begin() -> Stormy {
        let mut desk = Desk::new();
        desk.ago(99)
            .says("carol", "hello")
            .asks("carol")
            .says("alice", "hi")
            .taken("alice", ADA);
        Stormy {
            seat: Seat::at(desk, 80, 24),
            ids: HashSet::new(),
            waiting: Vec::new(),
            moving: Moving::default(),
            wrong: None,
        }
    }

    fn any_step() -> BoxedStrategy<Step> {
        step().boxed()
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Answer(yes) if self.seat.bench.app.is_live() => {
                let sent = std::mem::take(&mut self.waiting);
                answered(&mut self.seat, sent, *yes);
            }
            Step::Transfer(which, text) => {
                let told = self.moving.goes_on(*which, text);
                self.files_told(told);
            }
            step => take(&mut self.seat, step),
        }
        self.look();
    }

    fn valid(&self) -> Result<(), String> {
        self.wrong.clone().map_or(Ok(()), Err)?;
        valid(&self.seat)
    }

    fn is_over(&self) -> bool {
        self.seat.quit.is_some()
    }

    /// What was written is handed over to be kept.
    fn end(&mut self) -> Result<(), String> {
        self.seat.input(Input::Terminate);
        let unsaved = self.seat.bench.app.writing.take_unsaved();
        fits(unsaved.is_empty(), "the end lost what was written")
    }

    fn bench(&mut self) -> &mut Bench<App> {
        &mut self.seat.bench
    }
}
