//! Folding: one spelling for what looks or reads the same.
//!
//! Compatibility forms (NFKC), case, accents, zalgo marks, zero-width and control characters, quotation-mark glyphs,
//! and letters of another script that pose as Latin ones inside a Latin word.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Characters of a question that are read; what comes after is ignored.
///
/// Discord's own limit for a message is 2,000 (4,000 for subscribers); a question worth answering is far shorter, and
/// the bound keeps a hostile input from costing more than a normal one.
pub const MAX_CHARS: usize = 4_000;

/// Folds `text`: NFKC, lower case, no accents or other combining marks, no zero-width or control characters, straight
/// quotation marks and hyphens, runs of white space as one space.
///
/// Reads at most [`MAX_CHARS`] characters. The result is empty where nothing readable is left.
///
/// ```
/// use briefing_bot::text::fold;
/// assert_eq!(fold("  “Curaçao’s”\u{200b}  P\u{0300}ilot — ＹＥＳ"), "\"curacao's\" pilot - yes");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    let folded = fold_glyphs(text);
    if folded.is_ascii() { folded.to_ascii_lowercase() } else { unmask(&folded.to_lowercase()) }
}

/// [`fold`] without its last step: upper-case letters stay, so that "US" and "us" can be told apart.
#[must_use]
pub fn fold_glyphs(text: &str) -> String {
    let mut folded = String::with_capacity(text.len().min(MAX_CHARS));
    if text.is_ascii() {
        for byte in text.bytes().take(MAX_CHARS) {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => folded.push(char::from(byte)),
                _ => push_folded(&mut folded, char::from(byte)),
            }
        }
    } else {
        // An acute accent that stands for an apostrophe would come apart into a space and a mark.
        let whole = |c| match c {
            '´' => '\'',
            '″' => '"',
            c => c,
        };
        let chars = text.chars().take(MAX_CHARS).map(whole);
        for c in chars.nfkd().filter(|c| !is_combining_mark(*c)) {
            push_folded(&mut folded, c);
        }
        // One character may have become many: a ligature has up to eighteen letters.
        if let Some((end, _)) = folded.char_indices().nth(MAX_CHARS) {
            folded.truncate(end);
        }
    }
    while folded.ends_with(' ') {
        folded.pop();
    }
    folded
}

/// Appends one character, folded, with white space collapsed.
fn push_folded(folded: &mut String, c: char) {
    let c = match c {
        '’' | '‘' | 'ʼ' | 'ʻ' | '‛' | '`' | '′' => '\'',
        '“' | '”' | '„' | '‟' | '«' | '»' => '"',
        '–' | '—' | '‐' | '‑' | '‒' | '―' | '−' => '-',
        'ø' => 'o',
        'Ø' => 'O',
        'ł' => 'l',
        'Ł' => 'L',
        'đ' => 'd',
        'Đ' => 'D',
        'ı' => 'i',
        'ß' | 'ẞ' | 'æ' | 'Æ' => {
            folded.push_str(match c {
                'ß' => "ss",
                'ẞ' => "SS",
                'æ' => "ae",
                _ => "AE",
            });
            return;
        }
        c if c.is_whitespace() => ' ',
        c if is_invisible(c) => return,
        c => c,
    };
    if c == ' ' && matches!(folded.as_bytes().last(), None | Some(b' ')) {
        return;
    }
    folded.push(c);
}

/// Whether `c` shows nothing: control and format characters, variation selectors, tags.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Replaces look-alike Cyrillic and Greek letters in words that also hold Latin ones; words wholly of another script
/// stay as they are, since an alias may be written in it.
pub(crate) fn unmask(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (i, word) in text.split(' ').enumerate() {
        if i > 0 {
            out.push(' ');
        }
        if word.bytes().any(|b| b.is_ascii_alphabetic()) && !word.is_ascii() {
            out.extend(word.chars().map(look_alike));
        } else {
            out.push_str(word);
        }
    }
    out
}

/// The Latin letter that `c` poses as, or `c`. After the confusables of Unicode Technical Standard 39, lower case only.
fn look_alike(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'в' | 'ь' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'е' | 'ё' | 'ε' => 'e',
        'һ' | 'н' => 'h',
        'і' | 'ι' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'п' | 'η' => 'n',
        'о' | 'ο' | 'σ' => 'o',
        'р' | 'ρ' => 'p',
        'г' => 'r',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' => 'u',
        'ν' => 'v',
        'ш' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        c => c,
    }
}

/// Folds for comparing a quote with the article: only white space and quotation-mark glyphs, nothing else.
///
/// Also gives, for each byte of the result, the byte of `text` that it came from, so that a match can be located; the
/// last entry is `text.len()`.
#[must_use]
pub fn fold_verbatim(text: &str) -> (String, Vec<usize>) {
    let mut folded = String::with_capacity(text.len());
    let mut origin = Vec::with_capacity(text.len() + 1);
    for (at, c) in text.char_indices() {
        let c = match c {
            '’' | '‘' => '\'',
            '“' | '”' => '"',
            c if c.is_whitespace() => ' ',
            c => c,
        };
        if c == ' ' && matches!(folded.as_bytes().last(), None | Some(b' ')) {
            continue;
        }
        folded.push(c);
        origin.extend(std::iter::repeat_n(at, c.len_utf8()));
    }
    while folded.ends_with(' ') {
        folded.pop();
        origin.pop();
    }
    origin.push(text.len());
    (folded, origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_fold_inside_latin_words_only() {
        assert_eq!(fold("Рaris"), "paris", "Cyrillic Er in a Latin word");
        assert_eq!(fold("Париж"), "париж", "a Cyrillic word stays Cyrillic");
    }

    #[test]
    fn zalgo_and_invisible_characters_vanish() {
        assert_eq!(fold("C\u{0337}\u{0321}a\u{200d}n\u{0000}al"), "canal");
        assert_eq!(fold("\u{200b}\u{fe0f} \n"), "");
    }

    #[test]
    fn letters_that_no_accent_explains_fold_in_both_cases() {
        assert_eq!(
            fold("Øl, ŁÓDŹ, Đakovo, STRAẞE, Straße, ÆRØ, İzmir, ısı"),
            "ol, lodz, dakovo, strasse, strasse, aero, izmir, isi"
        );
    }

    #[test]
    fn marks_that_stand_for_an_apostrophe_are_one() {
        for text in ["what’s", "what‘s", "whatʼs", "what´s", "what`s", "what′s"] {
            assert_eq!(fold(text), "what's", "{text}");
        }
        assert_eq!(fold("“a” „b‟ «c» ″d″"), fold("\"a\" \"b\" \"c\" \"d\""));
        assert_eq!(fold("a–b—c−d‑e"), "a-b-c-d-e");
    }

    #[test]
    fn verbatim_folding_keeps_words_and_maps_back() {
        let (folded, origin) = fold_verbatim("a  “b”\nc");
        assert_eq!(folded, "a \"b\" c");
        assert_eq!(origin.len(), folded.len() + 1);
        assert_eq!(origin[2], 3, "the quotation mark stands at byte 3");
    }

    #[test]
    fn long_input_is_bounded() {
        assert_eq!(fold(&"x".repeat(100_000)).len(), MAX_CHARS);
        assert!(fold(&"\u{fdfa}".repeat(100_000)).chars().count() <= MAX_CHARS, "one ligature is eighteen letters");
    }
}
