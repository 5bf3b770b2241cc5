//! The article as published: sections, paragraphs, sentences, and where a quote stands in it.

mod find;
mod nearest;
mod sentences;

use std::ops::Range;

use crate::text::buckets::Buckets;
use crate::text::fold::fold_verbatim;
pub use find::Effort;
pub use nearest::Nearest;
use sentences::sentence_ranges;

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
    /// Where in `words` a hash is looked for.
    buckets: Buckets,
}

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
        if markdown.len() > find::LONG {
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

    /// The sentences that a place shares at least half of the shorter one's bytes with. Where it runs over the ends of so
    /// many that it does so with none, the one that it shares most with; so that what stands in a paragraph is always of
    /// some sentence.
    pub fn sentences_at(&self, place: &Place) -> impl Iterator<Item = usize> {
        let start = (place.paragraph, place.range.start);
        let first = self.sentences.partition_point(|s| (s.paragraph, s.range.end) <= start);
        let place = place.clone();
        let end = (place.paragraph, place.range.end);
        let shares = self
            .sentences
            .iter()
            .enumerate()
            .skip(first)
            .take_while(move |(_, s)| (s.paragraph, s.range.start) < end)
            .map(move |(number, s)| {
                let shared = s.range.end.min(place.range.end).saturating_sub(s.range.start.max(place.range.start));
                (number, shared, shared > 0 && shared * 2 >= s.range.len().min(place.range.len()))
            });
        let most = if shares.clone().any(|(.., half)| half) {
            None
        } else {
            shares.clone().filter(|(_, shared, _)| *shared > 0).max_by_key(|(_, shared, _)| *shared)
        };
        shares
            .filter(move |(number, _, half)| *half || most.is_some_and(|(most, ..)| most == *number))
            .map(|(number, ..)| number)
    }
}

impl Paragraph {
    /// The text as quotes are compared with it.
    fn folded(&self) -> &str {
        self.folded.as_ref().map_or(self.text.as_str(), |(folded, _)| folded)
    }
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
    fn a_quote_over_the_ends_of_two_sentences_is_of_one_of_them() {
        let article = Article::parse("One two three four. Fives are six and seven. The end.");
        for (quote, sentences) in
            [("four. Fives", &[1][..]), ("three four. Fives", &[0]), ("six and seven. The end.", &[1, 2])]
        {
            let place = article.find(quote).expect("it stands there");
            assert_eq!(article.sentences_at(&place).collect::<Vec<_>>(), sentences, "{quote}");
        }
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
