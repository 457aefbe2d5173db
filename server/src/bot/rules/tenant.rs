//! A tenant's own words and rules, laid over those of the server. Lists of words become phrases, never patterns: a tenant cannot
//! make a rule that takes long.

use std::sync::Arc;

use minicom_protocol::{
    settings::{BotRule, BotSettings, bot_answer::BotAnswer},
    stage::HandOverReason,
    words::Tag,
};

use super::{
    Action, Rule, Rules,
    matching::{Matcher, Pattern, Phrase},
    spelling::Spelling,
};

/// What the bot says to who gets a person, where neither tenant nor rule says it.
const HAND_OVER: &str = "Of course, {{customer_name}}. I am passing you to a person.";
/// What it says when a rule decides that a person is needed.
const RULE_HANDS_OVER: &str = "This is a matter for a person, {{customer_name}}. I am passing you to one.";
/// What it says with an article.
const WITH_ARTICLE: &str = "This may help, {{customer_name}}. If it does not, type \"human\" to talk to a person.";
/// The rule that is made of [`BotSettings::hand_over_words`].
const HAND_OVER_WORDS: &str = "hand_over_words";
/// The rule whose answer [`BotSettings::help`] is.
const HELP: &str = "help";

impl Rules {
    /// These rules as a tenant has chosen them. Who asks for a person gets one, whatever a tenant chooses.
    pub fn of_tenant(&self, chosen: &BotSettings) -> Rules {
        let mut spelling = self.spelling.clone();
        spelling.learn(&chosen.hand_over_words);
        for rule in chosen.rules.iter().filter(|rule| rule.on) {
            spelling.learn(&rule.words);
            spelling.learn(&rule.except);
        }
        let own = chosen.rules.iter().filter(|rule| rule.on);
        let own: Vec<Arc<Rule>> = own.filter_map(|rule| made(rule, &spelling)).collect();
        let (asked, topics): (Vec<_>, Vec<_>) = self.rules.iter().partition(|rule| rule.hands_over_on_request());

        let mut rules = Vec::with_capacity(self.rules.len() + own.len() + 1);
        rules.extend(hand_over_words(chosen, &spelling));
        rules.extend(asked.into_iter().map(|rule| said(rule, &chosen.hand_over)));
        let replaced =
            |name: &str| own.iter().any(|rule| rule.name == name) || chosen.off.iter().any(|off| off == name);
        let kept = topics
            .into_iter()
            .filter(|rule| chosen.builtin && !replaced(&rule.name))
            .map(|rule| match rule.name == HELP {
                true => said(rule, &chosen.help),
                false => rule.clone(),
            })
            .collect::<Vec<_>>();
        rules.extend(own.iter().cloned());
        rules.extend(kept);
        Rules {
            small_words: self.small_words.clone(),
            default_language: chosen.language.clone(),
            rules,
            negation: self.negation.clone(),
            spelling,
            greeting: told(&chosen.greeting, &self.greeting),
            not_understood: told(&chosen.not_understood, &self.not_understood),
            not_understood_again: told(&chosen.not_understood_again, &self.not_understood_again),
            talk: self.talk.clone(),
            desk: self.desk.clone(),
        }
    }

    /// The articles that rules name.
    pub fn articles(&self) -> Vec<Tag> {
        let named = self.rules.iter().filter_map(|rule| match &rule.action {
            Action::Article(_, slug) => Some(slug.clone()),
            _ => None,
        });
        named.collect()
    }
}

/// A tenant's words, where it has some; they were checked before they were stored.
fn told(words: &str, otherwise: &BotAnswer) -> BotAnswer {
    BotAnswer::parse(words).unwrap_or_else(|_| otherwise.clone())
}

/// A rule with other words, if there are some.
fn said(rule: &Arc<Rule>, words: &str) -> Arc<Rule> {
    let Ok(words) = BotAnswer::parse(words) else {
        return rule.clone();
    };
    Arc::new(Rule {
        name: rule.name.clone(),
        matcher: rule.matcher.clone(),
        greets: false,
        gives_way: rule.gives_way,
        action: match &rule.action {
            Action::HandOver(reason, _) => Action::HandOver(*reason, words),
            _ => Action::Reply(words),
        },
    })
}

fn hand_over_words(chosen: &BotSettings, spelling: &Spelling) -> Option<Arc<Rule>> {
    let words = BotAnswer::parse(&chosen.hand_over)
        .or_else(|_| BotAnswer::parse(HAND_OVER))
        .ok()?;
    let mut matcher = matcher(&chosen.hand_over_words, &[], spelling)?;
    matcher.unless_negated = true;
    Some(Arc::new(Rule {
        name: HAND_OVER_WORDS.to_owned(),
        matcher: Arc::new(matcher),
        greets: false,
        gives_way: None,
        action: Action::HandOver(HandOverReason::CustomerAsked, words),
    }))
}

fn made(rule: &BotRule, spelling: &Spelling) -> Option<Arc<Rule>> {
    let answer = |otherwise: &str| {
        let text = if rule.answer.is_empty() {
            otherwise
        } else {
            &rule.answer
        };
        BotAnswer::parse(text).ok()
    };
    let action = match &rule.article {
        Some(slug) => Action::Article(answer(WITH_ARTICLE)?, slug.clone()),
        None if rule.hand_over => Action::HandOver(HandOverReason::Rule, answer(RULE_HANDS_OVER)?),
        None => Action::Reply(answer("")?),
    };
    Some(Arc::new(Rule {
        name: rule.name.clone(),
        matcher: Arc::new(matcher(&rule.words, &rule.except, spelling)?),
        greets: false,
        gives_way: None,
        action,
    }))
}

/// `None` if there is no word to look for.
fn matcher(words: &[String], except: &[String], spelling: &Spelling) -> Option<Matcher> {
    let patterns = |all: &[String]| -> Vec<Pattern> {
        let phrases = all.iter().filter_map(|it| {
            let words = spelling.phrase(it)?;
            let any_ending = it.ends_with('*');
            Some(Pattern::Phrase(Phrase { words, any_ending }))
        });
        phrases.collect()
    };
    let found = patterns(words);
    (!found.is_empty()).then(|| Matcher {
        patterns: found,
        except: vec![],
        unless: patterns(except),
        unless_negated: false,
        other_words_max: None,
    })
}

#[cfg(test)]
#[path = "tenant_tests.rs"]
mod tests;
