//! Making, changing and deleting what is answered with: saved replies and articles, each on one line. What is deleted is gone, so it wants
//! a `yes`.

use minicom_protocol::{
    command::AgentCommand,
    ids::ReplyId,
    intake::Priority,
    library::{Article, ArticleRow, ReplyAction, SavedReply},
    template::Template,
    words::{SubjectLine, Tag},
};
use minicom_tui_kit::Now;

use super::{PlainAgent, arguments, library::For, words::Given};
use crate::later;

/// What is to be another in an article. What is left out stays.
#[derive(Debug, Clone, Default)]
pub(super) struct Change {
    title: Option<SubjectLine>,
    tags: Option<Vec<Tag>>,
    published: Option<bool>,
    body: Option<String>,
}

impl PlainAgent {
    // Saved replies.

    pub(super) fn save_reply(&mut self, given: Given<'_>) {
        let (named, text) = arguments::apart(given.rest);
        let words = match arguments::words(named) {
            Ok(words) => words,
            Err(why) => return self.deny(why),
        };
        let (Some((code, fields)), Some(text)) = (words.split_first(), text) else {
            return self.usage(given);
        };
        let text = arguments::text(text);
        let Some(code) = self.slug(code) else { return };
        if let Err(error) = Template::parse(&text) {
            return self.refuse_word(&error);
        }
        let known = self.replica.replies().iter().find(|reply| reply.code == code).cloned();
        let id = known.as_ref().map(|reply| reply.id);
        let id = id.unwrap_or_else(|| ReplyId(self.ids.next(given.now.wall).0));
        let title = known
            .as_ref()
            .map(|reply| reply.title.clone())
            .or_else(|| SubjectLine::parse(code.as_str()).ok());
        let Some(title) = title else { return };
        let owner = known.as_ref().and_then(|reply| reply.owner);
        let actions = known.map_or_else(Vec::new, |reply| reply.actions);
        let mut reply = SavedReply {
            id,
            code,
            title,
            text,
            owner,
            actions,
            uses: 0,
            questions: None,
        };
        if let Err(why) = self.fields_of_reply(&mut reply, fields, given.now) {
            return self.refuse_word(&why);
        }
        self.wish(AgentCommand::SaveReply { reply }, given.now);
    }

    /// Reads `title=...`, `mine=yes` and what is done with it. Actions that are said replace those that it had.
    fn fields_of_reply(&mut self, reply: &mut SavedReply, fields: &[String], now: Now) -> Result<(), String> {
        let mut actions = Vec::new();
        for field in fields {
            let Some((name, value)) = arguments::assignment(field) else {
                return Err(format!("{} is no name=value", arguments::beginning(field)));
            };
            match (name, value) {
                ("title", title) => reply.title = SubjectLine::parse(title).map_err(|why| why.to_string())?,
                ("mine", "yes") => reply.owner = self.me(),
                ("mine", "no") => reply.owner = None,
                ("tag", tag) => {
                    let tag = Tag::parse(tag).map_err(|why| why.to_string())?;
                    actions.push(ReplyAction::Tag { tag });
                }
                ("priority", priority) => {
                    let priority = priority.parse::<Priority>()?;
                    actions.push(ReplyAction::Priority { priority });
                }
                ("group", name) => {
                    let group = self.replica.desk().and_then(|desk| {
                        let mut groups = desk.staff.groups.iter();
                        groups.find(|group| group.name.as_str() == name).map(|group| group.id)
                    });
                    let group = group.ok_or_else(|| "there is no such group; /groups tells them".to_owned())?;
                    actions.push(ReplyAction::Transfer { group });
                }
                ("snooze", "reply") => actions.push(ReplyAction::Snooze { minutes: None }),
                ("snooze", span) => {
                    let until = later::parse(span, now.wall, &self.zone)?;
                    let minutes = u32::try_from((until - now.wall) / 60_000_000).ok();
                    actions.push(ReplyAction::Snooze { minutes });
                }
                ("close", "yes") => actions.push(ReplyAction::Close),
                _ => {
                    let known = "title, mine=yes|no, tag, priority, group, snooze=2h|reply, close=yes";
                    return Err(format!("{} is none of {known}", arguments::beginning(field)));
                }
            }
        }
        if !actions.is_empty() {
            reply.actions = actions;
        }
        Ok(())
    }

    pub(super) fn delete_reply(&mut self, given: Given<'_>) {
        let (code, sure) = arguments::first(given.rest);
        if code.is_empty() {
            return self.usage(given);
        }
        let Some(reply) = self.reply_of(code) else { return };
        if self.is_sure(sure, &format!("/reply-delete {}", reply.code.shown())) {
            self.wish(AgentCommand::DeleteReply { reply: reply.id }, given.now);
        }
    }

    /// Whether `yes` was written behind what cannot be undone. Says how, if not.
    pub(super) fn is_sure(&mut self, written: &str, word: &str) -> bool {
        let sure = written == "yes";
        if !sure {
            self.deny(format!("This cannot be undone: {word} yes does it."));
        }
        sure
    }

    // Articles.

    pub(super) fn save_article(&mut self, given: Given<'_>) {
        let (named, body) = arguments::apart(given.rest);
        let words = match arguments::words(named) {
            Ok(words) => words,
            Err(why) => return self.deny(why),
        };
        let Some((slug, fields)) = words.split_first() else {
            return self.usage(given);
        };
        let Some(slug) = self.slug(slug) else { return };
        let body = body.map(arguments::text);
        match fields_of_article(fields) {
            // What is there already stays where nothing else is said, so it is asked for first.
            Ok(change) => self.ask_for_article(slug, For::Saving(Change { body, ..change }, given.now)),
            Err(why) => self.refuse_word(&why),
        }
    }

    pub(super) fn save_changed_article(&mut self, article: Article, row: &ArticleRow, change: Change, now: Now) {
        let article = Article {
            slug: article.slug,
            title: change.title.unwrap_or(article.title),
            body: change.body.unwrap_or(article.body),
            questions: None,
        };
        let command = AgentCommand::SaveArticle {
            article,
            tags: change.tags.unwrap_or_else(|| row.tags.clone()),
            published: change.published.unwrap_or(row.published),
        };
        self.wish(command, now);
    }

    /// There is no such article. Whether it was to be changed: then it is made, as a draft if nothing else is said.
    pub(super) fn make_article(&mut self, slug: &Tag) -> bool {
        let For::Saving(change, now) = std::mem::take(&mut self.article_for) else {
            return false;
        };
        let title = change.title.or_else(|| SubjectLine::parse(slug.as_str()).ok());
        let (Some(body), Some(title)) = (change.body, title) else {
            self.deny(format!(
                "There is no article {}: -- TEXT makes one. Nothing was done.",
                slug.shown()
            ));
            return true;
        };
        let article = Article {
            slug: slug.clone(),
            title,
            body,
            questions: None,
        };
        let command = AgentCommand::SaveArticle {
            article,
            tags: change.tags.unwrap_or_default(),
            published: change.published.unwrap_or(false),
        };
        self.wish(command, now);
        true
    }

    pub(super) fn delete_article(&mut self, given: Given<'_>) {
        let (slug, sure) = arguments::first(given.rest);
        if slug.is_empty() {
            return self.usage(given);
        }
        let Some(slug) = self.slug(slug) else { return };
        if self.is_sure(sure, &format!("/article-delete {}", slug.shown())) {
            self.wish(AgentCommand::DeleteArticle { slug }, given.now);
        }
    }
}

/// Reads `title=...`, `tags=a,b` and `published=yes`.
fn fields_of_article(fields: &[String]) -> Result<Change, String> {
    let mut change = Change::default();
    for field in fields {
        match arguments::assignment(field) {
            Some(("title", title)) => {
                change.title = Some(SubjectLine::parse(title).map_err(|why| why.to_string())?);
            }
            Some(("tags", tags)) => {
                let tags = tags.split(',').filter(|tag| !tag.is_empty());
                let tags: Result<Vec<Tag>, _> = tags.map(Tag::parse).collect();
                change.tags = Some(tags.map_err(|why| why.to_string())?);
            }
            Some(("published", "yes")) => change.published = Some(true),
            Some(("published", "no")) => change.published = Some(false),
            _ => {
                return Err(format!(
                    "{} is none of title, tags, published=yes|no",
                    arguments::beginning(field)
                ));
            }
        }
    }
    Ok(change)
}
