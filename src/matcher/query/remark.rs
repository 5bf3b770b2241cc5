//! Remarks that are no question about anything: greetings, thanks, orders, attempts to turn the bot.

use crate::text::lexicon::{Lexicon, SmallTalk};

/// Recognises a remark that is no question about anything: small-talk phrases, one behind another, that are all of it,
/// or nearly. Orders and injections count wherever they stand.
pub(super) fn small_talk(words: &[&str], lexicon: &Lexicon) -> Option<SmallTalk> {
    let at = |at: usize| {
        let rest = words.get(at..).unwrap_or_default();
        lexicon.small_talk(rest.first().copied().unwrap_or_default()).filter(move |(_, _, phrase)| {
            rest.get(..phrase.len()).is_some_and(|run| run.iter().zip(*phrase).all(|(a, b)| b == a))
        })
    };
    let order = |kind: SmallTalk| matches!(kind, SmallTalk::Injection | SmallTalk::Task);
    let asks_for_opinion = |kind: SmallTalk, length: usize| kind == SmallTalk::Opinion && length >= 3;
    let anywhere = (0..words.len())
        .flat_map(at)
        .filter(|(_, kind, phrase)| order(*kind) && phrase.len() >= 2 || asks_for_opinion(*kind, phrase.len()));
    // Of equally long ones the first of the list.
    let anywhere = anywhere.max_by_key(|(number, _, phrase)| (phrase.len(), u16::MAX - number));
    let mut longest = anywhere.map(|(_, kind, phrase)| (phrase.len(), kind));
    let (mut next, mut rest) = (0, 0);
    while next < words.len() {
        if let Some((_, kind, phrase)) = at(next).max_by_key(|(_, _, phrase)| phrase.len()) {
            if longest.is_none_or(|(known, _)| phrase.len() > known) {
                longest = Some((phrase.len(), kind));
            }
            next += phrase.len();
        } else {
            let nothing = lexicon.is_stop_word(words[next]) || ADDRESS.contains(&words[next]);
            rest += usize::from(!nothing);
            next += 1;
        }
    }
    if overrides(words) {
        return Some(SmallTalk::Injection);
    }
    // A long phrase carries a word or two besides: "are you a bot or a real person".
    longest
        .filter(|(length, kind)| {
            rest == 0
                || *length >= 3 && rest <= 1
                || order(*kind) && *length >= 2
                || asks_for_opinion(*kind, *length) && words.iter().any(|word| matches!(*word, "your" | "you"))
        })
        .map(|(_, kind)| kind)
}

/// Whether a remark orders the bot to drop its instructions, in whatever words: an imperative, and what it is about a
/// few words behind.
fn overrides(words: &[&str]) -> bool {
    const DROP: [&str; 9] =
        ["ignore", "disregard", "forget", "override", "bypass", "drop", "discard", "reveal", "print"];
    const RULES: [&str; 12] = [
        "instruction",
        "instructions",
        "rules",
        "prompt",
        "prompts",
        "guidelines",
        "programming",
        "restrictions",
        "directives",
        "training",
        "limits",
        "limitations",
    ];
    const BEFORE: [&str; 14] =
        ["please", "pls", "plz", "now", "just", "and", "then", "so", "ok", "okay", "hey", "bot", "hi", "must"];
    words.iter().enumerate().any(|(at, word)| {
        let opens = at.checked_sub(1).and_then(|before| words.get(before)).is_none_or(|word| BEFORE.contains(word));
        let behind = words.get(at + 1..words.len().min(at + 8)).unwrap_or_default();
        opens && DROP.contains(word) && behind.iter().any(|word| RULES.contains(word))
    })
}

/// How people address a bot behind a greeting.
const ADDRESS: [&str; 16] = [
    "bot", "there", "everyone", "all", "guys", "mate", "friend", "buddy", "lol", "again", "again", "much", "briefing",
    "man", "bro", "haha",
];
