//! Wrapping and cutting.

use std::collections::HashSet;

use minicom_protocol::gate::Shown;
use proptest::prelude::*;

use super::*;

#[track_caller]
fn rows(text: &str, columns: usize, expected: &[&str]) {
    let found: Vec<&str> = wrap(text, columns).into_iter().map(|row| &text[row]).collect();
    assert_eq!(found, expected);
}

#[test]
fn wraps() {
    rows("", 10, &[""]);
    rows("hello", 10, &["hello"]);
    rows("hello big world", 10, &["hello big", "world"]);
    rows("hello  big", 5, &["hello", "big"]);
    rows("a\n\nb\n", 10, &["a", "", "b", ""]);
    rows("abcdefghij", 4, &["abcd", "efgh", "ij"]);
    rows("see abcdefghij", 4, &["see", "abcd", "efgh", "ij"]);
    rows("你好吗我很好", 5, &["你好", "吗我", "很好"]);
    rows("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 3, &["👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"]);
    rows("你", 1, &["你"]);
    rows("ab", 0, &["a", "b"]);
}

#[test]
fn an_address_that_fits_a_row_stays_whole() {
    let address = "https://host.example/a-b";
    rows(
        &format!("see {address}. Now"),
        26,
        &["see", "https://host.example/a-b.", "Now"],
    );
    rows(&format!("see {address}"), 24, &["see", address]);
    rows(
        &format!("read http://a.example/x or {address}?"),
        24,
        &["read http://a.example/x", "or", address, "?"],
    );
    rows(&format!("see ({address})"), 24, &["see (", address, ")"]);
    rows("see HTTP://a.example/猫-猫猫", 24, &["see", "HTTP://a.example/猫-猫猫"]);
    // One that is longer than a row, and what is no address, break as they did.
    rows(&format!("see {address}"), 23, &["see https://", "host.example/a-b"]);
    rows("look into server/src/store", 18, &["look into server/", "src/store"]);
}

#[test]
fn the_signs_behind_addresses_cost_no_time() {
    let text = format!("http://a.example/{}", ")]".repeat(20_000));
    assert_eq!(
        wrap(&text, 40).iter().map(|row| &text[row.clone()]).collect::<String>(),
        text
    );
}

#[test]
fn a_long_word_is_quick() {
    let word = "x".repeat(16_384);
    assert_eq!(wrap(&word, 64).len(), 256);
    let emoji = "👍🏽".repeat(2_048);
    assert_eq!(wrap(&emoji, 64).len(), 64);
}

#[test]
fn cuts() {
    assert_eq!(truncate("carolina", 5), "caro›");
    assert_eq!(truncate("carol", 5), "carol");
    assert_eq!(truncate("你好", 3), "你›");
    assert_eq!(truncate("x", 0), "");
    assert_eq!(pad("你", 4), "你  ");
    assert_eq!(pad("carolina", 4), "car›");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn wrapping_keeps_width_graphemes_and_text(raw in any::<String>(), words in "([a-z]{1,12}[ \n]{0,3}|\\(?https?://[a-z/.]{0,12}|👨‍👩‍👧‍👦|你好|e\u{301}){0,30}", columns in 1_usize..30) {
        for shown in [Shown::text(&raw), Shown::text(&words)] {
            let text = shown.as_str();
            let boundaries: HashSet<usize> = text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).collect();
            let mut kept = String::new();
            for row in wrap(text, columns) {
                prop_assert!(boundaries.contains(&row.start) && boundaries.contains(&row.end), "{row:?} of {text:?}");
                let row = &text[row];
                prop_assert!(width(row) <= columns || row.graphemes(true).count() == 1, "{row:?} in {columns}");
                kept.push_str(row);
            }
            let ink = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(ink(&kept), ink(text));
        }
    }

    #[test]
    fn cutting_keeps_within(raw in any::<String>(), columns in 0_usize..20) {
        let shown = Shown::line(&raw);
        prop_assert!(width(&truncate(shown.as_str(), columns)) <= columns);
        prop_assert!(width(&pad(shown.as_str(), columns)) == columns);
    }
}

#[test]
fn words_that_are_written_without_blanks_stay_whole() {
    // "Hello, I want to return this product": hello, I, want, return, product, this.
    rows("สวัสดีครับผมต้องการคืนสินค้านี้", 10, &["สวัสดีครับผม", "ต้องการคืน", "สินค้านี้"]);
    // "I need help", in Lao, Khmer and Burmese.
    rows("ຂ້ອຍຕ້ອງການຄວາມຊ່ວຍເຫຼືອ", 8, &["ຂ້ອຍ", "ຕ້ອງການ", "ຄວາມ", "ຊ່ວຍເຫຼືອ"]);
    rows("ខ្ញុំត្រូវការជំនួយ", 8, &["ខ្ញុំត្រូវការ", "ជំនួយ"]);
    rows("ကျွန်တော်အကူအညီလိုပါတယ်", 8, &["ကျွန်တော်", "အကူအညီလိုပါ", "တယ်"]);
    // A word that is wider than a row is cut between characters all the same.
    rows("ต้องการ", 3, &["ต้อง", "การ"]);
}

#[test]
fn a_long_text_without_blanks_is_quick_and_whole() {
    let text = "สวัสดีครับผมต้องการคืนสินค้านี้".repeat(200);
    let rows = wrap(&text, 40);
    assert_eq!(rows.iter().map(|row| &text[row.clone()]).collect::<String>(), text);
    assert!(rows.iter().all(|row| width(&text[row.clone()]) <= 40));
}
