//! What a request brings as a file: one file of a form, with fields before it that say what it is for, or the body itself.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use bytes::Bytes;
use futures_util::StreamExt;
use minicom_protocol::refusal::Refusal;
use multer::{Constraints, Field, Multipart, SizeLimit};
use tokio::time::timeout;

use super::{
    body::{InFile, Pieces, Stopped},
    who::{Asker, Thread},
};
use crate::{http::error::ApiError, limits, uploads::Said};

/// A file on its way in.
pub enum Source {
    /// The body itself.
    Body(Box<Pieces>),
    /// A file of a form, and the rest of the form.
    Form(Box<Form>),
}

/// A form that is read up to its file, or further.
pub struct Form {
    form: Multipart<'static>,
    file: Option<Field<'static>>,
    in_file: InFile,
}

/// What was read up to the file's first byte.
pub struct Opened {
    /// The file's bytes.
    pub source: Source,
    /// What its sender says of it.
    pub said: Said,
    /// What the fields before it say.
    pub thread: Thread,
}

/// Whether it is a form that may say more of its thread than this, as far as it matters for who asks.
pub fn may_name(asked: &Thread, headers: &HeaderMap, asker: &Asker) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let is_form = multer::parse_boundary(kind.unwrap_or_default()).is_ok();
    let says_all = match asker {
        Asker::Agent(_) => asked.session.is_some(),
        Asker::Customer => asked.session.is_some() && asked.tenant.is_some(),
    };
    is_form && !says_all
}

/// Reads up to the file. `most` are its most bytes.
///
/// # Errors
/// There is none; the form cannot be read.
pub async fn open(headers: &HeaderMap, body: Body, name: String, most: u64) -> Result<Opened, ApiError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let kind = kind.unwrap_or_default();
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(ApiError::unsupported_body(
            "The body must not be packed: leave Content-Encoding out.",
        ));
    }
    match multer::parse_boundary(kind) {
        Ok(boundary) => in_form(body, &boundary, most).await,
        Err(_) if kind.to_ascii_lowercase().starts_with("multipart/") => Err(ApiError::unsupported_body(
            "A form that brings a file is multipart/form-data with its boundary.",
        )),
        Err(_) => {
            let (mime, all) = (kind.to_owned(), InFile::default());
            all.set(true);
            Ok(Opened {
                source: Source::Body(Box::new(Pieces::of(body, all))),
                said: Said { name, mime },
                thread: Thread::default(),
            })
        }
    }
}

async fn in_form(body: Body, boundary: &str, most: u64) -> Result<Opened, ApiError> {
    let size = SizeLimit::new()
        .whole_stream(most.saturating_add(limits::UPLOAD_FORM_BYTES_MAX as u64))
        // One byte more is let in, for whoever counts the file to say what is too much.
        .per_field(most.saturating_add(1));
    let constraints = Constraints::new().size_limit(size);
    let in_file = InFile::default();
    let mut form = Multipart::with_constraints(Pieces::of(body, in_file.clone()), boundary, constraints);
    let mut thread = Thread::default();
    let mut fields = 0;
    loop {
        let next = in_time(form.next_field())
            .await?
            .map_err(|error| unreadable(&error, most))?;
        let Some(field) = next else {
            return Err(ApiError::bad_field("`file`: there is no file in the form"));
        };
        if field.file_name().is_some() {
            let said = Said {
                name: field.file_name().unwrap_or_default().to_owned(),
                mime: field.content_type().map(ToString::to_string).unwrap_or_default(),
            };
            in_file.set(true);
            let file = Some(field);
            let source = Source::Form(Box::new(Form { form, file, in_file }));
            return Ok(Opened { source, said, thread });
        }
        let name = field.name().unwrap_or_default().to_owned();
        let text = text_of(field, &mut fields, most).await?;
        match name.as_str() {
            "session_id" => thread.session = Some(text),
            "customer" => thread.customer = Some(text),
            "tenant_id" => thread.tenant = Some(text),
            // Fields that are not known are passed over.
            _ => {}
        }
    }
}

async fn text_of(mut field: Field<'static>, fields: &mut u64, most: u64) -> Result<String, ApiError> {
    let mut text = vec![];
    while let Some(bytes) = in_time(field.chunk())
        .await?
        .map_err(|error| unreadable(&error, most))?
    {
        *fields += bytes.len() as u64;
        if *fields > limits::UPLOAD_FIELDS_BYTES_MAX {
            return Err(ApiError::bad_field("the fields of the form are too long"));
        }
        text.extend_from_slice(&bytes);
    }
    String::from_utf8(text).map_err(|_| ApiError::bad_field("a field of the form is not UTF-8"))
}

impl Source {
    /// The next bytes; `None` at the end of the file, behind which nothing else may stand.
    ///
    /// # Errors
    /// It did not come whole, or not in time; there is a second file.
    pub async fn next(&mut self, most: u64) -> Result<Option<Bytes>, ApiError> {
        match self {
            Source::Body(pieces) => match in_time(pieces.next()).await? {
                Some(Ok(bytes)) => Ok(Some(bytes)),
                Some(Err(why)) => Err(stopped(why)),
                None => Ok(None),
            },
            Source::Form(it) => {
                let Some(field) = &mut it.file else { return Ok(None) };
                let next = in_time(field.chunk())
                    .await?
                    .map_err(|error| unreadable(&error, most))?;
                if next.is_none() {
                    it.file = None;
                    it.in_file.set(false);
                    // All of the form has to come: else it was cut, where the file happened to end.
                    rest(&mut it.form, most).await?;
                }
                Ok(next)
            }
        }
    }
}

/// Reads what is behind the file.
async fn rest(form: &mut Multipart<'static>, most: u64) -> Result<(), ApiError> {
    let mut fields = 0;
    loop {
        let next = in_time(form.next_field())
            .await?
            .map_err(|error| unreadable(&error, most))?;
        match next {
            None => return Ok(()),
            Some(field) if field.file_name().is_some() => {
                let words = "`file`: there is one file in a form, and no second";
                return Err(ApiError::bad_field(words));
            }
            Some(field) => {
                text_of(field, &mut fields, most).await?;
            }
        }
    }
}

async fn in_time<T>(next: impl Future<Output = T>) -> Result<T, ApiError> {
    let most: Duration = limits::UPLOAD_STALLED_AFTER;
    timeout(most, next).await.map_err(|_| ApiError::too_slow())
}

fn cut() -> ApiError {
    ApiError::bad_request("The body did not come whole.")
}

fn stopped(why: Stopped) -> ApiError {
    match why {
        Stopped::Cut => cut(),
        Stopped::Slow => ApiError::too_slow(),
        Stopped::TooMuchAround => ApiError::bad_request(&format!(
            "The form has more than {} KiB beside its file, or no boundary where one should be.",
            limits::UPLOAD_FORM_BYTES_MAX / 1024
        )),
    }
}

fn unreadable(error: &multer::Error, most: u64) -> ApiError {
    match error {
        multer::Error::StreamReadFailed(why) if why.is::<Stopped>() => {
            stopped(why.downcast_ref().copied().unwrap_or(Stopped::Cut))
        }
        multer::Error::FieldSizeExceeded { .. } | multer::Error::StreamSizeExceeded { .. } => {
            Refusal::TooLarge { limit: most }.into()
        }
        multer::Error::IncompleteFieldData { .. }
        | multer::Error::IncompleteHeaders
        | multer::Error::IncompleteStream
        | multer::Error::StreamReadFailed(_) => cut(),
        _ => ApiError::bad_request("The form cannot be read: it is multipart/form-data with a file in it."),
    }
}
