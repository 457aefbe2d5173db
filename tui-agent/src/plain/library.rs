//! What agents answer with again and again: saved replies, prepared and told before they are sent, and articles.

use std::collections::BTreeMap;

use minicom_protocol::{
    command::ReplyUse,
    frame::{AgentQuestion, AgentReply},
    library::{Article, ArticleRow, SavedReply},
    template::{Template, check_answer},
    words::Tag,
};
use minicom_tui_kit::{Now, Shown};

use super::{PlainAgent, arguments, lines::Draft, managing::Change, words::Given};
use crate::{exit, writing::saved};

/// Saved replies that are told at once.
const REPLIES_TOLD: usize = 50;
/// Articles that are asked for at once.
const ARTICLES_TOLD: u32 = 20;

impl PlainAgent {
    // Saved replies.

    pub(super) fn replies(&mut self, given: Given<'_>) {
        let wanted: Vec<String> = given
            .rest
            .to_lowercase()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        let fits = |reply: &&SavedReply| {
            let (code, title) = (reply.code.as_str(), reply.title.as_str());
            let text = format!("{code}\n{title}\n{}", reply.text).to_lowercase();
            wanted.iter().all(|word| text.contains(word))
        };
        let found: Vec<SavedReply> = self.replica.replies().iter().filter(fits).cloned().collect();
        if !self.replica.has_all_replies() {
            self.say("Not all saved replies are here yet.");
        }
        if found.is_empty() {
            return self.say("No saved reply fits.");
        }
        for reply in found.iter().take(REPLIES_TOLD) {
            let mine = if reply.owner.is_some() { ", yours" } else { "" };
            let title = reply.title.shown();
            let text = arguments::beginning(&reply.text);
            self.say(format!("/reply {}: {title}{mine}: {text}", reply.code.shown()));
        }
        if found.len() > REPLIES_TOLD {
            self.say(format!(
                "... and {} more: /replies WORDS tells fewer.",
                found.len() - REPLIES_TOLD
            ));
        }
    }

    /// A saved reply by its code. Says if there is none.
    pub(super) fn reply_of(&mut self, code: &str) -> Option<SavedReply> {
        let lower = code.to_lowercase();
        let all = self.replica.replies();
        let exact = all.iter().find(|reply| reply.code.as_str() == lower);
        let begin: Vec<&SavedReply> = all
            .iter()
            .filter(|reply| reply.code.as_str().starts_with(&lower))
            .collect();
        match (exact, &begin[..]) {
            (Some(reply), _) => return Some(reply.clone()),
            (None, [only]) => return Some((*only).clone()),
            (None, []) => {
                let code = Shown::line(code).cut(32);
                self.deny_as(
                    exit::NOTHING,
                    format!("There is no saved reply {code}. /replies tells them. Nothing was done."),
                );
            }
            (None, several) => {
                let codes: Vec<String> = several.iter().take(9).map(|it| it.code.shown().to_string()).collect();
                self.deny_as(
                    exit::SEVERAL,
                    format!("Which one: {}? Nothing was done.", codes.join(", ")),
                );
            }
        }
        None
    }

    pub(super) fn reply(&mut self, given: Given<'_>) {
        let words = match arguments::words(given.rest) {
            Ok(words) => words,
            Err(why) => return self.deny(why),
        };
        let Some((code, answered)) = words.split_first() else {
            return self.usage(given);
        };
        let Some(conversation) = self.subject("") else { return };
        let Some(reply) = self.reply_of(code) else { return };
        let template = match Template::parse(&reply.text) {
            Ok(template) => template,
            Err(error) => return self.refuse_word(&error),
        };
        let Some(answers) = self.answers(&template, answered) else {
            return;
        };
        let used = ReplyUse { id: reply.id, answers };
        let draft = Draft {
            reply: Some(used),
            ..Draft::of_text(conversation, &reply.text)
        };
        self.tell_prepared(&draft, Some(&reply));
        self.prepared = Some(draft);
    }

    /// The answers to a reply's questions. Says what is none.
    fn answers(&mut self, template: &Template, written: &[String]) -> Option<BTreeMap<String, String>> {
        let mut answers = BTreeMap::new();
        for word in written {
            let Some((name, answer)) = arguments::assignment(word) else {
                self.deny(
                    "Answers are written as question=answer, with \" around what has blanks in it. Nothing was done.",
                );
                return None;
            };
            let asks = template.questions().iter().any(|question| question.name == name);
            let refused = match check_answer(answer) {
                _ if !asks => Some("it is not asked".to_owned()),
                Ok(()) => None,
                Err(why) => Some(why.to_string()),
            };
            if let Some(why) = refused {
                self.deny(format!("{}: {why}. Nothing was done.", Shown::line(name).cut(40)));
                return None;
            }
            answers.insert(name.to_owned(), answer.to_owned());
        }
        Some(answers)
    }

    /// How a prepared line will read, what it lacks, and what is done with it.
    fn tell_prepared(&mut self, draft: &Draft, reply: Option<&SavedReply>) {
        let (Some(used), Some(summary)) = (&draft.reply, self.replica.summary(draft.conversation)) else {
            return;
        };
        let values = saved::values(&self.replica, summary);
        let reads = Shown::line(&saved::reads(&draft.text, used, &values));
        let staff = self.replica.desk().map(|desk| &desk.staff);
        let also = reply.and_then(|reply| saved::also(reply, staff));
        let lacks = self.not_filled(draft);
        self.say(format!("Reads: {reads}"));
        if let Some(also) = also {
            self.say(format!("Also: {also}"));
        }
        match lacks {
            Some(why) => self.say(why),
            None => self.say("/send sends it, /discard throws it away."),
        }
    }

    /// Which holes of a prepared line nothing fills, and how they are filled.
    pub(super) fn not_filled(&self, draft: &Draft) -> Option<String> {
        let used = draft.reply.as_ref()?;
        let summary = self.replica.summary(draft.conversation)?;
        let values = saved::values(&self.replica, summary);
        let all_known = self.replica.context(summary.customer.id).is_some();
        let why = saved::why_not(&draft.text, used, &values, all_known)?;
        let template = Template::parse(&draft.text).ok();
        let asked = template.iter().flat_map(|template| template.questions());
        let open = asked.filter(|it| it.default.is_none() && !used.answers.contains_key(&it.name));
        let open: Vec<String> = open.map(|it| format!("{}=...", Shown::line(&it.name))).collect();
        let code = self
            .replica
            .replies()
            .iter()
            .find(|it| it.id == used.id)
            .map(|it| it.code.shown());
        match (open.is_empty(), code) {
            (false, Some(code)) => Some(format!("It asks first: /reply {code} {}", open.join(" "))),
            _ => Some(why.to_string()),
        }
    }

    // Articles.

    pub(super) fn articles(&mut self, given: Given<'_>) {
        self.ask(AgentQuestion::Articles {
            query: given.rest.to_owned(),
            limit: ARTICLES_TOLD,
        });
    }

    pub(super) fn tell_articles(&mut self, articles: &[ArticleRow]) {
        if articles.is_empty() {
            return self.say("No article fits.");
        }
        for article in articles {
            let draft = if article.published { "" } else { ", a draft" };
            let (slug, title) = (article.slug.shown(), article.title.shown());
            let excerpt = arguments::beginning(&article.excerpt);
            self.say(format!("{slug}: {title}{draft}: {excerpt}"));
        }
    }

    /// A short name as it was written. Says what is wrong with it.
    pub(super) fn slug(&mut self, written: &str) -> Option<Tag> {
        match Tag::parse(written) {
            Ok(slug) => Some(slug),
            Err(refused) => {
                self.refuse_word(&refused);
                None
            }
        }
    }

    pub(super) fn read(&mut self, given: Given<'_>) {
        if given.rest.is_empty() {
            return self.usage(given);
        }
        if let Some(slug) = self.slug(given.rest) {
            self.ask_for_article(slug, For::Reading);
        }
    }

    pub(super) fn article(&mut self, given: Given<'_>) {
        let (slug, text) = arguments::first(given.rest);
        if slug.is_empty() {
            return self.usage(given);
        }
        let Some(conversation) = self.subject("") else { return };
        let Some(slug) = self.slug(slug) else { return };
        if !text.is_empty() {
            let article = Some(slug);
            let draft = Draft {
                article,
                ..Draft::of_text(conversation, text)
            };
            self.post(draft, false, given.now);
        } else if self.state.is_live() {
            self.ask_for_article(slug, For::Sending);
        } else {
            self.deny_as(
                exit::UNAVAILABLE,
                "Without a connection it needs a text: /article SLUG TEXT. Nothing was done.",
            );
        }
    }

    pub(super) fn ask_for_article(&mut self, slug: Tag, purpose: For) {
        self.article_for = purpose;
        self.ask(AgentQuestion::Article { slug });
    }

    /// An article has come: what it was asked for is done.
    pub(super) fn article_came(&mut self, article: Article, row: &ArticleRow) {
        match std::mem::take(&mut self.article_for) {
            For::Reading => self.tell_article(&article, row),
            For::Sending => self.prepare_card(article, row),
            For::Saving(change, now) => self.save_changed_article(article, row, change, now),
        }
    }

    fn tell_article(&mut self, article: &Article, row: &ArticleRow) {
        let mut facts = vec![if row.published { "published" } else { "a draft" }.to_owned()];
        facts.extend(row.tags.iter().map(|tag| tag.shown().to_string()));
        self.say(format!(
            "{} ({}): {}",
            article.title.shown(),
            article.slug.shown(),
            facts.join(", ")
        ));
        for line in article.body.lines() {
            self.say(format!("| {}", Shown::line(line)));
        }
    }

    /// A card goes with its title if nothing else is said.
    fn prepare_card(&mut self, article: Article, row: &ArticleRow) {
        let Some(conversation) = self.open else { return };
        if !row.published {
            let slug = article.slug.shown();
            return self.deny(format!(
                "{slug} is a draft: customers cannot read it. Nothing was prepared."
            ));
        }
        let (title, slug) = (article.title.shown(), article.slug.shown());
        self.say(format!("Reads: {title} [article {slug}: {title}]"));
        self.say("/send sends it, /discard throws it away.");
        self.prepared = Some(Draft {
            article: Some(article.slug),
            ..Draft::of_text(conversation, article.title.as_str())
        });
    }

    /// The reply to a question of this file.
    pub(super) fn tell_library(&mut self, reply: AgentReply) {
        match reply {
            AgentReply::Articles { articles } => self.tell_articles(&articles),
            AgentReply::Article { article, row } => self.article_came(article, &row),
            _ => {}
        }
    }
}

/// What an article was asked for.
#[derive(Debug, Clone, Default)]
pub(super) enum For {
    /// To be read.
    #[default]
    Reading,
    /// To be sent as a card.
    Sending,
    /// To be changed.
    Saving(Change, Now),
}

#[cfg(test)]
#[path = "library_tests.rs"]
mod tests;
