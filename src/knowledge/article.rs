//! The article as published: sections, paragraphs, sentences, and where a quote stands in it.

use std::ops::Range;

use crate::text::Shared;
use crate::text::fold::fold_verbatim;

/// Section that list items before the first heading belong to: a news article's summary.
pub const KEY_POINTS: &str = "Key points";
/// Section that paragraphs before the first heading belong to.
pub const LEAD: &str = "Lead";

/// A paragraph of the article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// Index of its section in [`Article::sections`].
    pub section: usize,
    /// Its text as published, without a list marker.
    pub text: String,
    /// The line of the file it starts on, from 1.
    pub line: usize,
    /// The text folded for comparing, and for each of its bytes the one in `text` that it comes from; nothing where
    /// folding changes nothing.
    folded: Option<(String, Vec<usize>)>,
    /// Where each line of the file starts in `text`: its byte there, and its line and column in the file.
    lines: Vec<(usize, usize, usize)>,
}

/// A paragraph that is being read.
struct Open {
    text: String,
    /// As in [`Paragraph`].
    lines: Vec<(usize, usize, usize)>,
    /// Whether it is a list item.
    item: bool,
}

impl Open {
    /// Adds a line of the file, or what of it stands behind a list marker.
    fn push(&mut self, line: &str, number: usize, rest: &str) {
        let text = rest.trim();
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        let before = line.strip_suffix(rest.trim_start()).unwrap_or_default();
        self.lines.push((self.text.len(), number, before.chars().count() + 1));
        self.text.push_str(text);
    }
}

/// A sentence of the article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Index of its paragraph in [`Article::paragraphs`].
    pub paragraph: usize,
    /// Its bytes in [`Paragraph::text`].
    pub range: Range<usize>,
}

/// Where a quote stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index of the paragraph in [`Article::paragraphs`].
    pub paragraph: usize,
    /// Its bytes in [`Paragraph::text`].
    pub range: Range<usize>,
}

/// An article, read from Markdown: `#` headings, paragraphs apart by blank lines, `-` list items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Article {
    /// The names of the sections in order.
    pub sections: Vec<String>,
    /// The paragraphs in order; headings are none.
    pub paragraphs: Vec<Paragraph>,
    /// The sentences in order.
    pub sentences: Vec<Sentence>,
    /// Hash of a word, or of two in a row, of the folded text; number of a paragraph that holds it; sorted. Nothing in
    /// short articles.
    words: Vec<(u32, u32)>,
}

/// Bytes of an article from which its words are indexed; a shorter one is read through as quickly.
const LONG: usize = 64 * 1024;

/// Pairs of words of a quote that are looked up in a long article, for the rarest of them.
const LOOKED_UP: usize = 3;

/// Paragraphs of a pair that are counted one by one; those of a commoner pair by bisection.
const FEW: usize = 32;

impl Article {
    /// Reads an article. Any text is one; an empty text gives no paragraphs.
    #[must_use]
    pub fn parse(markdown: &str) -> Self {
        let mut article = Self::default();
        let mut heading: Option<usize> = None;
        let mut open: Option<Open> = None;
        for (line, number) in markdown.lines().zip(1..) {
            let line = line.trim_end();
            let title = line.strip_prefix('#').map(|rest| rest.trim_start_matches('#'));
            let item = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
            if line.is_empty() || title.is_some() || item.is_some() {
                article.close(&mut open, heading);
            }
            if let Some(title) = title {
                article.sections.push(title.trim().to_owned());
                heading = Some(article.sections.len() - 1);
            } else if !line.is_empty() {
                let new = || Open { text: String::new(), lines: Vec::new(), item: item.is_some() };
                open.get_or_insert_with(new).push(line, number, item.unwrap_or(line));
            }
        }
        article.close(&mut open, heading);
        article.split_sentences();
        if markdown.len() > LONG {
            article.index_words();
        }
        article
    }

    /// Ends the paragraph that is open, if one is.
    fn close(&mut self, open: &mut Option<Open>, heading: Option<usize>) {
        let Some(Open { text, lines, item }) = open.take() else { return };
        let section = heading.unwrap_or_else(|| {
            let name = if item { KEY_POINTS } else { LEAD };
            self.sections.iter().position(|s| s == name).unwrap_or_else(|| {
                self.sections.push(name.to_owned());
                self.sections.len() - 1
            })
        });
        let (folded, origin) = fold_verbatim(&text);
        let line = lines.first().map_or(0, |(_, line, _)| *line);
        let folded = (folded != text).then_some((folded, origin));
        self.paragraphs.push(Paragraph { section, text, line, folded, lines });
    }

    fn split_sentences(&mut self) {
        for (at, paragraph) in self.paragraphs.iter().enumerate() {
            for range in sentence_ranges(&paragraph.text) {
                self.sentences.push(Sentence { paragraph: at, range });
            }
        }
    }

    fn index_words(&mut self) {
        for (paragraph, number) in self.paragraphs.iter().zip(0u32..) {
            let mut before = None;
            for word in paragraph.folded().split(' ').map(hash) {
                self.words.push((word, number));
                self.words.extend(before.map(|before| (pair(before, word), number)));
                before = Some(word);
            }
        }
        self.words.sort_unstable();
        self.words.dedup();
        self.words.shrink_to_fit();
    }

    /// The paragraphs that may hold a folded text: all, or in a long article those of its rarest word.
    fn candidates(&self, needle: &str) -> impl Iterator<Item = usize> {
        // The first and the last word may be parts of longer ones; long words are the rare ones.
        let mut inner: Vec<&str> = needle.split(' ').skip(1).collect();
        inner.pop();
        let mut wanted: Vec<(usize, u32)> = inner
            .windows(2)
            .map(|two| (two.iter().map(|word| word.len()).sum(), pair(hash(two[0]), hash(two[1]))))
            .collect();
        if wanted.is_empty() {
            wanted.extend(inner.first().map(|word| (word.len(), hash(word))));
        }
        wanted.sort_unstable_by_key(|(length, _)| std::cmp::Reverse(*length));
        wanted.truncate(LOOKED_UP);
        let with = |(_, hash): (usize, u32)| {
            let from = self.words.partition_point(|(known, _)| *known < hash);
            let rest = self.words.get(from..).unwrap_or_default();
            let few = rest.iter().take(FEW).take_while(|(known, _)| *known == hash).count();
            let all = if few < FEW { few } else { rest.partition_point(|(known, _)| *known == hash) };
            rest.get(..all).unwrap_or_default()
        };
        let rarest = wanted.into_iter().filter(|_| !self.words.is_empty()).map(with).min_by_key(|found| found.len());
        let all = if rarest.is_some() { 0 } else { self.paragraphs.len() };
        rarest.unwrap_or_default().iter().map(|(_, number)| *number as usize).chain(0..all)
    }

    /// The text of a sentence.
    #[must_use]
    pub fn sentence(&self, number: usize) -> &str {
        let Some(sentence) = self.sentences.get(number) else { return "" };
        self.paragraphs[sentence.paragraph].text.get(sentence.range.clone()).unwrap_or_default()
    }

    /// The line and column in the file of a byte of a paragraph's text, both from 1, the column in characters.
    ///
    /// Exact where the line is written with single spaces; 0 and 0 where there is no such paragraph.
    #[must_use]
    pub fn position(&self, paragraph: usize, byte: usize) -> (usize, usize) {
        let Some(paragraph) = self.paragraphs.get(paragraph) else { return (0, 0) };
        let at = paragraph.lines.partition_point(|(start, ..)| *start <= byte).saturating_sub(1);
        let Some(&(start, line, column)) = paragraph.lines.get(at) else { return (paragraph.line, 1) };
        (line, column + paragraph.text.get(start..byte).map_or(0, |before| before.chars().count()))
    }

    /// The name of the section of a paragraph.
    #[must_use]
    pub fn section_of(&self, paragraph: usize) -> &str {
        self.paragraphs.get(paragraph).and_then(|p| self.sections.get(p.section)).map_or("", String::as_str)
    }

    /// Finds a quote: the first place where it stands letter for letter, white space and quotation-mark glyphs folded,
    /// with no word cut in two. A place where a sentence starts comes before any other.
    #[must_use]
    pub fn find(&self, quote: &str) -> Option<Place> {
        let needle = fold_verbatim(quote).0;
        if needle.is_empty() {
            return None;
        }
        let mut first = None;
        for number in self.candidates(&needle) {
            let paragraph = &self.paragraphs[number];
            let places = || {
                let found = paragraph.folded().match_indices(&needle).map(|(from, _)| from);
                let whole = found.filter(|from| paragraph.is_whole(*from, needle.len()));
                whole.map(|from| paragraph.place(number, from, needle.len()))
            };
            // A place where a sentence starts is what is meant, wherever the words stand before.
            if let Some(place) = places().find(|place| self.starts_sentence(place)) {
                return Some(place);
            }
            first = first.or_else(|| places().next());
        }
        first
    }

    /// Whether a sentence starts where a place does.
    fn starts_sentence(&self, place: &Place) -> bool {
        let start = (place.paragraph, place.range.start);
        self.sentences.binary_search_by_key(&start, |s| (s.paragraph, s.range.start)).is_ok()
    }

    /// The sentences that a place shares at least half of the shorter one's bytes with.
    pub fn sentences_at(&self, place: &Place) -> impl Iterator<Item = usize> {
        let first = self.sentences.partition_point(|s| s.paragraph < place.paragraph);
        let place = place.clone();
        self.sentences
            .iter()
            .enumerate()
            .skip(first)
            .take_while(move |(_, s)| s.paragraph == place.paragraph)
            .filter(move |(_, s)| {
                let shared = s.range.end.min(place.range.end).saturating_sub(s.range.start.max(place.range.start));
                shared > 0 && shared * 2 >= s.range.len().min(place.range.len())
            })
            .map(|(number, _)| number)
    }

    /// The number of the sentence most like a text, by the words that both hold; `None` where no word is shared.
    #[must_use]
    pub fn nearest(&self, text: &str) -> Option<usize> {
        let wanted = words(text);
        let score = |number: usize| {
            let have = words(self.sentence(number));
            let shared = wanted.iter().filter(|word| have.contains(word)).count();
            // Sørensen–Dice coefficient over words, in thousandths so that it can be compared.
            shared * 2000 / (wanted.len() + have.len()).max(1)
        };
        (0..self.sentences.len())
            .map(|number| (score(number), number))
            .filter(|(score, _)| *score > 0)
            .max_by_key(|(score, number)| (*score, usize::MAX - number))
            .map(|(_, number)| number)
    }
}

impl Paragraph {
    /// The text as quotes are compared with it.
    fn folded(&self) -> &str {
        self.folded.as_ref().map_or(self.text.as_str(), |(folded, _)| folded)
    }

    /// Whether a match in the folded text cuts no word in two.
    fn is_whole(&self, from: usize, len: usize) -> bool {
        let (before, rest) = self.folded().split_at_checked(from).unwrap_or_default();
        let (found, behind) = rest.split_at_checked(len).unwrap_or_default();
        let cuts = |a: Option<char>, b: Option<char>| {
            a.zip(b).is_some_and(|(a, b)| a.is_alphanumeric() && b.is_alphanumeric())
        };
        !cuts(before.chars().next_back(), found.chars().next())
            && !cuts(found.chars().next_back(), behind.chars().next())
    }

    /// The place of a match in the folded text.
    fn place(&self, number: usize, from: usize, len: usize) -> Place {
        let origin = |at: usize| match &self.folded {
            Some((_, origin)) => origin.get(at).copied().unwrap_or(self.text.len()),
            None => at,
        };
        let (start, end) = (origin(from), origin(from + len));
        let end = start + self.text.get(start..end).map_or(0, |text| text.trim_end().len());
        Place { paragraph: number, range: start..end }
    }
}

/// The hash of two words in a row.
fn pair(first: u32, second: u32) -> u32 {
    first.rotate_left(11).wrapping_mul(0x9e37_79b1) ^ second
}

/// FNV-1a, folded to 32 bits. Equal hashes of different words cost a look more, and nothing else.
fn hash(word: &str) -> u32 {
    let hash = word
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    #[expect(clippy::cast_possible_truncation, reason = "any 32 bits of the hash do")]
    let short = (hash ^ (hash >> 32)) as u32;
    short
}

fn words(text: &str) -> Vec<Shared> {
    let mut words: Vec<Shared> = crate::text::tokenize(text).into_iter().map(|token| token.stem).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Abbreviations after which a full stop ends no sentence.
const ABBREVIATIONS: [&str; 16] =
    ["mr", "mrs", "ms", "dr", "prof", "st", "gen", "col", "lt", "sen", "rep", "gov", "no", "vs", "jr", "sr"];

/// Splits a paragraph at full stops, question and exclamation marks that end a sentence.
fn sentence_ranges(text: &str) -> Vec<Range<usize>> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut ranges = Vec::new();
    let mut start = 0;
    for (i, &(at, c)) in chars.iter().enumerate() {
        if !matches!(c, '.' | '!' | '?') {
            continue;
        }
        let mut end = i + 1;
        while chars.get(end).is_some_and(|(_, c)| matches!(c, '”' | '"' | '’' | '\'' | ')' | '.' | '!' | '?')) {
            end += 1;
        }
        let spaced = chars.get(end).is_some_and(|(_, c)| c.is_whitespace());
        let next = chars.get(end..).unwrap_or_default().iter().find(|(_, c)| !c.is_whitespace());
        let opens =
            next.is_some_and(|(_, c)| c.is_uppercase() || c.is_numeric() || matches!(c, '“' | '"' | '‘' | '\''));
        if !spaced || !opens || c == '.' && is_abbreviation(text.get(start..at).unwrap_or_default()) {
            continue;
        }
        let stop = chars.get(end).map_or(text.len(), |(at, _)| *at);
        ranges.push(start..stop);
        start = next.map_or(text.len(), |(at, _)| *at);
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

    const TEXT: &str = "- A first point.\n- A second point.\nLead of 2.5 parts. Mr. Smith said: “Yes.” He left.\n\n## Later\n\nOne line\ngoes on. U.S. aid came.\n";

    #[test]
    fn sections_paragraphs_and_sentences_are_found() {
        let article = Article::parse(TEXT);
        assert_eq!(article.sections, [KEY_POINTS, "Later"], "a list item goes on until a blank line");
        let article = Article::parse(&TEXT.replace("point.\nLead", "point.\n\nLead"));
        assert_eq!(article.sections, [KEY_POINTS, LEAD, "Later"]);
        assert_eq!(article.paragraphs.len(), 4);
        let sentences: Vec<&str> = (0..article.sentences.len()).map(|i| article.sentence(i)).collect();
        assert_eq!(
            sentences,
            [
                "A first point.",
                "A second point.",
                "Lead of 2.5 parts.",
                "Mr. Smith said: “Yes.”",
                "He left.",
                "One line goes on.",
                "U.S. aid came."
            ]
        );
    }

    #[test]
    fn quotes_are_found_with_glyphs_and_spaces_folded_and_nothing_else() {
        let article = Article::parse("## S\n\nHe said: “Yes,  we will.” They left.");
        let place = article.find("said: \"Yes, we will.\"").expect("quoted with other glyphs");
        assert_eq!(article.paragraphs[0].text.get(place.range.clone()), Some("said: “Yes,  we will.”"));
        assert!(article.find("They left.").is_some(), "at the start of a sentence");
        assert!(article.find("they left.").is_none(), "case counts");
        assert!(article.find("").is_none());
        assert_eq!(article.nearest("they have left").map(|number| article.sentence(number)), Some("They left."));
        assert_eq!(article.nearest("nothing alike"), None);
    }

    #[test]
    fn no_word_is_cut_in_two() {
        let article = Article::parse("Iran fell. They ran far.");
        assert_eq!(article.find("ran").map(|place| place.range), Some(16..19), "not the end of \"Iran\"");
        assert!(article.find("They ra").is_none() && article.find("hey ran").is_none());
        assert!(article.find("They ran far").is_some(), "punctuation may be left out");
    }

    #[test]
    fn positions_are_those_of_the_file() {
        let article = Article::parse("# T\n\n- Über it. And so on.\n\nFirst line\n  goes on. A second one.\n");
        let positions: Vec<(usize, usize)> =
            article.sentences.iter().map(|s| article.position(s.paragraph, s.range.start)).collect();
        assert_eq!(positions, [(3, 3), (3, 12), (5, 1), (6, 12)]);
        assert_eq!(article.position(9, 0), (0, 0));
    }
}
