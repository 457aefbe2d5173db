//! What long texts look like when they are folded, and that nothing is lost or made up.

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::*;

const JAVA: &str = "2025-11-20 ERROR payment failed
java.lang.IllegalStateException: no card
    at com.example.Shop.pay(Shop.java:12)
    at com.example.Shop.order(Shop.java:40)
    at com.example.Web.post(Web.java:7)
    at java.base/jdk.internal.reflect.Invoke.call(Invoke.java:1)
    at java.base/java.lang.Thread.run(Thread.java:833)
Caused by: java.io.IOException: timeout
    at com.example.Net.read(Net.java:3)
    ... 12 more
done";

const PYTHON: &str = "Traceback (most recent call last):
  File \"/srv/app.py\", line 3, in <module>
    main()
  File \"/srv/app.py\", line 9, in main
    run()
  File \"/srv/run.py\", line 1, in run
    step()
  File \"/srv/run.py\", line 5, in step
    pay(None)
    ~~~^^^^^^
  File \"/srv/pay.py\", line 2, in pay
    card.number
AttributeError: 'NoneType' object has no attribute 'number'
next line";

const RUST: &str = "thread 'main' panicked at src/main.rs:2:5:
no card
stack backtrace:
   0: rust_begin_unwind
             at /rustc/abc/library/std/src/panicking.rs:1:5
   1: core::panicking::panic_fmt
             at /rustc/abc/library/core/src/panicking.rs:1:14
   2: shop::pay
             at ./src/main.rs:2:5
   3: shop::main
             at ./src/main.rs:6:5
   4: core::ops::function::FnOnce::call_once
             at /rustc/abc/library/core/src/ops/function.rs:250:5
note: Some details are omitted";

const NODE: &str = "TypeError: Cannot read properties of undefined (reading 'card')
    at pay (/srv/shop.js:12:3)
    at async order (/srv/shop.js:40:5)
    at /srv/web.js:7:1
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)
    at Module._compile (node:internal/modules/cjs/loader:1105:14)
Node.js v22";

const GO: &str = "panic: no card

goroutine 1 [running]:
main.pay(...)
    /srv/shop.go:12 +0x1d
main.order(0x1)
    /srv/shop.go:40 +0x2a
main.main()
    /srv/main.go:7 +0x10
runtime.main()
    /usr/lib/go/proc.go:250 +0x1
runtime.goexit()
    /usr/lib/go/asm.s.go:1 +0x1
exit status 2";

fn shown(text: &str) -> Vec<String> {
    rows(text, 100).iter().map(|line| line.text(text).to_owned()).collect()
}

/// The paints of lines that have one, with their words.
fn painted(text: &str) -> Vec<(Paint, String)> {
    let lines = rows(text, 100);
    let parts = lines.iter().flat_map(|line| line.parts(text));
    parts
        .filter(|(_, paint)| *paint != Paint::Plain)
        .map(|(words, paint)| (paint, words.to_owned()))
        .collect()
}

#[test]
fn traces_keep_what_says_where_to_look() {
    let java = shown(JAVA);
    assert_eq!(java[2], "    at com.example.Shop.pay(Shop.java:12)");
    assert_eq!(java[4], "… 3 more lines of the trace");
    assert_eq!(java[5], "Caused by: java.io.IOException: timeout");
    assert_eq!(java.last().unwrap(), "done");
    let python = shown(PYTHON);
    assert_eq!(
        python[..5],
        [
            "Traceback (most recent call last):",
            "… 6 more lines of the trace",
            "  File \"/srv/run.py\", line 5, in step",
            "    pay(None)",
            "    ~~~^^^^^^",
        ]
    );
    assert_eq!(
        python[python.len() - 2..],
        [
            "AttributeError: 'NoneType' object has no attribute 'number'",
            "next line"
        ]
    );
    let rust = shown(RUST);
    assert_eq!(rust[3], "… 4 more lines of the trace");
    assert_eq!(rust[4], "   2: shop::pay");
    assert_eq!(rust[8], "… 2 more lines of the trace");
    assert_eq!(rust[9], "note: Some details are omitted");
    let node = shown(NODE);
    assert_eq!(
        node[1..4],
        [
            "    at pay (/srv/shop.js:12:3)",
            "    at async order (/srv/shop.js:40:5)",
            "… 3 more lines of the trace"
        ]
    );
    let go = shown(GO);
    assert_eq!(
        go[3..7],
        [
            "main.pay(...)",
            "    /srv/shop.go:12 +0x1d",
            "main.order(0x1)",
            "    /srv/shop.go:40 +0x2a"
        ]
    );
    assert_eq!(go[7..], ["… 6 more lines of the trace", "exit status 2"]);
    for text in [JAVA, PYTHON, NODE] {
        assert!(painted(text).iter().any(|(paint, _)| *paint == Paint::Head), "{text}");
    }
    let error = painted(PYTHON).into_iter().rfind(|(paint, _)| *paint == Paint::Head);
    assert_eq!(
        error.unwrap().1,
        "AttributeError: 'NoneType' object has no attribute 'number'"
    );
}

#[test]
fn words_that_look_a_bit_like_a_trace_are_not_one() {
    for text in [
        "we meet\n  at noon\n  at the (old) place",
        "1: one\n2: two\n3: three\n4: four\n5: five\n6: six",
    ] {
        assert_eq!(shown(text), text.split('\n').collect::<Vec<_>>());
        assert!(painted(text).iter().all(|(paint, _)| *paint == Paint::Plain), "{text}");
    }
}

#[test]
fn diffs_keep_their_signs_and_get_colours() {
    let text = "my patch:\ndiff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@ fn x\n same\n-old\n+new\n\n--- a comment\n\\ No newline at end of file\nthat is all";
    assert_eq!(shown(text), text.split('\n').collect::<Vec<_>>());
    let paints = painted(text);
    assert_eq!(paints[0], (Paint::Head, "diff --git a/x b/x".into()));
    assert!(paints.contains(&(Paint::Place, "@@ -1,3 +1,3 @@ fn x".into())));
    assert!(paints.contains(&(Paint::Removed, "-old".into())) && paints.contains(&(Paint::Added, "+new".into())));
    assert!(paints.contains(&(Paint::Removed, "--- a comment".into())));
    let list = "what I need:\n- milk\n+ bread\n-- \nAda";
    assert!(painted(list).is_empty(), "a list is no diff");
}

#[test]
fn json_on_one_line_is_laid_out_and_nothing_of_it_changes() {
    let text = r#"{"id":1.50,"name":"a \"b\" {c}","tags":["x",{}],"ok":true,"none":[],"deep":{"a":{"b":null}},"more":"words"}"#;
    let lines = shown(text);
    assert_eq!(
        lines[..4],
        [
            "{",
            "  \"id\": 1.50,",
            "  \"name\": \"a \\\"b\\\" {c}\",",
            "  \"tags\": ["
        ]
    );
    let without_blanks = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let all: Vec<String> = super::lines(text, true)
        .iter()
        .map(|line| line.text(text).to_owned())
        .collect();
    assert_eq!(without_blanks(&all.concat()), without_blanks(text));
    assert!(all.contains(&"  \"none\": [],".to_owned()), "{all:#?}");
    let paints = painted(text);
    assert!(paints.contains(&(Paint::Field, "\"id\"".into())) && paints.contains(&(Paint::Value, "1.50".into())));
    let several = "config:\n{\n  \"a\": 1\n}\nthanks";
    assert_eq!(shown(several), several.split('\n').collect::<Vec<_>>());
    assert_eq!(
        painted(several),
        [(Paint::Field, "\"a\"".into()), (Paint::Value, "1".into())]
    );
    assert!(painted("{\"a\": 1, }").is_empty() && painted("[14:02] hello [x]").is_empty());
}

#[test]
fn what_goes_on_of_a_point_is_set_in_also_where_all_is_read() {
    let none = StyledLine::new();
    let lines = whole("- one two three\n12. four five", &Theme::ansi());
    let rows: Vec<String> = lines
        .iter()
        .flat_map(|line| line.rows(&none, &none, 12))
        .map(|row| row.text())
        .collect();
    assert_eq!(rows, ["- one two", "  three", "12. four", "    five"]);
}

#[test]
fn what_is_left_out_is_counted_in_lines_however_they_are_wrapped() {
    let text = (1..=60)
        .map(|n| format!("line {n} of them"))
        .collect::<Vec<_>>()
        .join("\n");
    for (columns, whole) in [(40, 7), (10, 3)] {
        let rows = first_rows(&text, columns, 8);
        assert_eq!(rows.len(), 8);
        let last = rows[7].text(&text);
        assert_eq!(last, format!("… {} more lines", 60 - whole), "{columns}");
    }
    let long = (1..=16)
        .map(|n| format!("{n} {}", "word ".repeat(20)))
        .collect::<Vec<_>>()
        .join("\n");
    let rows = rows(&long, 20);
    let told = rows.iter().find(|row| row.hides > 0).unwrap();
    let (head, tail) = (HEAD_ROWS / 6, TAIL_ROWS / 6);
    assert_eq!(told.text(&long), format!("… {} more lines", 16 - head - tail));
}

#[test]
fn of_one_long_line_the_rows_are_counted_that_are_not_shown() {
    let one = "word ".repeat(1_000);
    let one = one.trim_end();
    let all = wrapped(one, 50).len();
    let told = |rows: &[Line]| {
        rows.iter()
            .find(|row| row.hides > 0)
            .map(|row| row.text(one).to_owned())
    };
    let hidden = all - HEAD_ROWS - TAIL_ROWS;
    assert_eq!(told(&rows(one, 50)), Some(format!("… {hidden} more rows")));
    assert_eq!(told(&first_rows(one, 50, 5)), Some(format!("… {} more rows", all - 4)));
    // Below a line that is shown whole too, where something stands behind it.
    let below = format!("first\n{one}");
    let below: Vec<String> = rows(&below, 50).iter().map(|row| row.text(&below).to_owned()).collect();
    assert!(below.contains(&format!("… {} more rows", hidden + 1)), "{below:?}");
}

#[test]
fn one_is_told_as_one() {
    for (what, told) in [
        (Hidden::Lines, "… 1 more line"),
        (Hidden::Trace, "… 1 more line of the trace"),
        (Hidden::Rows, "… 1 more row"),
    ] {
        assert_eq!(Line::hidden(0, 1, what).text(""), told);
    }
}

#[test]
fn what_is_long_shows_its_beginning_and_its_end() {
    let text = (1..=30).map(|n| format!("line {n}")).collect::<Vec<_>>().join("\n");
    let lines = shown(&text);
    assert_eq!(lines.len(), HEAD_LINES + 1 + TAIL_LINES);
    assert_eq!(lines[9..12], ["line 10", "… 17 more lines", "line 28"]);
    let short = (1..=16).map(|n| format!("line {n}")).collect::<Vec<_>>().join("\n");
    assert_eq!(shown(&short).len(), 16);
    let gated = Shown::text(&(1..=300).map(|n| format!("line {n}")).collect::<Vec<_>>().join("\n"));
    assert_eq!(shown(gated.as_str()).last().unwrap(), "… 290 more lines");
    let one = "word ".repeat(1_000);
    assert_eq!(rows(one.trim_end(), 50).len(), HEAD_ROWS + 1 + TAIL_ROWS);
    assert_eq!(first_rows(&text, 80, 5).len(), 5);
}

#[test]
fn a_text_is_read_whole_and_gated() {
    let lines = whole("a\u{1b}[2Jb\n\tat x\n+y", &Theme::ansi());
    let texts: Vec<String> = lines.iter().map(StyledLine::text).collect();
    assert_eq!(texts, ["a␛[2Jb", "    at x", "+y"]);
    assert_eq!(whole(&"x\n".repeat(30_000), &Theme::ansi()).len(), WHOLE_LINES_MAX + 1);
    assert_eq!(whole(JAVA, &Theme::ansi()).len(), JAVA.lines().count());
}

#[test]
fn blocks_are_what_stands_between_fences() {
    assert_eq!(
        blocks("do\n```sh\nls -l\ncd /\n```\nthen\n```\nrm x\n```"),
        ["ls -l\ncd /\n", "rm x\n"]
    );
    assert_eq!(blocks("```\nopen"), ["open\n"]);
    assert_eq!(blocks("one line"), Vec::<String>::new());
    assert_eq!(blocks("two\nlines"), ["two\nlines"]);
}

#[test]
fn code_and_lists_keep_every_character_and_go_on_below_their_beginning() {
    let text = "try `ls -l` and:\n```sh\n    cargo test --workspace\n- no point\n```\n- one point that is longer than a row\n 12. a number that is longer too\n-- \n2 * 3 * 4";
    assert_eq!(shown(text), text.split('\n').collect::<Vec<_>>());
    let paints = painted(text);
    assert_eq!(paints[0], (Paint::Code, "`ls -l`".into()));
    assert!(paints.contains(&(Paint::Less, "```sh".into())) && paints.contains(&(Paint::Code, "- no point".into())));
    let laid: Vec<String> = rows(text, 20)
        .iter()
        .map(|row| format!("{}{}", " ".repeat(row.indent), row.text(text)))
        .collect();
    assert_eq!(
        laid,
        [
            "try `ls -l` and:",
            "```sh",
            "    cargo test",
            "    --workspace",
            "- no point",
            "```",
            "- one point that is",
            "  longer than a row",
            " 12. a number that",
            "     is longer too",
            "-- ",
            "2 * 3 * 4",
        ]
    );
    assert!(
        painted("a ` b").is_empty() && painted("``").is_empty(),
        "one backtick is a backtick"
    );
}

proptest! {
    #[test]
    fn rows_fit_keep_their_order_and_count_what_they_hide(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "\n", "    at a.b(c)\n", "  File \"x\", line 1, in y\n", "Traceback (most recent call last):\n", "{", "}", "\"a\":1", ",",
                "@@ -1 +1 @@\n", "+a\n", "-b\n", "stack backtrace:\n", "  1: a\n", "goroutine 1 [x]:\n", "f()\n", "    /x.go:1\n", "日", "é",
                "… 5 more lines", "word ", "\u{1b}", "\t", "- ", "12. ", "\n• ", "```\n", "\n~~~", "`", "      ", "👨‍👩‍👧", "ก็", "शि",
            ]),
            0..60,
        ),
        columns in 1usize..60,
    ) {
        let text = Shown::text(&pieces.concat());
        let text = text.as_str();
        let rows = rows(text, columns);
        prop_assert!(!rows.is_empty());
        prop_assert!(rows.len() <= ROWS_SHOWN_MAX);
        let mut before = 0;
        for row in &rows {
            prop_assert!(row.at >= before && row.at <= text.len());
            before = row.at;
            let parts: String = row.parts(text).map(|(words, _)| words).collect();
            prop_assert_eq!(parts, row.text(text));
            let grapheme_max = row.text(text).graphemes(true).map(width).max().unwrap_or(0);
            // What stands for others is cut where it is drawn.
            let fits = row.indent + width(row.text(text)) <= columns.max(grapheme_max);
            prop_assert!(fits || row.hides > 0, "{:?} in {}", row, columns);
        }
        let whole = super::lines(text, false);
        let all: String = whole.iter().map(|line| line.text(text)).collect();
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        prop_assert_eq!(letters(&all), letters(text));
        let folded = super::lines(text, true);
        let counted: usize = folded.iter().map(|line| line.hides.max(1)).sum();
        prop_assert_eq!(counted, whole.len());
    }
}
