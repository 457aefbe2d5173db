//! Articles. What an event says of one is written by it; the body comes beside it, for it may be longer than an event should be.

use minicom_protocol::{
    ids::Time,
    library::{Article, ArticleRow, BEGINNING_CHARS_MAX as EXCERPT_CHARS, beginning},
    words::{SubjectLine, Tag},
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::store::{
    Result, TenantKey, damaged, from_json,
    full_text::{self, Search},
    to_json,
};

/// Words that an excerpt shows around those that were searched for.
const EXCERPT_WORDS: usize = 24;

const ROW: &str = "slug, title, tags, published, updated_at, updated_by";

/// Reads the columns [`ROW`] and, after them, what the excerpt is made of.
fn read(row: &Row<'_>) -> Result<ArticleRow> {
    let updated_by: Option<String> = row.get(5)?;
    Ok(ArticleRow {
        slug: Tag::parse(row.get::<_, String>(0)?).map_err(damaged)?,
        title: SubjectLine::parse(row.get::<_, String>(1)?).map_err(damaged)?,
        tags: from_json(&row.get::<_, String>(2)?)?,
        published: row.get(3)?,
        updated_at: Time(row.get(4)?),
        updated_by: updated_by.map(|text| from_json(&text)).transpose()?,
        excerpt: beginning(&row.get::<_, String>(6)?),
    })
}

/// A column of example questions; `None` if there are none.
pub(super) fn some_questions(column: &str) -> Result<Option<Vec<SubjectLine>>> {
    let all: Vec<SubjectLine> = from_json(column)?;
    Ok((!all.is_empty()).then_some(all))
}

/// An article, a draft too, with all that is known of it.
pub fn article(conn: &Connection, tenant: TenantKey, slug: &Tag) -> Result<Option<(Article, ArticleRow)>> {
    conn.prepare_cached(&format!(
        "SELECT {ROW}, substr(body, 1, {EXCERPT_CHARS}), body, questions FROM articles WHERE tenant = ?1 AND slug = ?2"
    ))?
    .query_row(params![tenant.0, slug.as_str()], |row| {
        let it = read(row)?;
        let article = Article {
            slug: it.slug.clone(),
            title: it.title.clone(),
            body: row.get(7)?,
            questions: some_questions(&row.get::<_, String>(8)?)?,
        };
        Ok((article, it))
    })
    .optional()
}

/// Whether customers can read an article.
pub fn is_published(conn: &Connection, tenant: TenantKey, slug: &Tag) -> Result<bool> {
    conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM articles WHERE tenant = ?1 AND slug = ?2 AND published)")?
        .query_row(params![tenant.0, slug.as_str()], |row| row.get(0))
}

/// All that customers can read, whole, by slug: what the bot learns from.
pub fn published(conn: &Connection, tenant: TenantKey) -> Result<Vec<Article>> {
    let mut statement = conn.prepare_cached(
        "SELECT slug, title, body, questions FROM articles WHERE tenant = ?1 AND published ORDER BY slug",
    )?;
    let rows = statement.query_map([tenant.0], |row| {
        Ok(Article {
            slug: Tag::parse(row.get::<_, String>(0)?).map_err(damaged)?,
            title: SubjectLine::parse(row.get::<_, String>(1)?).map_err(damaged)?,
            body: row.get(2)?,
            questions: some_questions(&row.get::<_, String>(3)?)?,
        })
    })?;
    rows.collect()
}

/// Articles, drafts too: those that fit a search, best first, or the last changed if nothing is searched for.
pub fn articles(conn: &Connection, tenant: TenantKey, query: &str, limit: usize) -> Result<Vec<ArticleRow>> {
    found(conn, tenant, query, limit, false)
}

/// The same of those that customers can read.
pub fn published_articles(conn: &Connection, tenant: TenantKey, query: &str, limit: usize) -> Result<Vec<ArticleRow>> {
    found(conn, tenant, query, limit, true)
}

fn found(
    conn: &Connection,
    tenant: TenantKey,
    query: &str,
    limit: usize,
    published_only: bool,
) -> Result<Vec<ArticleRow>> {
    let search = full_text::search(query);
    let sql = match &search {
        Search::Words(_) => format!(
            "SELECT {}, snippet(articles_text, 2, '', '', '…', {EXCERPT_WORDS})
             FROM articles_text JOIN articles a ON a.key = articles_text.rowid
             WHERE articles_text MATCH ?2 AND a.tenant = ?1 AND (a.published OR NOT ?4)
             ORDER BY bm25(articles_text, 10.0, 5.0, 1.0), a.slug LIMIT ?3",
            ROW.split(", ")
                .map(|it| format!("a.{it}"))
                .collect::<Vec<_>>()
                .join(", ")
        ),
        Search::All | Search::Parts(_) => format!(
            "SELECT {ROW}, substr(body, 1, {EXCERPT_CHARS}) FROM articles WHERE tenant = ?1 AND (published OR NOT ?4) AND {}
             ORDER BY updated_at DESC, slug LIMIT ?3",
            full_text::condition(&search, "articles_text", "title || ' ' || tags || ' ' || body", "?2")
        ),
    };
    let mut statement = conn.prepare_cached(&sql)?;
    let rows = statement.query_map(
        params![tenant.0, search.parameter(), limit as i64, published_only],
        read,
    )?;
    rows.collect()
}

/// A page of all articles, drafts too, by slug: only what comes after one.
pub fn all_articles(
    conn: &Connection,
    tenant: TenantKey,
    after: Option<&Tag>,
    limit: usize,
) -> Result<Vec<ArticleRow>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {ROW}, substr(body, 1, {EXCERPT_CHARS}) FROM articles WHERE tenant = ?1 AND slug > ?2
         ORDER BY slug LIMIT ?3"
    ))?;
    let after = after.map_or("", Tag::as_str);
    let rows = statement.query_map(params![tenant.0, after, limit as i64], read)?;
    rows.collect()
}

/// Writes an article in full: its body and questions, and what is known of it.
pub fn write_article(conn: &Connection, tenant: TenantKey, it: &ArticleRow, article: &Article) -> Result<()> {
    save(conn, tenant, it, Some(article))
}

/// Writes what is known of an article, new or changed. Body and questions stay; those of a new one are empty.
pub(in crate::store) fn save_article(conn: &Connection, tenant: TenantKey, it: &ArticleRow) -> Result<()> {
    save(conn, tenant, it, None)
}

fn save(conn: &Connection, tenant: TenantKey, it: &ArticleRow, article: Option<&Article>) -> Result<()> {
    let body = article.map(|it| it.body.as_str());
    let questions = article
        .map(|it| to_json(&it.questions.as_deref().unwrap_or_default()))
        .transpose()?;
    unindex(conn, tenant, &it.slug)?;
    let updated_by = it.updated_by.as_ref().map(to_json).transpose()?;
    conn.prepare_cached(
        "INSERT INTO articles (tenant, slug, title, body, tags, published, updated_at, updated_by, questions)
         VALUES (?1, ?2, ?3, coalesce(?4, ''), ?5, ?6, ?7, ?8, coalesce(?9, '[]'))
         ON CONFLICT (tenant, slug) DO UPDATE
         SET title = ?3, body = coalesce(?4, body), tags = ?5, published = ?6, updated_at = ?7, updated_by = ?8,
             questions = coalesce(?9, questions)",
    )?
    .execute(params![
        tenant.0,
        it.slug.as_str(),
        it.title.as_str(),
        body,
        to_json(&it.tags)?,
        it.published,
        it.updated_at.0,
        updated_by,
        questions
    ])?;
    conn.prepare_cached(
        "INSERT INTO articles_text (rowid, title, tags, body)
         SELECT key, title, tags, body FROM articles WHERE tenant = ?1 AND slug = ?2",
    )?
    .execute(params![tenant.0, it.slug.as_str()])?;
    Ok(())
}

/// Forgets an article.
pub(in crate::store) fn delete_article(conn: &Connection, tenant: TenantKey, slug: &Tag) -> Result<()> {
    unindex(conn, tenant, slug)?;
    conn.prepare_cached("DELETE FROM articles WHERE tenant = ?1 AND slug = ?2")?
        .execute(params![tenant.0, slug.as_str()])?;
    Ok(())
}

/// Takes a row's words out of the index, which must be done while the row still has them.
fn unindex(conn: &Connection, tenant: TenantKey, slug: &Tag) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO articles_text (articles_text, rowid, title, tags, body)
         SELECT 'delete', key, title, tags, body FROM articles WHERE tenant = ?1 AND slug = ?2",
    )?
    .execute(params![tenant.0, slug.as_str()])?;
    Ok(())
}

#[cfg(test)]
#[path = "articles_tests.rs"]
mod tests;
