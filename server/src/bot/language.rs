//! The languages that the bot writes, and in which of them a customer does: the one whose small words are found most often. Each is
//! one file of rules; an operator's folder adds others or takes the place of those that ship with the program.

use std::{
    fs,
    path::Path,
    sync::{Arc, OnceLock},
};

use super::rules::{Rules, RulesError};
use crate::{
    decide::{self, DeskWords},
    exit::ExitKind,
};

/// What a line is in that none is known of.
pub const ENGLISH: &str = "en";
/// Those that ship with the program beside English.
const SHIPPED: [(&str, &str); 1] = [("de", include_str!("rules/de.toml"))];
/// Languages of a folder: each is looked at for each line.
const MOST: usize = 40;

static ALL: OnceLock<Vec<Language>> = OnceLock::new();
/// What the desk says in English, by the operator's own rules.
static OWN: OnceLock<Arc<DeskWords>> = OnceLock::new();

/// A language.
#[derive(Debug)]
pub struct Language {
    /// Its letters, as in `de`.
    pub code: String,
    /// What is said in it.
    pub rules: Arc<Rules>,
}

/// All, English first. Those that ship with the program, unless [`choose`] said more before the first use.
pub fn all() -> &'static [Language] {
    ALL.get_or_init(shipped)
}

/// From now on, in the whole program, those of a folder are known too: a file `fr.toml` for French.
///
/// # Errors
/// The folder or a file of it cannot be read, or has a mistake; or languages were asked for already.
pub fn choose(folder: &Path) -> Result<(), RulesError> {
    let languages = with(folder)?;
    ALL.set(languages)
        .map_err(|_| RulesError::whole(ExitKind::Bug, "languages", "they are in use already", "Report this."))
}

/// Those that ship with the program and those of a folder.
///
/// # Errors
/// See [`choose`].
pub fn with(folder: &Path) -> Result<Vec<Language>, RulesError> {
    let origin = folder.display().to_string();
    let failed = |kind, what: String, fix: &str| RulesError::whole(kind, &origin, what, fix);
    let unread = |error: std::io::Error| {
        let what = format!("it cannot be read as a folder: {error}");
        failed(ExitKind::NoInput, what, "Check the name given as bot.languages.")
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        if path.extension().is_some_and(|it| it == "toml") {
            files.push(path);
        }
    }
    // One order, so that the first mistake is the same each time.
    files.sort();
    let mut languages = shipped();
    for file in files {
        let code = file.file_stem().and_then(|it| it.to_str()).unwrap_or_default();
        if !(2..=3).contains(&code.len()) || !code.bytes().all(|b| b.is_ascii_lowercase()) || code == ENGLISH {
            let what = format!("{} is not named as a language", file.display());
            let fix = "Name it by the two or three letters of the language, as in fr.toml; English has bot.rules.";
            return Err(failed(ExitKind::Config, what, fix));
        }
        let rules = Arc::new(Rules::load_language(&file)?);
        match languages.iter_mut().find(|it| it.code == code) {
            Some(known) => known.rules = rules,
            None => languages.push(Language {
                code: code.to_owned(),
                rules,
            }),
        }
    }
    if languages.len() > MOST {
        let what = format!("it has more than {MOST} languages");
        return Err(failed(ExitKind::Config, what, "Keep those that your customers write."));
    }
    Ok(languages)
}

fn shipped() -> Vec<Language> {
    let english = (ENGLISH, Rules::builtin());
    let others = SHIPPED.into_iter().map(|(code, text)| {
        let rules = Rules::of_language(text, code);
        (
            code,
            rules.expect("the rules that ship with the program are checked by its tests"),
        )
    });
    let all = [english].into_iter().chain(others);
    all.map(|(code, rules)| Language {
        code: code.to_owned(),
        rules: Arc::new(rules),
    })
    .collect()
}

/// What the desk itself says in a language. English is what the server's own rules say, if [`say`] was told of them.
pub fn words(code: &str) -> Arc<DeskWords> {
    if code == ENGLISH
        && let Some(own) = OWN.get()
    {
        return own.clone();
    }
    let known = all().iter().find(|it| it.code == code).or_else(|| all().first());
    known.map_or_else(
        || Arc::new(decide::words::ENGLISH.clone()),
        |it| it.rules.desk().clone(),
    )
}

/// From now on, in the whole program, the desk says in English what these rules have. The first holds.
pub fn say(rules: &Rules) {
    let _ = OWN.set(rules.desk().clone());
}

/// The small words of all languages: they say nothing of what a text is about.
pub fn small_words() -> impl Iterator<Item = &'static str> {
    all()
        .iter()
        .flat_map(|it| it.rules.small_words().iter().map(String::as_str))
}

/// The language of some lines by one person, as its letters; if it is not clear, `otherwise`, and English if that is not known.
pub fn guess<'a>(otherwise: &str, lines: impl Iterator<Item = &'a str>) -> &'static str {
    guess_of(all(), otherwise, lines)
}

fn guess_of<'l, 'a>(languages: &'l [Language], otherwise: &str, lines: impl Iterator<Item = &'a str>) -> &'l str {
    let mut counts = vec![0; languages.len()];
    for line in lines {
        let line = line.to_lowercase();
        for word in line
            .split(|c: char| !c.is_alphanumeric() && c != '\'')
            .filter(|word| !word.is_empty())
        {
            for (count, language) in counts.iter_mut().zip(languages) {
                *count += usize::from(language.rules.small_words().contains(word));
            }
        }
    }
    let most = counts.iter().copied().max().unwrap_or_default();
    // Another than the one to fall back on must have more of its own.
    let fallback = languages.iter().position(|it| it.code == otherwise).unwrap_or_default();
    let best = match counts.get(fallback) == Some(&most) {
        true => fallback,
        false => counts.iter().position(|count| *count == most).unwrap_or_default(),
    };
    languages.get(best).map_or(ENGLISH, |it| &it.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english(text: &str) -> &'static str {
        guess(ENGLISH, [text].into_iter())
    }

    #[test]
    fn small_words_tell_the_language() {
        for (text, language) in [
            ("where is my order", "en"),
            ("Wo ist meine Bestellung?", "de"),
            ("ich möchte mit einem Menschen sprechen", "de"),
            ("I want to talk to a human", "en"),
            ("¿Dónde está mi pedido?", "en"),
            ("", "en"),
            ("die", "de"),
            ("4711", "en"),
        ] {
            assert_eq!(english(text), language, "{text}");
        }
        // What was said before counts too.
        assert_eq!(guess(ENGLISH, ["Wo ist mein Paket?", "order 4711"].into_iter()), "de");
    }

    #[test]
    fn what_is_not_clear_is_in_the_language_of_the_desk() {
        for (text, language) in [("4711", "de"), ("", "de"), ("where is my order", "en")] {
            assert_eq!(guess("de", [text].into_iter()), language, "{text}");
        }
        assert_eq!(guess("xx", ["4711"].into_iter()), "en", "it is not known");
    }

    const FRENCH: &str = "small_words = \"le la les un une des je vous est où mon ma et avec\"\n\
        [talk]\ngreeting = \"Bonjour {{customer_name}} !\"\n\
        [[rule]]\nname = \"fr_person\"\nhand_over = \"customer_asked\"\npatterns = ['(?:parler|discuter) (?:à|avec) (?:un |une )?(?:humain|personne|conseiller)']\n\
        answer = \"Bien sûr, je vous passe quelqu'un.\"\n";

    #[test]
    fn a_file_adds_a_language() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("fr.toml"), FRENCH).unwrap();
        fs::write(folder.path().join("notes.txt"), "not one").unwrap();
        let languages = with(folder.path()).unwrap();
        let codes: Vec<&str> = languages.iter().map(|it| it.code.as_str()).collect();
        assert_eq!(codes, ["en", "de", "fr"]);
        for (text, code) in [
            ("Où est mon colis ?", "fr"),
            ("Wo ist mein Paket?", "de"),
            ("where is it", "en"),
        ] {
            assert_eq!(guess_of(&languages, ENGLISH, [text].into_iter()), code, "{text}");
        }
        let french: Vec<&str> = languages[2].rules.names().collect();
        assert_eq!(french, ["fr_person"], "none of the rules in English");
        // Of the same name it takes the place of what ships with the program.
        fs::rename(folder.path().join("fr.toml"), folder.path().join("de.toml")).unwrap();
        let languages = with(folder.path()).unwrap();
        assert_eq!(languages[1].rules.names().collect::<Vec<_>>(), ["fr_person"]);
    }

    #[test]
    fn a_file_that_is_no_language_is_told_by_its_name() {
        for (name, text, told) in [
            ("french.toml", FRENCH, "not named as a language"),
            ("en.toml", FRENCH, "not named as a language"),
            ("fr.toml", "[talk]\n", "it has no small_words"),
            ("fr.toml", "small_words = \"le la\"", "no rule hands over"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join(name), text).unwrap();
            let error = with(folder.path()).unwrap_err();
            assert!(error.what.contains(told), "{name}: {}", error.what);
        }
        assert!(with(Path::new("/nowhere/at/all")).is_err());
    }
}
