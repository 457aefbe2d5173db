//! What the path and the query of a request say, read into types. A part of the path that cannot be an id is answered as an id
//! that is unknown: what is not there has one answer.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, Path, Query},
    http::request::Parts,
};
use minicom_protocol::refusal::Refusal;
use serde::de::DeserializeOwned;

use super::{
    App,
    error::{ApiError, shown},
};

/// The one part of the path that is not fixed.
pub struct Named<T>(pub T);

impl<T: FromStr + Send> FromRequestParts<App> for Named<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, app)
            .await
            .map_err(|_| Refusal::NotFound)?;
        Ok(Named(text.parse().map_err(|_| Refusal::NotFound)?))
    }
}

/// The two parts of the path that are not fixed.
pub struct NamedIn<A, B>(pub A, pub B);

impl<A: FromStr + Send, B: FromStr + Send> FromRequestParts<App> for NamedIn<A, B> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Path((first, second)) = Path::<(String, String)>::from_request_parts(parts, app)
            .await
            .map_err(|_| Refusal::NotFound)?;
        let first = first.parse().map_err(|_| Refusal::NotFound)?;
        let second = second.parse().map_err(|_| Refusal::NotFound)?;
        Ok(NamedIn(first, second))
    }
}

/// The query. Names that are not known are passed over; one that is there twice is refused.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        match Query::<T>::try_from_uri(&parts.uri) {
            Ok(Query(asked)) => Ok(Asked(asked)),
            Err(error) => {
                let why = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
                Err(ApiError::bad_field(shown(&why).as_str()))
            }
        }
    }
}
