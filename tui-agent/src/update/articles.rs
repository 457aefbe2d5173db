//! Articles: looked for at the server, read, and sent as a card with the reply.

use minicom_protocol::{
    event::{EventBody, Part},
    frame::{AgentQuestion, AgentReply, Agents, Told},
    gate::Shown,
    ids::ConversationId,
    library::ArticleRow,
};
use minicom_tui_kit::{
    Key, Now, Overlay, Picker,
    overlay::{Body, Read},
    picker::Row,
    transcript::EntryKey,
};

use crate::{
    app::{App, Ends, Focus, Order},
    over::{Choice, Over, Pick, PickFor, ReadFor},
    writing::{Attached, Mode},
};

/// Articles that are asked for at once.
const ARTICLES_MAX: u32 = 50;
/// Articles of the thread that are offered before anything is looked for.
const CARDS_MAX: usize = 5;

impl App {
    /// Looks for an article.
    pub(crate) fn articles(&mut self, now: Now) {
        if self.open_one(now).is_some() && self.has_connection("Looking for an article") {
            self.look_for_articles("");
        }
    }

    fn look_for_articles(&mut self, query: &str) {
        let mut picker = Picker::new(Shown::fixed("Articles"), Vec::new())
            .verb(Shown::line(&format!(
                "Enter attaches {} Alt+Enter reads",
                self.theme.signs().dot
            )))
            .when_empty(Shown::fixed("There are no articles yet"))
            .searched_elsewhere();
        picker.set_query(query);
        let about = self.conversation().into_iter().collect();
        self.open_picker(PickFor::Article, about, picker);
        self.ask_articles();
    }

    /// Asks for what the open list looks for.
    pub(crate) fn ask_articles(&mut self) {
        let Some(Over::Picker(pick)) = &self.over else { return };
        let question = AgentQuestion::Articles {
            query: pick.picker.query(),
            limit: ARTICLES_MAX,
        };
        self.order(Order::Ask(question));
    }

    /// What the server tells of articles.
    pub(crate) fn article_told(&mut self, question: &AgentQuestion, told: &Told<Agents>) {
        match (question, told) {
            (AgentQuestion::Articles { query, .. }, Told::Reply(AgentReply::Articles { articles })) => {
                let rows = self.article_rows(query, articles);
                if let Some(Over::Picker(pick)) = &mut self.over
                    && pick.purpose == PickFor::Article
                {
                    pick.picker.answer(query, rows);
                }
            }
            (AgentQuestion::Article { slug }, Told::Reply(AgentReply::Article { article, row })) => {
                let wanted = self.article_wanted.take_if(|(wanted, _)| wanted == slug);
                if let Some((_, query)) = wanted.filter(|(_, query)| query.is_none() || self.chooses_article()) {
                    self.read_article(row, &article.body, query);
                }
            }
            (AgentQuestion::Article { slug }, Told::Refusal(_))
                if self.article_wanted.take_if(|(wanted, _)| wanted == slug).is_some() =>
            {
                self.trouble(Shown::fixed("This article is no more."), Ends::Leaving);
            }
            (AgentQuestion::Articles { .. }, Told::Refusal(refusal)) if self.chooses_article() => {
                self.trouble(Shown::line(&refusal.message()), Ends::Leaving);
            }
            _ => {}
        }
    }

    /// A question was lost with the connection.
    pub(crate) fn article_not_told(&mut self, question: &AgentQuestion) {
        let lost = match question {
            AgentQuestion::Articles { .. } => self.chooses_article(),
            AgentQuestion::Article { slug } => self.article_wanted.take_if(|(wanted, _)| wanted == slug).is_some(),
            _ => false,
        };
        if lost {
            self.has_connection("Looking for an article");
        }
    }

    fn chooses_article(&self) -> bool {
        matches!(&self.over, Some(Over::Picker(pick)) if pick.purpose == PickFor::Article)
    }

    /// What was found; before anything is looked for, the cards of the thread first.
    fn article_rows(&self, query: &str, found: &[ArticleRow]) -> Vec<Row<Choice>> {
        let dot = self.theme.signs().dot;
        let cards = if query.trim().is_empty() {
            self.cards()
        } else {
            Vec::new()
        };
        let found = found
            .iter()
            .filter(|row| cards.iter().all(|card| card.slug != row.slug));
        let found = found.map(|row| {
            let reason = (!row.published).then(|| Shown::fixed("a draft: only agents can read it"));
            let detail = format!("{} {dot} {}", row.slug.shown(), one_line(&row.excerpt));
            let article = Attached {
                slug: row.slug.clone(),
                title: Some(row.title.clone()),
            };
            Row::new(Choice::Article(article), row.title.shown(), Shown::line(&detail)).disabled(reason)
        });
        let found: Vec<Row<Choice>> = found.collect();
        let cards = cards.into_iter().map(|card| {
            let title = card.title.as_ref().map_or(card.slug.shown(), |it| it.shown());
            let detail = Shown::line(&format!("{} {dot} in this chat", card.slug.shown()));
            Row::new(Choice::Article(card), title, detail)
        });
        cards.chain(found).collect()
    }

    /// The articles that were sent in the open thread, the newest first.
    fn cards(&self) -> Vec<Attached> {
        let thread = self.chat.as_ref().and_then(|chat| self.replica.thread(chat.customer));
        let mut cards: Vec<Attached> = Vec::new();
        for event in thread.into_iter().flat_map(|thread| thread.events().rev()) {
            let EventBody::Posted(posted) = &event.body else {
                continue;
            };
            for part in &posted.parts {
                let Part::Card(card) = part else { continue };
                if cards.len() < CARDS_MAX && cards.iter().all(|it| it.slug != card.slug) {
                    cards.push(Attached {
                        slug: card.slug.clone(),
                        title: Some(card.title.clone()),
                    });
                }
            }
        }
        cards
    }

    /// Goes with the next line.
    pub(crate) fn attach(&mut self, conversation: ConversationId, article: Attached, now: Now) {
        let written = self.writing.of(conversation);
        written.set_mode(Mode::Reply);
        written.with.article = Some(article);
        self.writing.with_changed(conversation, now.elapsed);
        self.focus = Focus::Compose;
    }

    /// Alt-Enter reads the selected article. Whether it was that.
    pub(super) fn is_read_key(&mut self, pick: &Pick, key: Key) -> bool {
        let reads = matches!(pick.purpose, PickFor::Article | PickFor::Fitting) && key.to_string() == "alt-enter";
        if let (true, Some(row)) = (reads, pick.picker.selected())
            && let Choice::Article(article) = &row.id
        {
            let slug = article.slug.clone();
            // Who looked for it goes back to what was found.
            let query = (pick.purpose == PickFor::Article).then(|| pick.picker.query());
            self.article_wanted = Some((slug.clone(), query));
            self.order(Order::Ask(AgentQuestion::Article { slug }));
        }
        reads
    }

    /// Opens what stands with a line: its file, or its card.
    pub(crate) fn open_card(&mut self, key: EntryKey, now: Now) {
        if !self.choose_file_of(key, now) {
            self.read_card(key);
        }
    }

    /// Reads the card that stands with a line, if there is one.
    pub(crate) fn read_card(&mut self, key: EntryKey) {
        let EntryKey::Stored(at) = key else { return };
        let thread = self.chat.as_ref().and_then(|chat| self.replica.thread(chat.customer));
        let Some(EventBody::Posted(posted)) = thread.and_then(|it| it.event(at)).map(|event| &event.body) else {
            return;
        };
        let slug = posted.parts.iter().find_map(|part| match part {
            Part::Card(card) => Some(card.slug.clone()),
            _ => None,
        });
        if let Some(slug) = slug
            && self.has_connection("Reading an article")
        {
            self.article_wanted = Some((slug.clone(), None));
            self.order(Order::Ask(AgentQuestion::Article { slug }));
        }
    }

    fn read_article(&mut self, row: &ArticleRow, body: &str, query: Option<String>) {
        let hint = match row.published {
            true => Shown::line(&format!("i attaches {} Esc closes", self.theme.signs().dot)),
            false => Shown::line(&format!("a draft {} Esc closes", self.theme.signs().dot)),
        };
        let body = Body::Markdown(body.to_owned());
        let overlay = Overlay::new(row.title.shown(), body, self.theme).hint(hint);
        let purpose = ReadFor::Article {
            article: Attached {
                slug: row.slug.clone(),
                title: Some(row.title.clone()),
            },
            published: row.published,
            query,
        };
        self.open_reading(purpose, overlay);
    }

    /// What a key does while an article is read: it is attached, or left for the list in which it was found. Whether something was done.
    pub(crate) fn key_while_reading(&mut self, purpose: &ReadFor, read: Read, key: Key, now: Now) -> bool {
        let ReadFor::Article {
            article,
            published,
            query,
        } = purpose
        else {
            return false;
        };
        match (read, query, self.conversation()) {
            (Read::Closed, Some(query), _) => {
                self.look_for_articles(query);
                true
            }
            (Read::No, _, Some(conversation)) if *published && key.typed() == Some('i') => {
                self.attach(conversation, article.clone(), now);
                true
            }
            _ => false,
        }
    }

    // What is chosen for writing.

    /// A row of a list that was opened for what is being written.
    pub(crate) fn chosen_for_writing(&mut self, pick: &Pick, choice: Choice, now: Now) {
        if let Choice::Word(typed) = &choice {
            self.does_word(&pick.about, typed, now);
            return;
        }
        let [conversation] = pick.about[..] else { return };
        // A line is blanked out where it stands.
        let to = match pick.purpose {
            PickFor::Blank => Some(conversation),
            _ => self.writes_in(conversation),
        };
        let Some(conversation) = to else { return };
        match choice {
            Choice::SavedReply(reply) => self.reply_chosen(conversation, reply, now),
            Choice::Article(article) => self.attach(conversation, article, now),
            Choice::Line(line) => self.line_chosen(pick.purpose, conversation, line, now),
            _ => {}
        }
    }

    /// Keys of a purpose come before the list's. Gives the list back if it was none of them.
    pub(crate) fn key_while_choosing(&mut self, pick: Box<Pick>, key: Key, now: Now) -> Option<Box<Pick>> {
        if self.is_real_slash(&pick, key, now) {
            return None;
        }
        if self.is_attach_tab(&pick, key, now) || self.is_word(&pick, key, now) {
            return None;
        }
        if self.is_open_key(&pick, key, now) {
            return None;
        }
        if self.is_read_key(&pick, key) {
            self.over = Some(Over::Picker(pick));
            return None;
        }
        if self.is_widen_key(&pick, key, now) || self.is_copy_key(&pick, key, now) || self.is_find_key(&pick, key, now)
        {
            return None;
        }
        Some(pick)
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
