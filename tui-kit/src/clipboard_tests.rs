use super::*;

fn of(variables: &[(&str, &str)]) -> Way {
    Way::of(|name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

/// What was written to the terminal, and what became of it.
fn copied(way: Way, text: &str) -> (Vec<u8>, Copied) {
    let mut written = Vec::new();
    let copying = way.copy(text, |bytes| {
        written.extend_from_slice(bytes);
        Ok::<(), std::convert::Infallible>(())
    });
    match copying {
        Ok(Copying::Done(copied)) => (written, copied),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_way_is_known_from_the_environment() {
    assert_eq!(of(&[("TERM", "xterm-256color")]), Way::Osc52);
    assert_eq!(of(&[("TERM", "tmux-256color"), ("TMUX", "/tmp/x,1,0")]), Way::Tmux);
    assert_eq!(of(&[("TERM", "screen"), ("STY", "1.pts")]), Way::Screen);
    assert_eq!(of(&[("TERM", "linux")]), Way::Off);
    assert_eq!(of(&[("TERM", "linux"), (VARIABLE.name, "osc52")]), Way::Osc52);
    assert_eq!(of(&[("TMUX", ""), ("TERM", "xterm")]), Way::Osc52);
    assert_eq!(of(&[("TMUX", "/tmp/x"), (VARIABLE.name, "off")]), Way::Off);
}

#[test]
fn the_terminal_gets_the_text_and_nothing_that_was_hidden_in_it() {
    let (bytes, told) = copied(Way::Osc52, "one\ntwo");
    assert_eq!(bytes, b"\x1b]52;c;b25lCnR3bw==\x07");
    assert_eq!(
        told.words("the line").as_str(),
        "Copied the line: 2 lines, 7 B, sent to the terminal."
    );
    let (bytes, _) = copied(Way::Osc52, "rm\x1b[201~\r\u{202e}x");
    let inner = bytes
        .strip_prefix(b"\x1b]52;c;")
        .and_then(|rest| rest.strip_suffix(b"\x07"))
        .unwrap();
    let text = String::from_utf8(STANDARD.decode(inner).unwrap()).unwrap();
    assert_eq!(text, "rm␛[201~\nx");
}

#[test]
fn what_is_too_long_is_told_and_not_cut() {
    let (bytes, _) = copied(Way::Osc52, &"x".repeat(OSC52_BYTES_MAX));
    assert!(bytes.len() < 100_100);
    let (bytes, told) = copied(Way::Osc52, &"x".repeat(OSC52_BYTES_MAX + 1));
    assert!(bytes.is_empty());
    assert!(told.words("it").as_str().contains("takes 73.2 KiB"), "{told:?}");
    for (way, text) in [(Way::Off, "x"), (Way::Osc52, "")] {
        let (bytes, told) = copied(way, text);
        assert!(bytes.is_empty() && matches!(told, Copied::Failed(_)), "{told:?}");
    }
}

#[test]
fn through_screen_it_goes_in_pieces_that_it_passes_on() {
    let (bytes, _) = copied(Way::Screen, &"x".repeat(1_000));
    let text = String::from_utf8(bytes).unwrap();
    let mut inner = String::new();
    for piece in text.split_terminator("\x1b\\") {
        let piece = piece.strip_prefix("\x1bP").unwrap();
        assert!(piece.len() <= SCREEN_CHUNK);
        inner.push_str(piece);
    }
    assert_eq!(inner, format!("\x1b]52;c;{}\x07", STANDARD.encode("x".repeat(1_000))));
}
