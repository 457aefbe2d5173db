//! What a model stands on: the articles as they are, or, after going back, as they were for the model before. Each model's basis is
//! kept with its digest, so that it can be said what the bot knows, and gone back to.

use std::sync::Arc;

use minicom_protocol::refusal::Refusal;
use sha2::{Digest, Sha256};
use tracing::{info, warn};

use super::{
    learning::gaps,
    model::{self, Article, Model},
};
use crate::{
    clock,
    desk::Desk,
    limits::KNOWLEDGE_BYTES_MAX,
    store::{
        TenantKey,
        bot_models::{self, ModelRow},
        gaps as gap_rows,
    },
};

/// See the module.
pub struct Basis {
    /// What is to be learnt.
    pub articles: Vec<Article>,
    inputs: [u8; 32],
    knowledge: String,
    /// Whether it is what was before.
    back: bool,
}

impl Basis {
    /// Of a desk with these articles.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn of(desk: &Desk, tenant: TenantKey, articles: Vec<Article>) -> Result<Basis, Refusal> {
        let (inputs, knowledge) = inputs(&articles);
        let instead = desk
            .read(move |conn| bot_models::instead_of(conn, tenant, &inputs))
            .await?;
        let before = instead.and_then(|(_, knowledge)| serde_json::from_str::<Vec<Article>>(&knowledge).ok());
        Ok(Basis {
            inputs,
            knowledge,
            back: before.is_some(),
            articles: before.unwrap_or(articles),
        })
    }

    /// A model was made of it: it is kept, and gaps that it fills are gaps no more. What cannot be written now is written for the next one.
    pub async fn learnt(self, desk: &Desk, tenant: TenantKey, model: Arc<Model>) {
        if let Err(refusal) = self.keep(desk, tenant, &model).await {
            warn!(code = refusal.code(), "what the bot has learnt from could not be kept");
        }
        if self.back {
            return;
        }
        if let Err(refusal) = fill_gaps(desk, tenant, model).await {
            warn!(code = refusal.code(), "gaps could not be looked at again");
        }
    }

    async fn keep(&self, desk: &Desk, tenant: TenantKey, model: &Model) -> Result<(), Refusal> {
        if self.back {
            return Ok(());
        }
        let row = ModelRow {
            version: 0,
            made_at: clock::now(),
            inputs: self.inputs,
            heads: model.digest(),
            articles: model.articles().len() as u64,
            examples: model.examples() as u64,
            instead: None,
        };
        let newest = desk
            .read(move |conn| bot_models::all(conn, tenant))
            .await?
            .into_iter()
            .next();
        if newest.is_some_and(|it| it.inputs == row.inputs && it.heads == row.heads) {
            return Ok(());
        }
        let knowledge = match self.knowledge.len() <= KNOWLEDGE_BYTES_MAX {
            true => self.knowledge.clone(),
            false => String::new(),
        };
        desk.write(tenant, move |scope| {
            bot_models::keep(scope.conn, tenant, &row, &knowledge).map(drop)
        })
        .await
    }
}

async fn fill_gaps(desk: &Desk, tenant: TenantKey, model: Arc<Model>) -> Result<(), Refusal> {
    let all = desk.read(move |conn| gap_rows::all(conn, tenant)).await?;
    if all.is_empty() {
        return Ok(());
    }
    let looked = tokio::task::spawn_blocking(move || gaps::filled(&model, &all)).await;
    let filled = looked.unwrap_or_default();
    if filled.is_empty() {
        return Ok(());
    }
    info!(count = filled.len(), "gaps are filled by an article");
    desk.write(tenant, move |scope| gap_rows::filled(scope.conn, tenant, &filled))
        .await
}

/// The digest of all that is learnt from, with the encoder that reads it; and the articles as they are kept.
pub fn inputs(articles: &[Article]) -> ([u8; 32], String) {
    // Texts in a list cannot fail to be written.
    let knowledge = serde_json::to_string(articles).unwrap_or_default();
    let mut digest = Sha256::new();
    digest.update(model::encoder_version().to_le_bytes());
    digest.update(&knowledge);
    (digest.finalize().into(), knowledge)
}
