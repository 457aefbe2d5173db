//! The bot's rules: from a customer's line to a turn. Pure: the same line gets the same turn, and there is no clock, no
//! network and no conversation here. Who asks for a person gets one, whatever else the rules say; who is not understood
//! twice in a row gets one too.

use std::{collections::HashSet, path::Path, sync::Arc};

use minicom_protocol::{settings::bot_answer::BotAnswer, stage::HandOverReason, words::Tag};

use crate::decide::DeskWords;

mod desk;
mod error;
mod file;
mod load;
mod matching;
mod shape;
mod spelling;
mod tenant;

pub use error::RulesError;
pub use file::GivesWay;
use matching::{Clauses, Matcher, Negation};
use spelling::Spelling;

/// The rules that ship with the program.
const BUILTIN: &str = include_str!("rules.toml");

/// What is left of a line without its asides must have so many words to be asked for alone.
const ASIDE_LEAVES_WORDS: usize = 3;

/// The name of the turn for a line that no rule knows.
pub const NOT_UNDERSTOOD: &str = "not_understood";
/// The name of the turn for a line with nothing in it.
pub const BLANK: &str = "blank";

/// A customer's line, and what the bot has to know beside it.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// What the customer wrote.
    pub text: &'a str,
    /// The customer's name, put into answers as it is.
    pub customer_name: &'a str,
    /// How many of the customer's lines just before this one were not understood, one after the other. See [`Turn::is_miss`].
    pub misses_before: u8,
    /// Whether this is the customer's first line of the conversation: then the bot greets, whatever it answers.
    pub first_line: bool,
    /// Those of [`Rules::articles`] that customers can read now: a rule with another one is passed over.
    pub published: &'a [Tag],
}

/// What the bot does about a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Turn {
    /// The rule that decided, for the log and for statistics; [`NOT_UNDERSTOOD`] or [`BLANK`] if none did.
    pub rule: String,
    /// What to do.
    pub kind: TurnKind,
}

impl Turn {
    /// Whether the line was not understood: the next one's `misses_before` is one more. After any other turn it is 0.
    pub fn is_miss(&self) -> bool {
        self.rule == NOT_UNDERSTOOD
    }
}

/// What the bot can do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TurnKind {
    /// Answer.
    Reply(String),
    /// Answer, with an article.
    Article {
        /// What the bot says.
        words: String,
        /// The article, by its short name.
        slug: Tag,
    },
    /// Put the customer in the queue for a person, and say so. The place in the queue is the desk's to tell.
    HandOver {
        /// `CustomerAsked`, `NotUnderstood` or `Rule`.
        reason: HandOverReason,
        /// What the bot says.
        words: String,
    },
    /// Say nothing.
    Silence,
}

/// A checked set of rules. Made once, read by everybody; share it in an `Arc`.
#[derive(Debug)]
pub struct Rules {
    /// What the desk itself says.
    desk: Arc<DeskWords>,
    /// Rules that hand over because the customer asks for it stand first, so that no other rule can come between.
    rules: Vec<Arc<Rule>>,
    negation: Arc<Negation>,
    spelling: Spelling,
    small_words: HashSet<String>,
    /// The tenant's choice.
    default_language: String,
    /// Begins an answer to a customer who has not been greeted.
    greeting: BotAnswer,
    not_understood: BotAnswer,
    not_understood_again: BotAnswer,
    talk: Talk,
}

/// What the bot says around articles.
#[derive(Clone, Debug)]
pub struct Talk {
    /// Before what an article says.
    pub article: BotAnswer,
    /// After it.
    pub after_article: BotAnswer,
    /// Before the choices of an offer.
    pub offer: BotAnswer,
    /// After them.
    pub after_offer: BotAnswer,
    /// Before a single choice.
    pub offer_one: BotAnswer,
    /// After it.
    pub after_offer_one: BotAnswer,
    /// The choice that is a person.
    pub person: BotAnswer,
    /// While handing over who asks the same again.
    pub repeated: BotAnswer,
    /// While handing over who wants none of the choices.
    pub none_of_these: BotAnswer,
    /// Asking whether an answer helped, and how to say so: in the place of what comes after an article.
    pub did_it_help: BotAnswer,
    /// The choice that says yes.
    pub helped_yes: BotAnswer,
    /// The choice that wants a person.
    pub helped_no: BotAnswer,
    /// To who says yes.
    pub helped: BotAnswer,
}

#[derive(Debug)]
struct Rule {
    name: String,
    matcher: Arc<Matcher>,
    greets: bool,
    gives_way: Option<GivesWay>,
    action: Action,
}

#[derive(Debug)]
enum Action {
    Reply(BotAnswer),
    Article(BotAnswer, Tag),
    HandOver(HandOverReason, BotAnswer),
    Silence,
}

impl Rule {
    fn hands_over_on_request(&self) -> bool {
        matches!(self.action, Action::HandOver(HandOverReason::CustomerAsked, _))
    }

    /// Whether what it gives is there to be given.
    fn can_be_done(&self, ask: &Ask) -> bool {
        match &self.action {
            Action::Article(_, slug) => ask.published.contains(slug),
            _ => true,
        }
    }
}

impl Rules {
    /// The rules that ship with the program.
    pub fn builtin() -> Rules {
        Rules::parse("", "builtin").expect("the rules that ship with the program are checked by its tests")
    }

    /// Reads the rules of another language from a file or from what ships with the program. It has `small_words`, and none of the
    /// rules in English.
    ///
    /// # Errors
    /// As [`Rules::parse`] says, and if there are no small words.
    pub fn of_language(toml: &str, origin: &str) -> Result<Rules, RulesError> {
        load::language(toml, origin, BUILTIN)
    }

    /// The same from a file.
    ///
    /// # Errors
    /// See there; or the file cannot be read or is too large.
    pub fn load_language(path: &Path) -> Result<Rules, RulesError> {
        let origin = path.display().to_string();
        Rules::of_language(&load::read(path, &origin)?, &origin)
    }

    /// What the desk itself says.
    pub fn desk(&self) -> &Arc<DeskWords> {
        &self.desk
    }

    /// The small words by which the language of these rules is known.
    pub fn small_words(&self) -> &HashSet<String> {
        &self.small_words
    }

    /// The language of who writes in none that is known, as two letters; empty: English.
    pub fn default_language(&self) -> &str {
        &self.default_language
    }

    /// Reads rules from TOML. Unless the text says `extends_builtin = false`, its rules come before those that ship with the
    /// program, and replace those of the same name. `origin` is the file's name, for errors.
    ///
    /// # Errors
    /// The first mistake, with file and line: broken TOML, an unknown key, a name used twice, a pattern that is no regular
    /// expression or is too big, an unknown `@word` or `{{variable}}`, a rule that does nothing, no rule that hands over on request.
    pub fn parse(toml: &str, origin: &str) -> Result<Rules, RulesError> {
        load::load(toml, origin, BUILTIN)
    }

    /// Reads rules from a file; see [`Rules::parse`].
    ///
    /// # Errors
    /// The file cannot be read or is too large, or has a mistake.
    pub fn load_file(path: &Path) -> Result<Rules, RulesError> {
        let origin = path.display().to_string();
        Rules::parse(&load::read(path, &origin)?, &origin)
    }

    /// The names of the rules, in the order in which they are tried.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.name.as_str())
    }

    /// What the bot does about a line. There is always an answer, and it takes time linear in the text.
    pub fn answer(&self, ask: &Ask) -> Turn {
        self.answer_to(ask, Clauses::of(ask.text, &self.spelling))
    }

    /// The same where no word is taken for a slip of another one.
    pub fn answer_as_written(&self, ask: &Ask) -> Turn {
        self.answer_to(ask, Clauses::as_written(ask.text, &self.spelling))
    }

    fn answer_to(&self, ask: &Ask, clauses: Clauses) -> Turn {
        let turn = |rule: &str, kind| Turn {
            rule: rule.to_owned(),
            kind,
        };
        if ask.text.trim().is_empty() {
            return turn(BLANK, TurnKind::Silence);
        }
        let name = ask.customer_name;
        match self
            .rules
            .iter()
            .find(|rule| rule.can_be_done(ask) && rule.matcher.fits(&clauses, &self.negation))
        {
            Some(rule) => turn(
                &rule.name,
                match &rule.action {
                    Action::Reply(words) if rule.greets => TurnKind::Reply(words.fill(name)),
                    Action::Reply(words) => TurnKind::Reply(self.greeted(ask, &clauses, words)),
                    Action::Article(words, slug) => TurnKind::Article {
                        words: self.greeted(ask, &clauses, words),
                        slug: slug.clone(),
                    },
                    Action::HandOver(reason, words) => TurnKind::HandOver {
                        reason: *reason,
                        words: words.fill(name),
                    },
                    Action::Silence => TurnKind::Silence,
                },
            ),
            None => self.not_understood(ask, &clauses),
        }
    }

    /// The first time other words are asked for, then a person.
    fn not_understood(&self, ask: &Ask, clauses: &Clauses) -> Turn {
        let kind = match ask.misses_before {
            0 => TurnKind::Reply(self.greeted(ask, clauses, &self.not_understood)),
            _ => TurnKind::HandOver {
                reason: HandOverReason::NotUnderstood,
                words: self.not_understood_again.fill(ask.customer_name),
            },
        };
        Turn {
            rule: NOT_UNDERSTOOD.to_owned(),
            kind,
        }
    }

    /// A line without the parts that are small talk by themselves ("hello", "I don't need a human"), if something else is left.
    pub fn without_asides(&self, text: &str) -> String {
        let is_end = |c: char| matches!(c, '.' | ',' | ';' | '!' | '?' | '\n');
        let parts: Vec<&str> = text.split_inclusive(is_end).collect();
        let is_aside = |part: &&&str| {
            let turn = self.answer(&Ask {
                text: part,
                customer_name: "",
                misses_before: 0,
                first_line: false,
                published: &[],
            });
            let talk = matches!(turn.kind, TurnKind::Reply(_)) && turn.rule != NOT_UNDERSTOOD;
            !part.chars().any(char::is_alphanumeric) || talk && self.gives_way(&turn.rule).is_none()
        };
        let kept: String = parts.iter().filter(|part| !is_aside(part)).copied().collect();
        let words = kept.split_whitespace().count();
        if parts.len() < 2 || words < ASIDE_LEAVES_WORDS {
            return text.to_owned();
        }
        kept.trim().to_owned()
    }

    /// Whether there is a rule of this name.
    pub fn has(&self, rule: &str) -> bool {
        self.rules.iter().any(|it| it.name == rule)
    }

    /// The turn for a line that nothing and nobody understands.
    pub fn missed(&self, ask: &Ask) -> Turn {
        self.not_understood(ask, &Clauses::of(ask.text, &self.spelling))
    }

    /// To what the rule of this name gives way, if it is one that does.
    pub fn gives_way(&self, rule: &str) -> Option<GivesWay> {
        self.rules.iter().find(|it| it.name == rule)?.gives_way
    }

    /// What the bot says around articles.
    pub fn talk(&self) -> &Talk {
        &self.talk
    }

    /// The words with the customer's name, after a greeting if this is the customer's first line.
    pub fn said(&self, ask: &Ask, words: &BotAnswer) -> String {
        let words = words.fill(ask.customer_name);
        match ask.first_line {
            true => format!("{} {words}", self.greeting.fill(ask.customer_name)),
            false => words,
        }
    }

    /// Who says hello, or writes for the first time, is greeted before the answer.
    fn greeted(&self, ask: &Ask, clauses: &Clauses, words: &BotAnswer) -> String {
        let said_hello = || {
            let greetings = self.rules.iter().filter(|rule| rule.greets);
            greetings
                .into_iter()
                .any(|rule| rule.matcher.occurs(clauses, &self.negation))
        };
        let words = words.fill(ask.customer_name);
        if ask.first_line || said_hello() {
            format!("{} {words}", self.greeting.fill(ask.customer_name))
        } else {
            words
        }
    }
}

#[cfg(test)]
mod tests;
