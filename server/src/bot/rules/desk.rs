//! What the desk itself says, from a file's `[desk]`; what is left out is said in English.

use minicom_protocol::text::MessageText;

use super::{
    RulesError,
    file::{Desk, Placed},
    load::Source,
};
use crate::{
    decide::{DeskWords, words::ENGLISH},
    hours::WhenWords,
};

/// Bytes of a text: a notice is a few sentences, and two of them make one line.
const TEXT_BYTES_MAX: usize = 2_000;

/// The words of a file, else of the one beneath it, else the program's.
pub(super) fn words(own: &Source, base: &Source) -> Result<DeskWords, RulesError> {
    let text = |which: fn(&Desk) -> Option<&Placed>, english: &str, holes: &[&str]| -> Result<String, RulesError> {
        for source in [own, base] {
            if let Some(text) = which(&source.file.desk) {
                return said(source, text, holes);
            }
        }
        Ok(english.to_owned())
    };
    let english = &*ENGLISH;
    Ok(DeskWords {
        closed: text(|it| it.closed.as_ref(), &english.closed, &["when"])?,
        nobody: text(|it| it.nobody.as_ref(), &english.nobody, &[])?,
        answer_here: text(|it| it.answer_here.as_ref(), &english.answer_here, &[])?,
        leave_address: text(|it| it.leave_address.as_ref(), &english.leave_address, &[])?,
        address_taken: text(|it| it.address_taken.as_ref(), &english.address_taken, &[])?,
        long_wait: text(|it| it.long_wait.as_ref(), &english.long_wait, &[])?,
        silence: text(|it| it.silence.as_ref(), &english.silence, &[])?,
        bot_late: text(|it| it.bot_late.as_ref(), &english.bot_late, &[])?,
        when: WhenWords {
            today: text(|it| it.today.as_ref(), &english.when.today, &[])?,
            tomorrow: text(|it| it.tomorrow.as_ref(), &english.when.tomorrow, &[])?,
            date: text(|it| it.date.as_ref(), &english.when.date, &["weekday", "day", "month"])?,
            weekdays: names([own, base], |it| it.weekdays.as_ref(), &english.when.weekdays)?,
            months: names([own, base], |it| it.months.as_ref(), &english.when.months)?,
        },
    })
}

/// A text as it may be: something to read, with the places that it needs and no others.
fn said(source: &Source, text: &Placed, holes: &[&str]) -> Result<String, RulesError> {
    let wrong = |what: String| source.error(text, what, "Correct it; server/src/bot/rules/de.toml is an example.");
    let words = text.get_ref();
    if words.len() > TEXT_BYTES_MAX || MessageText::parse(words.as_str()).is_err() {
        return Err(wrong(format!(
            "a text of [desk] has 1 to {TEXT_BYTES_MAX} bytes, and is not blank"
        )));
    }
    let mut rest = words.clone();
    for hole in holes {
        let hole = format!("{{{{{hole}}}}}");
        if !rest.contains(&hole) {
            return Err(wrong(format!("it has no {hole}")));
        }
        rest = rest.replace(&hole, "");
    }
    match rest.contains("{{") {
        true => Err(wrong("it has a place for a value that is not known here".to_owned())),
        false => Ok(words.clone()),
    }
}

fn names<const N: usize>(
    sources: [&Source; 2],
    which: fn(&Desk) -> Option<&Vec<Placed>>,
    english: &[String; N],
) -> Result<[String; N], RulesError> {
    for source in sources {
        let Some(names) = which(&source.file.desk) else {
            continue;
        };
        let all = names.iter().map(|name| said(source, name, &[]));
        let all = all.collect::<Result<Vec<_>, _>>()?;
        let count = all.len();
        let nothing = Placed::new(0..0, String::new());
        let at = names.first().unwrap_or(&nothing);
        return all.try_into().map_err(|_| {
            source.error(
                at,
                format!("there are {count} names, and not {N}"),
                "Name all of them, in their order.",
            )
        });
    }
    Ok(english.clone())
}
