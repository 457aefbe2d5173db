//! The whole table for those who read it elsewhere: programs and documents.

use std::collections::BTreeMap;
use std::hash::Hash;

use serde::Serialize;

use super::Keymap;
use crate::key::Key;

/// An action as a program reads it.
#[derive(Serialize)]
struct Told<'a> {
    action: &'a str,
    title: &'a str,
    /// Names of keys by the name of the context, in which none is left out that has any.
    keys: BTreeMap<&'a str, Vec<String>>,
}

impl<A: Copy + Eq, C: Copy + Eq + Hash> Keymap<A, C> {
    /// A JSON object an action, each on a line: name, what it does, and its keys by context.
    pub fn as_json(&self, contexts: &[(&str, C)]) -> String {
        let mut out = String::new();
        for row in self.rows {
            let keys = contexts.iter().map(|(name, context)| {
                let keys = self
                    .keys(&[*context], row.action)
                    .iter()
                    .map(Key::to_string)
                    .collect::<Vec<_>>();
                (*name, keys)
            });
            let told = Told {
                action: row.name,
                title: row.title,
                keys: keys.filter(|(_, keys)| !keys.is_empty()).collect(),
            };
            // Texts and lists of texts: there is nothing in them that JSON cannot say.
            out.push_str(&serde_json::to_string(&told).unwrap_or_default());
            out.push('\n');
        }
        out
    }

    /// A table in Markdown: a row an action, a column for what is done and one for each of `columns`, with the contexts that are looked
    /// through there.
    pub fn as_markdown(&self, columns: &[(&str, &[C])]) -> String {
        let titles: Vec<&str> = columns.iter().map(|(title, _)| *title).collect();
        let mut out = format!("| action | what it does | {} |\n", titles.join(" | "));
        out.push_str(&format!("| --- | --- |{}\n", " --- |".repeat(columns.len())));
        for row in self.rows {
            let cells = columns.iter().map(|(_, contexts)| {
                let keys = self.keys(contexts, row.action).into_iter().map(|key| {
                    // A bar would end the cell.
                    format!("`{}`", key.to_string().replace('|', "\\|"))
                });
                keys.collect::<Vec<_>>().join(" ")
            });
            let cells: Vec<String> = cells.collect();
            out.push_str(&format!("| `{}` | {} | {} |\n", row.name, row.title, cells.join(" | ")));
        }
        out
    }
}
