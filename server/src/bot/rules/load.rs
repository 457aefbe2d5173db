//! From a file of rules to checked rules. Every mistake is told with its line, before the first customer meets it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File as OsFile,
    io::{ErrorKind, Read},
    path::Path,
    sync::Arc,
};

use minicom_protocol::{settings::bot_answer::BotAnswer, stage::HandOverReason};
use regex::{Regex, RegexBuilder};

use super::{
    Action, Rule, Rules, RulesError, Talk, desk, file,
    file::{File, HandOver, Placed},
    matching::{Matcher, Negation, Pattern},
    shape,
    spelling::Spelling,
};
use crate::{
    exit::ExitKind,
    limits::{PATTERN_BYTES_MAX, RULE_PATTERNS_MAX, RULES_FILE_BYTES_MAX, RULES_MAX},
};

/// Words inside words inside words: a circle ends here.
const WORDS_DEPTH_MAX: usize = 8;
/// An expanded pattern, in bytes, before it is compiled.
const PATTERN_TEXT_BYTES_MAX: usize = 64 * 1024;
/// What one compiled pattern may remember while it runs, in bytes: there are hundreds.
const PATTERN_CACHE_BYTES_MAX: usize = 256 * 1024;

/// Reads a file of rules, with its bound.
pub(super) fn read(path: &Path, origin: &str) -> Result<String, RulesError> {
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::IsADirectory => RulesError::whole(
            ExitKind::NoInput,
            origin,
            "there is no such file",
            "Check the name given as bot.rules or --bot-rules.",
        ),
        ErrorKind::PermissionDenied => RulesError::whole(
            ExitKind::Permission,
            origin,
            "it may not be read",
            "Let the server's user read it.",
        ),
        ErrorKind::InvalidData => {
            RulesError::whole(ExitKind::Config, origin, "it is not UTF-8 text", "Save it as UTF-8.")
        }
        _ => RulesError::whole(
            ExitKind::Io,
            origin,
            format!("it cannot be read: {error}"),
            "Check the disk.",
        ),
    };
    let mut text = String::new();
    let file = OsFile::open(path).map_err(failed)?;
    file.take(RULES_FILE_BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(failed)?;
    if text.len() as u64 > RULES_FILE_BYTES_MAX {
        let what = format!("it is larger than {RULES_FILE_BYTES_MAX} bytes");
        return Err(RulesError::whole(
            ExitKind::Config,
            origin,
            what,
            "Split long alternations, or drop rules.",
        ));
    }
    Ok(text)
}

/// A parsed file, with what errors need to tell a place in it.
pub(super) struct Source<'a> {
    origin: &'a str,
    text: &'a str,
    pub(super) file: File,
}

impl<'a> Source<'a> {
    fn parse(text: &'a str, origin: &'a str) -> Result<Source<'a>, RulesError> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        if let Some(it) = shape::first_mistake(text) {
            return Err(RulesError::at(origin, text, it.at, it.what, &it.fix));
        }
        // Its shape is right: what is left to go wrong is told as the library has it.
        let file = toml::from_str(text).map_err(|error| {
            let byte = error.span().map_or(0, |span| span.start);
            let what = error.message().replace('\n', " ");
            RulesError::at(
                origin,
                text,
                byte,
                what,
                "Correct this line; the rules that ship with the program are an example.",
            )
        })?;
        Ok(Source { origin, text, file })
    }

    pub(super) fn error(&self, at: &Placed, what: impl AsRef<str>, fix: &str) -> RulesError {
        RulesError::at(self.origin, self.text, at.span().start, what, fix)
    }
}

/// Rules from a text, on top of those that ship with the program.
pub(super) fn load(text: &str, origin: &str, builtin: &str) -> Result<Rules, RulesError> {
    made(&Source::parse(builtin, "builtin")?, &Source::parse(text, origin)?)
}

/// Rules of another language: its own alone. Only what is said in general is that of the program where a file leaves it out.
pub(super) fn language(text: &str, origin: &str, builtin: &str) -> Result<Rules, RulesError> {
    let mut base = Source::parse(builtin, "builtin")?;
    base.file.spelling = None;
    let mut own = Source::parse(text, origin)?;
    own.file.extends_builtin = false;
    if own.file.small_words.trim().is_empty() {
        return Err(RulesError::whole(
            ExitKind::Config,
            origin,
            "it has no small_words",
            "Give it some dozens of the language's commonest words, small_words = \"...\" at its beginning: by them it is known.",
        ));
    }
    made(&base, &own)
}

fn made(base: &Source, own: &Source) -> Result<Rules, RulesError> {
    let origin = own.origin;
    let mut words = Words::default();
    words.add(base);
    words.add(own);
    words.check(own)?;

    let mut rules = Vec::new();
    let mut names = BTreeSet::new();
    for rule in &own.file.rules {
        if !names.insert(rule.name.get_ref().as_str()) {
            return Err(own.error(&rule.name, "a name used twice", "Give each rule a name of its own."));
        }
        rules.push(compile_rule(own, &words, rule)?);
    }
    if own.file.extends_builtin {
        for rule in &base.file.rules {
            if names.insert(rule.name.get_ref().as_str()) {
                rules.push(compile_rule(base, &words, rule)?);
            }
        }
    }
    if rules.len() > RULES_MAX {
        let what = format!("more than {RULES_MAX} rules");
        return Err(RulesError::whole(
            ExitKind::Config,
            origin,
            what,
            "Join rules that have the same answer.",
        ));
    }
    if !rules.iter().any(Rule::hands_over_on_request) {
        return Err(RulesError::whole(
            ExitKind::Config,
            origin,
            "no rule hands over when the customer asks for a person",
            "Add one with hand_over = \"customer_asked\", or keep those that ship with the program (extends_builtin = true).",
        ));
    }
    // A stable sort: within both groups the order of the file holds.
    rules.sort_by_key(|rule| !rule.hands_over_on_request());

    let small = [own, base].map(|source| source.file.small_words.as_str());
    let small = small
        .into_iter()
        .find(|words| !words.trim().is_empty())
        .unwrap_or_default();
    Ok(Rules {
        small_words: small.split_whitespace().map(str::to_lowercase).collect(),
        default_language: String::new(),
        rules: rules.into_iter().map(Arc::new).collect(),
        negation: Arc::new(negation(own, base, &words)?),
        spelling: spelling(own, base),
        desk: Arc::new(desk::words(own, base)?),
        greeting: talk(own, base, |talk| talk.greeting.as_ref())?,
        not_understood: talk(own, base, |talk| talk.not_understood.as_ref())?,
        not_understood_again: talk(own, base, |talk| talk.not_understood_again.as_ref())?,
        talk: Talk {
            article: talk(own, base, |talk| talk.article.as_ref())?,
            after_article: talk(own, base, |talk| talk.after_article.as_ref())?,
            offer: talk(own, base, |talk| talk.offer.as_ref())?,
            after_offer: talk(own, base, |talk| talk.after_offer.as_ref())?,
            offer_one: talk(own, base, |talk| talk.offer_one.as_ref())?,
            after_offer_one: talk(own, base, |talk| talk.after_offer_one.as_ref())?,
            person: talk(own, base, |talk| talk.person.as_ref())?,
            repeated: talk(own, base, |talk| talk.repeated.as_ref())?,
            none_of_these: talk(own, base, |talk| talk.none_of_these.as_ref())?,
            did_it_help: talk(own, base, |talk| talk.did_it_help.as_ref())?,
            helped_yes: talk(own, base, |talk| talk.helped_yes.as_ref())?,
            helped_no: talk(own, base, |talk| talk.helped_no.as_ref())?,
            helped: talk(own, base, |talk| talk.helped.as_ref())?,
        },
    })
}

fn compile_rule(source: &Source, words: &Words, rule: &file::Rule) -> Result<Rule, RulesError> {
    let name = rule.name.get_ref();
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty()
        || name.len() > 64
        || !name.chars().all(fine)
        || [super::NOT_UNDERSTOOD, super::BLANK].contains(&name.as_str())
    {
        let fix = "A name has 1 to 64 small letters, digits and '_', and is not 'not_understood' or 'blank'.";
        return Err(source.error(&rule.name, format!("'{name}' cannot be the name of a rule"), fix));
    }
    if rule.patterns.is_empty() || rule.patterns.len() + rule.except.len() > RULE_PATTERNS_MAX {
        let what = format!("rule '{name}' has no pattern, or more than {RULE_PATTERNS_MAX}");
        return Err(source.error(&rule.name, what, "Give it at least one pattern, or split it."));
    }
    let action = match (&rule.answer, rule.hand_over, rule.silent) {
        (Some(answer), None, false) => Action::Reply(template(source, answer)?),
        (Some(answer), Some(why), false) => Action::HandOver(
            match why {
                HandOver::CustomerAsked => HandOverReason::CustomerAsked,
                HandOver::Rule => HandOverReason::Rule,
            },
            template(source, answer)?,
        ),
        (None, None, true) => Action::Silence,
        _ => {
            let what = format!("it is not clear what rule '{name}' does");
            let fix = "Give it an 'answer', or 'hand_over' with an 'answer', or 'silent = true' alone.";
            return Err(source.error(&rule.name, what, fix));
        }
    };
    let compile_all = |patterns: &[Placed]| -> Result<Vec<Pattern>, RulesError> {
        patterns
            .iter()
            .map(|pattern| compile(source, words, pattern, r"(?-u:\b)(?:", r")(?-u:\b)").map(Pattern::Regex))
            .collect()
    };
    Ok(Rule {
        name: name.clone(),
        matcher: Arc::new(Matcher {
            patterns: compile_all(&rule.patterns)?,
            except: compile_all(&rule.except)?,
            unless: vec![],
            unless_negated: rule.unless_negated,
            other_words_max: rule.other_words_max,
        }),
        greets: rule.greets,
        gives_way: rule.gives_way,
        action,
    })
}

fn compile(source: &Source, words: &Words, pattern: &Placed, open: &str, close: &str) -> Result<Regex, RulesError> {
    let text = pattern.get_ref();
    let bad = |what: String| source.error(pattern, format!("pattern '{text}': {what}"), "Correct the pattern.");
    if text.trim().is_empty() {
        return Err(bad("it is empty and would match everything".to_owned()));
    }
    let expanded = words.expand(text, 0).map_err(bad)?;
    let compiled = RegexBuilder::new(&format!("{open}{expanded}{close}"))
        .size_limit(PATTERN_BYTES_MAX)
        .dfa_size_limit(PATTERN_CACHE_BYTES_MAX)
        .build();
    compiled.map_err(|error| {
        // The last line of a syntax error says what is wrong; those before it draw the expanded pattern.
        let words = error.to_string();
        bad(words
            .lines()
            .next_back()
            .unwrap_or_default()
            .trim_start_matches("error: ")
            .to_owned())
    })
}

fn template(source: &Source, answer: &Placed) -> Result<BotAnswer, RulesError> {
    let fix =
        "Correct the answer; a place for a value is written as {{customer_name}}, and 'silent = true' says nothing.";
    BotAnswer::parse(answer.get_ref()).map_err(|what| source.error(answer, what, fix))
}

/// A text of the own file, else of the one that ships with the program.
fn talk(own: &Source, base: &Source, which: impl Fn(&file::Talk) -> Option<&Placed>) -> Result<BotAnswer, RulesError> {
    for source in [own, base] {
        if let Some(text) = which(&source.file.talk) {
            return template(source, text);
        }
    }
    Err(RulesError::whole(
        ExitKind::Bug,
        base.origin,
        "a text of [talk] is missing",
        "Report this.",
    ))
}

fn negation(own: &Source, base: &Source, words: &Words) -> Result<Negation, RulesError> {
    let (source, parts) = match (&own.file.negation, &base.file.negation) {
        (Some(parts), _) => (own, parts),
        (None, Some(parts)) => (base, parts),
        (None, None) => {
            return Err(RulesError::whole(
                ExitKind::Bug,
                base.origin,
                "[negation] is missing",
                "Report this.",
            ));
        }
    };
    // Each alone first, so that a mistake is told with its own line.
    for pattern in parts.before.iter().chain(&parts.after) {
        compile(source, words, pattern, "(?:", ")")?;
    }
    let any = |patterns: &[Placed], open: &str, close: &str| -> Result<Regex, RulesError> {
        let all = patterns
            .iter()
            .map(|pattern| format!("(?:{})", pattern.get_ref()))
            .collect::<Vec<_>>()
            .join("|");
        // An empty list never holds; a word of no text stands for that.
        let all = if all.is_empty() { r"[^\s\S]".to_owned() } else { all };
        let span = patterns.first().map_or(0..0, Placed::span);
        compile(source, words, &Placed::new(span, all), open, close)
    };
    Ok(Negation {
        before: any(&parts.before, "(?:^| )(?:", ")$")?,
        after: any(&parts.after, "^(?:", ")(?: |$)")?,
    })
}

fn spelling(own: &Source, base: &Source) -> Spelling {
    let (mut words, mut keep, mut alias) = (Vec::new(), Vec::new(), BTreeMap::new());
    for part in [&base.file.spelling, &own.file.spelling].into_iter().flatten() {
        words.extend(part.words.iter().cloned());
        keep.extend(part.keep.iter().cloned());
        alias.extend(part.alias.clone());
    }
    Spelling::new(words, keep, alias)
}

/// What `@name` stands for.
#[derive(Default)]
struct Words(BTreeMap<String, String>);

impl Words {
    fn add(&mut self, source: &Source) {
        let all = source.file.words.iter();
        self.0
            .extend(all.map(|(name, text)| (name.get_ref().clone(), text.get_ref().clone())));
    }

    /// Also those that no pattern uses must be right.
    fn check(&self, source: &Source) -> Result<(), RulesError> {
        for (name, text) in &source.file.words {
            if name.get_ref().is_empty() || !name.get_ref().chars().all(is_name_char) {
                let fix = "Name it with small letters and '_'.";
                return Err(source.error(name, format!("'@{}' cannot be used in a pattern", name.get_ref()), fix));
            }
            compile(source, self, text, "(?:", ")")?;
        }
        Ok(())
    }

    fn expand(&self, pattern: &str, depth: usize) -> Result<String, String> {
        if depth > WORDS_DEPTH_MAX {
            return Err(format!("words inside words, more than {WORDS_DEPTH_MAX} deep"));
        }
        let mut pieces = pattern.split('@');
        let mut expanded = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let end = piece.find(|c| !is_name_char(c)).unwrap_or(piece.len());
            let (name, rest) = piece.split_at(end);
            let Some(words) = self.0.get(name) else {
                return Err(format!("there is no '@{name}' in [words]"));
            };
            expanded.push_str("(?:");
            expanded.push_str(&self.expand(words, depth + 1)?);
            expanded.push(')');
            expanded.push_str(rest);
            if expanded.len() > PATTERN_TEXT_BYTES_MAX {
                return Err(format!("longer than {PATTERN_TEXT_BYTES_MAX} bytes with its words"));
            }
        }
        Ok(expanded)
    }
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_lowercase() || c == '_'
}
