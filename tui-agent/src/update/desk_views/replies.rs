//! Saved replies: the list, and making, changing and deleting them. What a reply is besides its text is asked for in questions; the text
//! goes to the agent's own editor.

use minicom_protocol::{
    command::AgentCommand,
    ids::ReplyId,
    library::{LISTED_MAX, ReplyAction, SavedReply},
    words::{SubjectLine, Tag},
};
use minicom_tui_kit::{
    Now, Prompt, Shown,
    prompt::Question,
    table::{Column, TableRow},
};

use super::{Content, tickets::check_line};
use crate::{
    app::App,
    desk_view::{Layer, RowId, Surface, View, Work, WorkOn},
    manage::reply_file::Action,
};

const COLUMNS: &[Column] = &[
    Column::new("CODE", 6),
    Column::new("TITLE", 10),
    Column::growing("TEXT", 12),
    Column::new("WHOSE", 5),
    Column::number("USED", 4),
    Column::new("ALSO", 6),
];

fn check_code(text: &str) -> Result<(), Shown> {
    match Tag::parse(text) {
        Ok(_) => Ok(()),
        Err(refused) => Err(Shown::line(&refused.to_string())),
    }
}

fn check_whose(text: &str) -> Result<(), Shown> {
    match text {
        "mine" | "all" => Ok(()),
        _ => Err(Shown::fixed("say mine or all")),
    }
}

fn check_actions(text: &str) -> Result<(), Shown> {
    actions_of(text).map(drop).map_err(|wrong| Shown::line(&wrong))
}

/// `tag vip, close` as actions.
fn actions_of(text: &str) -> Result<Vec<Action>, String> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let actions: Vec<Action> = parts.map(str::parse).collect::<Result<_, String>>()?;
    match actions.len() {
        0..=LISTED_MAX => Ok(actions),
        many => Err(format!("these are {many} actions; {LISTED_MAX} is the most")),
    }
}

impl App {
    /// Opens the saved replies.
    pub(crate) fn replies(&mut self, now: Now) {
        self.lay_table(View::Replies, "Saved replies", COLUMNS, now);
    }

    pub(super) fn replies_content(&self) -> Content {
        let dot = self.theme.signs().dot;
        let replies = self.replica.replies();
        let empty = match (self.replica.has_all_replies(), self.is_live()) {
            (true, _) => "There are none yet. n makes one",
            (false, true) => "asking ...",
            (false, false) => "This needs a connection. They are asked for when there is one.",
        };
        let mine = replies.iter().filter(|it| it.owner.is_some()).count();
        let title = match mine {
            0 => "Saved replies".to_owned(),
            mine => format!("Saved replies {dot} {mine} only yours"),
        };
        Content::Rows {
            title,
            rows: replies.iter().map(|reply| self.reply_row(reply)).collect(),
            empty: Shown::fixed(empty),
        }
    }

    fn reply_row(&self, reply: &SavedReply) -> TableRow<RowId> {
        let also = self.action_words(&reply.actions);
        let cells = vec![
            reply.code.shown(),
            reply.title.shown().cut(24),
            Shown::line(&reply.text.replace('\n', " ")),
            Shown::fixed(if reply.owner.is_some() { "mine" } else { "all" }),
            Shown::line(&reply.uses.to_string()),
            Shown::line(&also).cut(20),
        ];
        TableRow::new(RowId::Reply(reply.id), cells)
    }

    /// Actions as they are written.
    fn action_words(&self, actions: &[ReplyAction]) -> String {
        let Some(desk) = self.replica.desk() else {
            return String::new();
        };
        let words: Vec<String> = actions.iter().map(|it| Action::words(it, &desk.staff)).collect();
        words.join(", ")
    }

    fn saved_reply(&self, id: ReplyId) -> Option<&SavedReply> {
        self.replica.replies().iter().find(|it| it.id == id)
    }

    pub(super) fn key_in_replies(&mut self, row: Option<&RowId>, key: &str, now: Now) -> bool {
        match (key, row) {
            ("n", _) => self.new_reply(now),
            ("e", Some(RowId::Reply(reply))) => self.edit_saved_reply(*reply, now),
            ("d", Some(RowId::Reply(reply))) => {
                let Some(known) = self.saved_reply(*reply) else {
                    return true;
                };
                let title = format!("Delete the saved reply {}", known.code.shown());
                self.lay_confirmation(View::DeleteReply(*reply), &title, "", "Enter deletes it", now);
            }
            _ => return false,
        }
        true
    }

    fn new_reply(&mut self, now: Now) {
        let id = ReplyId::from_bytes(*self.ids.next(now.wall).as_bytes());
        // The code and the title are asked for; these are never shown.
        let (Ok(code), Ok(title)) = (Tag::parse("new"), SubjectLine::parse("new")) else {
            return;
        };
        let reply = SavedReply {
            id,
            code,
            title,
            text: String::new(),
            owner: None,
            actions: Vec::new(),
            uses: 0,
            questions: None,
        };
        self.ask_reply_fields(reply, true, now);
    }

    pub(super) fn edit_saved_reply(&mut self, id: ReplyId, now: Now) {
        if let Some(reply) = self.saved_reply(id).cloned() {
            self.ask_reply_fields(reply, false, now);
        }
    }

    fn ask_reply_fields(&mut self, reply: SavedReply, new: bool, now: Now) {
        let text = |known: &str| if new { String::new() } else { known.to_owned() };
        let whose = if reply.owner.is_some() { "mine" } else { "all" };
        let questions = vec![
            Question::new(Shown::fixed("code, typed to find it"))
                .starting_with(&text(reply.code.as_str()))
                .check(check_code),
            Question::new(Shown::fixed("title"))
                .starting_with(&text(reply.title.as_str()))
                .check(check_line),
            Question::new(Shown::fixed("whose: mine or all"))
                .default(whose)
                .check(check_whose),
            Question::new(Shown::fixed(
                "done with it, such as: tag vip, priority high, transfer billing, snooze 60, close",
            ))
            .starting_with(&self.action_words(&reply.actions))
            .optional()
            .check(check_actions),
        ];
        let title = match new {
            true => "New saved reply; then its text in your editor".to_owned(),
            false => format!("Saved reply {}; then its text in your editor", reply.code.shown()),
        };
        if let Some(prompt) = Prompt::new(Shown::line(&title), questions) {
            self.lay(
                View::ReplyFields(Box::new(reply)),
                Surface::Prompt(prompt.verb("Enter opens the editor")),
                now,
            );
        }
    }

    /// Everything but the text is known.
    pub(super) fn reply_fields_given(&mut self, layer: Layer, known: SavedReply, answers: &[String], now: Now) {
        let [code, title, whose, actions] = answers else { return };
        let (Ok(code), Ok(title)) = (Tag::parse(code), SubjectLine::parse(title)) else {
            return;
        };
        let taken = self
            .replica
            .replies()
            .iter()
            .any(|it| it.code == code && it.id != known.id);
        if taken {
            return self.lay_again(
                layer,
                "there is a saved reply by this code: go back (Up) and choose another",
                now,
            );
        }
        let Some(desk) = self.replica.desk() else { return };
        let actions = actions_of(actions).and_then(|actions| {
            let found: Result<Vec<ReplyAction>, String> = actions.iter().map(|it| it.at_desk(&desk.staff)).collect();
            found
        });
        let actions = match actions {
            Ok(actions) => actions,
            Err(wrong) => return self.lay_again(layer, &wrong, now),
        };
        let reply = SavedReply {
            code,
            title,
            owner: if whose == "mine" { self.me() } else { None },
            actions,
            ..known.clone()
        };
        let work = Work {
            text: reply.text.clone(),
            on: WorkOn::Reply {
                changed: reply != known && !reply.text.is_empty(),
                reply: Box::new(reply),
            },
        };
        self.begin_work(work);
    }

    pub(super) fn delete_reply(&mut self, reply: ReplyId, now: Now) {
        self.send_kept(AgentCommand::DeleteReply { reply }, now);
    }
}
