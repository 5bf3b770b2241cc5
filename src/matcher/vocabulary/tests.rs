//! Tests of the vocabulary.

use super::*;

fn spelling() -> Spelling {
    let words = [
        ("phosphates", 2),
        ("memorandum", 2),
        ("meeting", 2),
        ("troops", 2),
        ("sanctions", 2),
        ("actions", 0),
        ("where", 0),
    ];
    Spelling::new(words.map(|(word, rank)| (word.to_owned(), rank)))
}

#[test]
fn misspelt_words_reach_the_vocabulary() {
    let spelling = spelling();
    for (typo, word) in [
        ("memmorandum", "memorandum"),
        ("memorandem", "memorandum"),
        ("tropps", "troops"),
        ("mettings", "meeting"),
        ("sanktions", "sanctions"),
        ("fosfats", "phosphates"),
    ] {
        assert_eq!(spelling.correct(typo).map(|c| c.word), Some(word), "{typo}");
    }
}

#[test]
fn nothing_is_corrected_to_a_doubtful_word() {
    let spelling = Spelling::new([("troops", 2), ("trops", DOUBTFUL), ("sitdown", DOUBTFUL), ("hiya", DOUBTFUL)]);
    assert_eq!(spelling.correct("tropps").map(|c| c.word), Some("troops"));
    assert!(!spelling.contains("trops") && spelling.rank("trops") == Some(DOUBTFUL));
    assert_eq!(spelling.correct_doubtful("trops").map(|c| c.word), Some("troops"));
    for kept in ["sitdown", "hiya"] {
        assert_eq!(spelling.correct_doubtful(kept), None, "{kept}");
    }
}

#[test]
fn words_too_far_away_are_left_alone() {
    let spelling = spelling();
    for word in ["banana", "xx", "met", "ümläut", "h3llo"] {
        assert_eq!(spelling.correct(word), None, "{word}");
    }
}
