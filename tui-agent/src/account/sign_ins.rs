//! Where one is signed in, and one's programs' tokens; and ending one of them.

use clap::Subcommand;
use minicom_client::{Secret, rest::account::SignInRow};
use minicom_tui_kit::{Shown, text};

use super::Account;
use crate::{
    exit::{self, Failure},
    sign_in::call_failure,
};

/// What to do about one's sign-ins.
#[derive(Debug, Subcommand, PartialEq, Eq)]
pub enum SessionsCommand {
    /// End one of them; its connections are closed at once.
    Revoke {
        /// Its id, or as much of its beginning as is of no other.
        id: String,
    },
}

impl Account {
    /// The list.
    ///
    /// # Errors
    /// The server is away or refuses.
    pub async fn sign_ins(&self, token: &Secret) -> Result<String, Failure> {
        let rows = self
            .seat(token)
            .sign_ins()
            .await
            .map_err(|error| call_failure(&self.profile, error))?;
        Ok(table(&rows))
    }

    /// Ends one. Returns what to tell.
    ///
    /// # Errors
    /// It is none of one's own, or the server is away or refuses.
    pub async fn revoke(&self, token: &Secret, id: &str) -> Result<String, Failure> {
        let rows = self
            .seat(token)
            .sign_ins()
            .await
            .map_err(|error| call_failure(&self.profile, error))?;
        let mut meant = rows.iter().filter(|row| !id.is_empty() && row.id.starts_with(id));
        let (Some(row), None) = (meant.next(), meant.next()) else {
            let shown = Shown::line(id).cut(40);
            let words = format!(
                "{shown} is the beginning of none of your sign-ins, or of more than one. The list has them:  {}",
                self.command(" sessions")
            );
            return Err(Failure::new(exit::DATA, words));
        };
        self.seat(token)
            .revoke(&row.id)
            .await
            .map_err(|error| call_failure(&self.profile, error))?;
        Ok(format!("Ended: {}.", Shown::line(&row.label).cut(80)))
    }
}

/// A row for each and below it what it is for: rows of 80 columns hold that.
fn table(rows: &[SignInRow]) -> String {
    // The beginning alone, without the sign that says that something was cut.
    let first = |text: &str, chars: usize| Shown::line(text).as_str().chars().take(chars).collect::<String>();
    let minute = |time: &str| first(&time.replace('T', " "), 16);
    let mut all = vec![["ID", "KIND", "SCOPE", "LAST USED", "ENDS", "FROM"].map(str::to_owned)];
    all.extend(rows.iter().map(|row| {
        // A sign-in may do what its account may: only a program's token is bounded.
        let scope = if row.kind == "login" { "-" } else { row.scope.as_str() };
        [
            first(&row.id, 8),
            Shown::line(&row.kind).cut(8).to_string(),
            Shown::line(scope).cut(8).to_string(),
            minute(&row.last_used_at),
            minute(&row.expires_at),
            Shown::line(row.last_address.as_deref().unwrap_or("-"))
                .cut(39)
                .to_string(),
        ]
    }));
    let width = |column: usize| all.iter().map(|row| text::width(&row[column])).max().unwrap_or(0);
    let widths: Vec<usize> = (0..6).map(width).collect();
    let mut labels = rows.iter();
    let mut drawn = String::new();
    for (at, cells) in all.iter().enumerate() {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - text::width(cell) + 2));
        }
        drawn.push_str(line.trim_end());
        drawn.push('\n');
        if at > 0
            && let Some(row) = labels.next()
        {
            let own = if row.current { "  (this one)" } else { "" };
            let indent = " ".repeat(widths[0] + 2);
            drawn.push_str(&format!("{indent}{}{own}\n", Shown::line(&row.label).cut(56)));
        }
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_fits_on_80_columns_and_tells_no_scope_of_a_person() {
        let row = |kind: &str, label: String| SignInRow {
            id: "0a1b2c3d4e5f".to_owned(),
            kind: kind.to_owned(),
            label,
            scope: "admin".to_owned(),
            last_used_at: "2026-11-21T17:00:01Z".to_owned(),
            last_address: Some("192.168.100.200".to_owned()),
            expires_at: "2026-12-21T17:00:01Z".to_owned(),
            current: kind == "login",
        };
        let rows = [
            row("login", "minicom-agent on a host".to_owned()),
            row("machine", "x".repeat(90)),
        ];
        let table = table(&rows);
        assert!(table.lines().all(|line| text::width(line) <= 80), "{table}");
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines[1].contains("login") && !lines[1].contains("admin"), "{table}");
        assert!(lines[2].ends_with("minicom-agent on a host  (this one)"), "{table}");
        assert!(lines[3].contains("admin"), "{table}");
    }
}
