//! The rule above the composer: what is being written, and what Enter will do with it, before anything is typed.

use minicom_client::ConnState;
use minicom_tui_kit::{Shown, bars::rule, text::width};
use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    layout::NARROW,
    model::{App, Writing},
    over::Over,
    view::put,
    wishes::SCORE_MAX,
};

pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = &app.theme;
    let signs = theme.signs();
    let columns = usize::from(area.width);
    super::draw_rule(app, area, buffer);
    let keys: Vec<String> = does_enter(app)
        .iter()
        .map(|words| words.replace('·', signs.dot))
        .collect();
    // Where there is room a quote gives way to what Enter does.
    let beside = if area.width >= NARROW {
        keys.first()
    } else {
        keys.last()
    };
    let title = title(app, columns.saturating_sub(beside.map_or(0, |words| width(words)) + 10));
    let whole = rule(title.as_str(), "", columns, signs.rule);
    let left = width(title.as_str()) + 4;
    put(buffer, area, 0, &whole, theme.dim());
    put(buffer, area, 2, &format!(" {title} "), theme.title());
    // Between the two and behind stay two signs of the rule.
    let fits = |words: &&String| left + 2 + width(words) + 4 <= columns;
    if let Some(words) = keys.iter().find(fits) {
        let at = columns - width(words) - 4;
        put(
            buffer,
            area,
            u16::try_from(at).unwrap_or(0),
            &format!(" {words} "),
            theme.dim(),
        );
    }
}

/// What is being written.
fn title(app: &App, columns: usize) -> Shown {
    match &app.writing {
        Writing::Line => Shown::fixed("Message"),
        Writing::Edit(_) => Shown::fixed("Your last line"),
        Writing::Answer(quoted) => {
            let words = format!("Answer to {}: {}", quoted.name, quoted.excerpt);
            Shown::line(&words).cut(columns.max(12))
        }
    }
}

/// In words, the longest first; what has no room is not said.
fn does_enter(app: &App) -> Vec<String> {
    let is_new = app.replica.view().stage.is_some() && !app.is_open();
    if let Some(Over::Questions(_)) = &app.over {
        return vec![
            "sent after this · ^C back to it".to_owned(),
            "sent after this".to_owned(),
        ];
    }
    if let Some(Over::Attach(_) | Over::Comment { .. }) = &app.over {
        // Enter is the question's, which says above what it does.
        return vec![];
    }
    if let Some(score) = app.written_score() {
        return match score {
            0 => vec!["Enter says not now".to_owned()],
            _ => vec![
                format!("Enter says {score} of {SCORE_MAX}"),
                format!("Enter says {score}"),
            ],
        };
    }
    let attached = &app.files.attached;
    if attached.sends {
        let words = match app.state {
            ConnState::Live | ConnState::Connecting => "goes when the files are there · Esc keeps it",
            _ => "offline: goes when the files are there",
        };
        return vec![words.to_owned(), "goes with the files".to_owned()];
    }
    let words: &[&str] = match (&app.writing, &app.state) {
        (Writing::Line, ConnState::Live) if attached.len() == 1 => &["Enter sends it with the file", "Enter sends"],
        (Writing::Line, ConnState::Live) if !attached.is_empty() => &["Enter sends it with the files", "Enter sends"],
        (Writing::Edit(_), _) => &["Enter changes it · Esc leaves it", "Esc leaves it"],
        (Writing::Answer(_), ConnState::Live) => &["Enter sends · Esc drops the quote", "Esc drops it"],
        (_, ConnState::Connecting) => &["connecting: saved here, sent then", "saved here"],
        (_, ConnState::Live) => {
            if let Some(slug) = app.article_at_hand() {
                let slug = Shown::line(slug.as_str());
                return vec![format!("Enter reads {slug}"), "Enter reads".to_owned()];
            }
            match is_new {
                true => &[
                    "Enter starts a new chat · Alt+Enter new line",
                    "Enter starts a new chat",
                ],
                false => &["Enter sends · Alt+Enter new line", "Enter sends"],
            }
        }
        _ => &["offline: saved here, sent when back", "offline: saved here"],
    };
    words.iter().map(|words| (*words).to_owned()).collect()
}
