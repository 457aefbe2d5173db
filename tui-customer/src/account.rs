//! What is told of a customer's own account, in words: codes and devices; and which articles there are. Pure.

use minicom_client::ServerUrl;
use minicom_protocol::{
    frame::{CustomerQuestion, CustomerReply, Customers, Told},
    gate::Shown,
    ids::TenantId,
    search::FoundArticle,
    text::CustomerName,
};
use minicom_tui_kit::Zone;

/// How this program is called for this customer anywhere else: with all that says which desk it is.
pub fn command(name: &CustomerName, server: &ServerUrl, tenant: &TenantId) -> String {
    called(&format!("minicom-chat {name}"), server, tenant)
}

/// A command with all that says which desk it is.
pub(crate) fn called(command: &str, server: &ServerUrl, tenant: &TenantId) -> String {
    let mut command = format!("{command} --server {server}");
    if !server.is_tls() && !server.is_loopback() {
        command.push_str(" --insecure-http");
    }
    if *tenant != TenantId::default_tenant() {
        command.push_str(&format!(" --tenant {tenant}"));
    }
    if let Some(ca) = &server.trust().ca {
        // A file of the same name must be there too; only who copies it can see to that.
        command.push_str(&format!(" --ca {}", shell_words::quote(&ca.to_string_lossy())));
    }
    if let Some(pin) = server.trust().pin {
        command.push_str(&format!(" --pin {pin}"));
    }
    command
}

/// The same in rows of so many columns, each of which is a whole command: copied from a screen, its rows come as lines of their own.
/// [`None`] where a row has no room for even that.
pub fn pasted(command: &str, columns: usize) -> Option<String> {
    if command.chars().count() <= columns {
        return Some(command.to_owned());
    }
    let (mut rows, mut variables) = (Vec::new(), Vec::new());
    let mut last = Vec::new();
    let mut words = command.split(' ');
    while let Some(word) = words.next() {
        let variable = match word {
            "--server" => "MINICOM_SERVER",
            "--tenant" => "MINICOM_TENANT",
            "--pin" => "MINICOM_PIN",
            word => {
                last.push(word);
                continue;
            }
        };
        rows.push(format!("{variable}={}", words.next().unwrap_or_default()));
        variables.push(variable);
    }
    rows.push(format!("export {}", variables.join(" ")));
    rows.push(last.join(" "));
    rows.iter()
        .all(|row| row.chars().count() <= columns)
        .then(|| rows.join("\n"))
}

/// What stands before the command for another device.
const LINK_LEAD: &str = "On the other device";

/// What is told of a code, for a screen of so many columns: the command stands apart from what is said of it.
pub fn on_screen(words: &Shown, columns: usize) -> Shown {
    match words
        .as_str()
        .split_once(": ")
        .filter(|(lead, _)| lead.starts_with(LINK_LEAD))
    {
        Some((lead, command)) => match pasted(command, columns) {
            Some(rows) => Shown::text(&format!("{lead}:\n{rows}")),
            None => words.clone(),
        },
        None => words.clone(),
    }
}

/// What a server reads of a search.
const QUERY_CHARS_MAX: usize = 200;

/// Articles that are told at once.
const ARTICLES_MAX: u32 = 20;

/// The question for articles with these words.
pub fn articles(words: &str) -> CustomerQuestion {
    CustomerQuestion::Articles {
        query: words.chars().take(QUERY_CHARS_MAX).collect(),
        limit: ARTICLES_MAX,
    }
}

/// What a list of several is called.
pub fn title(told: Option<&Told<Customers>>) -> Shown {
    match told {
        Some(Told::Reply(CustomerReply::Articles { .. })) => Shown::fixed("Articles"),
        _ => Shown::fixed("Your devices"),
    }
}

/// Articles for whoever reads them in a shell: a line each, its short name first, then what to type to read one.
pub fn for_a_shell(articles: &[FoundArticle], server: &ServerUrl, tenant: &TenantId) -> Vec<Shown> {
    let Some(first) = articles.first() else {
        return vec![Shown::fixed("No article fits. Write to us: somebody answers.")];
    };
    let row = |it: &FoundArticle| {
        let excerpt = it.excerpt.replace('\n', " ");
        Shown::line(&format!("{}: {}: {excerpt}", it.slug.shown(), it.title.shown()))
    };
    let read = called(
        &format!("minicom-chat --article {}", first.slug.shown()),
        server,
        tenant,
    );
    let mut lines: Vec<Shown> = articles.iter().map(row).collect();
    lines.push(Shown::line(&format!("To read one: {read}")));
    lines
}

/// What a question about the account came to; `command` is [`command`]. [`None`] if it was about something else. A question that was lost has no answer.
pub fn words(told: Option<&Told<Customers>>, command: &str, zone: &Zone) -> Option<Vec<Shown>> {
    let Some(told) = told else {
        return Some(vec![Shown::fixed("It was not answered. Try again.")]);
    };
    Some(match told {
        Told::Reply(CustomerReply::Link { code, expires_at }) => {
            let (code, until) = (Shown::line(code), zone.clock(expires_at.0));
            // Behind the colon is the whole of it: it is copied.
            vec![Shown::line(&format!(
                "{LINK_LEAD}, until {until}: {command} --link-code {code}"
            ))]
        }
        Told::Reply(CustomerReply::Devices { devices }) if devices.is_empty() => {
            vec![Shown::fixed("Your site says who you are, on every device.")]
        }
        Told::Reply(CustomerReply::Devices { devices }) => devices
            .iter()
            .map(|it| {
                let this = if it.this { ", this one" } else { "" };
                let (id, day) = (Shown::line(&it.id), zone.stamp(it.created_at.0));
                Shown::line(&format!("device {id}, since {day}{this}"))
            })
            .collect(),
        Told::Reply(CustomerReply::Articles { articles }) if articles.is_empty() => {
            vec![Shown::fixed("No article fits. Write to us: somebody answers.")]
        }
        Told::Reply(CustomerReply::Articles { articles }) => articles
            .iter()
            .map(|it| {
                let (slug, excerpt) = (it.slug.shown(), Shown::line(&it.excerpt.replace('\n', " ")));
                Shown::line(&format!("/read {slug}: {}: {excerpt}", it.title.shown()))
            })
            .collect(),
        Told::Refusal(refusal) => vec![Shown::line(&refusal.message())],
        Told::Reply(CustomerReply::Thread { .. } | CustomerReply::Article { .. } | CustomerReply::Export { .. }) => {
            return None;
        }
    })
}

#[cfg(test)]
mod tests {
    use minicom_client::{Pin, Trust};
    use minicom_protocol::words::{SubjectLine, Tag};

    use super::*;

    fn said(server: &str, trust: Trust, tenant: &str) -> String {
        let server = ServerUrl::parse(server, true).unwrap();
        let server = match trust == Trust::default() {
            true => server,
            false => server.recognised_by(trust).unwrap(),
        };
        let name = CustomerName::parse("carol").unwrap();
        command(&name, &server, &TenantId::parse(tenant).unwrap())
    }

    #[test]
    fn articles_in_a_shell_say_what_to_type_there() {
        let found = FoundArticle {
            slug: Tag::parse("refunds").unwrap(),
            title: SubjectLine::parse("Refunds").unwrap(),
            excerpt: "Five\ndays.".to_owned(),
        };
        let (server, acme) = (
            ServerUrl::parse("http://127.0.0.1:8000", false).unwrap(),
            TenantId::parse("acme").unwrap(),
        );
        let told: Vec<String> = for_a_shell(&[found], &server, &acme)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            told,
            [
                "refunds: Refunds: Five days.",
                "To read one: minicom-chat --article refunds --server http://127.0.0.1:8000 --tenant acme"
            ]
        );
        assert_eq!(
            for_a_shell(&[], &server, &acme)[0].as_str(),
            "No article fits. Write to us: somebody answers."
        );
    }

    #[test]
    fn what_is_copied_from_a_screen_is_commands_and_not_halves_of_one() {
        let short = "minicom-chat carol --server http://127.0.0.1:8000 --link-code ab";
        assert_eq!(pasted(short, 80).as_deref(), Some(short));
        assert_eq!(pasted(short, 20), None);
        let pin = "ab".repeat(32);
        let long =
            format!("minicom-chat carol --server https://desk.example:443 --tenant acme --pin {pin} --link-code cd");
        assert_eq!(
            pasted(&long, 78).unwrap(),
            format!(
                "MINICOM_SERVER=https://desk.example:443\nMINICOM_TENANT=acme\nMINICOM_PIN={pin}\n\
                 export MINICOM_SERVER MINICOM_TENANT MINICOM_PIN\nminicom-chat carol --link-code cd"
            )
        );
    }

    #[test]
    fn the_command_for_another_device_has_all_that_it_needs_there() {
        assert_eq!(
            said("http://127.0.0.1:8000", Trust::default(), "default"),
            "minicom-chat carol --server http://127.0.0.1:8000"
        );
        assert_eq!(
            said("http://desk.example:8000", Trust::default(), "acme"),
            "minicom-chat carol --server http://desk.example:8000 --insecure-http --tenant acme"
        );
        let pin: Pin = "ab".repeat(32).parse().unwrap();
        let trust = Trust {
            ca: None,
            pin: Some(pin),
        };
        assert_eq!(
            said("https://desk.example", trust, "default"),
            format!("minicom-chat carol --server https://desk.example:443 --pin {pin}")
        );
    }
}
