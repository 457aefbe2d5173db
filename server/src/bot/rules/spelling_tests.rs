use super::*;

fn spelling() -> Spelling {
    let words = ["human", "please", "representative", "good", "hello", "refund", "so"];
    let alias = [("u", "you"), ("wanna", "want to"), ("👍", "ok")];
    Spelling::new(
        words.map(str::to_owned).to_vec(),
        vec!["humane".to_owned()],
        alias.map(|(short, long)| (short.to_owned(), long.to_owned())).into(),
    )
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(spelling().clauses(text), expected, "{text:?}");
}

#[test]
fn what_patterns_see() {
    check("", &[]);
    check("?!… 😡", &[]);
    check("I don't, I do!", &["i dont", "i do"]);
    check("I don’t", &["i dont"]);
    check("No. Yes; no: yes\nno", &["no", "yes", "no", "yes", "no"]);
    check("not that - this", &["not that", "this"]);
    check("face-to-face", &["face to face"]);
    check("see example.com 3.5", &["see example com 3 5"]);
    check("Ｆｕｌｌ ＷＩＤＴＨ", &["full width"]);
    check("Straße ÉCOLE", &["straße école"]);
    check("cafe\u{301}", &["café"]);
    check("h\u{336}u\u{336}m\u{336}a\u{336}n", &["human"]);
    check("hu\u{200B}m\u{AD}an", &["human"]);
    check("h u m a n please", &["human please"]);
    check("i c u", &["i c you"]);
    check("salt&pepper", &["salt and pepper"]);
    check("*bold* _it_", &["bold it"]);
    check("👍👍", &["ok ok"]);
    check("i wanna", &["i want to"]);
}

#[test]
fn slips_of_the_finger() {
    for slip in [
        "humna", "huamn", "hman", "humen", "humann", "uhman", "humaaaan", "hhhuman",
    ] {
        check(slip, &["human"]);
    }
    check("pleeeease", &["please"]);
    check("goooood", &["good"]);
    check("sooo", &["so"]);
    check("reprezentativ", &["representative"]);
    // Known words stay, and so do short ones and those that begin otherwise.
    check("humane", &["humane"]);
    check("woman", &["woman"]);
    check("sa", &["sa"]);
    check("refunded", &["refunded"]);
    check("hum4n", &["hum4n"]);
}

#[test]
fn a_long_text_is_read_at_both_ends() {
    let text = format!("first {} last", "x ".repeat(10_000));
    let clauses = spelling().clauses(&text);
    assert_eq!(clauses.len(), 2);
    assert!(clauses[0].starts_with("first ") && clauses[1].ends_with(" last"));
    assert!(clauses.iter().map(String::len).sum::<usize>() <= 2 * RULES_READ_CHARS);
}
