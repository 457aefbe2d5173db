//! What a text is made of: its words, its pairs of words, and runs of two to five letters, weighed by how seldom they are. Runs of
//! letters find a word although it is misspelt or has another ending.

use std::collections::{BTreeMap, HashMap};

/// Letters of a run.
const RUN: std::ops::RangeInclusive<usize> = 2..=5;
/// Characters of a text that are looked at: a question is shorter, and a passage hardly longer.
const TEXT_CHARS_MAX: usize = 1_000;
/// From so many texts on, what stands in one of them only is left out: it is most of the list and tells little.
const RARE_FROM: usize = 4_000;

/// Numbers of parts and their weights, by number.
pub(crate) type Row = Vec<(u32, f32)>;

/// The parts that some texts have, with their weights.
#[derive(Debug, Default)]
pub(crate) struct Words {
    /// By the part's hash: its number, and how much it tells.
    parts: HashMap<u64, (u32, f32)>,
}

impl Words {
    /// Of these texts.
    pub(crate) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Words {
        let mut in_texts: BTreeMap<u64, u32> = BTreeMap::new();
        let mut count = 0;
        for text in texts {
            count += 1;
            let mut parts: Vec<u64> = parts(text).into_iter().map(|(part, _)| part).collect();
            parts.sort_unstable();
            parts.dedup();
            parts
                .into_iter()
                .for_each(|part| *in_texts.entry(part).or_default() += 1);
        }
        if count >= RARE_FROM {
            in_texts.retain(|_, count| *count > 1);
        }
        let tells = |texts: u32| ((1.0 + count as f32) / (1.0 + texts as f32)).ln() + 1.0;
        let numbered = in_texts.into_iter().zip(0..);
        Words {
            parts: numbered.map(|((part, texts), n)| (part, (n, tells(texts)))).collect(),
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.parts.len()
    }

    /// A text as its parts, of length 1: one half of it words, the other letters. Empty if none of them is known.
    pub(crate) fn row(&self, text: &str) -> Row {
        let mut words: BTreeMap<u32, f32> = BTreeMap::new();
        let mut letters: BTreeMap<u32, f32> = BTreeMap::new();
        for (part, is_word) in parts(text) {
            if let Some((n, tells)) = self.parts.get(&part) {
                let side = if is_word { &mut words } else { &mut letters };
                *side.entry(*n).or_default() += tells;
            }
        }
        let length =
            |side: &BTreeMap<u32, f32>| side.values().map(|x| x * x).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        let halves = if words.is_empty() || letters.is_empty() {
            1.0
        } else {
            std::f32::consts::FRAC_1_SQRT_2
        };
        let (of_words, of_letters) = (halves / length(&words), halves / length(&letters));
        let words = words.into_iter().map(|(n, x)| (n, x * of_words));
        let letters = letters.into_iter().map(|(n, x)| (n, x * of_letters));
        let mut row: Row = words.chain(letters).collect();
        row.sort_unstable_by_key(|(n, _)| *n);
        row
    }
}

/// The hashes of a text's parts, and whether each is of words.
fn parts(text: &str) -> Vec<(u64, bool)> {
    let small: String = text.chars().take(TEXT_CHARS_MAX).flat_map(char::to_lowercase).collect();
    let is_letter = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’');
    let words: Vec<&str> = small.split(|c| !is_letter(c)).filter(|word| !word.is_empty()).collect();
    let mut found = Vec::new();
    for word in &words {
        found.push((hash(b'w', word.as_bytes()), true));
        let framed = format!(" {word} ");
        let at: Vec<usize> = framed.char_indices().map(|(at, _)| at).chain([framed.len()]).collect();
        for length in RUN {
            let runs = at
                .windows(length + 1)
                .map(|ends| &framed.as_bytes()[ends[0]..ends[length]]);
            found.extend(runs.map(|run| (hash(b'c', run), false)));
        }
    }
    let pairs = words
        .windows(2)
        .map(|pair| (hash(b'w', pair.join(" ").as_bytes()), true));
    found.extend(pairs);
    found
}

/// FNV-1a: always the same, and good enough to tell parts apart.
fn hash(kind: u8, bytes: &[u8]) -> u64 {
    let mix = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(mix(0xcbf2_9ce4_8422_2325, &kind), mix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(a: &Row, b: &Row) -> f32 {
        let common = a
            .iter()
            .filter_map(|(n, x)| Some(x * b.iter().find(|(m, _)| n == m)?.1));
        common.sum()
    }

    #[test]
    fn the_same_text_has_the_product_one_and_a_misspelt_one_a_good_part_of_it() {
        let texts = ["how do I return shoes", "opening hours", "when does my parcel come"];
        let words = Words::of(texts.into_iter());
        let row = |text| words.row(text);
        assert!((product(&row(texts[0]), &row("How do I RETURN shoes?")) - 1.0).abs() < 1e-5);
        let slip = product(&row(texts[0]), &row("how do i retrun shoes"));
        assert!(slip > 0.5 && slip < 0.95, "{slip}");
        assert!(product(&row(texts[0]), &row("opening times")) < 0.2);
        assert_eq!(row("☃ 🙂"), []);
        assert_eq!(row(""), []);
    }

    #[test]
    fn a_seldom_word_tells_more() {
        let words = Words::of(["the red boot", "the blue boot", "the green hat"].into_iter());
        let row = words.row("the hat");
        let of = |word: &str| {
            let (n, _) = words.parts[&hash(b'w', word.as_bytes())];
            row.iter().find(|(m, _)| *m == n).expect("it is in the row").1
        };
        assert!(of("hat") > of("the"));
    }
}
