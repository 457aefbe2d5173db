//! What a reader sees of an article.

use insta::assert_snapshot;
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::*;
use crate::testing::{plain as screen, styled};

const ARTICLE: &str = "\
# Refunds

A refund takes **three to five** days, see *the terms* or `GET /refunds`.
It goes to the [same card](https://example.test/cards) as the payment, never to <https://example.test>.

## How to ask for one

1. Open the order.
2. Choose *Refund*:
   - the whole order, or
   - single items
     with their `sku`
3. Wait.

> We answer within a day.
>
> > At weekends it takes longer.

- [x] done
- [ ] to do

```sh
curl -X POST 'https://example.test/refunds?order=48213&reason=late'
\tindented
```

| Country | Days | Remark |
|---|---:|---|
| Germany | 3 | SEPA |
| 日本 | 5 | ~~slow~~ |

---

First line\\
second line ![a parcel](parcel.png) <b>no HTML</b>
";

fn drawn(text: &str, columns: u16, theme: Theme) -> Buffer {
    let rows = rows(text, usize::from(columns), &theme);
    let area = Rect::new(0, 0, columns, u16::try_from(rows.len()).unwrap());
    let mut buffer = Buffer::empty(area);
    for (y, row) in (0..).zip(&rows) {
        row.draw(&mut buffer, 0, y, columns);
    }
    buffer
}

fn lines(text: &str) -> Vec<String> {
    plain(text).into_iter().map(|line| line.to_string()).collect()
}

#[test]
fn an_article_at_80_columns() {
    assert_snapshot!(styled(&drawn(ARTICLE, 80, Theme::ansi())));
}

#[test]
fn an_article_at_40_columns_in_mono_and_ascii() {
    let ascii = Theme {
        ascii: true,
        ..Theme::mono()
    };
    assert_snapshot!(format!(
        "{}=====\n{}",
        styled(&drawn(ARTICLE, 40, Theme::mono())),
        screen(&drawn(ARTICLE, 40, ascii))
    ));
}

#[test]
fn an_article_in_the_line_mode() {
    assert_snapshot!(lines(ARTICLE).join("\n"));
}

#[test]
fn points_are_close_paragraphs_are_apart() {
    assert_eq!(
        lines("a\n- b\n- c\n  - d\n\ne"),
        ["a", "", "* b", "* c", "  * d", "", "e"]
    );
    assert_eq!(lines("- a\n\n- b\n\n  c"), ["* a", "", "* b", "", "  c"]);
    assert_eq!(lines("7) a\n8) b\n-\n- x"), ["7. a", "8. b", "*", "* x"]);
    assert_eq!(lines("> a\n> b\n\n> c"), ["> a b", "", "> c"]);
    assert_eq!(lines("- > a\n  > b"), ["* > a b"]);
}

#[test]
fn an_address_is_never_hidden() {
    assert_eq!(
        lines("[https://bank.test](https://evil.test)"),
        ["https://bank.test (https://evil.test)"]
    );
    assert_eq!(
        lines("[a][x]\n\n[x]: javascript:alert(1) 'title'"),
        ["a (javascript:alert(1))"]
    );
    assert!(lines(&format!("[a](http://{})", "x".repeat(5_000)))[0].len() < 500);
}

#[test]
fn a_stranger_text_does_nothing() {
    for text in [
        "\u{1b}[2J",
        "&#27;[2J &#x202e; &#8238;",
        "`\u{1b}]0;x\u{7}`",
        "```\n\u{1b}[2J\u{9b}1m\n```",
        "[a](<\u{1b}]8;;x>)",
        "**a**\u{301}\u{301}*\u{301}*",
        "| \u{202e} | \u{200b} |\n|--|--|\n| {{x}} | \u{7f} |",
        "<script>\u{1b}</script>",
        "\u{301}".repeat(10_000).as_str(),
        "\r\n\u{85}\u{2028}x",
    ] {
        for row in rows(text, 20, &Theme::ansi()) {
            let words = row.text();
            assert!(
                !words.contains(|c: char| c.is_control() || c == '\u{202e}'),
                "{text:?}: {words:?}"
            );
        }
        for line in plain(text) {
            assert!(!line.as_str().contains(|c: char| c.is_control()), "{text:?}: {line:?}");
        }
    }
    assert_eq!(lines("{{customer_name}} &lt;b>"), ["{{customer_name}} <b>"]);
}

#[test]
fn the_work_is_bounded() {
    let wide = format!(
        "|{}\n|{}\n{}",
        "a|".repeat(5_000),
        "-|".repeat(5_000),
        "|\n".repeat(10_000)
    );
    let references = format!("[a]: http://{}\n\n{}", "x".repeat(30_000), "[a] ".repeat(8_000));
    let texts = [
        "a\n\n".repeat(40_000),
        ">".repeat(60_000),
        "- ".repeat(30_000),
        "[".repeat(60_000),
        "*a_".repeat(20_000),
        "`".repeat(60_000),
        "word ".repeat(20_000),
        "x".repeat(100_000),
        "<a>".repeat(20_000),
        wide,
        references,
    ];
    for text in texts {
        let rows = rows(&text, 30, &Theme::ansi());
        assert!(rows.len() <= ROWS_MAX + 2, "{}", rows.len());
    }
    let cut = lines(&"word ".repeat(20_000));
    assert_eq!(cut.last().map(String::as_str), Some(REST));
    assert!(
        cut.iter().all(|line| !line.contains('…')),
        "a long paragraph loses nothing before the bound"
    );
}

#[test]
fn what_stands_behind_three_backticks_is_shown_unless_it_is_a_language() {
    assert_eq!(lines("```word"), ["    word"]);
    assert_eq!(lines("```two words\ncode"), ["    two words", "    code"]);
    assert_eq!(lines("```sh\ncode"), ["    code"]);
}

proptest! {
    #[test]
    fn any_text_fits_and_keeps_its_words(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "word", " ", "\n", "\n\n", "- ", "1. ", "> ", "# ", "```\n", "`", "**", "*", "[x](y)", "| a | b |\n|--|--|\n", "日本", "🇩🇪",
            "    ", "\\", "---\n", "<b>", "e\u{301}",
        ]), 0..40),
        columns in 1usize..60,
    ) {
        let text = pieces.concat();
        let rows = rows(&text, columns, &Theme::ansi());
        let all: String = rows.iter().map(StyledLine::text).collect();
        let count = |text: &str| text.replace(' ', "").matches('w').count();
        // Beside a fence stands the language of the code, which is not shown.
        let told: String = text.lines().filter(|line| !line.contains("```")).collect();
        prop_assert!(count(&all) >= count(&told), "{text:?}: {all:?}");
        if columns >= 4 {
            for row in &rows {
                prop_assert!(row.width() <= columns + 1, "{text:?}: {:?}", row.text());
            }
        }
    }
}
