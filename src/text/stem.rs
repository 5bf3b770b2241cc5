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
