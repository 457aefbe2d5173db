//! Encoders other than the one in the program, with both kinds of vocabularies.

use super::*;
use crate::tiny;

const WORD_PIECES: (&str, &[u8]) = (
    "[UNK]\n[CLS]\n[SEP]\nboots\nstiefel\nhours\nsend",
    &[0, 0, 0, 7, 7, 9, 11],
);
const UNIGRAM: (&str, &[u8]) = (
    "<s>\t0\n<pad>\t0\n</s>\t0\n<unk>\t0\n▁boots\t-2\n▁Stie\t-2\nfel\t-3\n▁hours\t-4\n▁send\t-4",
    &[0, 0, 0, 0, 7, 7, 7, 9, 11],
);

fn made((pieces, meanings): (&str, &[u8])) -> Encoder {
    Encoder::new(pieces, Cow::Owned(tiny::weights(meanings))).expect("it is whole")
}

#[test]
fn both_kinds_of_vocabularies_lead_to_the_same_meanings() {
    for of in [WORD_PIECES, UNIGRAM] {
        let encoder = made(of);
        let [boots, stiefel, hours] = &encoder.encode(&["boots", "Stiefel", "hours"])[..] else {
            panic!("three texts");
        };
        assert!(boots.nearness(stiefel) > boots.nearness(hours) + 0.2, "{}", of.0);
        assert!(encoder.knows("boots") && !encoder.knows("boot") && !encoder.is_bundled());
    }
}

#[test]
fn any_change_makes_it_another_encoder() {
    let version = made(UNIGRAM).version();
    assert_eq!(version, made(UNIGRAM).version());
    assert_ne!(version, made((UNIGRAM.0, &[0, 0, 0, 0, 7, 7, 7, 9, 12])).version());
    assert_ne!(version, made((&UNIGRAM.0.replace("-3", "-3.5"), UNIGRAM.1)).version());
}

#[test]
fn what_stands_before_each_text_is_read_with_it() {
    for of in [WORD_PIECES, UNIGRAM] {
        let (bare, prefixed) = (made(of), made(of).with_prefix("send "));
        assert_ne!(bare.version(), prefixed.version());
        assert_eq!(bare.encode(&["send boots"]), prefixed.encode(&["boots"]));
        assert_ne!(bare.encode(&["boots"]), prefixed.encode(&["boots"]));
        assert!(prefixed.knows("boots"), "a word is a word without it");
    }
    assert_ne!(
        made(UNIGRAM).with_prefix("send ").version(),
        made(UNIGRAM).with_prefix("send: ").version()
    );
}

#[test]
fn a_file_with_words_in_fewer_bits_is_read_too() {
    let (pieces, meanings) = WORD_PIECES;
    let eight = tiny::weights(meanings);
    // The same numbers: a quarter of each, and the scales four times as large (two more in the exponent of 16 bits).
    let rows = meanings.len() * crate::DIM;
    let (head, rest) = eight.split_at(32);
    let (scales, rest) = rest.split_at(rows / 32 * 2);
    let (words, rest) = rest.split_at(rows);
    let mut six = b"MCENC\0\0\x02".to_vec();
    six.extend(&head[8..]);
    six.extend(6_u32.to_le_bytes());
    six.extend(
        scales
            .as_chunks::<2>()
            .0
            .iter()
            .flat_map(|[low, high]| [*low, high + 8]),
    );
    for eight in words.as_chunks::<8>().0 {
        let all = eight
            .iter()
            .rev()
            .fold(0_u64, |all, byte| all << 6 | u64::from(byte >> 2));
        six.extend(&all.to_le_bytes()[..6]);
    }
    six.extend(rest);
    let six = Encoder::new(pieces, Cow::Owned(six)).expect("it is whole");
    let eight = made(WORD_PIECES);
    assert_ne!(six.version(), eight.version());
    for text in ["boots", "stiefel hours", "send"] {
        let nearness = six.encode(&[text])[0].nearness(&eight.encode(&[text])[0]);
        assert!(nearness > 0.999, "{text}: {nearness}");
    }
}

#[test]
fn damaged_files_are_refused() {
    let refused = |pieces: &str, file: Vec<u8>| {
        Encoder::new(pieces, Cow::Owned(file))
            .expect_err("it is refused")
            .to_string()
    };
    let whole = tiny::weights(UNIGRAM.1);
    for cut in (0..whole.len()).step_by(4_001) {
        let said = refused(UNIGRAM.0, whole[..cut].to_vec());
        assert!(
            said.contains("shorter") || said.contains("no file of encoder weights"),
            "{said}"
        );
    }
    assert!(refused(&format!("{}\nmore\t-1", UNIGRAM.0), whole.clone()).contains("another number"));
    assert!(refused(WORD_PIECES.0, whole.clone()).contains("another number"));
    assert!(refused("", whole.clone()).contains("[CLS]"));
    assert!(refused(&UNIGRAM.0.replace("▁send\t-4", "▁send"), whole).contains("line 9"));
}
