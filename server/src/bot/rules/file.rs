//! The shape of a file of rules, as it is written. What it means is made of it in `load`.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// A text and where it stands in the file.
pub(super) type Placed = Spanned<String>;

/// A whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// Whether the rules that ship with the program follow after these.
    #[serde(default = "yes")]
    pub(super) extends_builtin: bool,
    /// The small words that a language is known by.
    #[serde(default)]
    pub(super) small_words: String,
    /// Texts outside the rules.
    #[serde(default)]
    pub(super) talk: Talk,
    /// What the desk itself says.
    #[serde(default)]
    pub(super) desk: Desk,
    /// `@name` in a pattern stands for one of these.
    #[serde(default)]
    pub(super) words: BTreeMap<Placed, Placed>,
    /// What turns a request into its opposite.
    pub(super) negation: Option<Negation>,
    /// How words may be misspelt.
    pub(super) spelling: Option<Spelling>,
    /// The rules, in the order in which they are tried.
    #[serde(default, rename = "rule")]
    pub(super) rules: Vec<Rule>,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Talk {
    /// Put before the answer to who has not been greeted.
    pub(super) greeting: Option<Placed>,
    /// After the first line that is not understood.
    pub(super) not_understood: Option<Placed>,
    /// After the second in a row, while handing over.
    pub(super) not_understood_again: Option<Placed>,
    /// Before what an article says.
    pub(super) article: Option<Placed>,
    /// After it.
    pub(super) after_article: Option<Placed>,
    /// Before the choices of an offer.
    pub(super) offer: Option<Placed>,
    /// After them.
    pub(super) after_offer: Option<Placed>,
    /// Before a single choice.
    pub(super) offer_one: Option<Placed>,
    /// After it.
    pub(super) after_offer_one: Option<Placed>,
    /// The choice that is a person.
    pub(super) person: Option<Placed>,
    /// While handing over who asks the same again.
    pub(super) repeated: Option<Placed>,
    /// While handing over who wants none of the choices.
    pub(super) none_of_these: Option<Placed>,
    /// Asking whether an answer helped, and how to say so.
    pub(super) did_it_help: Option<Placed>,
    /// The choice that says yes.
    pub(super) helped_yes: Option<Placed>,
    /// The choice that wants a person.
    pub(super) helped_no: Option<Placed>,
    /// To who says yes.
    pub(super) helped: Option<Placed>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Desk {
    /// That it is closed, and until when.
    pub(super) closed: Option<Placed>,
    /// That nobody is there.
    pub(super) nobody: Option<Placed>,
    /// Where the answer will be.
    pub(super) answer_here: Option<Placed>,
    /// That an address is wanted.
    pub(super) leave_address: Option<Placed>,
    /// To who has left one.
    pub(super) address_taken: Option<Placed>,
    /// To who waits long.
    pub(super) long_wait: Option<Placed>,
    /// To who has not written for long.
    pub(super) silence: Option<Placed>,
    /// That the bot did not answer in time.
    pub(super) bot_late: Option<Placed>,
    /// This day.
    pub(super) today: Option<Placed>,
    /// The next.
    pub(super) tomorrow: Option<Placed>,
    /// How a date is written.
    pub(super) date: Option<Placed>,
    /// From Monday on.
    pub(super) weekdays: Option<Vec<Placed>>,
    /// From January on.
    pub(super) months: Option<Vec<Placed>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Negation {
    /// Ends right before a match.
    pub(super) before: Vec<Placed>,
    /// Begins right after a match.
    pub(super) after: Vec<Placed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spelling {
    /// Words that are recognised although misspelt.
    pub(super) words: Vec<String>,
    /// Words that look like a misspelt one and are not.
    pub(super) keep: Vec<String>,
    /// Short forms, and what they stand for.
    pub(super) alias: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub(super) name: Placed,
    pub(super) patterns: Vec<Placed>,
    /// What voids a match that it overlaps.
    #[serde(default)]
    pub(super) except: Vec<Placed>,
    /// Whether "don't" before a match voids it.
    #[serde(default)]
    pub(super) unless_negated: bool,
    /// The rule is about small talk: it fits only a line with at most so many words beside its matches.
    pub(super) other_words_max: Option<usize>,
    /// Whether the answer greets by itself.
    #[serde(default)]
    pub(super) greets: bool,
    pub(super) answer: Option<Placed>,
    pub(super) hand_over: Option<HandOver>,
    #[serde(default)]
    pub(super) silent: bool,
    /// To what the desk has written itself.
    pub(super) gives_way: Option<GivesWay>,
}

/// When a rule gives way.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "snake_case")]
pub enum GivesWay {
    /// If an article answers the line.
    ToAnAnswer,
    /// As soon as the desk has articles of its own, whether they answer the line or not: the rule tells in general what those tell of
    /// this desk.
    ToArticles,
}

/// Why a rule hands over.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum HandOver {
    /// The customer asks for a person.
    CustomerAsked,
    /// The matter needs one.
    Rule,
}
