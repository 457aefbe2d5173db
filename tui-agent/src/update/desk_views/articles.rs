//! Articles: the list with a search, reading, writing in the agent's own editor, publishing and deleting. What is shown is asked of the
//! server: only it has the words of all of them.

use minicom_protocol::{
    command::AgentCommand,
    library::{Article, ArticleRow},
    words::Tag,
};
use minicom_tui_kit::{
    Now, Shown,
    prompt::Question,
    styled::StyledLine,
    table::{Column, TableRow},
};

use super::Content;
use crate::{
    app::App,
    desk_view::{ARTICLES_MAX, Layer, RowId, Then, View, Wanted, Work, WorkOn},
    facts,
    manage::article_file,
    over::Over,
};

const COLUMNS: &[Column] = &[
    Column::new("NAME", 8),
    Column::growing("TITLE", 12),
    Column::new("IS", 9),
    Column::new("CHANGED", 7),
    Column::new("BY", 6),
    Column::new("TAGS", 6),
];

/// What a new article begins with.
const NEW: &str = "+++\ntitle = \"\"\ntags = []\npublished = false\n+++\n\n";

impl App {
    /// Opens the articles.
    pub(crate) fn manage_articles(&mut self, now: Now) {
        let view = View::Articles {
            query: String::new(),
            told: Wanted::new(),
        };
        self.lay_table(view, "Articles", COLUMNS, now);
    }

    pub(super) fn articles_content(&self, query: &str, told: &Wanted<Vec<ArticleRow>>, now: Now) -> Content {
        let dot = self.theme.signs().dot;
        let mut title = "Articles".to_owned();
        if !query.is_empty() {
            title.push_str(&format!(" {dot} with {}", Shown::line(query)));
        }
        let articles = told.value().map(Vec::as_slice).unwrap_or_default();
        if articles.len() >= ARTICLES_MAX as usize {
            title.push_str(&format!(" {dot} {ARTICLES_MAX} of them, / finds others"));
        }
        let waits = self.words_of(told);
        if let Some(words) = waits.as_ref().filter(|_| !articles.is_empty()) {
            title.push_str(&format!(" {dot} {words}"));
        }
        let empty = waits.unwrap_or(Shown::fixed(match query {
            "" => "There are none yet. n writes one",
            _ => "Nothing was found. / looks for something else",
        }));
        let rows = articles.iter().map(|article| self.article_row(article, now));
        Content::Rows {
            title,
            rows: rows.collect(),
            empty,
        }
    }

    fn article_row(&self, article: &ArticleRow, now: Now) -> TableRow<RowId> {
        let tags: Vec<&str> = article.tags.iter().map(Tag::as_str).collect();
        let cells = vec![
            article.slug.shown(),
            article.title.shown(),
            Shown::fixed(if article.published { "published" } else { "draft" }),
            Shown::line(&facts::day(article.updated_at.0, now.wall, &self.zone)),
            article
                .updated_by
                .as_ref()
                .map_or(Shown::default(), |it| it.name.shown().cut(12)),
            Shown::line(&tags.join(" ")).cut(16),
        ];
        TableRow::new(RowId::Article(article.slug.clone()), cells)
    }

    pub(super) fn key_in_articles(
        &mut self,
        query: &str,
        told: &Wanted<Vec<ArticleRow>>,
        row: Option<&RowId>,
        key: &str,
        now: Now,
    ) -> bool {
        match (key, row) {
            ("/", _) => {
                let question = Question::new(Shown::fixed("words"))
                    .starting_with(query)
                    .empty("Enter shows all");
                self.lay_question(
                    View::ArticleSearch,
                    "Articles with",
                    question,
                    "Enter looks for them",
                    now,
                );
            }
            ("n", _) => {
                let question = Question::new(Shown::fixed("short name, such as refunds")).check(check_slug);
                self.lay_question(
                    View::NewArticle,
                    "New article; then your editor",
                    question,
                    "Enter opens the editor",
                    now,
                );
            }
            ("e", Some(RowId::Article(slug))) => self.show_article(slug.clone(), Then::Edit, now),
            ("p", Some(RowId::Article(slug))) => self.show_article(slug.clone(), Then::Publish, now),
            ("d", Some(RowId::Article(slug))) => {
                let articles = told.value().map(Vec::as_slice).unwrap_or_default();
                let found = articles.iter().find(|it| it.slug == *slug);
                let title = found.map_or(slug.shown(), |it| it.title.shown());
                let title = format!("Delete the article {title}");
                let what = "cards that were sent keep their title";
                self.lay_confirmation(View::DeleteArticle(slug.clone()), &title, what, "Enter deletes it", now);
            }
            _ => return false,
        }
        true
    }

    pub(super) fn articles_searched(&mut self, words: &str, now: Now) {
        if let Some(Over::Desk(stack)) = &mut self.over
            && let Some(top) = stack.top_mut()
            && let View::Articles { query, told } = &mut top.view
        {
            words.clone_into(query);
            *told = Wanted::new();
        }
        self.ask_views(now);
    }

    // One article.

    /// Asks for an article: to be read, changed or published.
    pub(super) fn show_article(&mut self, slug: Tag, then: Then, now: Now) {
        let title = format!("Article {}", slug.shown());
        let told = Wanted::new();
        self.lay_reading(View::Article { slug, told, then }, &title, now);
    }

    pub(super) fn article_content(&self, told: &Wanted<(Article, ArticleRow)>) -> Content {
        let Some((article, row)) = told.value() else {
            let words = told.words().unwrap_or_default();
            return Content::Lines(vec![StyledLine::of(words, self.theme.dim())]);
        };
        let state = if row.published {
            "published"
        } else {
            "draft: only agents see it"
        };
        let tags: Vec<String> = row.tags.iter().map(|it| it.shown().to_string()).collect();
        let tags = if tags.is_empty() {
            String::new()
        } else {
            format!(", {}", tags.join(" "))
        };
        // The title is one line of words; a heading of Markdown in it is none.
        let title = article.title.as_str().trim_start_matches(['#', ' ']);
        Content::Markdown(format!("# {title}\n\n({state}{tags})\n\n{}", article.body))
    }

    pub(super) fn key_in_article(
        &mut self,
        slug: &Tag,
        told: &Wanted<(Article, ArticleRow)>,
        key: &str,
        _: Now,
    ) -> bool {
        match (key, told.value()) {
            ("e", Some((article, row))) => self.edit_article(slug.clone(), article, row),
            _ => return false,
        }
        true
    }

    /// The article that was asked for to be changed or published is here.
    pub(super) fn article_came(&mut self, now: Now) {
        let Some(Over::Desk(stack)) = &mut self.over else {
            return;
        };
        let Some(Layer {
            view: View::Article { slug, told, then },
            ..
        }) = stack.top()
        else {
            return;
        };
        let (Some((article, row)), false) = (told.value().cloned(), *then == Then::Read) else {
            return;
        };
        let (slug, then) = (slug.clone(), *then);
        stack.layers.pop();
        if stack.layers.is_empty() {
            self.over = None;
        }
        match then {
            Then::Edit => self.edit_article(slug, &article, &row),
            _ => {
                let command = AgentCommand::SaveArticle {
                    article,
                    tags: row.tags,
                    published: !row.published,
                };
                self.send_kept(command, now);
            }
        }
    }

    fn edit_article(&mut self, slug: Tag, article: &Article, row: &ArticleRow) {
        let text = article_file::render(article, row);
        self.begin_work(Work {
            on: WorkOn::Article(slug),
            text,
        });
    }

    pub(super) fn article_named(&mut self, layer: Layer, slug: &str, now: Now) {
        let Ok(slug) = Tag::parse(slug) else { return };
        let known = match &self.over {
            Some(Over::Desk(stack)) => match stack.top().map(|top| &top.view) {
                Some(View::Articles { told, .. }) => {
                    told.value().is_some_and(|all| all.iter().any(|it| it.slug == slug))
                }
                _ => false,
            },
            _ => false,
        };
        if known {
            return self.lay_again(
                layer,
                "there is an article by this name: choose another, or Esc and e",
                now,
            );
        }
        self.begin_work(Work {
            on: WorkOn::Article(slug),
            text: NEW.to_owned(),
        });
    }

    pub(super) fn delete_article(&mut self, slug: Tag, now: Now) {
        self.send_kept(AgentCommand::DeleteArticle { slug }, now);
    }
}

fn check_slug(text: &str) -> Result<(), Shown> {
    match Tag::parse(text) {
        Ok(_) => Ok(()),
        Err(refused) => Err(Shown::line(&refused.to_string())),
    }
}
