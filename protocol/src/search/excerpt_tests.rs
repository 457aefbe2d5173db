use proptest::prelude::*;

use super::*;

#[test]
fn the_place_is_shown_with_what_led_there() {
    let check = |query: &str, text: &str, expected: &str, marked: &[&str]| {
        let (line, marks) = excerpt(&Query::parse(query), text);
        assert_eq!(line, expected, "{query:?} in {text:?}");
        let parts: Vec<&str> = marks.iter().map(|it| it.of(&line)).collect();
        assert_eq!(parts, marked, "{query:?} in {text:?}");
    };
    check("parcel", "My parcel\nis late.", "My parcel is late.", &["parcel"]);
    check("creme", "the Crème brûlée", "the Crème brûlée", &["Crème"]);
    check("金処", "返金処理を", "返金処理を", &["金処"]);
    check("late", "\u{1b}[31mlate", "␛[31mlate", &[]);
    check("31mla", "\u{1b}[31mlate", "␛[31mlate", &["31mlate"]);
    let long = format!("{}the parcel is late{}", "word ".repeat(100), " more".repeat(100));
    let (line, marks) = excerpt(&Query::parse("parcel"), &long);
    assert!(line.starts_with("…word ") && line.ends_with('…'), "{line}");
    assert_eq!(marks.iter().map(|it| it.of(&line)).collect::<Vec<_>>(), ["parcel"]);
}

proptest! {
    #[test]
    fn an_excerpt_is_short_and_its_marks_are_in_it(query in ".{0,30}", text in ".{0,400}") {
        let (line, marks) = excerpt(&Query::parse(&query), &text);
        // The gate puts several characters in the place of some.
        prop_assert!(line.chars().count() <= 8 * (EXCERPT_CHARS_MAX + 2));
        let count = line.chars().count() as u32;
        prop_assert!(marks.iter().all(|it| it.0 < it.1 && it.1 <= count));
        prop_assert!(!line.contains(char::is_control));
    }
}
