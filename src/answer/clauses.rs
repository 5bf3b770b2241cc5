//! Questions that ask for several things at once, taken apart.

/// Words that can open a question of their own behind an "and".
const OPENERS: [&str; 40] = [
    "who", "what", "when", "where", "why", "how", "which", "whose", "whom", "did", "does", "do", "is", "are", "was",
    "were", "has", "have", "had", "can", "will", "would", "should", "whats", "whos", "wheres", "whens", "hows", "for",
    "at", "in", "by", "to", "from", "on", "until", "till", "since", "with", "whether",
];

/// Words that join what is asked for.
const JOINS: [&str; 5] = ["and", "&", "plus", "also", "n"];

/// Words that set things side by side.
const SETS_SIDE_BY_SIDE: [&str; 9] = ["or", "nor", "vs", "versus", "v", "compared", "/", "-", "+"];

/// Words that do so where things are compared: "compare the one with the other".
const WHERE_COMPARED: [&str; 3] = ["with", "against", "but"];

/// Most parts that a question is taken into; one with more is a text.
const MOST: usize = 5;

/// Splits a question at its question marks, semicolons and at each "and" or comma behind which another question opens.
/// Empty where it asks for one thing only.
#[must_use]
pub fn split(text: &str) -> Vec<String> {
    let mut parts = pieces(text, false, false);
    // "who signed it? need a source before I post that": the rest only says something.
    if parts.iter().any(|part| asks(part)) {
        parts.retain(|part| asks(part));
    }
    if (2..=MOST).contains(&parts.len()) { parts } else { Vec::new() }
}

/// Whether a part is put as a question.
fn asks(part: &str) -> bool {
    // "was it the first? and who came": the mark before it has parted them.
    let joins = |word: &&str| JOINS.contains(&word.to_lowercase().as_str());
    let first = bare(part.split_whitespace().find(|word| !joins(word)).unwrap_or_default());
    part.ends_with('?') || OPENERS.contains(&first.as_str()) || ASKS.contains(&first.as_str())
}

/// A word as the lists hold it: lower case, without marks around it and apostrophes in it.
fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().replace('\'', "")
}

/// Splits a question further, at whatever names things side by side: "and", "or", "versus", commas, colons, slashes.
/// Where it `compares`, at "with" as well. Empty where there is nothing to split.
#[must_use]
pub fn split_finely(text: &str, compares: bool) -> Vec<String> {
    let parts = pieces(text, true, compares);
    if (2..=MOST).contains(&parts.len()) { parts } else { Vec::new() }
}

/// The question within what somebody says around it: "hey, sorry to bother, my teacher wants to know who signed it and I
/// forgot". From its question word to the end of the clause; `None` where little else is said.
#[must_use]
pub fn core(text: &str) -> Option<String> {
    // "who signed it? I was away that week": one of several sentences asks.
    let parts = pieces(text, false, false);
    let mut asking = parts.iter().filter(|part| asks(part));
    if let (Some(part), None, true) = (asking.next(), asking.next(), parts.len() > 1) {
        let last = part.rsplit_once(". ").or_else(|| part.rsplit_once("! ")).map(|(_, last)| last);
        return Some(last.filter(|last| asks(last)).unwrap_or(part).to_owned());
    }
    let folded = crate::text::fold::fold_glyphs(text);
    let words: Vec<&str> = folded.split_whitespace().collect();
    let is_asking = |at: &usize| words.get(*at).is_some_and(|word| ASKS.contains(&bare(word).as_str()));
    let opens = |at: &usize| {
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        before.is_none_or(|before| before.ends_with([',', '.', '?', '!', ';', ':']))
    };
    // One that opens a clause asks; another may only tell when something was.
    let from = (0..words.len()).filter(is_asking).find(opens).or_else(|| (0..words.len()).find(is_asking))?;
    let mut to = from;
    while let Some(word) = words.get(to) {
        to += 1;
        let next = words.get(to).map(|next| bare(next)).unwrap_or_default();
        let behind = words.get(to + 1).map(|behind| bare(behind)).unwrap_or_default();
        let tells = JOINS.contains(&next.as_str()) && TELLERS.contains(&behind.as_str());
        let long = to - from >= SHORTEST;
        if long && (word.ends_with(['.', '?', '!', ';', ',']) || tells || TRAILERS.contains(&next.as_str())) {
            break;
        }
    }
    let said_around = words.len() - (to - from);
    (to - from >= SHORTEST && said_around >= AROUND).then(|| words.get(from..to).unwrap_or_default().join(" "))
}

/// Words that ask, as people type them.
const ASKS: [&str; 24] = [
    "who", "whos", "whose", "whom", "what", "whats", "wat", "wats", "wut", "when", "whens", "wen", "where", "wheres",
    "why", "whys", "how", "hows", "which", "many", "much", "hw", "whn", "wht",
];
/// Who speaks of themselves behind an "and".
const TELLERS: [&str; 8] = ["i", "im", "ive", "my", "we", "me", "now", "dont"];
/// Words that end what is asked.
const TRAILERS: [&str; 14] =
    ["cuz", "cos", "coz", "because", "lol", "lmao", "thx", "thxx", "thanks", "ty", "pls", "plz", "btw", "asking"];
/// Fewest words of a question within what is said around it.
const SHORTEST: usize = 3;
/// Fewest words around it that make it worth a look for itself.
const AROUND: usize = 3;

fn pieces(text: &str, finely: bool, compares: bool) -> Vec<String> {
    let folded = crate::text::fold::fold_glyphs(text);
    let mut parts: Vec<String> = Vec::new();
    for sentence in folded.split_inclusive(['?', ';']) {
        let words: Vec<&str> = sentence.split_whitespace().collect();
        let mut part: Vec<&str> = Vec::new();
        // Whether the part is a question of its own rather than one of several things named side by side.
        let mut stands = true;
        let mut close = |part: &mut Vec<&str>, stands: bool| {
            let readable = part.iter().filter(|word| word.chars().any(char::is_alphanumeric)).count();
            if readable >= 2 || finely && readable == 1 && !stands {
                parts.push(part.join(" "));
            }
            part.clear();
        };
        for (at, word) in words.iter().enumerate() {
            let next = words.get(at + 1).map(|next| bare(next)).unwrap_or_default();
            let folded = word.trim_end_matches('.').to_lowercase();
            let joins = JOINS.contains(&folded.as_str());
            let beside =
                SETS_SIDE_BY_SIDE.contains(&folded.as_str()) || compares && WHERE_COMPARED.contains(&folded.as_str());
            let comma = word.ends_with(',');
            let opens = OPENERS.contains(&next.as_str());
            if is_enumerator(word) {
                if opens || finely {
                    close(&mut part, stands);
                    stands = opens;
                }
            } else if (joins || comma) && opens && !part.is_empty() {
                if comma {
                    part.push(word);
                }
                close(&mut part, stands);
                stands = true;
            } else if finely && (joins || comma || word.ends_with(':') || beside) && !part.is_empty() {
                if !joins && !beside {
                    part.push(word);
                }
                close(&mut part, stands);
                stands = false;
            } else {
                part.push(word);
            }
        }
        close(&mut part, stands);
    }
    // "two things:" announces the rest.
    if parts.len() > 2 && parts.first().is_some_and(|part| part.ends_with(':')) {
        parts.remove(0);
    }
    parts
}

/// Whether a word numbers what follows: "(1)", "b)".
fn is_enumerator(word: &str) -> bool {
    let inner = word.strip_prefix('(').unwrap_or(word);
    inner.strip_suffix(')').is_some_and(|inner| {
        let mut chars = inner.chars();
        chars.next().is_some_and(|first| first.is_ascii_digit() || first.is_ascii_lowercase()) && chars.next().is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_behind_an_and_are_questions_of_their_own() {
        assert_eq!(split("Who came and what did they sign?"), ["Who came", "what did they sign?"]);
        assert_eq!(split("When is it? Where is it?"), ["When is it?", "Where is it?"]);
        assert_eq!(split("two things: (1) who came (2) who left"), ["who came", "who left"]);
        assert!(split("What did Smith and Jones sign?").is_empty());
        assert!(split("Who signed it? Need a source before I post that").is_empty());
        assert_eq!(split("who's there and what's it for"), ["who's there", "what's it for"]);
        assert_eq!(split("Signed or not?? and who came"), ["Signed or not?", "and who came"]);
        assert_eq!(split("Signed or not? And who came"), ["Signed or not?", "And who came"]);
        assert!(split("").is_empty());
    }

    #[test]
    fn the_question_is_found_within_what_is_said_around_it() {
        assert_eq!(
            core("hey sry, teacher gonna ask whos the foreign minster and i forgot lol").as_deref(),
            Some("whos the foreign minster")
        );
        assert_eq!(
            core("I was on the bus when I saw it. Who signed the treaty? Thanks a lot").as_deref(),
            Some("Who signed the treaty?")
        );
        assert_eq!(core("who signed the treaty"), None);
        assert_eq!(core("tell me all about the boats please now"), None);
        assert_eq!(core(""), None);
    }

    #[test]
    fn things_named_side_by_side_are_told_apart() {
        assert_eq!(
            split_finely("What did Smith, Jones and Brown sign?", false),
            ["What did Smith,", "Jones", "Brown sign?"]
        );
        assert_eq!(split_finely("old boats vs trains", false), ["old boats", "trains"]);
        assert_eq!(split_finely("compare boats with trains", true), ["compare boats", "trains"]);
        assert!(split_finely("What did Smith sign with Jones?", false).is_empty());
    }
}
