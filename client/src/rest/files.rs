//! Files in and out: streamed from a reader and into one, so that one of any size goes through in little memory. Only silence ends
//! one: how long it takes is the line's affair. Dropping the future cancels it, and the server keeps nothing of what was cut.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use futures_util::Stream;
use minicom_protocol::{
    event::FilePart,
    ids::{ConversationId, FileId, TenantId},
    text::CustomerName,
};
use reqwest::{Body, Method, StatusCode};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::{LoginError, answer_of, api::segment, client_for, http, pace::Pace, refused, strange, unreachable};
use crate::{credentials::Secret, limits::REST_TIMEOUT, saved::Saving, saved::Unsaved, server_url::ServerUrl};

/// What is read of a file at a time, in bytes. On the way out sixteen of them wait for the line at most: few enough that a slow one is
/// seen to take them.
pub(crate) const CHUNK: usize = 16 * 1024;
const UPLOADS: &str = "/api/v1/chat/uploads";

/// Who uploads, and for which thread.
#[derive(Clone, Copy, Debug)]
pub enum For<'a> {
    /// A customer, for the own thread.
    Own(&'a CustomerName),
    /// An agent, for this conversation.
    Conversation(ConversationId),
}

/// Where files go to and come from, and by which right.
#[derive(Clone, Copy, Debug)]
pub struct Files<'a> {
    /// The server.
    pub server: &'a ServerUrl,
    /// Whose desk.
    pub tenant: &'a TenantId,
    /// An agent's token, a customer's secret, or what the site signed of a customer.
    pub bearer: &'a Secret,
}

/// What is said of a file before its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Upload<'a> {
    /// For which thread.
    pub thread: For<'a>,
    /// Its name.
    pub name: &'a str,
    /// How many bytes will come: what is too much is refused before the first one.
    pub size: u64,
    /// By which a repeat of the same upload is known to the server, and gets the same file.
    pub key: Option<&'a str>,
}

/// A file that the server has, to be named by a line.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Uploaded {
    /// By which a line names it.
    #[serde(rename = "upload_id")]
    pub id: FileId,
    /// As the server calls it.
    pub file_name: String,
    /// Its size in bytes.
    pub size: u64,
}

#[derive(Deserialize)]
struct DeskBounds {
    file_bytes_max: Option<u64>,
}

/// A file on its way here: what has come is kept over a cut, and the rest is asked for.
#[derive(Debug)]
pub struct Fetching {
    saving: Saving,
    digest: Sha256,
    size: u64,
}

impl Fetching {
    /// Nothing has come yet.
    pub fn into(saving: Saving) -> Fetching {
        let (digest, size) = (Sha256::new(), 0);
        Fetching { saving, digest, size }
    }

    /// The bytes that have come.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// All has come, as it was sent.
    ///
    /// # Errors
    /// It is not what was sent.
    pub fn whole(self, file: &FilePart) -> Result<Saving, NotFetched> {
        let digest: String = self
            .digest
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        match self.size == file.size && digest == file.digest {
            true => Ok(self.saving),
            false => Err(NotFetched::Altered),
        }
    }

    fn begin_again(&mut self) -> Result<(), Unsaved> {
        self.saving.restart()?;
        (self.digest, self.size) = (Sha256::new(), 0);
        Ok(())
    }

    fn take(&mut self, piece: &[u8], file: &FilePart) -> Result<(), NotFetched> {
        if self.size + piece.len() as u64 > file.size {
            return Err(NotFetched::Altered);
        }
        self.saving.write(piece)?;
        self.digest.update(piece);
        self.size += piece.len() as u64;
        Ok(())
    }
}

/// What a reader gives, in pieces. `sent` counts the bytes as they go.
pub fn pieces(
    bytes: impl AsyncRead + Send + Unpin + 'static,
    sent: Arc<AtomicU64>,
) -> impl Stream<Item = io::Result<Vec<u8>>> + Send {
    futures_util::stream::try_unfold((bytes, sent), |(mut bytes, sent)| async move {
        let mut piece = vec![0; CHUNK];
        let read = bytes.read(&mut piece).await?;
        piece.truncate(read);
        sent.fetch_add(read as u64, Ordering::Relaxed);
        Ok((read > 0).then_some((piece, (bytes, sent))))
    })
}

/// Why a file was not fetched.
#[derive(Debug, thiserror::Error)]
pub enum NotFetched {
    /// The server does not give it.
    #[error(transparent)]
    Server(#[from] LoginError),
    /// It cannot be kept here.
    #[error(transparent)]
    Disk(#[from] Unsaved),
    /// What came is not what was sent.
    #[error("the file did not come as it was sent. Fetch it again")]
    Altered,
}

impl Files<'_> {
    fn request(
        &self,
        client: reqwest::ClientBuilder,
        method: Method,
        path: &str,
    ) -> Result<reqwest::RequestBuilder, LoginError> {
        let client = client.connect_timeout(REST_TIMEOUT).build();
        let client = client.map_err(|error| unreachable(self.server, &error))?;
        let request = client.request(method, self.server.http(path));
        Ok(request
            .bearer_auth(self.bearer.reveal())
            .header("x-minicom-tenant", self.tenant.as_str()))
    }

    fn get(&self, path: &str) -> Result<reqwest::RequestBuilder, LoginError> {
        let client = client_for(self.server)?.read_timeout(REST_TIMEOUT);
        self.request(client, Method::GET, path)
    }

    /// How many bytes a file may have here; [`None`] where the server does not say it.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn most(&self) -> Result<Option<u64>, LoginError> {
        let call = http(self.server)?
            .get(self.server.http("/api/v1/chat/public/desk"))
            .header("x-minicom-tenant", self.tenant.as_str());
        let (status, body) = answer_of(self.server, call).await?;
        let desk: DeskBounds = serde_json::from_slice(&body).map_err(|_| strange(self.server, status))?;
        Ok(desk.file_bytes_max)
    }

    /// Uploads a file, piece by piece.
    ///
    /// # Errors
    /// The server cannot be reached, refuses, takes no more bytes or gives no answer; the file cannot be read to its end.
    pub async fn upload(
        &self,
        what: Upload<'_>,
        pieces: impl Stream<Item = io::Result<Vec<u8>>> + Send + 'static,
    ) -> Result<Uploaded, LoginError> {
        let whose = match what.thread {
            For::Own(customer) => format!("customer={}", segment(customer.as_str())),
            For::Conversation(conversation) => format!("session_id={conversation}"),
        };
        let path = format!("{UPLOADS}?{whose}&name={}", segment(what.name));
        let pace = Pace::of(what.size);
        // No read timeout: that of the library counts from the first byte out to the first byte back.
        let mut request = self
            .request(client_for(self.server)?, Method::POST, &path)?
            .header("content-type", "application/octet-stream")
            .header("content-length", what.size)
            .body(Body::wrap_stream(pace.watch(pieces)));
        if let Some(key) = what.key {
            request = request.header("idempotency-key", key);
        }
        let answer = async {
            let response = request.send().await.map_err(|error| unreachable(self.server, &error))?;
            if !response.status().is_success() {
                return Err(refused(self.server, response).await);
            }
            let status = response.status();
            response.json().await.map_err(|_| strange(self.server, status))
        };
        tokio::select! {
            answer = answer => answer,
            why = pace.stalls() => Err(LoginError::Unreachable { server: self.server.clone(), why: why.to_owned() }),
        }
    }

    /// The first bytes of a file, at most so many (at least one). For looking into it: nothing is proved, as that takes all of it.
    ///
    /// # Errors
    /// The server does not give it.
    pub async fn beginning(&self, id: FileId, most: u64) -> Result<Vec<u8>, LoginError> {
        let last = most.saturating_sub(1);
        let request = self
            .get(&format!("{UPLOADS}/{id}"))?
            .header("range", format!("bytes=0-{last}"));
        let mut response = request.send().await.map_err(|error| unreachable(self.server, &error))?;
        if !response.status().is_success() {
            return Err(refused(self.server, response).await);
        }
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let mut bytes = Vec::new();
        while bytes.len() < most
            && let Some(piece) = response
                .chunk()
                .await
                .map_err(|error| unreachable(self.server, &error))?
        {
            bytes.extend_from_slice(&piece);
        }
        bytes.truncate(most);
        Ok(bytes)
    }

    /// Fetches what is missing of a file. `came` has the bytes that are here as they come. After an error what came is kept, and
    /// another call goes on from there.
    ///
    /// # Errors
    /// The server does not give it, more came than was sent, or it cannot be kept.
    pub async fn fetch(&self, file: &FilePart, into: &mut Fetching, came: &AtomicU64) -> Result<(), NotFetched> {
        let mut request = self.get(&format!("{UPLOADS}/{}", file.id))?;
        if into.size > 0 {
            request = request.header("range", format!("bytes={}-", into.size));
            request = request.header("if-range", format!("\"{}\"", file.digest));
        }
        let mut response = request.send().await.map_err(|error| unreachable(self.server, &error))?;
        if !response.status().is_success() {
            return Err(refused(self.server, response).await.into());
        }
        if into.size > 0 && response.status() != StatusCode::PARTIAL_CONTENT {
            into.begin_again()?;
        }
        while let Some(piece) = response
            .chunk()
            .await
            .map_err(|error| unreachable(self.server, &error))?
        {
            into.take(&piece, file)?;
            came.store(into.size, Ordering::Relaxed);
        }
        Ok(())
    }
}
