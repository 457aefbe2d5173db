//! The routes as the server's own description has them: a route that is new is in every test that walks them.

// Each test program uses its own part of it.
#![allow(dead_code)]

use std::collections::BTreeMap;

use reqwest::{Method, Response, StatusCode, header::HeaderMap};
use serde_json::Value;

/// One operation of the description.
#[derive(Clone, Debug)]
pub struct Operation {
    pub method: Method,
    /// With `{names}` in it.
    pub path: String,
    /// As the description has it.
    pub value: Value,
}

impl Operation {
    /// Whether somebody without a token may ask.
    pub fn is_public(&self) -> bool {
        match &self.value["security"] {
            Value::Array(list) => list.is_empty() || list.iter().any(|it| *it == serde_json::json!({})),
            _ => false,
        }
    }

    pub fn reads(&self) -> bool {
        self.method == Method::GET
    }

    pub fn has_body(&self) -> bool {
        self.value.get("requestBody").is_some()
    }

    /// The names of its parameters at this place (`path`, `query`).
    pub fn parameters(&self, place: &str) -> Vec<String> {
        let list = self.value["parameters"].as_array().cloned().unwrap_or_default();
        let here = list.iter().filter(|it| it["in"] == place);
        here.map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    }

    /// Its examples of a body.
    pub fn examples(&self) -> Vec<Value> {
        let content = &self.value["requestBody"]["content"]["application/json"];
        let mut found: Vec<Value> = content.get("example").cloned().into_iter().collect();
        if let Some(named) = content["examples"].as_object() {
            found.extend(named.values().map(|it| it["value"].clone()));
        }
        found
    }

    /// Whether this status is one that it may answer. `default` covers refusals and nothing else.
    pub fn documents(&self, status: u16) -> bool {
        self.value["responses"].get(status.to_string()).is_some() || status >= 400
    }

    /// The path with a value for each name.
    pub fn at(&self, value: impl Fn(&str) -> String) -> String {
        let filled = self.path.split('/').map(|segment| match segment.strip_prefix('{') {
            Some(name) => value(name.trim_end_matches('}')),
            None => segment.to_owned(),
        });
        filled.collect::<Vec<_>>().join("/")
    }

    /// With ids that there are not.
    pub fn nowhere(&self) -> String {
        self.at(|_| "01930000-0000-7000-8000-0000000000ff".to_owned())
    }

    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// All operations.
pub fn operations() -> Vec<Operation> {
    let description = minicom_server::http::description();
    let mut found = vec![];
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, value) in item.as_object().unwrap() {
            if let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes())
                && value.get("responses").is_some()
            {
                let (path, value) = (path.clone(), value.clone());
                found.push(Operation { method, path, value });
            }
        }
    }
    assert!(found.len() > 10, "the description is empty");
    found
}

/// All paths with their methods.
pub fn paths() -> BTreeMap<String, Vec<Operation>> {
    let mut paths: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
    for operation in operations() {
        paths.entry(operation.path.clone()).or_default().push(operation);
    }
    paths
}

/// An error in the one shape; gives its body.
pub async fn problem(case: &str, response: Response) -> (u16, HeaderMap, Value) {
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    assert_eq!(
        headers["content-type"], "application/problem+json",
        "{case}: {status} {text}"
    );
    assert!(headers.contains_key("x-request-id"), "{case}");
    let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{case}: {text}"));
    is_problem(case, status, &body);
    (status.as_u16(), headers, body)
}

fn is_problem(case: &str, status: StatusCode, body: &Value) {
    let code = body["code"].as_str().unwrap_or_else(|| panic!("{case}: {body}"));
    assert_eq!(body["type"], format!("urn:minicom:problem:{code}"), "{case}");
    assert_eq!(body["status"], status.as_u16(), "{case}");
    assert_eq!(body["detail"], body["message"], "{case}");
    assert!(
        !body["message"].as_str().unwrap().is_empty() && body["title"].is_string(),
        "{case}: {body}"
    );
    assert!(body["retryable"].is_boolean(), "{case}: {body}");
    let words = body.to_string();
    for leaked in ["SQLite", "rusqlite", "panicked", "src/", "unwrap", "SELECT "] {
        assert!(!words.contains(leaked), "{case}: {words}");
    }
}
