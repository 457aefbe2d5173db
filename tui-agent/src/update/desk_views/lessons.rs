//! What conversations teach the bot: questions to be accepted or dropped, and gaps, for which a draft opens in the agent's own editor.

use minicom_tui_kit::{
    Now, Shown,
    table::{Column, TableRow},
};

use super::Content;
use crate::{
    app::{App, Ends, Order},
    desk_view::{RowId, View, Work, WorkOn},
    lessons::{LessonsOrder, LessonsTold},
    over::Over,
    words::count,
};

const COLUMNS: &[Column] = &[
    Column::new("WHAT", 9),
    Column::growing("ASKED", 20),
    Column::new("ANSWERED BY", 16),
];

impl App {
    /// Opens what the bot could learn.
    pub(crate) fn lessons(&mut self, now: Now) {
        if !self.has_connection("What the bot could learn") {
            return;
        }
        self.lay_table(View::Lessons, "What the bot could learn", COLUMNS, now);
        self.order(Order::Lessons(LessonsOrder::List));
    }

    pub(super) fn lessons_content(&self) -> Content {
        let Some(lessons) = &self.views.lessons else {
            return Content::Rows {
                title: "What the bot could learn".to_owned(),
                rows: vec![],
                empty: Shown::fixed("asking ..."),
            };
        };
        let gaps = lessons.gaps.iter().map(|gap| {
            let people = count(gap.people, "person", "people");
            let cells = vec![
                Shown::line(&people),
                Shown::line(&gap.question),
                Shown::fixed("nothing"),
            ];
            TableRow::new(RowId::Gap(gap.id), cells)
        });
        let examples = lessons.examples.iter().map(|example| {
            let by = match &example.article {
                Some(slug) => slug.shown(),
                None => Shown::line(&example.title),
            };
            let cells = vec![Shown::fixed("example"), Shown::line(&example.question), by];
            TableRow::new(RowId::Example(example.id, example.conversation), cells)
        });
        let dot = self.theme.signs().dot;
        let title = format!(
            "What the bot could learn {dot} {}, {}",
            count(lessons.gaps.len() as u64, "gap", "gaps"),
            count(lessons.examples.len() as u64, "example", "examples")
        );
        Content::Rows {
            title,
            rows: gaps.chain(examples).collect(),
            empty: Shown::fixed("Nothing: no example waits, and all that was handed over was for a person"),
        }
    }

    pub(super) fn key_in_lessons(&mut self, row: Option<&RowId>, key: &str, _now: Now) -> bool {
        let order = match (row, key) {
            (Some(RowId::Example(id, _)), "a") => LessonsOrder::Accept(*id),
            (Some(RowId::Example(id, _)), "d") => LessonsOrder::Drop(*id),
            (Some(RowId::Gap(id)), "d") => LessonsOrder::Dismiss(*id),
            (Some(RowId::Gap(id)), "e") => LessonsOrder::Draft(*id),
            _ => return false,
        };
        self.order(Order::Lessons(order));
        true
    }

    /// What became of an order.
    pub(crate) fn lessons_told(&mut self, told: LessonsTold, now: Now) {
        let is_open = matches!(&self.over, Some(Over::Desk(stack)) if stack.layers.iter().any(|it| matches!(it.view, View::Lessons)));
        match told {
            LessonsTold::List(lessons) => self.views.lessons = Some(lessons),
            LessonsTold::Done(order) => {
                if let Some(lessons) = &mut self.views.lessons {
                    match &order {
                        LessonsOrder::Accept(id) | LessonsOrder::Drop(id) => lessons.examples.retain(|it| it.id != *id),
                        LessonsOrder::Dismiss(id) => lessons.gaps.retain(|it| it.id != *id),
                        LessonsOrder::List | LessonsOrder::Draft(_) => {}
                    }
                }
                self.tell(order.done(), now);
            }
            // Who has left meanwhile is not given an editor.
            LessonsTold::Draft { .. } if !is_open => {}
            LessonsTold::Draft { slug, text } => self.begin_work(Work {
                on: WorkOn::Article(slug),
                text,
            }),
            LessonsTold::Failed(words) => self.trouble(words, Ends::Leaving),
        }
        self.refresh_desk(now);
    }
}
