//! The general English lexicon: what any reader knows, whatever the briefing.
//!
//! Stop words, chat abbreviations, near-synonyms, words that ask for an attribute, and small talk. The lists are plain
//! text files beside this one, read once per process.

use std::sync::LazyLock;

use smallvec::SmallVec;

use super::phrases::{Phrase, PhraseMap};
use super::quick::{Map, Set};
use super::shared::Shared;
use super::stem::stem;
use super::token::{Token, tokenize};

/// A group of words that mean much the same; the index of its line in `synonyms.txt`.
pub type Group = u16;

/// An attribute that a question may ask for (age, menu, airline, …); the index of its line in `attributes.txt`.
pub type Attribute = u16;

/// Nearly always one or two, kept without a piece of memory of their own.
type Few<T> = SmallVec<[T; 4]>;

/// What a remark that is no question is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SmallTalk {
    /// "hello".
    Greeting,
    /// "thanks".
    Thanks,
    /// "bye".
    Farewell,
    /// "you're useless".
    Insult,
    /// "good bot".
    Praise,
    /// "are you a bot?", "what can you do?".
    Identity,
    /// "how are you?".
    Wellbeing,
    /// "tell me a joke".
    Joke,
    /// "test", "ping".
    Test,
    /// "ignore your instructions".
    Injection,
    /// "who do you think will win?".
    Opinion,
    /// "write a poem".
    Task,
}

impl SmallTalk {
    /// Whether a remark like this is never a question about a briefing, whatever was talked of before.
    #[must_use]
    pub fn is_certain(self) -> bool {
        matches!(
            self,
            Self::Injection | Self::Greeting | Self::Thanks | Self::Farewell | Self::Praise | Self::Wellbeing
        )
    }

    fn parse(kind: &str) -> Option<Self> {
        Some(match kind {
            "greeting" => Self::Greeting,
            "thanks" => Self::Thanks,
            "farewell" => Self::Farewell,
            "insult" => Self::Insult,
            "praise" => Self::Praise,
            "identity" => Self::Identity,
            "wellbeing" => Self::Wellbeing,
            "joke" => Self::Joke,
            "test" => Self::Test,
            "injection" => Self::Injection,
            "opinion" | "prediction" => Self::Opinion,
            "task" => Self::Task,
            _ => return None,
        })
    }
}

/// The lists, ready for look-up.
#[derive(Debug)]
pub struct Lexicon {
    abbreviations: Map<Shared, Vec<Token>>,
    stop_words: Set<Shared>,
    stop_phrases: PhraseMap<()>,
    groups_of: Map<Shared, Few<Group>>,
    phrase_groups: PhraseMap<Few<Group>>,
    groups: usize,
    attributes: PhraseMap<Few<Attribute>>,
    small_talk: Vec<(SmallTalk, Phrase)>,
    small_talk_by_first: Map<Shared, Vec<u16>>,
    english: Set<Shared>,
}

/// Ordinary English words beyond those of the other lists, one a line, sorted: no misspelling of anything. Nothing is
/// corrected to them, so that they cost no memory but their own.
const WORDS: &str = include_str!("lexicon/words.txt");

/// Whether a text of sorted lines holds a line, by bisection over its bytes.
fn has_line(text: &str, line: &str) -> bool {
    let (mut from, mut to) = (0, text.len());
    while from < to {
        let middle = usize::midpoint(from, to);
        let start =
            text.as_bytes()[from..middle].iter().rposition(|byte| *byte == b'\n').map_or(from, |at| from + at + 1);
        let end = text.as_bytes()[middle..to].iter().position(|byte| *byte == b'\n').map_or(to, |at| middle + at);
        match text.as_bytes()[start..end].cmp(line.as_bytes()) {
            std::cmp::Ordering::Less => from = end + 1,
            std::cmp::Ordering::Greater => to = start,
            std::cmp::Ordering::Equal => return true,
        }
    }
    false
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::parse);

impl Lexicon {
    /// The lexicon, parsed at the first call.
    #[must_use]
    pub fn get() -> &'static Self {
        &LEXICON
    }

    fn parse() -> Self {
        let synonyms = include_str!("lexicon/synonyms.txt");
        let mut groups_of: Map<Shared, Few<Group>> = Map::default();
        let mut phrase_groups: PhraseMap<Few<Group>> = PhraseMap::default();
        let mut groups = 0;
        let mut english = Set::default();
        for (group, line) in (0..).zip(entries(synonyms)) {
            groups += 1;
            for member in line.split(',') {
                let tokens = tokenize(member);
                english.extend(tokens.iter().map(|t| t.word.clone()));
                match tokens.as_slice() {
                    [] => {}
                    [one] => {
                        groups_of.entry(one.stem.clone()).or_default().push(group);
                    }
                    several => {
                        phrase_groups.entry(several.iter().map(|t| t.stem.clone()).collect()).push(group);
                    }
                }
            }
        }
        for groups in groups_of.values_mut() {
            groups.dedup();
        }

        let abbreviations = entries(include_str!("lexicon/abbreviations.txt"))
            .filter_map(|line| line.split_once('='))
            .map(|(short, long)| (short.trim().replace('\'', "").into(), tokenize(long)))
            .collect();

        let mut stop_words = Set::default();
        let mut stop_phrases = PhraseMap::default();
        for line in entries(include_str!("lexicon/stopwords.txt")) {
            let tokens = tokenize(line);
            if let [one] = tokens.as_slice() {
                stop_words.insert(one.word.clone());
            } else if !tokens.is_empty() {
                stop_phrases.entry(tokens.iter().map(|t| t.word.clone()).collect());
            }
        }

        let mut attributes: PhraseMap<Few<Attribute>> = PhraseMap::default();
        for (attribute, line) in (0..).zip(entries(include_str!("lexicon/attributes.txt"))) {
            let Some((_, phrases)) = line.split_once(':') else { continue };
            for phrase in phrases.split(',') {
                let tokens = tokenize(phrase);
                english.extend(tokens.iter().map(|t| t.word.clone()));
                if !tokens.is_empty() {
                    attributes.entry(tokens.into_iter().map(|t| t.stem).collect()).push(attribute);
                }
            }
        }

        let small_talk: Vec<(SmallTalk, Phrase)> = entries(include_str!("lexicon/smalltalk.txt"))
            .filter_map(|line| line.split_once(':'))
            .filter_map(|(kind, phrase)| {
                let words: Phrase = tokenize(phrase).into_iter().map(|t| t.word).collect();
                SmallTalk::parse(kind.trim()).filter(|_| !words.is_empty()).map(|kind| (kind, words))
            })
            .collect();
        let mut small_talk_by_first: Map<Shared, Vec<u16>> = Map::default();
        for ((_, phrase), number) in small_talk.iter().zip(0..) {
            small_talk_by_first.entry(phrase[0].clone()).or_default().push(number);
        }

        english.extend(stop_words.iter().cloned());
        phrase_groups.shrink();
        stop_phrases.shrink();
        attributes.shrink();
        Self {
            abbreviations,
            stop_words,
            stop_phrases,
            groups_of,
            phrase_groups,
            groups,
            attributes,
            small_talk,
            small_talk_by_first,
            english,
        }
    }

    /// What a chat abbreviation or a contraction stands for: "govt" → "government".
    #[must_use]
    pub fn expand(&self, word: &str) -> Option<&[Token]> {
        self.abbreviations.get(word).map(Vec::as_slice)
    }

    /// Whether a word carries no content in a question.
    #[must_use]
    pub fn is_stop_word(&self, word: &str) -> bool {
        self.stop_words.contains(word)
    }

    /// The length of the longest filler phrase ("do you know") at the start of `words`, 0 where there is none.
    pub fn stop_phrase<'a>(&self, words: impl Iterator<Item = &'a str> + Clone) -> usize {
        self.stop_phrases.longest(words).map_or(0, |(len, ())| len)
    }

    /// Whether a word is ordinary English, and so no misspelling of a name.
    #[must_use]
    pub fn is_english(&self, word: &str) -> bool {
        self.english.contains(word)
    }

    /// Whether a word stands in an English dictionary, and so is spelt right whatever the knowledge holds.
    #[must_use]
    pub fn is_word(&self, word: &str) -> bool {
        has_line(WORDS, word) || self.is_english(word)
    }

    /// All ordinary English words of the lists, as written.
    pub fn english(&self) -> impl Iterator<Item = &Shared> {
        self.english.iter()
    }

    /// How many synonym groups there are.
    #[must_use]
    pub fn group_count(&self) -> usize {
        self.groups
    }

    /// The synonym groups that a stem belongs to.
    #[must_use]
    pub fn groups(&self, stem: &str) -> &[Group] {
        self.groups_of.get(stem).map_or(&[], Few::as_slice)
    }

    /// The longest synonym phrase ("run away") at the start of `stems`: its length and its groups.
    pub fn phrase<'a>(&self, stems: impl Iterator<Item = &'a str> + Clone) -> Option<(usize, &[Group])> {
        self.phrase_groups.longest(stems).map(|(len, groups)| (len, groups.as_slice()))
    }

    /// The attributes that words ask for at the start of `stems`: the longest phrase's length and its attributes.
    pub fn attributes<'a>(&self, stems: impl Iterator<Item = &'a str> + Clone) -> Option<(usize, &[Attribute])> {
        self.attributes.longest(stems).map(|(len, attributes)| (len, attributes.as_slice()))
    }

    /// The small-talk phrases that begin with a word, each with its place in the list and what it is.
    pub fn small_talk(&self, first: &str) -> impl Iterator<Item = (u16, SmallTalk, &[Shared])> {
        self.small_talk_by_first.get(first).into_iter().flatten().map(|number| {
            let (kind, phrase) = &self.small_talk[usize::from(*number)];
            (*number, *kind, phrase.as_slice())
        })
    }
}

/// The entries of a list: lines without comments and blank lines.
fn entries(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Whether `word` and its stem are the same idea as `other`: used where a list holds words and a text holds stems.
#[must_use]
pub fn same_stem(word: &str, other_stem: &str) -> bool {
    word == other_stem || stem(word) == other_stem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_and_nothing_else() {
        assert!(WORDS.lines().is_sorted());
        assert!(WORDS.lines().all(|word| has_line(WORDS, word)));
        for none in ["", "a b", "qzx", "zzzzzzzz", "\n", "0"] {
            assert!(!has_line(WORDS, none), "{none}");
        }
        assert!(has_line("b", "b") && !has_line("b", "a") && !has_line("b\n", "c") && !has_line("", "a"));
    }

    #[test]
    fn no_line_of_a_list_is_lost() {
        let lexicon = Lexicon::get();
        assert_eq!(entries(include_str!("lexicon/smalltalk.txt")).count(), lexicon.small_talk.len());
        assert_eq!(entries(include_str!("lexicon/synonyms.txt")).count(), lexicon.group_count());
        for line in entries(include_str!("lexicon/attributes.txt")) {
            assert!(
                line.split_once(':').is_some_and(|(name, phrases)| !name.is_empty() && !phrases.trim().is_empty()),
                "{line}"
            );
        }
        for line in entries(include_str!("lexicon/abbreviations.txt")) {
            let (short, _) = line.split_once('=').expect(line);
            let short = short.trim().replace('\'', "");
            assert!(lexicon.expand(&short).is_some_and(|long| !long.is_empty()), "{line}");
        }
    }

    #[test]
    fn synonyms_know_one_another() {
        let lexicon = Lexicon::get();
        for (group, line) in (0..).zip(entries(include_str!("lexicon/synonyms.txt"))) {
            let members: Vec<Vec<Shared>> =
                line.split(',').map(|member| tokenize(member).into_iter().map(|token| token.stem).collect()).collect();
            assert!(members.len() > 1, "{line} is no group");
            for member in members {
                let found = match member.as_slice() {
                    [stem] => lexicon.groups(stem),
                    phrase => lexicon.phrase(phrase.iter().map(Shared::as_str)).map_or(&[][..], |(_, groups)| groups),
                };
                assert!(found.contains(&group), "{member:?} of {line}");
            }
        }
        assert!(lexicon.groups("no such stem").is_empty());
    }

    #[test]
    fn words_of_the_lists_are_english() {
        let lexicon = Lexicon::get();
        assert!(lexicon.is_english("the") && lexicon.is_stop_word("the") && !lexicon.is_english("xyzzy"));
        assert!(lexicon.stop_phrase("do you know where".split(' ')) >= 3);
        assert_eq!(lexicon.stop_phrase("boats sail".split(' ')), 0);
        assert!(same_stem("boats", "boat") && same_stem("boat", "boat") && !same_stem("coat", "boat"));
    }
}
