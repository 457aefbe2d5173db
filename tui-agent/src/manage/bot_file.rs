//! The first-line bot as a file: `bot.toml`, what it says and the desk's own rules, a table each.

use minicom_protocol::settings::{BotRule, BotSettings};
use serde::Deserialize;
use toml::{Table, Value};

use super::strict::{self, Mistake, Source};

/// The file's shape. What it leaves out is as the bot ships.
#[derive(Deserialize)]
#[serde(default)]
struct BotFile {
    greeting: String,
    help: String,
    not_understood: String,
    not_understood_again: String,
    hand_over: String,
    hand_over_words: Vec<String>,
    language: String,
    builtin: bool,
    program: bool,
    off: Vec<String>,
    rule: Vec<BotRule>,
    provider: bool,
    provider_tokens_per_month: Option<u32>,
}

impl Default for BotFile {
    fn default() -> Self {
        let BotSettings {
            greeting,
            help,
            not_understood,
            not_understood_again,
            hand_over,
            hand_over_words,
            language,
            builtin,
            program,
            off,
            rules: rule,
            provider,
            provider_tokens_per_month,
        } = BotSettings::default();
        Self {
            greeting,
            help,
            not_understood,
            not_understood_again,
            hand_over,
            hand_over_words,
            language,
            builtin,
            program,
            off,
            rule,
            provider,
            provider_tokens_per_month,
        }
    }
}

/// The bot as it is written.
///
/// # Errors
/// All mistakes.
pub fn parse(file: &str, text: &str) -> Result<BotSettings, Vec<Mistake>> {
    let source = Source {
        file,
        text,
        lines_before: 0,
    };
    let read: BotFile = source.read(&example())?;
    let bot = BotSettings {
        greeting: read.greeting,
        help: read.help,
        not_understood: read.not_understood,
        not_understood_again: read.not_understood_again,
        hand_over: read.hand_over,
        hand_over_words: read.hand_over_words,
        language: read.language,
        builtin: read.builtin,
        program: read.program,
        off: read.off,
        rules: read.rule,
        provider: read.provider,
        provider_tokens_per_month: read.provider_tokens_per_month,
    };
    bot.check().map_err(|why| vec![mistake(source, &bot, &why)])?;
    Ok(bot)
}

/// Where a mistake stands: the reason begins with its field, and of a rule with its name.
fn mistake(source: Source<'_>, bot: &BotSettings, why: &str) -> Mistake {
    let (field, place) = match why.strip_prefix("rules: ") {
        Some(of_rules) => (of_rules, place_of_rule(source, bot, of_rules)),
        None => {
            let field: String = why
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                .collect();
            (why, source.place_of(&field))
        }
    };
    match place {
        Some(place) => Mistake::at(source.file, place, field),
        None => Mistake::of(source.file, field),
    }
}

/// Where the rule begins that a reason is about; of two of one name the second.
fn place_of_rule(source: Source<'_>, bot: &BotSettings, why: &str) -> Option<(usize, usize)> {
    let about = |rule: &BotRule| why.starts_with(&format!("rule {:?}:", rule.name));
    let at = bot.rules.iter().rposition(about)?;
    let (start, _) = source.text.match_indices("[[rule]]").nth(at)?;
    Some(source.place(start))
}

/// A file in which everything is said, so that all keys are known.
fn example() -> Table {
    let mut table = Table::try_from(BotSettings::example()).unwrap_or_default();
    if let Some(rules) = table.remove("rules") {
        table.insert("rule".to_owned(), rules);
    }
    table
}

/// A key, what it means, and how it is written where nothing is chosen.
const FIELDS: [(&str, &str, &str); 12] = [
    (
        "greeting",
        "Put before the first answer. {{customer_name}} stands for the customer's name, here and below.",
        "greeting = \"Hello {{customer_name}}!\"",
    ),
    (
        "help",
        "The answer to who asks for help.",
        "help = \"What is it about? Type \\\"human\\\" to talk to a person.\"",
    ),
    (
        "not_understood",
        "The answer to the first line that is not understood.",
        "not_understood = \"Could you say it in other words?\"",
    ),
    (
        "not_understood_again",
        "What is said while handing over after the second in a row.",
        "not_understood_again = \"I am passing you to a person.\"",
    ),
    (
        "hand_over",
        "What is said to who asks for a person.",
        "hand_over = \"Of course. I am passing you to a person.\"",
    ),
    (
        "hand_over_words",
        "Who writes one of these asks for a person, besides what the bot knows by itself (English). * at the end: any ending.",
        "hand_over_words = [\"mitarbeiter*\", \"una persona\"]",
    ),
    (
        "language",
        "The language of who writes too little to know it: de, en, or another that the server knows.",
        "language = \"de\"",
    ),
    (
        "builtin",
        "Whether the topics that ship with the program are answered. Who asks for a person gets one without them, too.",
        "",
    ),
    (
        "program",
        "Whether a program of the operator's may answer, where the server has one for this desk.",
        "program = false",
    ),
    ("off", "Those of them that are not.", "off = [\"jobs\", \"prices\"]"),
    (
        "provider",
        "Whether a language model words answers and drafts. Then articles and customers' questions, masked, leave the house.",
        "provider = true",
    ),
    (
        "provider_tokens_per_month",
        "Tokens that it may use in a month, and never more than the server's operator lets.",
        "provider_tokens_per_month = 200000",
    ),
];

/// How a rule is written, where there is none.
const RULE: &str = "\n# The desk's own rules, tried in this order before the topics that ship with the program. A rule that has the name of one of these\n\
    # replaces it. A line fits that has one of the words whole; except: and none of these.\n\
    # [[rule]]\n# name = \"rental\"\n# words = [\"rent a boat\", \"boot mieten\", \"bateau*\"]\n# answer = \"Boats are by the lake, {{customer_name}}.\"\n\
    # article = \"rental\"          # goes with it while it is published\n# hand_over = true            # instead of the article: the customer gets a person\n\
    # on = false                  # not tried\n";

/// The bot as a file that says all of it.
pub fn render(bot: &BotSettings) -> String {
    let table = Table::try_from(bot).unwrap_or_default();
    let mut out = String::from(
        "# The first-line bot of this desk. What is left out is as the bot ships.\n# Topics that ship with the program: ",
    );
    let mut column = 999;
    for topic in BotSettings::TOPICS {
        if column + topic.len() > 110 {
            out.push_str("\n#   ");
            column = 0;
        }
        out.push_str(topic);
        out.push(' ');
        column += topic.len() + 1;
    }
    out = out.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    for (key, means, unset) in FIELDS {
        out.push_str(&format!("\n# {means}\n"));
        match table.get(key) {
            Some(value) => out.push_str(&format!("{key} = {}\n", strict::inline(value))),
            None => out.push_str(&format!("# {unset}\n")),
        }
    }
    out.push_str(RULE);
    let rules = table.get("rules").and_then(Value::as_array);
    for rule in rules.into_iter().flatten().filter_map(Value::as_table) {
        out.push_str("\n[[rule]]\n");
        for key in ["name", "on", "words", "except", "answer", "article", "hand_over"] {
            if let Some(value) = rule.get(key) {
                out.push_str(&format!("{key} = {}\n", strict::inline(value)));
            }
        }
    }
    out
}

#[cfg(test)]
#[path = "bot_file_tests.rs"]
mod tests;
