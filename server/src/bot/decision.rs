//! What the bot does about a line, and why. Pure but for the encoder: the same line, articles and rules give the same decision. The
//! order is: nothing to read; an answer to an offer; what rules say that give way to nothing (a person is wanted, a matter for a
//! person, small talk, the desk's own rules); noise; the articles; what the other rules say; not understood, once and then a
//! person.

use std::sync::Arc;

use minicom_encoder::{Vector, heads::Ranked};
use minicom_protocol::{
    event::{HandOverNote, Mood, Nearest},
    stage::HandOverReason,
    words::{SubjectLine, Tag},
};

pub use super::does::{Decision, Does, Likely, Why};

use super::{
    language, masked,
    model::{Found, Model},
    offer::{self, Chosen, Offered},
    policy::{self, Dares},
    rules::{Ask, BLANK, GivesWay, NOT_UNDERSTOOD, Rules, Turn, TurnKind},
};

/// So near to a line of the customer's that was answered already, a line is the same question again.
const SAME_QUESTION: f32 = 0.85;
/// A desk with so many articles has said itself what it does: rules that tell it in general are silent.
const OWN_WORDS_FROM: usize = 5;
/// Unsure turns in a row after which no more articles are offered.
const OFFERS_MAX: u8 = 2;

/// What the bot knows.
#[derive(Clone)]
pub struct Knows {
    /// The rules of each language beside English, then those for all.
    pub languages: Vec<(&'static str, Arc<Rules>)>,
    /// The rules for all.
    pub rules: Arc<Rules>,
    /// The articles, once they are trained.
    pub model: Option<Arc<Model>>,
    /// Articles that rules name and that customers can read.
    pub published: Vec<Tag>,
}

/// A conversation as far as it is the bot's.
#[derive(Clone, Copy, Debug)]
pub struct Talk<'a> {
    /// How the customer is called.
    pub customer_name: &'a str,
    /// The customer's lines since the bot has the conversation, the newest last: that one is decided about.
    pub lines: &'a [&'a str],
    /// Whether the first of them is the conversation's first.
    pub begins: bool,
    /// What the bot offered last, if that was after the customer's line before.
    pub offered: Option<&'a Offered>,
    /// Whether it was asked before in this conversation if an answer helped: that is asked once.
    pub asked_help: bool,
}

/// What is known of the lines before.
#[derive(Default)]
struct Before {
    /// Unsure turns in a row.
    misses: u8,
    /// Lines that an article answered, with its place.
    answered: Vec<(Option<Vector>, String, usize)>,
}

/// See the module. `None` only if there is no line.
pub fn decide(knows: &Knows, talk: &Talk) -> Option<Decision> {
    let texts: Vec<&str> = talk.lines.iter().map(|text| masked::read(text)).collect();
    let found = match &knows.model {
        Some(model) if !model.articles().is_empty() => {
            let asked: Vec<String> = texts.iter().map(|text| knows.rules.without_asides(text)).collect();
            let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
            model.find(&asked).into_iter().map(Some).collect()
        }
        _ => texts.iter().map(|_| None).collect::<Vec<Option<Found>>>(),
    };
    let mut before = Before::default();
    let mut decision = None;
    let newest = texts.len().checked_sub(1)?;
    for (n, (text, found)) in texts.iter().zip(&found).enumerate() {
        let line = Line {
            knows,
            language: language::guess(knows.rules.default_language(), texts[..=n].iter().copied()),
            text,
            found: found.as_ref(),
            ask: Ask {
                text,
                customer_name: talk.customer_name,
                misses_before: before.misses,
                first_line: talk.begins && n == 0,
                published: &knows.published,
            },
            offered: talk.offered.filter(|_| n == newest),
            asked_help: talk.asked_help,
        };
        let decided = line.decide(&before);
        before.goes_on(&line, &decided);
        decision = Some(decided);
    }
    decision
}

impl Before {
    fn goes_on(&mut self, line: &Line, decided: &Decision) {
        let unsure = matches!(decided.does, Does::Clarify { .. } | Does::Offer { .. })
            || matches!(&decided.why, Why::Unknown(_) | Why::Noise);
        self.misses = if unsure { self.misses.saturating_add(1) } else { 0 };
        if let Does::Answer { article, .. } = &decided.does
            && let Some(model) = &line.knows.model
            && let Some(place) = model.articles().iter().position(|it| it.slug == *article)
        {
            let vector = line.found.and_then(|found| found.vector.clone());
            self.answered.push((vector, line.text.to_lowercase(), place));
        }
    }
}

/// One line, with all that is known about it.
struct Line<'a> {
    knows: &'a Knows,
    language: &'static str,
    text: &'a str,
    found: Option<&'a Found>,
    ask: Ask<'a>,
    offered: Option<&'a Offered>,
    asked_help: bool,
}

impl Line<'_> {
    fn decide(&self, before: &Before) -> Decision {
        if self.text.trim().is_empty() {
            return self.because(Does::Nothing, Why::Blank);
        }
        if let Some(decision) = self.choice() {
            return decision;
        }
        let turn = self.turn();
        let gives_way = self.rules(&turn.rule).gives_way(&turn.rule);
        if turn.rule != NOT_UNDERSTOOD && turn.rule != BLANK && gives_way.is_none() {
            return self.as_ruled(turn);
        }
        if !self.text.chars().any(char::is_alphanumeric) && turn.rule == NOT_UNDERSTOOD {
            return self.not_understood(turn, Why::Noise);
        }
        if let Some(decision) = self.by_articles(before) {
            return decision;
        }
        let own_words = self
            .knows
            .model
            .as_ref()
            .is_some_and(|it| it.articles().len() >= OWN_WORDS_FROM);
        match gives_way {
            Some(GivesWay::ToAnAnswer) => self.as_ruled(turn),
            Some(GivesWay::ToArticles) if !own_words => self.as_ruled(turn),
            Some(GivesWay::ToArticles) => self.not_understood(self.words().missed(&self.ask), self.unknown()),
            None => self.not_understood(turn, self.unknown()),
        }
    }

    /// The rules of a rule, by its name's beginning.
    fn rules(&self, rule: &str) -> &Rules {
        self.of_language()
            .filter(|it| it.has(rule))
            .unwrap_or(&self.knows.rules)
    }

    fn of_language(&self) -> Option<&Rules> {
        let mut all = self.knows.languages.iter();
        all.find(|(code, _)| *code == self.language).map(|(_, rules)| &**rules)
    }

    /// The words of the customer's language.
    fn words(&self) -> &Rules {
        self.of_language().unwrap_or(&self.knows.rules)
    }

    /// What the rules say: those of the language first, but whoever asks for a person in any gets one.
    fn turn(&self) -> Turn {
        let turn = self.knows.rules.answer(&self.ask);
        let understood = |turn: &Turn| turn.rule != NOT_UNDERSTOOD;
        if understood(&turn) && matches!(&turn.kind, TurnKind::HandOver { .. }) {
            return turn;
        }
        if let Some(own) = self.of_language().map(|rules| rules.answer(&self.ask))
            && (understood(&own) || !understood(&turn))
        {
            return own;
        }
        if understood(&turn) {
            return turn;
        }
        // One word tells no language: "tschüss" is understood all the same. But a word of one is no slip of another one's, "hello" not
        // "hallo", unless a person is asked for.
        let mut others = self.knows.languages.iter().filter_map(|(_, rules)| {
            let turn = rules.answer(&self.ask);
            let meant =
                matches!(&turn.kind, TurnKind::HandOver { .. }) || rules.answer_as_written(&self.ask).rule == turn.rule;
            (understood(&turn) && meant).then_some(turn)
        });
        others.next().unwrap_or(turn)
    }

    /// What the customer chose of what was offered.
    fn choice(&self) -> Option<Decision> {
        let offered = self.offered?;
        let talk = self.words().talk();
        match offered.chosen(self.text)? {
            Chosen::None => {
                let text = talk.none_of_these.fill(self.ask.customer_name);
                let why = if offered.helps {
                    Why::DidNotHelp
                } else {
                    Why::NoneOfThese
                };
                Some(self.hand_over(HandOverReason::CustomerAsked, text, why))
            }
            Chosen::Article(_) if offered.helps => {
                let text = talk.helped.fill(self.ask.customer_name);
                Some(self.because(Does::Say { text, article: None }, Why::Helped))
            }
            Chosen::Article(slug) => {
                let model = self.knows.model.as_ref()?;
                let place = model.articles().iter().position(|it| it.slug == slug)?;
                Some(self.because(self.answer(model, place, usize::MAX), Why::Chosen))
            }
        }
    }

    fn by_articles(&self, before: &Before) -> Option<Decision> {
        let (model, found) = (self.knows.model.as_ref()?, self.found?);
        match policy::dares(&found.scores) {
            Dares::Answer(best) => {
                if before
                    .answered
                    .iter()
                    .any(|it| it.2 == best.label && self.is_same(found, it))
                {
                    let text = self.words().talk().repeated.fill(self.ask.customer_name);
                    return Some(self.hand_over(HandOverReason::Rule, text, Why::Repeated));
                }
                Some(self.because(
                    self.answer(model, best.label, best.nearest),
                    Why::Sure(best.probability),
                ))
            }
            Dares::Offer(choices) if before.misses < OFFERS_MAX => {
                let probability = choices.first().map_or(0.0, |it| it.probability);
                Some(self.because(self.offer(model, &choices), Why::Unsure(probability)))
            }
            Dares::Offer(_) | Dares::Neither => None,
        }
    }

    fn is_same(&self, found: &Found, earlier: &(Option<Vector>, String, usize)) -> bool {
        let near = found
            .vector
            .as_ref()
            .zip(earlier.0.as_ref())
            .map(|(a, b)| a.nearness(b));
        near.map_or_else(|| earlier.1 == self.text.to_lowercase(), |near| near >= SAME_QUESTION)
    }

    fn answer(&self, model: &Model, label: usize, nearest: usize) -> Does {
        let talk = self.words().talk();
        let before = self.words().said(&self.ask, &talk.article);
        let (article, name) = (model.articles()[label].slug.clone(), self.ask.customer_name);
        let asks = || {
            let (yes, no) = (talk.helped_yes.fill(name), talk.helped_no.fill(name));
            offer::helps(article.clone(), &yes, &no, talk.did_it_help.fill(name))
        };
        let asks = (!self.asked_help).then(asks).flatten();
        // The question says how to go on, too.
        let after = match &asks {
            Some(_) => String::new(),
            None => talk.after_article.fill(name),
        };
        let extract = model.extract(label, nearest);
        let said = [before.as_str(), extract.as_str(), after.as_str()];
        Does::Answer {
            text: said
                .into_iter()
                .filter(|it| !it.is_empty())
                .collect::<Vec<_>>()
                .join("\n"),
            article,
            extract,
            asks,
        }
    }

    fn offer(&self, model: &Model, choices: &[Ranked]) -> Does {
        let talk = self.words().talk();
        let (before, after) = match choices {
            [_] => (&talk.offer_one, &talk.after_offer_one),
            _ => (&talk.offer, &talk.after_offer),
        };
        let articles = choices.iter().map(|it| {
            let article = &model.articles()[it.label];
            // A title that is no line for a list stands under its short name.
            let title = SubjectLine::parse(&*article.title).or_else(|_| SubjectLine::parse(article.slug.as_str()));
            Some((article.slug.clone(), title.ok()?))
        });
        let name = self.ask.customer_name;
        Does::Offer {
            text: self.words().said(&self.ask, before),
            choices: offer::part(articles.flatten().collect(), &talk.person.fill(name), &after.fill(name)),
        }
    }

    fn unknown(&self) -> Why {
        let first = self.found.and_then(|found| found.scores.ranked.first());
        Why::Unknown(first.map_or(0.0, |it| it.probability))
    }

    /// The words for this are the rules' own, in the customer's language.
    fn not_understood(&self, turn: Turn, why: Why) -> Decision {
        match turn.kind {
            TurnKind::HandOver { reason, words } => self.hand_over(reason, words, why),
            TurnKind::Reply(text) | TurnKind::Article { words: text, .. } => self.because(Does::Clarify { text }, why),
            TurnKind::Silence => self.because(Does::Nothing, why),
        }
    }

    fn as_ruled(&self, turn: Turn) -> Decision {
        let why = Why::Rule(turn.rule);
        match turn.kind {
            TurnKind::Reply(text) => self.because(Does::Say { text, article: None }, why),
            TurnKind::Article { words, slug } => {
                let article = Some(slug);
                self.because(Does::Say { text: words, article }, why)
            }
            TurnKind::HandOver { reason, words } => self.hand_over(reason, words, why),
            TurnKind::Silence => self.because(Does::Nothing, why),
        }
    }

    fn hand_over(&self, reason: HandOverReason, text: String, why: Why) -> Decision {
        let decision = self.because(Does::Nothing, why);
        let note = Box::new(self.note(&decision));
        Decision {
            does: Does::HandOver { reason, text, note },
            ..decision
        }
    }

    /// What the bot knows for whoever takes it. What was asked and tried stands in the journal.
    fn note(&self, decision: &Decision) -> HandOverNote {
        let nearest = decision.found.first().and_then(|it| {
            let title = self.knows.model.as_ref()?.title(&it.article)?;
            Some(Nearest {
                article: it.article.clone(),
                title: SubjectLine::parse(title).ok()?,
                percent: (it.probability.clamp(0.0, 1.0) * 100.0).round() as u8,
            })
        });
        let upset = matches!(&decision.why, Why::Rule(rule) if rule.ends_with("frustrated"));
        HandOverNote {
            why: decision.why.words(),
            nearest,
            mood: if upset { Mood::Upset } else { Mood::Calm },
            language: Some(self.language.to_owned()),
            ..HandOverNote::default()
        }
    }

    fn because(&self, does: Does, why: Why) -> Decision {
        let likely = |model: &Model, it: &Ranked| Likely {
            article: model.articles()[it.label].slug.clone(),
            probability: it.probability,
            example: model.example(it.nearest).to_owned(),
            nearness: it.nearness,
        };
        let found = match (&self.knows.model, self.found) {
            (Some(model), Some(found)) => {
                let best = found.scores.ranked.iter().take(policy::CHOICES_MAX);
                best.map(|it| likely(model, it)).collect()
            }
            _ => vec![],
        };
        Decision { does, why, found }
    }
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;
