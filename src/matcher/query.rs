//! A question, read: its words, what kind of answer it asks for, and whether it leans on the question before it.
//!
//! Raw text can't be matched: only a [`Query`] can, and [`Query::new`] is the only way to one.

mod remark;

use super::kind::Kind;
use super::vocabulary::{Correction, DOUBTFUL, Spelling};
use crate::text::lexicon::{Attribute, Lexicon, SmallTalk};
use crate::text::token::{Token, tokenize};
use remark::small_talk;

/// Most words of a question that are matched; the longest questions that people ask have fewer.
const MAX_WORDS: usize = 120;

/// A question as the matcher reads it.
#[derive(Clone, Debug)]
pub struct Query {
    /// The words, abbreviations expanded, with a mark on those that carry content.
    pub words: Vec<Word>,
    /// The kind of answer that is asked for.
    pub kind: Kind,
    /// Attributes (age, menu, airline, …) that it asks for by name.
    pub attributes: Vec<Attribute>,
    /// What it is, where it is no question about anything.
    pub small_talk: Option<SmallTalk>,
    /// How it leans on the question before it.
    pub lean: Lean,
    /// Whether several facts are asked for: "list all", "what are the numbers".
    pub wants_list: bool,
    /// Whether several things are held against each other: "compare", "both", "versus".
    pub compares: bool,
    /// Whether it wants more precision than most: "exactly", "by name", "who else".
    pub precise: bool,
    /// Position of the first question word among [`Query::words`].
    pub asks_at: Option<usize>,
}

/// A word of a question.
#[derive(Clone, Debug)]
pub struct Word {
    /// The word itself.
    pub token: Token,
    /// Whether it carries content; filler and function words don't.
    pub content: bool,
    /// Edits between it and what was typed; 0 where it was spelt right.
    pub edits: usize,
    /// Whether it is spelt like no word that is known.
    pub unknown: bool,
}

impl Word {
    /// A word that is spelt right.
    #[must_use]
    pub fn known(token: Token) -> Self {
        Self { token, content: true, edits: 0, unknown: false }
    }
}

/// How a question leans on the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lean {
    /// It stands alone.
    None,
    /// It holds a pronoun that may mean something named before ("what did he sign?").
    Pronoun,
    /// It can't be understood alone ("and when?", "why?", "what about Utopia?").
    Ellipsis,
}

impl Query {
    /// Reads a question, misspelt words as `spelling` knows them. Any text is one; one without a readable word has no
    /// words.
    #[must_use]
    pub fn new(text: &str, spelling: &Spelling) -> Self {
        let lexicon = Lexicon::get();
        let mut tokens = tokenize(text);
        tokens.truncate(MAX_WORDS);
        let raw: Vec<&str> = tokens.iter().map(|token| token.word.as_str()).collect();
        let small_talk = small_talk(&raw, lexicon);
        let mut words = spell(expand(tokens, lexicon), spelling, lexicon);
        mark_content(&mut words, lexicon);
        let tokens: Vec<Token> = words.iter().map(|word| word.token.clone()).collect();
        let kind = Kind::of(&tokens);
        let wants_list = wants_list(&tokens);
        let attributes = attributes_of(words.iter().map(|word| &word.token), lexicon);
        let lean = lean(&words, kind);
        let asks_at = words.iter().position(|word| QUESTION_WORDS.contains(&word.token.word.as_str()));
        let compares = words.iter().any(|word| COMPARES.contains(&word.token.word.as_str()));
        let precise = words.iter().any(|word| PRECISE.contains(&word.token.word.as_str()));
        Self { words, kind, attributes, small_talk, lean, wants_list, compares, precise, asks_at }
    }

    /// The words that carry content.
    pub fn content(&self) -> impl Iterator<Item = &Token> {
        self.words.iter().filter(|word| word.content).map(|word| &word.token)
    }

    /// Whether it turns to somebody or something else in so many words: "what about Utopia, are they pleased?".
    #[must_use]
    pub fn turns(&self) -> bool {
        turns(&self.words)
    }

    /// Whether it says nothing but that it leans on something: "who else?", "and when?".
    #[must_use]
    pub fn only_leans(&self) -> bool {
        self.lean != Lean::None && self.content().all(|token| PRONOUNS.contains(&token.word.as_str()))
    }

    /// Whether there is anything to match.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| !word.content)
    }
}

/// Replaces chat abbreviations by what they stand for.
fn expand(tokens: Vec<Token>, lexicon: &Lexicon) -> Vec<Token> {
    let mut expanded = Vec::with_capacity(tokens.len());
    for token in tokens {
        // Capitals are names ("PM" is not): "IS", "US" keep their form.
        match lexicon.expand(&token.word) {
            Some(long) if !token.upper || !lexicon.is_stop_word(&token.word) => expanded.extend(long.iter().cloned()),
            _ => expanded.push(token),
        }
    }
    expanded
}

/// Reads misspelt words as what is probably meant: letters drawn out ("sooo"), two words run together, and edits.
fn spell(tokens: Vec<Token>, spelling: &Spelling, lexicon: &Lexicon) -> Vec<Word> {
    let mut words = Vec::with_capacity(tokens.len());
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if let Some(word) = meant_by(&token.word, tokens.peek().map(|next| next.word.as_str())) {
            words.push(Word::known(Token::word(word)));
            continue;
        }
        let right = token.number.is_some() || spelling.contains(&token.word) || lexicon.is_word(&token.word);
        if right {
            words.push(Word::known(token));
            continue;
        }
        let squeezed = [1, 2].map(|run| squeeze(&token.word, run)).into_iter().find(|word| spelling.contains(word));
        if let Some(word) = squeezed {
            words.push(Word::known(Token::word(&word)));
        } else if let Some(long) = lexicon.expand(&squeeze(&token.word, 1)) {
            words.extend(long.iter().cloned().map(Word::known));
        } else if let Some(base) = regular_past(&token.word, spelling, lexicon) {
            words.push(Word::known(Token::word(base)));
        } else if spelling.rank(&token.word) == Some(DOUBTFUL) {
            let meant = spelling.correct_doubtful(&token.word);
            words.push(meant.map_or_else(|| Word::known(token.clone()), |meant| corrected(&token, &meant)));
        } else if let Some(correction) = spelling.correct(&token.word) {
            words.push(corrected(&token, &correction));
        } else if let Some((first, second)) = split(&token.word, spelling) {
            for part in [first, second] {
                words.push(Word { token: Token::word(part), content: true, edits: 1, unknown: false });
            }
        } else {
            words.push(Word { token, content: true, edits: 0, unknown: true });
        }
    }
    words
}

/// The word that is meant by a misspelt one.
fn corrected(token: &Token, correction: &Correction<'_>) -> Word {
    let meant = Token { upper: token.upper, ..Token::word(correction.word) };
    Word { token: meant, content: true, edits: correction.distance, unknown: false }
}

/// The word for which a digit is typed: "2 ask", "how long is it 4".
fn meant_by(digit: &str, next: Option<&str>) -> Option<&'static str> {
    const TO: [&str; 24] = [
        "be", "b", "know", "kno", "ask", "bother", "see", "get", "go", "do", "say", "hear", "tell", "find", "check",
        "make", "him", "her", "them", "me", "you", "u", "the", "this",
    ];
    const FOR: [&str; 12] = ["me", "you", "u", "us", "him", "her", "them", "the", "this", "that", "real", "now"];
    match (digit, next) {
        ("#2", Some(next)) if TO.contains(&next) => Some("to"),
        ("#4", None) => Some("for"),
        ("#4", Some(next)) if FOR.contains(&next) => Some("for"),
        _ => None,
    }
}

/// The verb in a past that is formed by rule though it is irregular: "sweared", "catched".
fn regular_past<'w>(word: &'w str, spelling: &Spelling, lexicon: &Lexicon) -> Option<&'w str> {
    let (base, stem) = (word.strip_suffix("ed")?, word.strip_suffix('d')?);
    [base, stem].into_iter().find(|verb| verb.len() >= 3 && (spelling.contains(verb) || lexicon.is_word(verb)))
}

/// A word with runs of three letters and more cut to `run`.
fn squeeze(word: &str, run: usize) -> String {
    let chars: Vec<char> = word.chars().collect();
    let mut out = String::with_capacity(word.len());
    for same in chars.chunk_by(|a, b| a == b) {
        let keep = if same.len() >= 3 { run } else { same.len() };
        out.extend(same.iter().take(keep));
    }
    out
}

/// Two words of three letters or more that were run together.
fn split<'w>(word: &'w str, spelling: &Spelling) -> Option<(&'w str, &'w str)> {
    (3..word.len().saturating_sub(2))
        .filter_map(|at| word.split_at_checked(at))
        .filter(|(first, second)| spelling.contains(first) && spelling.contains(second))
        .max_by_key(|(first, second)| spelling.rank(first).unwrap_or(0) + spelling.rank(second).unwrap_or(0))
}

/// Marks the words that carry content: all but stop words, filler phrases and question words.
pub(super) fn mark_content(words: &mut [Word], lexicon: &Lexicon) {
    let mut filler = 0;
    for at in 0..words.len() {
        let rest = words.get(at..).unwrap_or_default().iter().map(|word| word.token.word.as_str());
        filler = lexicon.stop_phrase(rest).max(filler);
        let token = &words[at].token;
        let word = token.word.as_str();
        let stop = lexicon.is_stop_word(word) || QUESTION_WORDS.contains(&word) || COMPARES.contains(&word);
        // "US" in capitals is a name, "us" a pronoun.
        words[at].content = filler == 0 && (!stop || token.upper && token.word.len() <= 3);
        filler = filler.saturating_sub(1);
    }
}

/// Where no word carries content ("who was there?"), all that are no mere filler do: such questions are asked too.
pub(super) fn take_function_words(words: &mut [Word]) {
    if words.iter().all(|word| !word.content) {
        for word in words {
            word.content = !FILLER.contains(&word.token.word.as_str());
        }
    }
}

/// Words that say nothing even where nothing else is said.
const FILLER: [&str; 22] = [
    "the", "a", "an", "hey", "hi", "yo", "lol", "pls", "please", "bro", "um", "uh", "so", "ok", "okay", "haha", "hmm",
    "oh", "well", "guys", "lmao", "omg",
];

/// Words that hold several things against each other.
const COMPARES: [&str; 10] =
    ["compare", "compared", "both", "versus", "vs", "contrast", "respectively", "each", "difference", "differ"];

/// Words that want more precision than most questions.
const PRECISE: [&str; 18] = [
    "exactly",
    "exact",
    "precisely",
    "precise",
    "specific",
    "specifically",
    "else",
    "other",
    "others",
    "name",
    "names",
    "named",
    "detail",
    "details",
    "current",
    "currently",
    "apart",
    "besides",
];

/// Words that ask; the kind of the query holds what they say.
const QUESTION_WORDS: [&str; 14] = [
    "who", "whom", "whose", "what", "when", "where", "why", "which", "how", "many", "much", "number", "whether", "long",
];

/// The attributes that words ask for by name.
#[must_use]
pub fn attributes_of<'a>(tokens: impl Iterator<Item = &'a Token>, lexicon: &Lexicon) -> Vec<Attribute> {
    let stems: Vec<&str> = tokens.map(|token| token.stem.as_str()).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = stems.get(at..).filter(|rest| !rest.is_empty()) {
        match lexicon.attributes(rest.iter().copied()) {
            Some((length, attributes)) => {
                found.extend_from_slice(attributes);
                at += length;
            }
            None => at += 1,
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn wants_list(tokens: &[Token]) -> bool {
    const LIST: [&str; 14] = [
        "all",
        "list",
        "every",
        "each",
        "everything",
        "everyone",
        "both",
        "sums",
        "figures",
        "numbers",
        "countries",
        "compare",
        "overview",
        "summary",
    ];
    tokens.iter().any(|token| LIST.contains(&token.word.as_str()))
}

/// Whether a question opens by turning to something: "what about", "and how about".
fn turns(words: &[Word]) -> bool {
    let word = |at: usize| words.get(at).map_or("", |word| word.token.word.as_str());
    let from = usize::from(matches!(word(0), "and" | "but" | "ok" | "so"));
    matches!((word(from), word(from + 1)), ("what" | "how" | "wat", "about" | "abt"))
}

/// Words that stand for what was said before.
const PRONOUNS: [&str; 26] = [
    "he",
    "him",
    "his",
    "she",
    "her",
    "hers",
    "they",
    "them",
    "their",
    "theirs",
    "it",
    "its",
    "that",
    "this",
    "those",
    "these",
    "there",
    "then",
    "one",
    "ones",
    "himself",
    "themselves",
    "so",
    "else",
    "here",
    "same",
];

/// Reads how a question leans on the one before it.
fn lean(words: &[Word], kind: Kind) -> Lean {
    const OPENERS: [&str; 12] =
        ["and", "but", "or", "also", "then", "so", "ok", "okay", "what about", "how about", "plus", "really"];
    const PREPOSITIONS: [&str; 13] =
        ["on", "in", "at", "by", "for", "from", "to", "with", "since", "until", "under", "about", "of"];
    let word = |at: usize| words.get(at).map_or("", |word| word.token.word.as_str());
    let content = words.iter().filter(|word| word.content).count();
    let about = turns(words);
    let opener = OPENERS.contains(&word(0));
    if about || content == 0 || opener && content <= 2 {
        return Lean::Ellipsis;
    }
    // "no, I meant Utopia": what was understood before is put right.
    let corrects = ["no", "nope", "nah", "sorry"].contains(&word(0)) || word(0) == "i" && word(1).starts_with("mean");
    if corrects && kind == Kind::What && (1..=2).contains(&content) {
        return Lean::Ellipsis;
    }
    // "on what condition?", "in which month?": of what, was said before.
    let fragment = PREPOSITIONS.contains(&word(0)) && QUESTION_WORDS.contains(&word(1));
    if fragment && content <= 1 && words.len() <= 4 {
        return Lean::Ellipsis;
    }
    let pronoun = words.iter().any(|word| PRONOUNS.contains(&word.token.word.as_str()) && !word.content);
    if pronoun {
        return if content <= 1 { Lean::Ellipsis } else { Lean::Pronoun };
    }
    if content == 1 && kind != Kind::What || opener { Lean::Pronoun } else { Lean::None }
}

#[cfg(test)]
mod tests;
