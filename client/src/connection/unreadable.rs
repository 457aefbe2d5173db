//! Frames that cannot be read: which of them can be done without, and what may be said of them. It never repeats what a
//! frame says.

/// Where a frame could not be read, and how it does not fit. What the parser says itself may quote people's words.
pub(super) fn place(error: &serde_json::Error) -> String {
    format!(
        "{:?} at line {} column {}",
        error.classify(),
        error.line(),
        error.column()
    )
}

/// The type of a frame that cannot be done without. One of a type that this version does not know can, and so can a signal:
/// it may be of a kind that is not known here, and is gone a moment later anyway.
pub(super) fn kind_needed(text: &str) -> Option<&'static str> {
    const NEEDED: [&str; 8] = [
        "welcome", "snapshot", "batch", "answer", "reply", "pong", "refused", "bye",
    ];
    #[derive(serde::Deserialize)]
    struct Typed<'a> {
        #[serde(rename = "type", borrow)]
        kind: std::borrow::Cow<'a, str>,
    }
    match serde_json::from_str::<Typed<'_>>(text) {
        Ok(typed) => NEEDED.into_iter().find(|known| *known == typed.kind),
        Err(_) => Some("frame"),
    }
}
