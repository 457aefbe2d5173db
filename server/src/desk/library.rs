//! What agents answer with: saved replies and articles, found by what was typed. Customers get published articles only, and
//! a draft is to them as if it were not there.

use minicom_protocol::{
    ids::{AgentId, ReplyId},
    library::{Article, ArticleRow, SavedReply},
    refusal::Refusal,
    words::Tag,
};

use super::Desk;
use crate::store::{TenantKey, library};

impl Desk {
    /// A page of the saved replies that an agent may use (the own ones and everybody's) and that fit a search, by code, and
    /// whether there is more. An empty search fits all.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn replies(
        &self,
        tenant: TenantKey,
        agent: AgentId,
        query: String,
        after: Option<Tag>,
        limit: usize,
    ) -> Result<(Vec<SavedReply>, bool), Refusal> {
        self.read(move |conn| library::replies(conn, tenant, agent, &query, after.as_ref(), limit))
            .await
    }

    /// A saved reply that an agent may use.
    ///
    /// # Errors
    /// `not_found` if there is none by that id, or it is a colleague's own.
    pub async fn reply(&self, tenant: TenantKey, agent: AgentId, id: ReplyId) -> Result<SavedReply, Refusal> {
        let found = self.read(move |conn| library::reply(conn, tenant, id)).await?;
        found
            .filter(|reply| reply.owner.is_none_or(|owner| owner == agent))
            .ok_or(Refusal::NotFound)
    }

    /// Articles that fit a search, drafts too, best first; of an empty search the last changed.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn articles(&self, tenant: TenantKey, query: String, limit: usize) -> Result<Vec<ArticleRow>, Refusal> {
        self.read(move |conn| library::articles(conn, tenant, &query, limit))
            .await
    }

    /// Published articles that fit a search, best first; of an empty search the last changed.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn published_articles(
        &self,
        tenant: TenantKey,
        query: String,
        limit: usize,
    ) -> Result<Vec<ArticleRow>, Refusal> {
        self.read(move |conn| library::published_articles(conn, tenant, &query, limit))
            .await
    }

    /// A page of all articles, drafts too, by slug.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn all_articles(
        &self,
        tenant: TenantKey,
        after: Option<Tag>,
        limit: usize,
    ) -> Result<Vec<ArticleRow>, Refusal> {
        self.read(move |conn| library::all_articles(conn, tenant, after.as_ref(), limit))
            .await
    }

    /// An article in full, drafts too.
    ///
    /// # Errors
    /// `not_found` if there is none by that name in this tenant.
    pub async fn article(&self, tenant: TenantKey, slug: Tag) -> Result<(Article, ArticleRow), Refusal> {
        self.read(move |conn| library::article(conn, tenant, &slug))
            .await?
            .ok_or(Refusal::NotFound)
    }

    /// An article as customers may read it.
    ///
    /// # Errors
    /// `not_found` if there is none by that name, and if there is only a draft.
    pub async fn published_article(&self, tenant: TenantKey, slug: Tag) -> Result<Article, Refusal> {
        let (article, row) = self.article(tenant, slug).await?;
        if row.published {
            Ok(Article {
                questions: None,
                ..article
            })
        } else {
            Err(Refusal::NotFound)
        }
    }
}
