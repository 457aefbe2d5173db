//! A person's own keys over those of the table.
//!
//! Owns what is a conflict: two actions for one press, a key that would never come to its action, a way out that is lost. All of them are
//! found before the program starts, and told with their places.

use std::collections::HashMap;
use std::hash::Hash;

use super::Keymap;
use crate::config::{Binding, Config, Mistake, Place};
use crate::key::Key;
use crate::mistake::unknown;

/// Why an action cannot have a key in a context, or why nothing can be taken from it, in words behind the key: `edits the text`.
pub type Unfit<'a, A, C> = &'a dyn Fn(Option<A>, C, Key) -> Option<String>;

/// What a program asks of its keys.
pub struct Rules<'a, A, C> {
    /// The contexts by their names in the file.
    pub contexts: &'a [(&'a str, C)],
    /// The contexts that are looked through together, the first one first, and what the person does there: `while writing`.
    pub orders: &'a [(&'a str, &'a [C])],
    /// What must have a key in each of them.
    pub needed: &'a [A],
    /// What keeps the keys that the table has for it, because words on the screen and habits stand on them. Others can be added.
    pub fixed: &'a [A],
    /// What cannot be.
    pub unfit: Unfit<'a, A, C>,
}

/// What was bound by the file so far.
type Set<'a, C> = HashMap<(C, Key), &'a Binding>;

impl<A: Copy + Eq, C: Copy + Eq + Hash> Keymap<A, C> {
    /// The table with a person's own keys over it: a key that is bound means this from now on and nothing else in its context, and one
    /// that is bound to nothing does nothing.
    ///
    /// # Errors
    /// All that cannot be, each with its place in the file.
    pub fn merged(mut self, config: &Config, rules: &Rules<'_, A, C>) -> Result<Keymap<A, C>, Vec<Mistake>> {
        let mut set = Set::new();
        let mut found: Vec<(Place, String)> = Vec::new();
        for binding in &config.bindings {
            found.extend(self.bind(binding, rules, &mut set).err());
        }
        // What is wrong already would only be told once more by what follows from it.
        if found.is_empty() && config.whole {
            found.extend(self.never_reached(rules, &set));
            found.extend(self.without_a_way(rules, &set));
        }
        if found.is_empty() {
            return Ok(self);
        }
        found.sort();
        found.dedup();
        let mistake = |(at, what)| Mistake {
            file: config.file.clone(),
            at: Some(at),
            what,
        };
        Err(found.into_iter().map(mistake).collect())
    }

    fn bind<'a>(
        &mut self,
        binding: &'a Binding,
        rules: &Rules<'_, A, C>,
        set: &mut Set<'a, C>,
    ) -> Result<(), (Place, String)> {
        let known = rules.contexts.iter().find(|(name, _)| *name == binding.context);
        let Some((_, context)) = known else {
            let names: Vec<&str> = rules.contexts.iter().map(|(name, _)| *name).collect();
            return Err((binding.key_at, unknown("table of keys", &binding.context, &names)));
        };
        let (context, key) = (*context, binding.key);
        let row = match &binding.action {
            None => None,
            Some(name) => Some(self.row_named(name).map_err(|words| (binding.action_at, words))?),
        };
        let before = self.keys.get(&(context, key)).copied();
        // What the table itself has there fits, and can be taken away.
        let is_so = before.is_some() && (row.is_none() || row == before);
        let action = row.map(|row| self.rows[row].action);
        if let Some(why) = (rules.unfit)(action, context, key).filter(|_| !is_so) {
            return Err((binding.key_at, format!("\"{key}\" {why}")));
        }
        let kept = before.filter(|before| row != Some(*before) && rules.fixed.contains(&self.rows[*before].action));
        if let Some(kept) = kept.map(|kept| self.rows[kept].name) {
            let words = format!("\"{key}\" stays \"{kept}\", which can have other keys beside it");
            return Err((binding.key_at, words));
        }
        if let (None, None, Some(words)) = (row, before, self.is_elsewhere(context, key, rules)) {
            return Err((
                binding.key_at,
                format!(
                    "\"{key}\" has nothing in [keys.{}] to take away: {words}",
                    binding.context
                ),
            ));
        }
        if let Some(other) = set.insert((context, key), binding) {
            let words = format!(
                "\"{key}\" is bound in line {} already: it is the same key",
                other.key_at.0
            );
            return Err((binding.key_at, words));
        }
        if let Some(before) = self.keys.remove(&(context, key)) {
            self.bound[before].retain(|bound| *bound != (context, key));
        }
        if let Some(row) = row {
            self.keys.insert((context, key), row);
            // One's own key is the one that hints tell.
            self.bound[row].insert(0, (context, key));
        }
        Ok(())
    }

    /// Where else a key is that is looked for in a context: bound to nothing here, it would do what it does there.
    fn is_elsewhere(&self, context: C, key: Key, rules: &Rules<'_, A, C>) -> Option<String> {
        let orders = rules.orders.iter().filter(|(_, order)| order.contains(&context));
        let (other, row) = orders
            .flat_map(|(_, order)| order.iter())
            .find_map(|other| Some((other, self.keys.get(&(*other, key))?)))?;
        let (name, _) = rules.contexts.iter().find(|(_, it)| it == other)?;
        Some(format!("\"{}\" is on it in [keys.{name}]", self.rows[*row].name))
    }

    fn row_named(&self, name: &str) -> Result<usize, String> {
        self.rows.iter().position(|row| row.name == name).ok_or_else(|| {
            let names: Vec<&str> = self.rows.iter().map(|row| row.name).collect();
            unknown("action", name, &names)
        })
    }

    /// Keys that were bound where another context, which is asked first, has something else on them.
    fn never_reached(&self, rules: &Rules<'_, A, C>, set: &Set<'_, C>) -> Vec<(Place, String)> {
        let mut found = Vec::new();
        for ((context, key), binding) in set {
            let Some(own) = self.keys.get(&(*context, *key)) else {
                continue;
            };
            for (doing, order) in rules.orders.iter().filter(|(_, order)| order.contains(context)) {
                let before = order.iter().take_while(|it| *it != context);
                let taken = before.filter_map(|it| Some((it, self.keys.get(&(*it, *key))?))).next();
                let Some((other, taken)) = taken.filter(|(_, taken)| *taken != own) else {
                    continue;
                };
                let place = rules.contexts.iter().find(|(_, it)| it == other);
                let place = place.map_or("", |(name, _)| name);
                let (own, taken) = (self.rows[*own].name, self.rows[*taken].name);
                let words = format!(
                    "\"{key}\" would be two actions {doing}: \"{own}\" here and \"{taken}\" in [keys.{place}]; bind it there instead, or to \"none\" there"
                );
                found.push((binding.key_at, words));
            }
        }
        found
    }

    /// What must have a key and has none any more.
    fn without_a_way(&self, rules: &Rules<'_, A, C>, set: &Set<'_, C>) -> Vec<(Place, String)> {
        let mut found = Vec::new();
        for action in rules.needed {
            let Some(row) = self.rows.iter().find(|row| row.action == *action) else {
                continue;
            };
            for (doing, _) in rules
                .orders
                .iter()
                .filter(|(_, order)| self.keys(order, *action).is_empty())
            {
                // It had one, so the last of what was bound in its place took it.
                let at = row.keys.iter().flat_map(|(context, names)| {
                    let keys = names.split_whitespace().filter_map(|name| name.parse::<Key>().ok());
                    keys.filter_map(|key| set.get(&(*context, key)).map(|binding| binding.key_at))
                });
                let words = format!("\"{}\" has no key left {doing}, and needs one", row.name);
                found.push((at.max().unwrap_or((1, 1)), words));
            }
        }
        found
    }
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;
