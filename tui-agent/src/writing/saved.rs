//! A saved reply in the composer: how it will read, what is not filled yet, and what is done with it. The server fills it by the same
//! code when it is sent; nothing is filled twice.

use minicom_client::AgentReplica;
use minicom_protocol::{
    command::ReplyUse,
    library::{ReplyAction, SavedReply},
    staff::Staff,
    summary::Summary,
    template::{FillError, Known, Piece, Source, Template, Values},
};
use minicom_tui_kit::{Shown, Theme, styled::StyledLine};
use ratatui::style::{Modifier, Style};

/// What the desk knows when a reply is sent, as far as it is known here.
pub fn values(replica: &AgentReplica, summary: &Summary) -> Values {
    let context = replica.context(summary.customer.id);
    let profile = context.map(|it| &it.profile);
    let name = profile.and_then(|it| it.name.as_ref()).map(|it| it.as_str());
    let mut values = Values::new();
    values.set(Known::CustomerName, name.unwrap_or(summary.customer.name.as_str()));
    if let Some(email) = profile.and_then(|it| it.email.as_ref()) {
        values.set(Known::CustomerEmail, email.as_str());
    }
    if let Some(me) = replica.me() {
        values.set(Known::AgentName, me.agent.name.as_str());
    }
    if let Some(subject) = &summary.intake.subject {
        values.set(Known::Subject, subject.as_str());
    }
    if let Some(desk) = replica.desk() {
        values.set(Known::TenantName, desk.settings.name.as_str());
    }
    values.set(Known::ConversationNumber, summary.number.to_string());
    if let Some(ticket) = summary.ticket {
        values.set(Known::Ticket, ticket.to_string());
    }
    values
}

/// Why it cannot be sent as it stands; `None` if it can. What only the server knows yet is not missed here: `all_known` tells whether
/// what is known of the customer has come.
pub fn why_not(text: &str, used: &ReplyUse, values: &Values, all_known: bool) -> Option<Shown> {
    let template = match Template::parse(text) {
        Ok(template) => template,
        Err(error) => return Some(Shown::line(&error.to_string())),
    };
    match template.fill(values, &used.answers) {
        Ok(_) => None,
        Err(FillError::Unresolved { holes }) => {
            let missing = |hole: &&Source| all_known || **hole != Source::Value(Known::CustomerEmail);
            let missing: Vec<String> = holes
                .iter()
                .filter(missing)
                .map(|hole| format!("{{{{{hole}}}}}"))
                .collect();
            (!missing.is_empty()).then(|| {
                let words = format!(
                    "Nothing fills {}: write it by hand, or take it out.",
                    missing.join(", ")
                );
                Shown::line(&words)
            })
        }
        Err(other) => Some(Shown::line(&other.to_string())),
    }
}

/// How it will read, as raw as its parts; what nothing fills yet stays as it is written.
pub fn reads(text: &str, used: &ReplyUse, values: &Values) -> String {
    let Ok(template) = Template::parse(text) else {
        return text.to_owned();
    };
    let pieces = template.preview(values, &used.answers);
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) | Piece::Value(text) => (*text).to_owned(),
            Piece::Hole(hole) => hole.to_string(),
        })
        .collect()
}

/// How it will read, on one line: what is put in is told apart, and what is missing stands out. `None` where it reads as it is written.
pub fn preview(text: &str, used: &ReplyUse, values: &Values, theme: &Theme) -> Option<StyledLine> {
    let template = match Template::parse(text) {
        Ok(template) => template,
        Err(error) => return Some(StyledLine::of(Shown::line(&error.to_string()), theme.error())),
    };
    template.holes().next()?;
    let mut line = StyledLine::of(Shown::fixed("reads: "), theme.dim());
    for piece in template.preview(values, &used.answers) {
        let gated = |text: &str| Shown::line(&text.replace('\n', " "));
        match piece {
            Piece::Text(text) => line.push(gated(text), Style::new()),
            Piece::Value(text) => line.push(gated(text), theme.good().add_modifier(Modifier::UNDERLINED)),
            Piece::Hole(hole) => line.push(gated(&hole.to_string()), theme.error().add_modifier(Modifier::REVERSED)),
        }
    }
    Some(line)
}

/// What is done with a reply besides sending it: `tag vip, close`. `None` if nothing is.
pub fn also(reply: &SavedReply, staff: Option<&Staff>) -> Option<Shown> {
    let words: Vec<String> = reply.actions.iter().map(|action| act(action, staff)).collect();
    (!words.is_empty()).then(|| Shown::line(&words.join(", ")))
}

fn act(action: &ReplyAction, staff: Option<&Staff>) -> String {
    match action {
        ReplyAction::Tag { tag } => format!("tag {}", tag.shown()),
        ReplyAction::Priority { priority } => format!("priority {}", priority.word()),
        ReplyAction::Transfer { group } => match staff.and_then(|it| it.group(*group)) {
            Some(group) => format!("transfer to {}", group.name.shown()),
            None => "transfer to a group that is gone".to_owned(),
        },
        ReplyAction::Snooze { minutes: Some(minutes) } => format!("put aside for {}", span(*minutes)),
        ReplyAction::Snooze { minutes: None } => "put aside until the customer writes".to_owned(),
        ReplyAction::Close => "close".to_owned(),
    }
}

fn span(minutes: u32) -> String {
    match minutes {
        0..60 => format!("{minutes} min"),
        _ if minutes.is_multiple_of(1_440) => format!("{} d", minutes / 1_440),
        _ if minutes.is_multiple_of(60) => format!("{} h", minutes / 60),
        _ => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use minicom_protocol::{ids::ReplyId, intake::Priority};

    use super::*;

    fn used(answers: &[(&str, &str)]) -> ReplyUse {
        let answers: BTreeMap<String, String> = answers
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        let id = ReplyId::from_bytes([1; 16]);
        ReplyUse { id, answers }
    }

    fn known() -> Values {
        Values::new().with(Known::CustomerName, "Carol")
    }

    #[test]
    fn what_is_missing_is_told_by_name() {
        let check = |text: &str, all_known, expected: Option<&str>| {
            let why = why_not(text, &used(&[("order", "7")]), &known(), all_known);
            assert_eq!(why.as_ref().map(Shown::as_str), expected, "{text}");
        };
        check("Hi {{customer_name}}, order {{?order}}.", true, None);
        let words = "Nothing fills {{subject}}, {{?day}}: write it by hand, or take it out.";
        check("{{subject}} {{?day}}", true, Some(words));
        check("{{subject|it}} {{?day|}}", true, None);
        check("{{customer_email}}", false, None);
        let words = "Nothing fills {{customer_email}}: write it by hand, or take it out.";
        check("{{customer_email}}", true, Some(words));
        let words = why_not("{{", &used(&[]), &known(), true).unwrap();
        assert!(words.as_str().starts_with("line 1, column 1: "), "{words}");
        // A line that is only a value can become too long.
        let long = Values::new().with(Known::CustomerName, "x".repeat(20_000));
        assert!(
            why_not("{{customer_name}}", &used(&[]), &long, true)
                .unwrap()
                .as_str()
                .contains("the most")
        );
    }

    #[test]
    fn it_reads_as_the_server_will_fill_it_and_nothing_is_filled_twice() {
        let hostile = "{{customer_name}}\u{1b}[2J\u{202e}";
        let values = Values::new().with(Known::CustomerName, hostile);
        let text = "Hi {{customer_name}}\nand {{?order}} {{{{x}}";
        assert_eq!(
            reads(text, &used(&[]), &values),
            format!("Hi {hostile}\nand {{{{?order}}}} {{{{x}}}}")
        );
        let line = preview(text, &used(&[]), &values, &Theme::ansi()).unwrap();
        assert_eq!(line.text(), "reads: Hi {{customer_name}}␛[2J and {{?order}} {{x}}");
        assert_eq!(preview("no holes", &used(&[]), &values, &Theme::ansi()), None);
        let piled = Values::new().with(Known::CustomerName, format!("e{}", "\u{301}".repeat(10_000)));
        let line = preview("{{customer_name}}", &used(&[]), &piled, &Theme::ansi()).unwrap();
        assert!(line.text().len() < 60, "{}", line.text().len());
    }

    #[test]
    fn what_else_is_done_is_told() {
        let reply = |actions| SavedReply {
            id: ReplyId::from_bytes([1; 16]),
            code: "x".parse().unwrap(),
            title: "x".parse().unwrap(),
            text: "x".to_owned(),
            owner: None,
            actions,
            uses: 0,
            questions: None,
        };
        assert_eq!(also(&reply(vec![]), None), None);
        let many = vec![
            ReplyAction::Tag {
                tag: "vip".parse().unwrap(),
            },
            ReplyAction::Priority {
                priority: Priority::High,
            },
            ReplyAction::Snooze { minutes: Some(90) },
            ReplyAction::Snooze { minutes: None },
            ReplyAction::Close,
        ];
        assert_eq!(
            also(&reply(many), None).unwrap().as_str(),
            "tag vip, priority high, put aside for 1 h 30 min, put aside until the customer writes, close"
        );
        assert_eq!([59, 120, 2_880].map(span), ["59 min", "2 h", "2 d"]);
    }
}
