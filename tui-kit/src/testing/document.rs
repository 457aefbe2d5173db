//! Parts of documents that are made by the program, so that they cannot say anything else.

use std::fs;

/// Checks that the part of a document between `<!-- NAME -->` and `<!-- end of NAME -->` is this text. With `UPDATE_DOCS=1` in the
/// environment it is written there.
///
/// # Panics
/// The document has no such part, or says something else.
#[track_caller]
pub fn same_in_document(file: &str, name: &str, wanted: &str) {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let from = text.find(&begin).map(|at| at + begin.len());
    let Some((from, to)) = from.and_then(|from| Some((from, from + text[from..].find(&end)?))) else {
        panic!("{file} has no part between {begin:?} and {end:?}");
    };
    if &text[from..to] == wanted {
        return;
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let anew = format!("{}{wanted}{}", &text[..from], &text[to..]);
        return fs::write(file, anew).unwrap_or_else(|error| panic!("{file}: {error}"));
    }
    panic!("{file} says something else of {name}; UPDATE_DOCS=1 writes it anew. It should be:\n{wanted}");
}
