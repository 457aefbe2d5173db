//! A provider over the network, by a library that knows the dialects. What it says about its errors is a stranger's text: only their kind
//! leaves this file, and neither the key nor an address ever does.

use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use genai::{
    Client, ModelIden, ServiceTarget,
    adapter::AdapterKind,
    chat::{ChatMessage, ChatOptions, ChatRequest, ChatResponseFormat, ChatStreamEvent},
    resolver::{AuthData, Endpoint},
};

use super::{Failure, Piece, Prompt, ReplyModel};
use crate::{
    config::{ProviderKind, ProviderSettings, Secret},
    exit::{ExitKind, Fatal},
    limits::{PROVIDER_CONNECT_WITHIN, PROVIDER_REQUEST_WITHIN},
    tls,
};

/// The provider of the configuration.
///
/// # Errors
/// Its key cannot be read, or no client can be made.
pub(super) fn open(settings: &ProviderSettings, kind: ProviderKind) -> Result<Box<dyn ReplyModel>, Fatal> {
    Ok(Box::new(Remote::new(settings, kind, &settings.read_key()?)?))
}

/// See the module.
struct Remote {
    client: Client,
    target: ServiceTarget,
    options: ChatOptions,
    /// Whether this dialect has a way to ask for an object.
    knows_json: bool,
}

impl Remote {
    fn new(settings: &ProviderSettings, kind: ProviderKind, key: &Secret) -> Result<Remote, Fatal> {
        let cannot = |what: String| {
            let fix = "Check what stands under [bot.provider], and this computer's certificates.";
            Fatal::new(
                ExitKind::Config,
                format!("The provider (bot.provider) cannot be used: {what}."),
                fix,
            )
        };
        // A redirect could lead a key and a customer's question anywhere. One version of HTTP, whose headers no library logs.
        let http = tls::http_client()
            .connect_timeout(PROVIDER_CONNECT_WITHIN)
            .timeout(PROVIDER_REQUEST_WITHIN)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .http1_only()
            .build()
            .map_err(|error| cannot(error.to_string()))?;
        let client = Client::builder().with_reqwest(http).build();
        let client = client.map_err(|_| cannot("its client could not be made".to_owned()))?;
        let adapter = match kind {
            ProviderKind::Gemini => AdapterKind::Gemini,
            ProviderKind::OpenAi => AdapterKind::OpenAI,
            ProviderKind::Ollama => AdapterKind::Ollama,
            ProviderKind::Anthropic => AdapterKind::Anthropic,
        };
        let target = ServiceTarget {
            endpoint: endpoint(kind, &settings.url),
            // A server of one's own may want none, and the dialect has no way to say that.
            auth: AuthData::from_single(if key.is_empty() { "none" } else { key.reveal() }),
            model: ModelIden::new(adapter, settings.model.as_str()),
        };
        let options = ChatOptions::default()
            .with_temperature(0.2)
            .with_max_tokens(settings.max_tokens)
            .with_capture_usage(true);
        Ok(Remote {
            client,
            target,
            options,
            knows_json: kind == ProviderKind::Ollama || (kind == ProviderKind::OpenAi && settings.url.is_empty()),
        })
    }
}

/// Where requests go; the library wants a slash at the end.
fn endpoint(kind: ProviderKind, url: &str) -> Endpoint {
    let url = match (url, kind) {
        ("", ProviderKind::Gemini) => "https://generativelanguage.googleapis.com/v1beta/",
        ("", ProviderKind::OpenAi) => "https://api.openai.com/v1/",
        ("", ProviderKind::Ollama) => "http://127.0.0.1:11434/",
        ("", ProviderKind::Anthropic) => "https://api.anthropic.com/v1/",
        (url, _) => url,
    };
    Endpoint::from_owned(format!("{}/", url.trim_end_matches('/')))
}

impl ReplyModel for Remote {
    fn stream(&self, prompt: &Prompt) -> BoxStream<'static, Result<Piece, Failure>> {
        let request = ChatRequest::new(vec![
            ChatMessage::system(prompt.system.as_str()),
            ChatMessage::user(prompt.data.as_str()),
        ]);
        let options = match prompt.json && self.knows_json {
            true => self.options.clone().with_response_format(ChatResponseFormat::JsonMode),
            false => self.options.clone(),
        };
        let (client, target) = (self.client.clone(), self.target.clone());
        let opened = async move {
            match client.exec_chat_stream(target, request, Some(&options)).await {
                Ok(opened) => opened.stream.filter_map(async |event| piece(event)).left_stream(),
                Err(error) => stream::iter([Err(kind(&error))]).right_stream(),
            }
        };
        stream::once(opened).flatten().boxed()
    }
}

fn piece(event: genai::Result<ChatStreamEvent>) -> Option<Result<Piece, Failure>> {
    match event {
        Ok(ChatStreamEvent::Chunk(chunk)) => Some(Ok(Piece::Text(chunk.content))),
        Ok(ChatStreamEvent::End(end)) => {
            let tokens = end.captured_usage.and_then(|usage| {
                let total = usage
                    .total_tokens
                    .or_else(|| Some(usage.prompt_tokens? + usage.completion_tokens?));
                total.and_then(|tokens| u64::try_from(tokens).ok())
            });
            Some(Ok(Piece::End { tokens }))
        }
        Ok(_) => None,
        Err(error) => Some(Err(kind(&error))),
    }
}

/// The kind of an error, read from what it is and never from its words.
fn kind(error: &genai::Error) -> Failure {
    if let Some(status) = error.status() {
        return match status.as_u16() {
            401 | 403 => Failure::Key,
            429 => Failure::Limited,
            _ => Failure::Status,
        };
    }
    let mut source: Option<&(dyn std::error::Error + 'static)> = match error {
        genai::Error::WebStream { error, .. } => Some(&**error),
        genai::Error::WebModelCall { webc_error, .. } => Some(webc_error),
        genai::Error::StreamParse { .. } | genai::Error::SerdeJson(_) => return Failure::Garbage,
        _ => None,
    };
    while let Some(error) = source {
        if let Some(inner) = error.downcast_ref::<genai::Error>() {
            return kind(inner);
        }
        if let Some(inner) = error.downcast_ref::<reqwest::Error>() {
            return match () {
                () if inner.is_connect() => Failure::Connect,
                () if inner.is_timeout() => Failure::Gap,
                () if inner.is_status() => Failure::Status,
                () => Failure::Cut,
            };
        }
        source = error.source();
    }
    Failure::Garbage
}
