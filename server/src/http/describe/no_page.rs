//! In the place of `page`, in a program that was built without the files of Swagger UI: it says so, and where the description is.

use axum::response::{Html, IntoResponse, Response};

use super::super::error::ApiError;

const HTML: &str = r#"<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Minicom: the HTTP API</title></head>
<body><p>This server was built without the page to try the HTTP API (lite). Every viewer of OpenAPI 3.1 shows its description:
<a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p></body>
</html>
"#;

/// The page.
pub async fn page() -> Html<&'static str> {
    Html(HTML)
}

/// What it would load.
pub async fn file() -> Response {
    ApiError::unknown_route().into_response()
}
