//! Folders with an encoder, and with something else. Which one the process reads with stays as it is.

use tempfile::TempDir;

use super::*;

#[path = "../../../encoder/src/tiny.rs"]
mod tiny;

const PIECES: &str = "<s>\t0\n</s>\t0\n<unk>\t0\n▁boots\t-2\n▁Stiefel\t-2";

fn folder(weights: &[u8], pieces: &[u8]) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(WEIGHTS), weights).unwrap();
    fs::write(folder.path().join(VOCABULARY), pieces).unwrap();
    folder
}

fn refused(folder: &TempDir) -> Fatal {
    load(folder.path()).expect_err("it is refused")
}

#[test]
fn a_folder_has_an_encoder_of_its_own_version() {
    let whole = tiny::weights(&[0, 0, 0, 7, 7]);
    let one = load(folder(&whole, PIECES.as_bytes()).path()).unwrap();
    let other = load(folder(&whole, PIECES.replace("-2", "-3").as_bytes()).path()).unwrap();
    assert!(one.version() != other.version() && one.version() != 0 && !one.is_bundled());
    assert_ne!(one.version(), encoder_version());
    let sentences = read_with(&one);
    assert!(sentences.len() > 50 && sentences.iter().all(|it| it.vector.is_some()));
}

#[test]
fn a_folder_may_say_what_stands_before_each_text() {
    let whole = tiny::weights(&[0, 0, 0, 7, 9]);
    let bare = load(folder(&whole, PIECES.as_bytes()).path()).unwrap();
    let about = |text: &str| {
        let folder = folder(&whole, PIECES.as_bytes());
        fs::write(folder.path().join(ABOUT), text).unwrap();
        load(folder.path())
    };
    let prefixed = about("# as it was trained\nprefix = \"Stiefel \"\n").unwrap();
    assert_eq!(prefixed.encode(&["boots"]), bare.encode(&["Stiefel boots"]));
    assert_ne!(prefixed.version(), bare.version());
    for nothing in ["", "prefix = \"\""] {
        assert_eq!(about(nothing).unwrap().version(), bare.version());
    }
    for (text, what) in [
        ("prefix = 7", "encoder.toml"),
        ("query = \"query: \"", "prefix"),
        ("prefix = \"a\\nb\"", "no text"),
        (&format!("prefix = \"{}\"", "x".repeat(101)), "100 bytes"),
    ] {
        let fatal = about(text).expect_err("it is refused");
        assert_eq!(fatal.kind, ExitKind::BadData);
        assert!(fatal.what.contains(what), "{fatal}");
    }
}

#[test]
fn what_is_missing_or_damaged_is_told_with_what_to_do() {
    let whole = tiny::weights(&[0, 0, 0, 7, 7]);
    let empty = TempDir::new().unwrap();
    let missing = refused(&empty);
    assert_eq!(missing.kind, ExitKind::NoInput);
    assert!(
        missing.what.contains("weights.bin") && missing.fix.contains("convert.py"),
        "{missing}"
    );
    for (weights, pieces, what) in [
        (&whole[..whole.len() - 1], PIECES.as_bytes(), "shorter"),
        (b"PK\x03\x04", PIECES.as_bytes(), "no file of encoder weights"),
        (&whole, b"<s>\t0\n\xFF", "UTF-8"),
        (&whole, b"<s>\t0\nboot", "line 2"),
        (&whole, b"[UNK]\n[CLS]\n[SEP]", "another number"),
    ] {
        let fatal = refused(&folder(weights, pieces));
        assert_eq!(fatal.kind, ExitKind::BadData);
        assert!(fatal.what.contains(what) && fatal.what.ends_with('.'), "{fatal}");
    }
    let no_text = TempDir::new().unwrap();
    fs::write(no_text.path().join(WEIGHTS), whole).unwrap();
    assert!(refused(&no_text).what.contains("vocab.txt"));
}
