//! Keeps what is known of a desk new: trains on its articles and saved replies when they change, on a thread of its own that stands
//! back for everybody else, and swaps the finished models in. Vectors of texts that were met before are read from the database.

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

use super::{
    basis::Basis,
    model::{self, Article, Model},
    replies::{self, Replies},
};
use crate::{
    desk::Desk,
    limits::LEARNT_REPLIES_MAX,
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

/// What is known of a desk, by now. Cheap to clone; it can be read and asked, and does nothing.
#[derive(Clone, Default, Debug)]
pub struct Mind {
    /// The published articles, trained; `None` if there are none, or not yet.
    pub articles: Option<Arc<Model>>,
    /// The saved replies, trained: for agents' eyes, the bot never answers with them. `None` if there are none, or not yet.
    pub replies: Option<Arc<Replies>>,
}

/// Where the newest [`Mind`] of a desk is had. Cheap to clone.
#[derive(Clone)]
pub struct Learner {
    /// Where articles and saved replies changed last.
    library: watch::Receiver<u64>,
    /// How often something else changed that is learnt from.
    changes: watch::Sender<u64>,
    pub(super) made: watch::Receiver<Made>,
}

/// How much has changed: in the library, and besides.
pub(super) type Known = (u64, u64);

#[derive(Default)]
pub(super) struct Made {
    /// What `mind.articles` knows.
    known: Known,
    pub(super) mind: Mind,
}

/// What training brought.
pub struct Trained {
    /// The model; `None` if there are no articles.
    pub model: Option<Model>,
}

impl Learner {
    /// Where it is had, and the work that makes it, which ends by `stop`. It begins with what is there now.
    pub fn begin(
        desk: &Desk,
        tenant: TenantKey,
        stop: CancellationToken,
    ) -> (Learner, impl Future<Output = ()> + Send + use<>) {
        let library = desk.hub().watch_library(tenant);
        let (changes, changed) = watch::channel(1);
        let (send, made) = watch::channel(Made::default());
        let wanted = (library.clone(), changed);
        let learner = Learner { library, changes, made };
        let desk = desk.clone();
        let work = async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = learn(&desk, tenant, wanted, &send) => {}
            }
        };
        (learner, work)
    }

    /// Something has changed that is learnt from and is no article and no saved reply: those are noticed by themselves.
    pub fn changed(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }

    /// With articles as they stand now, or, if learning takes long, as they stood before.
    pub async fn newest(&self) -> Mind {
        let (library, changes) = (*self.library.borrow(), *self.changes.borrow());
        let mut made = self.made.clone();
        let knows = |made: &Made| made.known.0 >= library && made.known.1 >= changes;
        if timeout(WAIT, made.wait_for(knows)).await.is_err() {
            debug!("a line is answered while the bot learns");
        }
        self.now()
    }

    /// What is known at this moment.
    pub fn now(&self) -> Mind {
        self.made.borrow().mind.clone()
    }
}

/// What is known of a desk that nobody serves: learnt for this once.
///
/// # Errors
/// What kept the store from answering.
pub async fn once(desk: &Desk, tenant: TenantKey) -> Result<Mind, Refusal> {
    let (made, _) = watch::channel(Made::default());
    learnt(desk, tenant, Known::default(), &made).await?;
    let mind = made.borrow().mind.clone();
    Ok(mind)
}

/// Learns anew whenever something has changed, as long as somebody could ask.
async fn learn(
    desk: &Desk,
    tenant: TenantKey,
    (mut library, mut changes): (watch::Receiver<u64>, watch::Receiver<u64>),
    made: &watch::Sender<Made>,
) {
    loop {
        let known = (*library.borrow_and_update(), *changes.borrow_and_update());
        if let Err(refusal) = learnt(desk, tenant, known, made).await {
            let code = refusal.code();
            warn!(code, "the bot could not read what it learns from; trying again");
            tokio::time::sleep(AGAIN).await;
            continue;
        }
        let more = tokio::select! {
            more = library.changed() => more,
            more = changes.changed() => more,
        };
        if more.is_err() {
            return;
        }
    }
}

/// Reads what there is, trains on what has changed, and keeps the new vectors. Articles come first: lines wait for them.
async fn learnt(desk: &Desk, tenant: TenantKey, known: Known, made: &watch::Sender<Made>) -> Result<(), Refusal> {
    let version = model::encoder_version();
    let read = desk.read(move |conn| {
        Ok((
            library::published(conn, tenant)?,
            library::most_used(conn, tenant, LEARNT_REPLIES_MAX)?,
            store::vectors(conn, tenant, version)?,
        ))
    });
    let (articles, mut saved, kept) = read.await?;
    // How often they were used does not change what they say.
    saved.iter_mut().for_each(|reply| reply.uses = 0);
    let articles: Vec<Article> = articles.into_iter().map(Article::from).collect();
    let basis = Basis::of(desk, tenant, articles).await?;
    let articles = basis.articles.clone();
    let before = made.borrow().mind.clone();
    let mut vectors = Vectors::of(kept);

    let same = before.articles.as_ref().map_or(&[][..], |model| model.articles()) == articles;
    let mut known_articles = before.articles;
    if same {
        vectors.uses(articles.iter().flat_map(Article::texts));
    } else {
        let trained;
        (vectors, trained) = aside(vectors, move |vectors| vectors.train(articles)).await;
        known_articles = trained.map(Arc::new);
    }
    let learnt = known_articles.clone().filter(|_| !same);
    made.send_modify(|made| {
        made.known = known;
        made.mind.articles = known_articles;
    });

    let same = before.replies.as_ref().map_or(&[][..], |replies| replies.all()) == saved;
    if same {
        vectors.uses(
            saved
                .iter()
                .map(replies::as_article)
                .flat_map(|it| it.texts().collect::<Vec<_>>()),
        );
    } else {
        let trained;
        (vectors, trained) = aside(vectors, move |vectors| {
            Replies::train(saved, |all| vectors.train_replies(all))
        })
        .await;
        made.send_modify(|made| made.mind.replies = trained.map(Arc::new));
    }

    // What lines wait for is there: the rest has time.
    if let Some(model) = learnt {
        basis.learnt(desk, tenant, model).await;
    }
    let Vectors { new, used, .. } = vectors;
    if !new.is_empty() {
        let keep = desk.write(tenant, move |scope| {
            store::keep_vectors(scope.conn, tenant, version, &new, &used)
        });
        // They can be made again.
        if let Err(refusal) = keep.await {
            warn!(code = refusal.code(), "the bot's vectors could not be kept");
        }
    }
    Ok(())
}

/// Trains on a thread that stands back.
async fn aside<T: Send + 'static>(
    mut vectors: Vectors,
    train: impl FnOnce(&mut Vectors) -> Option<T> + Send + 'static,
) -> (Vectors, Option<T>) {
    let (send, trained) = oneshot::channel();
    let work = move || {
        // If it may not stand back it trains all the same.
        let _ = rustix::process::nice(NICER_BY);
        let trained = train(&mut vectors);
        let _ = send.send((vectors, trained));
    };
    let started = thread::Builder::new().name("bot-learns".to_owned()).spawn(work);
    match (started, trained.await) {
        (Ok(_), Ok(done)) => done,
        _ => {
            error!("the bot's training broke; it goes on with its rules");
            (Vectors::default(), None)
        }
    }
}

/// Trains on articles from nothing.
pub fn train(articles: Vec<Article>) -> Trained {
    Trained {
        model: Vectors::default().train(articles),
    }
}

/// Trains on saved replies from nothing.
#[cfg(test)]
pub fn train_replies(replies: Vec<Article>) -> Option<Model> {
    Vectors::default().train_replies(replies)
}

/// Vectors of texts: those that are kept, and those that had to be worked out.
#[derive(Default)]
struct Vectors {
    kept: HashMap<store::TextDigest, Vec<u8>>,
    /// Those that were not kept yet, by their text's digest.
    new: Vec<(store::TextDigest, Vec<u8>)>,
    /// The digests of all texts that are learnt from.
    used: HashSet<store::TextDigest>,
}

impl Vectors {
    fn of(kept: HashMap<store::TextDigest, Vec<u8>>) -> Vectors {
        Vectors {
            kept,
            ..Vectors::default()
        }
    }

    /// These texts are learnt from: their vectors are not to be forgotten.
    fn uses(&mut self, texts: impl Iterator<Item = String>) {
        self.used
            .extend(texts.map(|text| store::TextDigest::from(Sha256::digest(text))));
    }

    /// The model of articles; `None` if there are none.
    fn train(&mut self, articles: Vec<Article>) -> Option<Model> {
        let vectors = self.for_all(&articles);
        (!articles.is_empty()).then(|| Model::train(articles, |text| vectors.get(text).cloned()))
    }

    /// The model of saved replies; `None` if there are none.
    fn train_replies(&mut self, replies: Vec<Article>) -> Option<Model> {
        let vectors = self.for_all(&replies);
        (!replies.is_empty()).then(|| Model::train_replies(replies, |text| vectors.get(text).cloned()))
    }

    fn for_all(&mut self, articles: &[Article]) -> HashMap<String, Vector> {
        self.for_texts(articles.iter().flat_map(Article::texts).collect())
    }

    fn for_texts(&mut self, texts: HashSet<String>) -> HashMap<String, Vector> {
        let mut vectors: HashMap<String, Vector> = HashMap::new();
        let mut missing = Vec::new();
        for text in texts {
            let digest: store::TextDigest = Sha256::digest(&text).into();
            self.used.insert(digest);
            match self.kept.get(&digest).and_then(|bytes| Vector::from_bytes(bytes)) {
                Some(vector) => {
                    vectors.insert(text, vector);
                }
                None => missing.push((digest, text)),
            }
        }
        // One order, so that what stands beside a text is the same each time.
        missing.sort();
        if let Some(encoder) = model::encoder() {
            for some in missing.chunks(TEXTS_AT_ONCE) {
                let texts: Vec<&str> = some.iter().map(|(_, text)| text.as_str()).collect();
                for ((digest, text), vector) in some.iter().zip(encoder.encode(&texts)) {
                    let bytes = vector.to_bytes();
                    // As it will be read the next time.
                    let vector = Vector::from_bytes(&bytes).unwrap_or(vector);
                    self.kept.insert(*digest, bytes.clone());
                    self.new.push((*digest, bytes));
                    vectors.insert(text.clone(), vector);
                }
            }
        }
        vectors
    }
}
