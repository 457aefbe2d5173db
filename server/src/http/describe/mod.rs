//! The description of the API (OpenAPI 3.1), made from the code, and a page to try it that loads nothing from elsewhere. Each
//! handler describes its own route; what holds for every route is added here, once.

mod example;
#[cfg_attr(not(feature = "api-page"), path = "no_page.rs")]
mod page;
mod whole;

use axum::{
    Router,
    body::Bytes,
    http::{HeaderName, HeaderValue, header},
    routing::get,
};

pub use self::whole::whole;
use super::App;

/// Where the description is.
pub const DESCRIPTION: &str = "/api/v1/openapi.json";
/// Where the page to try it is.
pub const PAGE: &str = "/api/v1/docs";

/// The routes of the description and of the page.
pub fn routes(description: utoipa::openapi::OpenApi) -> Router<App> {
    let text = Bytes::from(whole(description).to_string());
    let json: [(HeaderName, HeaderValue); 1] = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    Router::new()
        .route(DESCRIPTION, get(async move || (json.clone(), text.clone())))
        .route(PAGE, get(page::page))
        .route(&format!("{PAGE}/{{file}}"), get(page::file))
}
