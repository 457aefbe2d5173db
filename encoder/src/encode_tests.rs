//! The encoder in the program against what the published one says (`tests/reference.json`, made by `model/make.py`).

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Reference {
    text: String,
    ids: Vec<u32>,
    vector: Option<Vec<f32>>,
}

fn references() -> Vec<Reference> {
    serde_json::from_str(include_str!("../tests/reference.json")).expect("the references are JSON")
}

#[test]
fn the_weights_are_those_that_the_script_makes() {
    let told = include_str!("../model/make.py");
    for file in [
        include_bytes!("../model/minilm.bin").as_slice(),
        include_bytes!("../model/vocab.txt"),
    ] {
        let digest: String = Sha256::digest(file).iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(told.contains(&digest), "{digest} is not in make.py");
    }
}

#[test]
fn texts_become_the_tokens_of_the_published_tokeniser() {
    let encoder = Encoder::bundled();
    for reference in references() {
        let tokens = encoder.vocabulary.tokens(&reference.text, 256);
        assert_eq!(tokens, reference.ids, "{:?}", reference.text);
    }
}

#[test]
fn vectors_in_eight_bits_point_where_those_in_32_do() {
    let encoder = Encoder::bundled();
    let references = references();
    // A long text is cut off earlier here than there.
    let whole = references.iter().filter(|reference| reference.ids.len() <= TOKENS_MAX);
    let mut looked_at = 0;
    for reference in whole {
        let Some(right) = &reference.vector else { continue };
        let made = &encoder.exact(&[&reference.text])[0];
        let nearness: f32 = made.iter().zip(right).map(|(made, right)| made * right).sum();
        assert!(nearness >= 0.999, "{:?}: {nearness}", reference.text);
        let kept: f32 = Vector::of(made)
            .numbers()
            .iter()
            .zip(right)
            .map(|(made, right)| made * right)
            .sum();
        assert!(kept >= 0.998, "{:?}: {kept}", reference.text);
        looked_at += 1;
    }
    assert!(looked_at >= 6);
}

#[test]
fn what_stands_beside_a_text_does_not_change_it() {
    let encoder = Encoder::bundled();
    let texts = [
        "where is my order?",
        "x",
        "how do I send the boots back",
        "",
        "delivery times",
    ];
    let long = "word ".repeat(300);
    let texts: Vec<&str> = texts.into_iter().chain([long.as_str()]).cycle().take(40).collect();
    for (text, together) in texts.iter().zip(encoder.encode(&texts)) {
        let alone = &encoder.encode(&[text])[0];
        let nearness = alone.nearness(&together);
        assert!(nearness > 0.999, "{text}: {nearness}");
    }
}

#[test]
fn nearer_in_meaning_is_nearer_in_numbers() {
    let encoder = Encoder::bundled();
    let [asked, near, far] = &encoder.encode(&["how can I send my shoes back", "Return an item", "Opening hours"])[..]
    else {
        panic!("three texts");
    };
    assert!(asked.nearness(near) > asked.nearness(far) + 0.1);
}
