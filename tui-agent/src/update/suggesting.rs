//! What could be answered in the open chat: asked for when the customer has written or the agent opens it, one question at a time and
//! a moment apart. It is shown in rows of its own, and goes into the composer when a key says so: nothing else puts it there.

use std::{collections::BTreeMap, time::Duration};

use minicom_client::ClientEvent;
use minicom_protocol::{
    command::ReplyUse,
    event::{Event, Subject},
    frame::{AgentQuestion, AgentReply, Agents, Told},
    gate::Shown,
    ids::{ConversationId, LineNo, ReplyId},
    suggestions::Suggestions,
    words::SubjectLine,
};
use minicom_tui_kit::{
    Now, Picker, markdown,
    picker::{Row, numbered},
};

use crate::{
    app::{App, Ends, Order},
    over::{Choice, PickFor},
    writing::{Attached, saved},
};

/// So long after a question the next one is asked: whoever goes through the list, or writes line after line, asks for little.
const AFTER: Duration = Duration::from_millis(250);
/// What is typed after `/` in an empty composer.
const WORD: &str = "suggest";

/// For which lines of which chat.
type Of = (ConversationId, LineNo);

/// What is known of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Suggesting {
    /// The conversation for which a draft is asked.
    pub(crate) drafting: Option<ConversationId>,
    /// The agent wants to see none.
    pub(crate) off: bool,
    /// What was told last, of the chat that is open.
    told: Option<Suggestions>,
    /// What the last question was about.
    asked: Option<Of>,
    /// It has not been answered.
    waits: bool,
    /// From then on the next question may be asked.
    free_at: Duration,
    /// Something is to be asked.
    wanted: bool,
}

impl Suggesting {
    /// Nothing is known yet.
    pub(crate) fn new(off: bool) -> Suggesting {
        Suggesting {
            off,
            ..Suggesting::default()
        }
    }
}

/// Something that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fitting {
    pub(crate) what: Fits,
    pub(crate) title: SubjectLine,
    /// How probable it is, in hundredths.
    pub(crate) percent: u8,
    /// What of it is nearest to what was written; empty where that is its title.
    pub(crate) example: String,
}

/// What fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fits {
    Article(Attached),
    Reply { id: ReplyId, code: String },
}

impl App {
    /// What fits what the customer of the open chat wrote last, the likeliest first.
    pub(crate) fn fitting(&self) -> Vec<Fitting> {
        let told = self.suggesting.told.as_ref().filter(|_| !self.suggesting.off);
        let here = |it: &&Suggestions| {
            self.summary()
                .is_some_and(|row| row.conversation == it.conversation && row.stage.is_open())
        };
        let Some(told) = told.filter(here) else { return vec![] };
        let said = |title: &SubjectLine, example: &str| match example == title.as_str() {
            true => String::new(),
            false => example.to_owned(),
        };
        let articles = told.articles.iter().map(|it| Fitting {
            what: Fits::Article(Attached {
                slug: it.slug.clone(),
                title: Some(it.title.clone()),
            }),
            percent: it.percent,
            example: said(&it.title, &it.example),
            title: it.title.clone(),
        });
        let replies = told.replies.iter().map(|it| Fitting {
            what: Fits::Reply {
                id: it.id,
                code: it.code.as_str().to_owned(),
            },
            percent: it.percent,
            example: said(&it.title, &it.example),
            title: it.title.clone(),
        });
        let mut all: Vec<Fitting> = articles.chain(replies).collect();
        all.sort_by_key(|it| std::cmp::Reverse(it.percent));
        all
    }

    /// Asks for it when that is due. Nothing waits for the answer.
    pub(crate) fn ask_what_fits(&mut self, now: Now) {
        let of = self
            .summary()
            .filter(|row| row.stage.is_open() && row.customer_lines > LineNo(0));
        let of = of.map(|row| (row.conversation, row.customer_lines));
        let live = self.connection.state.is_live();
        let suggesting = &mut self.suggesting;
        let of = of.filter(|of| live && !suggesting.off && suggesting.asked != Some(*of));
        suggesting.wanted = of.is_some();
        let Some(of) = of.filter(|_| !suggesting.waits && suggesting.free_at <= now.elapsed) else {
            return;
        };
        (suggesting.asked, suggesting.waits, suggesting.wanted) = (Some(of), true, false);
        suggesting.free_at = now.elapsed + AFTER;
        let (conversation, _) = of;
        self.order(Order::Ask(AgentQuestion::Suggestions { conversation }));
    }

    /// When it is to be asked for.
    pub(crate) fn suggesting_asks_at(&self) -> Option<Duration> {
        let suggesting = &self.suggesting;
        (suggesting.wanted && !suggesting.waits).then_some(suggesting.free_at)
    }

    /// What the connection tells that has to do with it.
    pub(crate) fn suggesting_hears(&mut self, event: &ClientEvent<Agents>) {
        let suggesting = &mut self.suggesting;
        match event {
            ClientEvent::Reply {
                question: AgentQuestion::Suggestions { .. },
                told,
                ..
            } => {
                suggesting.waits = false;
                if let Told::Reply(AgentReply::Suggestions { suggestions }) = told {
                    suggesting.told = Some((**suggestions).clone());
                }
            }
            ClientEvent::AskFailed {
                question: AgentQuestion::Suggestions { .. },
                ..
            } => {
                (suggesting.waits, suggesting.asked) = (false, None);
            }
            ClientEvent::Batch { events, .. } if events.iter().any(is_of_library) => suggesting.asked = None,
            ClientEvent::Fresh { .. } => suggesting.asked = None,
            _ => {}
        }
    }

    /// The likeliest goes into the composer.
    pub(crate) fn insert_what_fits(&mut self, now: Now) {
        let Some(conversation) = self.conversation() else {
            return;
        };
        match self.fitting().into_iter().next() {
            Some(fitting) => self.insert_fitting(conversation, fitting.what, now),
            None => self.tell(Shown::fixed(self.nothing_fits()), now),
        }
    }

    fn insert_fitting(&mut self, conversation: ConversationId, what: Fits, now: Now) {
        match what {
            Fits::Article(article) => self.attach(conversation, article, now),
            Fits::Reply { id, .. } => self.reply_chosen(conversation, id, now),
        }
    }

    /// All that fits, to choose from.
    pub(crate) fn choose_what_fits(&mut self, now: Now) {
        let Some(conversation) = self.open_one(now) else { return };
        let dot = self.theme.signs().dot;
        let rows = self.fitting().into_iter().map(|it| {
            let (choice, kind) = match &it.what {
                Fits::Article(article) => (Choice::Article(article.clone()), "article".to_owned()),
                Fits::Reply { id, code } => (Choice::SavedReply(*id), format!("reply {code}")),
            };
            let example = match self.fitting_example(&it) {
                example if example.is_empty() => example,
                example => format!(" {dot} {example}"),
            };
            let detail = format!("{:>2} % {dot} {kind}{example}", it.percent);
            Row::new(choice, it.title.shown(), Shown::line(&detail))
        });
        let picker = Picker::new(Shown::fixed("What fits"), numbered(rows.collect()))
            .verb(Shown::line(&format!("Enter inserts {dot} Alt+Enter reads an article")))
            .when_empty(Shown::fixed(self.nothing_fits()));
        self.open_picker(PickFor::Fitting, vec![conversation], picker);
    }

    /// What is shown of it beside its title, as it will read: without the signs of Markdown, and a saved reply, whose holes nobody has
    /// filled for the server, as it reads here.
    pub(crate) fn fitting_example(&self, it: &Fitting) -> String {
        let reply = match &it.what {
            Fits::Reply { id, .. } if !it.example.is_empty() => {
                self.replica.replies().iter().find(|reply| reply.id == *id)
            }
            _ => None,
        };
        let text = match (reply, self.summary()) {
            (Some(reply), Some(summary)) => {
                let unused = ReplyUse {
                    id: reply.id,
                    answers: BTreeMap::new(),
                };
                saved::reads(&reply.text, &unused, &saved::values(&self.replica, summary))
            }
            _ => it.example.clone(),
        };
        let rows = markdown::plain(&text);
        let words = rows.iter().flat_map(|row| row.as_str().split_whitespace());
        words.collect::<Vec<_>>().join(" ")
    }

    fn nothing_fits(&self) -> &'static str {
        match (self.suggesting.off, self.is_live()) {
            (true, _) => "What fits is hidden. /suggest on shows it.",
            (false, false) => "What fits is told when there is a connection.",
            (false, true) => "No article and no saved reply fits.",
        }
    }

    /// Shows or hides it.
    pub(crate) fn show_what_fits(&mut self, on: bool, now: Now) {
        self.suggesting.off = !on;
        self.suggesting.asked = None;
        self.tell(
            Shown::fixed(match on {
                true => "What fits is shown. /suggest off hides it.",
                false => "What fits is hidden. /suggest on shows it.",
            }),
            now,
        );
    }

    /// `/suggest`, `/suggest on`, `/suggest off`, `/summary` and `/draft`. Whether it was one of them.
    pub(super) fn help_word(&mut self, typed: &str, now: Now) -> bool {
        let words: Vec<&str> = typed.split_whitespace().collect();
        match words[..] {
            [WORD] => self.choose_what_fits(now),
            [WORD, "on"] => self.show_what_fits(true, now),
            [WORD, "off"] => self.show_what_fits(false, now),
            ["summary"] => self.read_recap(now),
            ["draft"] => self.ask_draft(now),
            [WORD, ..] => self.trouble(Shown::fixed("/suggest, /suggest on or /suggest off."), Ends::Leaving),
            _ => return false,
        }
        true
    }
}

fn is_of_library(event: &Event) -> bool {
    matches!(event.subject, Subject::Library)
}

#[cfg(test)]
#[path = "suggesting_tests.rs"]
mod tests;
