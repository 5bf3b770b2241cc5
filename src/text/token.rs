//! Tokens: the words of a text, folded, with their stems and numbers.

use super::fold::{MAX_CHARS, fold_glyphs, unmask};
use super::number::{self, Number, Unit};
use super::shared::Shared;

/// One word of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// The folded word; for a number its [`Number::term`].
    pub word: Shared,
    /// The stem of the word; for a number the same as `word`.
    pub stem: Shared,
    /// Whether it was written in capitals (two letters or more).
    pub upper: bool,
    /// Its value, where it is a number.
    pub number: Option<Number>,
}

impl Token {
    /// A token for a word that is folded already.
    #[must_use]
    pub fn word(word: &str) -> Self {
        let (word, stem) = Shared::with_stem(word);
        Self { word, stem, upper: false, number: None }
    }

    fn number(number: Number) -> Self {
        let term = Shared::from(number.term());
        Self { word: term.clone(), stem: term, upper: false, number: Some(number) }
    }
}

/// Most tokens of one text that are read: as many words as fit in Discord's longest message, and a bound on the cost.
pub const MAX_TOKENS: usize = 400;

/// Longest word that is read, in bytes; longer runs of letters are no word of any language.
const MAX_WORD: usize = 48;

/// Splits a text into tokens: folded words without possessive endings, hyphenated words apart, numbers brought to one
/// value ("4k", "four thousand"), money and percent marks as the words "dollar" and "percent" behind their number.
///
/// ```
/// use briefing_bot::text::tokenize;
/// let words: Vec<_> = tokenize("Norway’s U.S. loan: $2bn?").into_iter().map(|t| t.word).collect();
/// assert_eq!(words, ["norway", "us", "loan", "#2000000000", "dollar"]);
/// ```
#[must_use]
pub fn tokenize(text: &str) -> Vec<Token> {
    let mut raw = Vec::with_capacity(text.len().min(MAX_CHARS) / 5 + 1);
    split(text, |word, upper| {
        let (word, stem) = Shared::with_stem(word);
        raw.push(Token { word, stem, upper, number: None });
    });
    join_numbers(raw)
}

/// The words of the [`Token`]s of a text, joined by spaces: texts of the same words have the same.
#[must_use]
pub fn words(text: &str) -> String {
    let mut words = String::with_capacity(text.len() + 1);
    let mut add = |word: &str| {
        words.push_str(word);
        words.push(' ');
    };
    let mut plain = true;
    split(text, |word, _| {
        plain = plain && !number::may_belong(word);
        add(word);
    });
    // Numbers may be several words; without any, the words are as they stand.
    if !plain {
        words.clear();
        for token in tokenize(text) {
            words.push_str(&token.word);
            words.push(' ');
        }
    }
    words
}

/// Gives the words of a text, numbers not yet read, each with whether it was written in capitals.
fn split(text: &str, mut take: impl FnMut(&str, bool)) {
    let folded = fold_glyphs(text);
    let shouting = !folded.chars().any(char::is_lowercase);
    let mut left = MAX_TOKENS;
    let mut take = |word: &str, upper: bool| {
        if left > 0 {
            left -= 1;
            take(word, upper);
        }
        left > 0
    };
    for piece in
        folded.split(|c: char| c.is_whitespace() || matches!(c, '-' | '/' | '_' | '"' | '(' | ')' | '*' | '~' | '|'))
    {
        if !split_piece(piece, shouting, &mut take) {
            break;
        }
    }
}

/// Splits what stands between two spaces into words, dropping punctuation; whether there is room for more.
fn split_piece(piece: &str, shouting: bool, take: &mut impl FnMut(&str, bool) -> bool) -> bool {
    // Nearly all pieces are a plain word, with a mark behind it at most.
    let word = piece.trim_end_matches(['.', ',', '?', '!', ':', ';']);
    if word.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return word.is_empty() || push_word(word, shouting, take);
    }
    let chars: Vec<char> = piece.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or(' ');
    let mut word = String::new();
    let mut room = true;
    let mut flush = |word: &mut String| {
        if !word.is_empty() {
            room = push_word(word, shouting, take);
            word.clear();
        }
    };
    for (i, &c) in chars.iter().enumerate() {
        let before = if i == 0 { ' ' } else { at(i - 1) };
        let keep = c.is_alphanumeric()
            || c == '\'' && before.is_alphanumeric() && at(i + 1).is_alphanumeric()
            || matches!(c, ',' | '.') && before.is_ascii_digit() && at(i + 1).is_ascii_digit()
            || matches!(c, '$' | '€' | '£') && at(i + 1).is_ascii_digit()
            || c == '%' && before.is_ascii_digit();
        // "U.S.": single letters with dots between them are one word.
        let acronym = c == '.' && before.is_alphabetic() && at(i + 1).is_alphabetic() && {
            let alone = i < 2 || at(i - 2) == '.';
            let next_alone = matches!(at(i + 2), '.' | ' ' | '\'' | ',' | '?');
            alone && next_alone
        };
        if keep {
            word.push(c);
        } else if !acronym {
            flush(&mut word);
        }
    }
    flush(&mut word);
    room
}

/// What hangs on a word behind an apostrophe. "What's", "who'll": the verb is no loss, and the question word must stay;
/// with its apostrophe off, "I'll" would be "ill".
const CLITICS: [&str; 4] = ["'s", "'S", "'ll", "'LL"];

/// Gives one word: possessive and apostrophes off, lower case, currency marks after digits as they are. Whether there is
/// room for more.
fn push_word(word: &str, shouting: bool, take: &mut impl FnMut(&str, bool) -> bool) -> bool {
    let stripped = CLITICS.iter().find_map(|clitic| word.strip_suffix(clitic)).unwrap_or(word);
    let upper = !shouting && stripped.len() >= 2 && stripped.chars().all(char::is_uppercase);
    let mut push = |lower: &str| {
        let lower = match lower {
            "1st" => "first",
            "2nd" => "second",
            "3rd" => "third",
            lower => lower,
        };
        lower.is_empty() || lower.len() > MAX_WORD || take(lower, upper)
    };
    if !stripped.is_ascii() {
        push(&unmask(&stripped.replace('\'', "").to_lowercase()))
    } else if stripped.contains('\'') {
        push(&stripped.replace('\'', "").to_ascii_lowercase())
    } else if stripped.bytes().any(|b| b.is_ascii_uppercase()) {
        push(&stripped.to_ascii_lowercase())
    } else {
        push(stripped)
    }
}

/// Joins number words, magnitudes and units to numbers.
fn join_numbers(mut tokens: Vec<Token>) -> Vec<Token> {
    // Most texts hold none.
    let Some(first) = (0..tokens.len()).find(|at| number_at(&tokens[*at..]).is_some()) else { return tokens };
    let raw = tokens.split_off(first);
    let mut i = 0;
    while let Some(first) = raw.get(i) {
        let word_at = |at: usize| word_of(&raw, at);
        let Some((mut number, mut used)) = number_at(&raw[i..]) else {
            tokens.push(first.clone());
            i += 1;
            continue;
        };
        while let Some(scale) = number::magnitude(word_at(i + used)).filter(|s| *s > 50.0 && number.value * s <= 1e15) {
            number.value *= scale;
            used += 1;
        }
        if number::is_currency(word_at(i + used)) {
            number.unit = Unit::Money;
            used += 1;
        } else if matches!(word_at(i + used), "percent" | "pct" | "%") {
            number.unit = Unit::Percent;
            used += 1;
        } else if word_at(i + used) == "per" && word_at(i + used + 1) == "cent" {
            number.unit = Unit::Percent;
            used += 2;
        }
        tokens.push(Token::number(number));
        match number.unit {
            Unit::Money => tokens.push(Token::word("dollar")),
            Unit::Percent => tokens.push(Token::word("percent")),
            Unit::Plain => {}
        }
        i += used;
    }
    tokens
}

fn word_of(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| token.word.as_str())
}

/// Reads a number in digits or in words at the start; gives it and how many words it took.
fn number_at(tokens: &[Token]) -> Option<(Number, usize)> {
    let plain = number::parse(word_of(tokens, 0)).map(|number| (number, 1));
    let in_words = || number_words(|at| word_of(tokens, at));
    plain.or_else(|| in_words().map(|(value, used)| (Number { value, unit: Unit::Plain }, used)))
}

/// Reads a number in words ("four thousand", "twenty five") at the start; gives its value and how many words it took.
///
/// A lone "one" is a pronoun more often than a number, and stays a word.
fn number_words<'a>(word_at: impl Fn(usize) -> &'a str) -> Option<(f64, usize)> {
    if matches!(word_at(0), "a" | "half" | "quarter") {
        let scale = |k| number::magnitude(word_at(k)).filter(|s| *s >= 1e3);
        return match (word_at(0), word_at(1)) {
            ("half", "a") => scale(2).map(|s| (s / 2.0, 3)),
            ("half", _) => scale(1).map(|s| (s / 2.0, 2)),
            ("a", _) if word_at(1).ends_with("ion") => scale(1).map(|s| (s, 2)),
            _ => None,
        };
    }
    let mut value = number::cardinal(word_at(0))?;
    let mut used = 1;
    if value >= 20.0
        && let Some(unit) = number::cardinal(word_at(1)).filter(|u| (1.0..10.0).contains(u))
    {
        value += unit;
        used += 1;
    }
    if number::magnitude(word_at(used)) == Some(100.0) {
        value *= 100.0;
        used += 1;
    }
    (value >= 2.0 || number::magnitude(word_at(used)).is_some()).then_some((value, used))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokenize(text).into_iter().map(|t| t.word.to_string()).collect()
    }

    proptest::proptest! {
        #[test]
        fn words_are_those_of_the_tokens(text in "([a-z]{1,4}|a|half|five|twenty|million|hundred|4k|\\$2bn|per cent|.)( |-|'s |, )?{0,12}") {
            proptest::prop_assert_eq!(super::words(&text), words(&text).iter().fold(String::new(), |all, word| all + word + " "));
        }

        #[test]
        fn words_of_any_text_are_those_of_the_tokens(pieces in proptest::collection::vec("[a-c]{1,3}|a|half|five|twenty|million|hundred|4k|\\$2bn|per|cent|U\\.S\\.|2nd|.", 0..12)) {
            let text = pieces.join(" ");
            proptest::prop_assert_eq!(super::words(&text), words(&text).iter().fold(String::new(), |all, word| all + word + " "));
        }
    }

    #[test]
    fn verbs_behind_an_apostrophe_make_no_other_word() {
        assert_eq!(words("I'll ask if he's ill; she'll know"), ["i", "ask", "if", "he", "ill", "she", "know"]);
    }

    #[test]
    fn possessives_hyphens_and_marks_fall_away() {
        assert_eq!(words("Dall’s *deal*, el-Amin's QUR'AN?!"), ["dall", "deal", "el", "amin", "quran"]);
        assert_eq!(words("what's that"), ["what", "that"]);
    }

    #[test]
    fn numbers_are_one_value_however_written() {
        let same = ["4,000 troops", "4k troops", "four thousand troops", "4 thousand troops"];
        for text in same {
            assert_eq!(words(text), ["#4000", "troops"], "{text}");
        }
        assert_eq!(words("two billion dollars"), words("$2bn"));
        assert_eq!(words("ninety per cent"), words("90%"));
        assert_eq!(words("half a million"), ["#500000"]);
        assert_eq!(words("which one"), ["which", "one"]);
    }

    #[test]
    fn capitals_are_remembered_unless_all_is_shouted() {
        let upper: Vec<bool> = tokenize("US troops").into_iter().map(|t| t.upper).collect();
        assert_eq!(upper, [true, false]);
        assert!(tokenize("WHERE ARE US TROOPS").iter().all(|t| !t.upper));
    }

    #[test]
    fn input_is_bounded() {
        assert!(tokenize(&"a ".repeat(50_000)).len() <= MAX_TOKENS);
        assert!(tokenize(&"a".repeat(4_000)).is_empty());
        assert!(tokenize(&"a/b_c|d".repeat(4_000)).len() <= MAX_TOKENS);
    }

    #[test]
    fn acronyms_are_one_word_and_sentences_are_not() {
        for text in ["U.S. aid", "US aid", "u.s aid", "U.S., aid"] {
            assert_eq!(words(text), ["us", "aid"], "{text}");
        }
        assert_eq!(words("He left.She came."), ["he", "left", "she", "came"]);
        assert_eq!(words("v1.2, e.g. 3.5%"), ["v1.2", "eg", "#3.5", "percent"]);
    }

    #[test]
    fn money_is_money_by_mark_word_or_slang() {
        for text in ["$500", "500 dollars", "five hundred bucks", "500 quid", "€500"] {
            assert_eq!(words(text), ["#500", "dollar"], "{text}");
        }
        let unit = |text: &str| tokenize(text).first().and_then(|token| token.number).map(|number| number.unit);
        assert_eq!(unit("$5bn"), Some(Unit::Money));
        assert_eq!(unit("5 per cent"), Some(Unit::Percent));
        assert_eq!(unit("5 boats"), Some(Unit::Plain));
    }

    #[test]
    fn number_words_end_where_the_number_does() {
        assert_eq!(words("twenty five boats"), ["#25", "boats"]);
        assert_eq!(words("two hundred thousand"), ["#200000"]);
        assert_eq!(words("a million reasons"), ["#1000000", "reasons"]);
        assert_eq!(words("a thousand"), words("a thousand"));
        assert_eq!(words("half past"), ["half", "past"]);
        assert_eq!(words("zero chance"), ["zero", "chance"], "none is no number to look for");
        assert_eq!(words("2nd of 3"), ["second", "of", "#3"]);
    }
}
