//! Saved replies: `/`, the list, what is asked, and the text with its holes in the composer. Nothing is filled here: the server does it
//! when the line is sent, from what is true then.

use std::collections::BTreeMap;

use minicom_protocol::{
    command::ReplyUse,
    gate::Shown,
    ids::{ConversationId, ReplyId},
    library::SavedReply,
    template::{Template, check_answer},
};
use minicom_tui_kit::{
    Key, Now, Picker, Prompt,
    picker::{Row, numbered},
    prompt::Question,
};

use super::slash;
use crate::{
    app::{App, Ends, Focus},
    keys::{Action, contexts},
    over::{AskFor, Choice, Over, Pick, PickFor},
    writing::Mode,
};

/// Characters of a saved reply that a list shows before it is searched, and before the place where words were found.
const SHOWN_CHARS: usize = 150;
const BEFORE_FOUND: usize = 24;

impl App {
    /// Keys that mean something while nothing is written. Whether this was one.
    pub(crate) fn key_in_empty(&mut self, conversation: ConversationId, key: Key, now: Now) -> bool {
        let written = self.writing.of(conversation);
        if written.mode() != Mode::Reply || !written.composer.is_empty() {
            return false;
        }
        match self.keymap.action(contexts(true), key) {
            Some(Action::SavedReplies) if key.typed().is_some() => {
                self.saved_replies(now);
                true
            }
            _ if key.to_string() == "backspace" => self.detach(conversation, now),
            _ => false,
        }
    }

    /// Opens the saved replies.
    pub(crate) fn saved_replies(&mut self, now: Now) {
        let Some(conversation) = self.open_one(now) else { return };
        let menu = self.key_words(Action::Menu);
        let words = match (self.replica.has_all_replies(), menu.as_str()) {
            (true, "") => "None yet; // is a slash".to_owned(),
            (true, menu) => format!("None yet: {menu} replies makes one; // is a slash"),
            (false, _) => "loading".to_owned(),
        };
        let picker = Picker::new(Shown::fixed("Saved replies"), self.reply_rows(""))
            .prefix("/")
            .verb(Shown::fixed("Enter inserts"))
            .when_empty(Shown::line(&words));
        self.open_picker(PickFor::SavedReply, vec![conversation], picker);
    }

    /// One's own first, then everybody's, each by code: the digits stay what they are from day to day.
    fn reply_rows(&self, query: &str) -> Vec<Row<Choice>> {
        let mut replies: Vec<&SavedReply> = self.replica.replies().iter().collect();
        replies.sort_by_key(|reply| reply.owner.is_none());
        let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
        let dot = self.theme.signs().dot;
        let rows = replies.into_iter().map(|reply| {
            let mine = if reply.owner.is_some() {
                format!("mine {dot} ")
            } else {
                String::new()
            };
            let detail = format!("{mine}{} {dot} {}", reply.title.shown(), found_in(reply, &words));
            Row::new(Choice::SavedReply(reply.id), reply.code.shown(), Shown::line(&detail))
        });
        let mut rows = numbered(rows.collect());
        rows.extend(slash::rows(query));
        rows
    }

    pub(crate) fn refresh_saved_replies(&mut self) {
        let Some(Over::Picker(pick)) = &self.over else { return };
        let rows = self.reply_rows(&pick.picker.query());
        self.set_picker_rows(rows);
    }

    /// A second slash is a slash. Whether it was one.
    pub(super) fn is_real_slash(&mut self, pick: &Pick, key: Key, now: Now) -> bool {
        let slash = pick.purpose == PickFor::SavedReply && key.typed() == Some('/') && pick.picker.query().is_empty();
        if let (true, [conversation]) = (slash, &pick.about[..])
            && let Some(conversation) = self.writes_in(*conversation)
        {
            let composer = self.writing.of(conversation).current_mut();
            let handled = composer.insert("/");
            self.composer_did(handled, now);
        }
        slash
    }

    /// A saved reply was chosen: what it asks is asked first.
    pub(crate) fn reply_chosen(&mut self, conversation: ConversationId, reply: ReplyId, now: Now) {
        let Some(saved) = self.replica.replies().iter().find(|it| it.id == reply) else {
            return self.trouble(Shown::fixed("This saved reply was deleted just now."), Ends::Leaving);
        };
        let template = match Template::parse(&saved.text) {
            Ok(template) => template,
            Err(error) => return self.trouble(Shown::line(&error.to_string()), Ends::Leaving),
        };
        let questions: Vec<String> = template.questions().iter().map(|it| it.name.clone()).collect();
        let asked = template.questions().iter().map(|it| {
            let question = Question::new(Shown::line(&it.name.replace('_', " ")))
                .check(|answer| check_answer(answer).map_err(|refused| Shown::line(&refused.to_string())));
            match it.default.as_deref() {
                None => question,
                Some(default) if default.trim().is_empty() => question.optional(),
                Some(default) => question.default(default),
            }
        });
        match Prompt::new(saved.title.shown(), asked.collect()) {
            Some(prompt) => {
                let (purpose, prompt) = (AskFor::Reply { reply, questions }, prompt.verb("Enter inserts"));
                self.open_prompt(purpose, vec![conversation], prompt);
            }
            None => self.use_reply(conversation, reply, BTreeMap::new(), now),
        }
    }

    pub(crate) fn reply_answered(
        &mut self,
        about: &[ConversationId],
        reply: ReplyId,
        questions: &[String],
        answers: &[String],
        now: Now,
    ) {
        let given = questions.iter().cloned().zip(answers.iter().cloned());
        let answers = given.filter(|(_, answer)| !answer.is_empty()).collect();
        if let [conversation] = about
            && let Some(conversation) = self.writes_in(*conversation)
        {
            self.use_reply(conversation, reply, answers, now);
        }
    }

    /// The text with its holes goes into the composer.
    fn use_reply(&mut self, conversation: ConversationId, id: ReplyId, answers: BTreeMap<String, String>, now: Now) {
        let saved = self.replica.replies().iter().find(|it| it.id == id);
        let Some(text) = saved.map(|it| it.text.clone()) else {
            return;
        };
        let written = self.writing.of(conversation);
        // In a saved reply what was written before would be read for holes too.
        if written.with.reply.is_some() || written.composer.text().contains("{{") {
            let clears = self.key_words(Action::Interrupt);
            let words = format!("There is a saved reply in the text already. {clears} clears it.");
            return self.trouble(Shown::line(&words), Ends::Leaving);
        }
        written.set_mode(Mode::Reply);
        let handled = written.composer.insert(&minicom_protocol::gate::written(&text));
        written.with.reply = Some(ReplyUse { id, answers });
        self.writing.with_changed(conversation, now.elapsed);
        self.focus = Focus::Compose;
        self.composer_did(handled, now);
    }
}

/// The beginning of what a saved reply says; if words are looked for that stand further down, from there on.
fn found_in(reply: &SavedReply, words: &[String]) -> String {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = one_line(&reply.text);
    let lower = text.to_lowercase();
    let further = |word: &String| lower.find(word.as_str()).filter(|at| *at > SHOWN_CHARS);
    let Some(at) = words
        .iter()
        .filter_map(further)
        .min()
        .filter(|_| lower.len() == text.len())
    else {
        return text;
    };
    let from = text.floor_char_boundary(at.saturating_sub(BEFORE_FOUND));
    let before = &text[from..at];
    let word = before.find(' ').map_or(0, |blank| blank + 1);
    format!("... {}", &text[from + word..])
}
