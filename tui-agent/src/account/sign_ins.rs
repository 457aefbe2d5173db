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

fn table(rows: &[SignInRow]) -> String {
    // The beginning alone, without the sign that says that something was cut.
    let first = |text: &str, chars: usize| Shown::line(text).as_str().chars().take(chars).collect::<String>();
    let minute = |time: &str| first(&time.replace('T', " "), 16);
    let mut all = vec![["ID", "KIND", "SCOPE", "LAST USED", "ENDS", "FROM", "LABEL"].map(str::to_owned)];
    all.extend(rows.iter().map(|row| {
        let own = if row.current { "  (this one)" } else { "" };
        [
            first(&row.id, 8),
            Shown::line(&row.kind).cut(8).to_string(),
            Shown::line(&row.scope).cut(8).to_string(),
            minute(&row.last_used_at),
            minute(&row.expires_at),
            Shown::line(row.last_address.as_deref().unwrap_or("-"))
                .cut(39)
                .to_string(),
            format!("{}{own}", Shown::line(&row.label).cut(60)),
        ]
    }));
    let width = |column: usize| all.iter().map(|row| text::width(&row[column])).max().unwrap_or(0);
    let widths: Vec<usize> = (0..7).map(width).collect();
    let mut drawn = String::new();
    for row in &all {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - text::width(cell) + 2));
        }
        drawn.push_str(line.trim_end());
        drawn.push('\n');
    }
    drawn
}
