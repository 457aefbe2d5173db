//! Files in and out: streamed from a reader and into one, so that one of any size goes through in little memory. Dropping the
//! future cancels it, and the server keeps nothing of what was cut.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use minicom_protocol::{
    event::FilePart,
    ids::{ConversationId, FileId, TenantId},
    text::CustomerName,
};
use reqwest::{Body, Method};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::{LoginError, api::segment, client_for, refused, strange, unreachable};
use crate::{credentials::Secret, limits::REST_TIMEOUT, saved::Saving, saved::Unsaved, server_url::ServerUrl};

/// What is read of a file at a time, in bytes.
const CHUNK: usize = 64 * 1024;
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
    fn request(&self, method: Method, path: &str) -> Result<reqwest::RequestBuilder, LoginError> {
        // Only silence ends it: how long a file takes is the line's affair.
        let client = client_for(self.server)?
            .connect_timeout(REST_TIMEOUT)
            .read_timeout(REST_TIMEOUT)
            .build()
            .map_err(|error| unreachable(self.server, &error))?;
        let request = client.request(method, self.server.http(path));
        Ok(request
            .bearer_auth(self.bearer.reveal())
            .header("x-minicom-tenant", self.tenant.as_str()))
    }

    /// Uploads what `bytes` gives, under this name. `sent` counts its bytes as they go.
    ///
    /// # Errors
    /// The server cannot be reached or refuses; the file cannot be read to its end.
    pub async fn upload(
        &self,
        thread: For<'_>,
        name: &str,
        bytes: impl AsyncRead + Send + Unpin + 'static,
        sent: Arc<AtomicU64>,
    ) -> Result<Uploaded, LoginError> {
        let whose = match thread {
            For::Own(customer) => format!("customer={}", segment(customer.as_str())),
            For::Conversation(conversation) => format!("session_id={conversation}"),
        };
        let path = format!("{UPLOADS}?{whose}&name={}", segment(name));
        let stream = futures_util::stream::try_unfold((bytes, sent), |(mut bytes, sent)| async move {
            let mut piece = vec![0; CHUNK];
            let read = bytes.read(&mut piece).await?;
            piece.truncate(read);
            sent.fetch_add(read as u64, Ordering::Relaxed);
            Ok::<_, std::io::Error>((read > 0).then_some((piece, (bytes, sent))))
        });
        let request = self
            .request(Method::POST, &path)?
            // The answer comes when the last byte is on the server's disk.
            .timeout(std::time::Duration::from_secs(24 * 60 * 60))
            .header("content-type", "application/octet-stream")
            .body(Body::wrap_stream(stream));
        let response = request.send().await.map_err(|error| unreachable(self.server, &error))?;
        if !response.status().is_success() {
            return Err(refused(self.server, response).await);
        }
        let status = response.status();
        response.json().await.map_err(|_| strange(self.server, status))
    }

    /// Fetches a file into `saving`, whole and proved. `came` counts its bytes as they come.
    ///
    /// # Errors
    /// The server does not give it, it came otherwise than it was sent, or it cannot be kept: then nothing is.
    pub async fn download(&self, file: &FilePart, mut saving: Saving, came: &AtomicU64) -> Result<Saving, NotFetched> {
        let request = self.request(Method::GET, &format!("{UPLOADS}/{}", file.id))?;
        let response = request.send().await.map_err(|error| unreachable(self.server, &error))?;
        if !response.status().is_success() {
            return Err(refused(self.server, response).await.into());
        }
        let mut response = response;
        let (mut digest, mut size) = (Sha256::new(), 0_u64);
        while let Some(piece) = response
            .chunk()
            .await
            .map_err(|error| unreachable(self.server, &error))?
        {
            size += piece.len() as u64;
            if size > file.size {
                return Err(NotFetched::Altered);
            }
            digest.update(&piece);
            saving.write(&piece)?;
            came.store(size, Ordering::Relaxed);
        }
        let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        match size == file.size && digest == file.digest {
            true => Ok(saving),
            false => Err(NotFetched::Altered),
        }
    }
}
