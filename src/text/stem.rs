//! Stems: one form for the inflections of a word.
//!
//! Snowball's English stemmer (Porter2), after irregular forms that no suffix rule reaches ("fled" → "flee").

use std::collections::HashMap;
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};

static STEMMER: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));

static IRREGULAR: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    include_str!("lexicon/irregular.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .flat_map(|(base, forms)| forms.split_whitespace().map(move |form| (form, base.trim())))
        .collect()
});

/// The stem of a folded word. Words that aren't plain ASCII letters (numbers, other scripts) are their own stem.
///
/// ```
/// use briefing_bot::text::stem;
/// assert_eq!(stem("fled"), stem("fleeing"));
/// assert_eq!(stem("2026"), "2026");
/// ```
#[must_use]
pub fn stem(word: &str) -> String {
    if !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let base = IRREGULAR.get(word).copied().unwrap_or(word);
    STEMMER.stem(base).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for forms in [
            ["fled", "fleeing", "flees"],
            ["met", "meeting", "meets"],
            ["bought", "buying", "buys"],
            ["said", "saying", "says"],
        ] {
            let stems = forms.map(stem);
            assert!(stems.iter().all(|one| *one == stems[0]), "{forms:?} gave {stems:?}");
        }
    }

    #[test]
    fn what_is_no_plain_word_stays() {
        for word in ["", "2026", "#4000", "café", "кот", "a1s"] {
            assert_eq!(stem(word), word);
        }
    }

    #[test]
    fn the_irregular_forms_are_read() {
        assert!(IRREGULAR.len() > 100, "{}", IRREGULAR.len());
        for (form, base) in IRREGULAR.iter() {
            assert!([*form, *base].iter().all(|word| word.bytes().all(|b| b.is_ascii_lowercase())), "{form} = {base}");
        }
    }
}
