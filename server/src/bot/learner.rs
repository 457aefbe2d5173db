//! Keeps the model of a desk's articles new: trains on a thread of its own that stands back for everybody else, and swaps the finished
//! model in. Vectors of texts that were met before are read from the database.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    thread,
    time::Duration,
};

use minicom_encoder::Vector;
use minicom_protocol::refusal::Refusal;
use sha2::{Digest, Sha256};
use tokio::{
    sync::{oneshot, watch},
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, warn};

use super::model::{self, Article, Model};
use crate::{
    desk::Desk,
    store::{TenantKey, bot as store, library},
};

/// How long a line waits for a model that knows the newest articles; after that it is answered by the one before.
const WAIT: Duration = Duration::from_secs(2);
/// After articles could not be read, they are read again.
const AGAIN: Duration = Duration::from_secs(1);
/// How far training stands back: half way to last.
const NICER_BY: i32 = 10;
/// Texts that are encoded at once.
const TEXTS_AT_ONCE: usize = 64;

/// See the module.
pub struct Learner {
    /// How often articles have changed.
    changes: watch::Sender<u64>,
    /// The newest model, and how many changes it knows.
    made: watch::Receiver<(u64, Option<Arc<Model>>)>,
}

/// What training brought.
pub struct Trained {
    /// The model; `None` if there are no articles.
    pub model: Option<Model>,
    /// Vectors that were not kept yet, by their text's digest.
    new: Vec<(store::TextDigest, Vec<u8>)>,
    /// The digests of all texts that the model stands on.
    used: HashSet<store::TextDigest>,
}

impl Learner {
    /// Begins with what is published now. It ends by `stop`.
    pub fn begin(desk: Desk, tenant: TenantKey, stop: CancellationToken) -> Learner {
        let (changes, mut wanted) = watch::channel(1);
        let (send, made) = watch::channel((0, None));
        tokio::spawn(async move {
            let mut known = 0;
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    more = wanted.wait_for(|wanted| *wanted > known) => match more {
                        Ok(wanted) => known = *wanted,
                        Err(_) => return,
                    },
                }
                match learnt(&desk, tenant).await {
                    Ok(model) => {
                        send.send_replace((known, model.map(Arc::new)));
                    }
                    Err(refusal) => {
                        warn!(
                            code = refusal.code(),
                            "the bot could not read the articles; trying again"
                        );
                        known -= 1;
                        tokio::select! {
                            () = stop.cancelled() => return,
                            () = tokio::time::sleep(AGAIN) => {}
                        }
                    }
                }
            }
        });
        Learner { changes, made }
    }

    /// An article has changed.
    pub fn changed(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }

    /// The model that knows all changes, or, if that takes long, the one before.
    pub async fn model(&mut self) -> Option<Arc<Model>> {
        let wanted = *self.changes.borrow();
        if timeout(WAIT, self.made.wait_for(|made| made.0 >= wanted))
            .await
            .is_err()
        {
            debug!("a line is answered while the bot learns");
        }
        self.made.borrow().1.clone()
    }
}

/// Reads the articles, trains on them, and keeps the new vectors.
async fn learnt(desk: &Desk, tenant: TenantKey) -> Result<Option<Model>, Refusal> {
    let version = model::encoder_version();
    let read = desk.read(move |conn| {
        Ok((
            library::published(conn, tenant)?,
            store::vectors(conn, tenant, version)?,
        ))
    });
    let (articles, kept) = read.await?;
    let articles: Vec<Article> = articles.into_iter().map(Article::from).collect();
    if articles.is_empty() {
        return Ok(None);
    }
    let (send, trained) = oneshot::channel();
    let work = move || {
        // If it may not stand back it trains all the same.
        let _ = rustix::process::nice(NICER_BY);
        let _ = send.send(train(articles, &kept));
    };
    let started = thread::Builder::new().name("bot-learns".to_owned()).spawn(work);
    let (Ok(_), Ok(trained)) = (started, trained.await) else {
        error!("the bot's training broke; it goes on with what it knew, or with its rules");
        return Ok(None);
    };
    let Trained { model, new, used } = trained;
    if !new.is_empty() {
        let keep = desk.write(tenant, move |scope| {
            store::keep_vectors(scope.conn, tenant, version, &new, &used)
        });
        // They can be made again.
        if let Err(refusal) = keep.await {
            warn!(code = refusal.code(), "the bot's vectors could not be kept");
        }
    }
    Ok(model)
}

/// Trains on articles, with the vectors that were kept.
pub fn train(articles: Vec<Article>, kept: &HashMap<store::TextDigest, Vec<u8>>) -> Trained {
    let texts: HashSet<String> = articles.iter().flat_map(Article::texts).collect();
    let mut vectors: HashMap<String, Vector> = HashMap::new();
    let mut used = HashSet::new();
    let mut missing = Vec::new();
    for text in texts {
        let digest: store::TextDigest = Sha256::digest(&text).into();
        used.insert(digest);
        match kept.get(&digest).and_then(|bytes| Vector::from_bytes(bytes)) {
            Some(vector) => {
                vectors.insert(text, vector);
            }
            None => missing.push((digest, text)),
        }
    }
    // One order, so that what stands beside a text is the same each time.
    missing.sort();
    let mut new = Vec::new();
    if let Some(encoder) = model::encoder() {
        for some in missing.chunks(TEXTS_AT_ONCE) {
            let texts: Vec<&str> = some.iter().map(|(_, text)| text.as_str()).collect();
            for ((digest, text), vector) in some.iter().zip(encoder.encode(&texts)) {
                let bytes = vector.to_bytes();
                // As it will be read the next time.
                let vector = Vector::from_bytes(&bytes).unwrap_or(vector);
                new.push((*digest, bytes));
                vectors.insert(text.clone(), vector);
            }
        }
    }
    Trained {
        model: (!articles.is_empty()).then(|| Model::train(articles, |text| vectors.get(text).cloned())),
        new,
        used,
    }
}
