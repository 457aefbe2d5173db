//! Texts in the agent's own editor: saved replies, articles, settings. A text that cannot be taken is told why and where, goes back to
//! the editor, and is kept until it is saved or dropped.

use minicom_protocol::{
    command::AgentCommand,
    ids::CommandId,
    library::SavedReply,
    refusal::Refusal,
    settings::{BotSettings, DeskSettings},
    template::Template,
};
use minicom_tui_kit::{
    Now, Picker, Shown,
    editor::{Edit, Edited},
    picker::{Row, numbered},
};

use crate::{
    app::{App, Ends},
    desk_view::{RowId, Surface, View, Work, WorkOn},
    manage::{article_file, desk, files, strict::Mistake},
    over::{EditFor, Over},
};

impl App {
    /// Gives a text to the editor. If one about the same thing was not saved, it goes on with that.
    pub(super) fn begin_work(&mut self, mut work: Work) {
        let unsaved = self.views.unsaved.iter().position(|it| it.on.is_same(&work.on));
        if let Some(at) = unsaved {
            work.text = self.views.unsaved.remove(at).text;
        }
        let name = match &work.on {
            WorkOn::Reply { .. } => "reply.txt",
            WorkOn::Article(_) => "article.md",
            WorkOn::Settings => "desk.toml",
        };
        let edit = Edit::new(name, work.text.clone());
        self.edit(EditFor::Work(Box::new(work)), edit);
    }

    /// The editor has ended.
    pub(crate) fn work_edited(&mut self, mut work: Work, edited: Edited, now: Now) {
        match edited {
            Edited::Failed(words) => {
                self.trouble(words, Ends::Leaving);
                return;
            }
            Edited::Changed(text) => work.text = text,
            Edited::Unchanged if !self.is_worth_saving(&work) => {
                return self.tell(Shown::fixed("Nothing was changed."), now);
            }
            Edited::Unchanged => {}
        }
        self.save_work(work, now);
        self.refresh_desk(now);
    }

    /// A text that was not touched is saved only if something else about it was changed.
    fn is_worth_saving(&self, work: &Work) -> bool {
        matches!(&work.on, WorkOn::Reply { changed: true, .. })
    }

    fn save_work(&mut self, work: Work, now: Now) {
        // The bot is not among what is written there: it stays as it is.
        let bot = self.replica.desk().map(|desk| desk.settings.bot.clone());
        match work.command(bot.unwrap_or_default()) {
            Ok(command) => {
                let id = self.send_kept(command, now);
                self.views.saving.insert(id, work);
            }
            Err(wrong) => self.work_refused(work, &wrong, now),
        }
    }

    /// What was written cannot be taken: back to the editor, or away with it.
    fn work_refused(&mut self, work: Work, wrong: &str, now: Now) {
        let rows = vec![
            Row::new(RowId::Again, Shown::fixed("back to the editor"), Shown::line(wrong)),
            Row::new(RowId::Drop, Shown::fixed("drop what I wrote"), Shown::default()),
        ];
        let picker = Picker::new(Shown::fixed("Not saved"), numbered(rows));
        self.lay(View::Unsaved(Box::new(work)), Surface::Picker(picker), now);
        // Its row may have no room for all of it.
        self.trouble(Shown::line(wrong), Ends::Leaving);
    }

    /// The agent does not want to decide now: the text is kept.
    pub(super) fn keep_work(&mut self, work: Work, now: Now) {
        self.views.unsaved.retain(|it| !it.on.is_same(&work.on));
        self.views.unsaved.push(work);
        self.tell(
            Shown::fixed("Kept as long as this program runs: editing it again goes on with it."),
            now,
        );
    }

    pub(super) fn drop_work(&mut self, work: &Work, now: Now) {
        self.views.unsaved.retain(|it| !it.on.is_same(&work.on));
        self.tell(Shown::fixed("Dropped."), now);
    }

    /// The server has taken it or not. Returns whether it was a text of the editor that was refused.
    pub(super) fn work_answered(&mut self, id: CommandId, refusal: Option<&Refusal>, now: Now) -> bool {
        let (Some(work), Some(refusal)) = (self.views.saving.remove(&id), refusal) else {
            return false;
        };
        let words = refusal.message();
        if matches!(self.over, None | Some(Over::Desk(_))) {
            self.work_refused(work, &words, now);
        } else {
            // The agent is at something else: it is told, and the text waits.
            self.keep_work(work, now);
            self.trouble(Shown::line(&format!("Not saved, and kept: {words}")), Ends::Leaving);
        }
        true
    }
}

impl Work {
    /// The command that a text is, or what is wrong with it and where.
    fn command(&self, bot: BotSettings) -> Result<AgentCommand, String> {
        let told = |mistakes: &[Mistake]| match mistakes {
            [] => String::new(),
            [first, rest @ ..] => {
                let place = first.at.map(|(line, column)| format!("line {line}, column {column}: "));
                let more = match rest.len() {
                    0 => String::new(),
                    more => format!(" (and {more} more)"),
                };
                format!("{}{}{more}", place.unwrap_or_default(), first.what)
            }
        };
        let text = self.text.trim_end();
        let command = match &self.on {
            WorkOn::Reply { reply, .. } => {
                Template::parse(text).map_err(|wrong| wrong.to_string())?;
                let reply = SavedReply {
                    text: text.to_owned(),
                    ..SavedReply::clone(reply)
                };
                AgentCommand::SaveReply { reply }
            }
            WorkOn::Article(slug) => {
                let name = files::file_name(slug.as_str(), "md");
                let article = article_file::parse(&name, name.as_ref(), &self.text).map_err(|it| told(&it))?;
                article.command(None)
            }
            WorkOn::Settings => {
                let settings = desk::parse("desk.toml", &self.text).map_err(|it| told(&it))?;
                AgentCommand::Configure {
                    settings: Box::new(DeskSettings { bot, ..settings }),
                }
            }
        };
        match command.check() {
            Ok(()) => Ok(command),
            Err(refusal) => Err(refusal.message()),
        }
    }
}
