//! Other spellings of the API's paths, as the sources have them: rewritten before a route is looked for, so that there is one
//! route for one thing. This table is the only place that knows them; `docs/api.md` shows it.

use axum::{Router, extract::Request, http::Uri};
use tower::{Layer, util::MapRequestLayer};

/// Another spelling, and the path it stands for. `{id}` stands for one segment.
pub const ALIASES: &[(&str, &str)] = &[
    ("/api/live-chat/start", "/api/v1/chat/public/start"),
    ("/api/live-chat/agent/sessions", "/api/v1/chat/sessions"),
    (
        "/api/live-chat/agent/{id}/workload",
        "/api/v1/chat/agents/{id}/workload",
    ),
    ("/api/live-chat/admin/all-sessions", "/api/v1/chat/admin/all-sessions"),
    ("/api/live-chat/queue/stats", "/api/v1/chat/queue/stats"),
    ("/api/live-chat/{id}", "/api/v1/chat/sessions/{id}"),
    ("/api/live-chat/{id}/messages", "/api/v1/chat/sessions/{id}/messages"),
    ("/api/live-chat/{id}/assign", "/api/v1/chat/sessions/{id}/assign"),
    ("/api/live-chat/{id}/accept", "/api/v1/chat/sessions/{id}/accept"),
    ("/api/live-chat/{id}/transfer", "/api/v1/chat/sessions/{id}/transfer"),
    ("/api/live-chat/{id}/close", "/api/v1/chat/sessions/{id}/close"),
    ("/api/live-chat/{id}/end", "/api/v1/chat/sessions/{id}/close"),
    ("/api/live-chat/{id}/seen", "/api/v1/chat/sessions/{id}/seen"),
    (
        "/api/live-chat/{id}/customer-context",
        "/api/v1/chat/sessions/{id}/customer-context",
    ),
    (
        "/api/live-chat/{id}/convert-to-ticket",
        "/api/v1/chat/sessions/{id}/convert-to-ticket",
    ),
    ("/api/v1/chat/sessions/{id}/end", "/api/v1/chat/sessions/{id}/close"),
    ("/api/chat-upload/upload", "/api/v1/chat/uploads"),
];

/// These routes, in all spellings.
pub fn spelled(router: Router) -> Router {
    // Around the router: a layer of its own would come after the route was found.
    Router::new().fallback_service(MapRequestLayer::new(rewrite).layer(router))
}

/// Gives a request the path that its spelling stands for. A slash at the end means nothing.
fn rewrite(mut request: Request) -> Request {
    let path = request.uri().path();
    let trimmed = match path.strip_suffix('/') {
        None | Some("" | "/") => path,
        Some(trimmed) => trimmed,
    };
    let target = ALIASES
        .iter()
        .find_map(|(alias, path)| stands_for(alias, path, trimmed));
    let new = target.as_deref().unwrap_or(trimmed);
    if new != path {
        let query = request.uri().query().map_or(String::new(), |query| format!("?{query}"));
        if let Ok(path_and_query) = format!("{new}{query}").parse() {
            let mut parts = request.uri().clone().into_parts();
            parts.path_and_query = Some(path_and_query);
            if let Ok(uri) = Uri::from_parts(parts) {
                *request.uri_mut() = uri;
            }
        }
    }
    request
}

/// The path that an alias stands for, if this is one.
fn stands_for(alias: &str, target: &str, path: &str) -> Option<String> {
    let mut id = None;
    let (mut wanted, mut given) = (alias.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => break,
            (Some("{id}"), Some(segment)) if !segment.is_empty() => id = Some(segment),
            (Some(wanted), Some(given)) if wanted == given => {}
            _ => return None,
        }
    }
    Some(match id {
        Some(id) => target.replace("{id}", id),
        None => target.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn a_slash_at_the_end_means_nothing_and_the_query_stays() {
        for (given, wanted) in [
            ("/", "/"),
            ("/healthz/", "/healthz"),
            ("/api/agents/?limit=2", "/api/agents?limit=2"),
            ("/ws/chat/al%2Fice/", "/ws/chat/al%2Fice"),
        ] {
            let request = Request::builder().uri(given).body(Body::empty()).unwrap();
            assert_eq!(rewrite(request).uri().to_string(), wanted);
        }
    }

    #[test]
    fn the_page_shows_the_table() {
        let page = include_str!("../../../docs/api.md");
        for (alias, path) in ALIASES {
            assert!(page.contains(&format!("| `{alias}` | `{path}` |")), "{alias}");
        }
    }

    #[test]
    fn no_alias_hides_another() {
        for (at, (alias, path)) in ALIASES.iter().enumerate() {
            let (given, wanted) = (alias.replace("{id}", "7"), path.replace("{id}", "7"));
            let found = ALIASES
                .iter()
                .position(|(alias, path)| stands_for(alias, path, &given).is_some());
            assert_eq!(found, Some(at), "{alias}");
            assert_eq!(stands_for(alias, path, &given), Some(wanted));
        }
    }

    #[test]
    fn an_alias_is_a_whole_path_and_keeps_its_id() {
        let of = |path| stands_for("/api/x/{id}/accept", "/y/{id}/take", path);
        assert_eq!(of("/api/x/7/accept").as_deref(), Some("/y/7/take"));
        for other in ["/api/x/7", "/api/x//accept", "/api/x/7/accept/8", "/b/api/x/7/accept"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
