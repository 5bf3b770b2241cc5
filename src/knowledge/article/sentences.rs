//! Where sentences end.

use std::ops::Range;

/// Abbreviations after which a full stop ends no sentence.
const ABBREVIATIONS: [&str; 16] =
    ["mr", "mrs", "ms", "dr", "prof", "st", "gen", "col", "lt", "sen", "rep", "gov", "no", "vs", "jr", "sr"];

/// A run of marks that may end a sentence, and what stands behind it.
#[derive(Clone, Copy, Default)]
struct Run {
    /// The number of the character behind it.
    end: usize,
    /// Whether white space and then what a sentence may begin with follows.
    opens: bool,
    /// The byte of what follows behind the white space, if anything does.
    next: Option<usize>,
}

impl Run {
    fn from(chars: &[(usize, char)], start: usize) -> Self {
        let closes = |c: char| matches!(c, '”' | '"' | '’' | '\'' | ')' | '.' | '!' | '?');
        let rest = chars.get(start..).unwrap_or_default();
        let end = start + rest.iter().take_while(|(_, c)| closes(*c)).count();
        let spaced = chars.get(end).is_some_and(|(_, c)| c.is_whitespace());
        let next = chars.get(end..).unwrap_or_default().iter().find(|(_, c)| !c.is_whitespace());
        let opens =
            next.is_some_and(|(_, c)| c.is_uppercase() || c.is_numeric() || matches!(c, '“' | '"' | '‘' | '\''));
        Self { end, opens: spaced && opens, next: next.map(|(at, _)| *at) }
    }
}

/// Splits a paragraph at full stops, question and exclamation marks that end a sentence.
pub(super) fn sentence_ranges(text: &str) -> Vec<Range<usize>> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut ranges = Vec::new();
    let mut start = 0;
    // All marks of a run share what is behind it, and it is read once however long it is.
    let mut run = Run::default();
    for (i, &(at, c)) in chars.iter().enumerate() {
        if !matches!(c, '.' | '!' | '?') {
            continue;
        }
        if i >= run.end {
            run = Run::from(&chars, i + 1);
        }
        // Of a run such as "?!", one mark ends the sentence.
        if !run.opens || at < start || c == '.' && is_abbreviation(text.get(start..at).unwrap_or_default()) {
            continue;
        }
        let stop = chars.get(run.end).map_or(text.len(), |(at, _)| *at);
        ranges.push(start..stop);
        start = run.next.unwrap_or(text.len());
    }
    if start < text.len() {
        ranges.push(start..text.len());
    }
    ranges
}

/// Whether a text ends in an abbreviation or a single initial.
fn is_abbreviation(before: &str) -> bool {
    let last = before.rsplit(|c: char| c.is_whitespace() || c == '.').next().unwrap_or_default();
    let initial = last.chars().count() == 1 && last.chars().all(char::is_uppercase);
    initial || ABBREVIATIONS.contains(&last.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_marks_ends_one_sentence() {
        let split = |text| sentence_ranges(text).into_iter().map(|range| text.get(range)).collect::<Vec<_>>();
        assert_eq!(
            split("Really?! Yes. “No.”) Wait... He left."),
            [Some("Really?!"), Some("Yes."), Some("“No.”)"), Some("Wait..."), Some("He left.")]
        );
    }

    #[test]
    fn runs_as_long_as_the_text_are_read_once() {
        let points = ".".repeat(2_000_000);
        assert_eq!(sentence_ranges(&points).len(), 1);
        let marks = format!("{}{}A", "!".repeat(1_000_000), " ".repeat(1_000_000));
        assert_eq!(sentence_ranges(&marks).len(), 2);
    }
}
