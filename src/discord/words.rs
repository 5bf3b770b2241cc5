//! What a message says to the bot: whether it is spoken to, and the question without Discord's own marks.
//!
//! A mention inside code or a block quote shows somebody else's words, so it doesn't count; nor does an escaped one.

/// What was heard in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    /// Whether the bot is mentioned where that counts.
    pub(crate) mentioned: bool,
    /// The question: the words without mentions, code and quotes; the quoted words where there are no others.
    pub(crate) question: String,
}

/// Reads a message's content for the bot with this id.
pub(crate) fn heard(content: &str, me: u64) -> Heard {
    let (own, quoted) = split_quotes(&without_code(content));
    let (question, mentioned) = without_marks(&own, me);
    let question = if question.is_empty() { without_marks(&quoted, me).0 } else { question };
    Heard { mentioned, question }
}

/// The words of a text without mentions, emoji and time stamps: for a message that somebody points at, of which code
/// and quotes are part.
pub(crate) fn bare(content: &str) -> String {
    without_marks(content, 0).0
}

/// Leaves out code spans and blocks. A run of backticks that is never closed is no code.
fn without_code(content: &str) -> String {
    let chars: Vec<char> = content.chars().collect();
    let mut out = String::with_capacity(content.len());
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        if c == '\\' {
            out.extend(chars.iter().skip(at).take(2));
            at += 2;
            continue;
        }
        if c != '`' {
            out.push(c);
            at += 1;
            continue;
        }
        let ticks = run(&chars, at);
        if let Some(end) = closing(&chars, at + ticks, ticks) {
            out.push(' ');
            at = end;
        } else {
            out.extend(chars.iter().skip(at).take(ticks));
            at += ticks;
        }
    }
    out
}

/// How many backticks stand at `at`.
fn run(chars: &[char], at: usize) -> usize {
    chars.iter().skip(at).take_while(|c| **c == '`').count()
}

/// The position after the run of `ticks` backticks that closes what one opened; three or more close a block of three.
fn closing(chars: &[char], from: usize, ticks: usize) -> Option<usize> {
    let mut at = from;
    while at < chars.len() {
        let here = run(chars, at);
        if here == ticks || ticks >= 3 && here >= 3 {
            return Some(at + here);
        }
        at += here.max(1);
    }
    None
}

/// Parts one's own lines from block quotes: lines after `> `, and all after `>>> `.
fn split_quotes(content: &str) -> (String, String) {
    let (mut own, mut quoted) = (String::new(), String::new());
    let mut to_end = false;
    for line in content.lines() {
        let start = line.trim_start();
        let (to, text) = if to_end {
            (&mut quoted, line)
        } else if let Some(text) = start.strip_prefix(">>> ") {
            to_end = true;
            (&mut quoted, text)
        } else if let Some(text) = start.strip_prefix("> ") {
            (&mut quoted, text)
        } else if start == ">" {
            (&mut quoted, "")
        } else {
            (&mut own, line)
        };
        to.push_str(text);
        to.push('\n');
    }
    (own, quoted)
}

/// Leaves out `<@1>` and its like, and says whether `me` was among them.
fn without_marks(text: &str, me: u64) -> (String, bool) {
    let mut out = String::with_capacity(text.len());
    let mut mentioned = false;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        if let Some((mark, next)) = after.split_once('>').filter(|(mark, _)| is_mark(mark)) {
            let id = mark.strip_prefix('@').map(|id| id.trim_start_matches('!'));
            mentioned |= !before.ends_with('\\') && id.and_then(|id| id.parse().ok()) == Some(me);
            out.push(' ');
            rest = next;
        } else {
            out.push('<');
            rest = after;
        }
    }
    out.push_str(rest);
    (crate::text::sanitize::one_line(&out), mentioned)
}

/// Whether what stands between angle brackets is a mention, a channel, an emoji, a time or a command.
fn is_mark(mark: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.len() <= 20 && text.bytes().all(|b| b.is_ascii_digit());
    let after_colon = |text: &str| text.rsplit_once(':').is_some_and(|(_, id)| digits(id));
    mark.len() <= 100
        && match mark.chars().next() {
            Some('@') => digits(mark.trim_start_matches(['@', '!', '&'])),
            Some('#') => digits(mark.trim_start_matches('#')),
            Some(':' | '/') => after_colon(mark),
            Some('a') => mark.starts_with("a:") && after_colon(mark),
            Some('t') => mark.starts_with("t:"),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content: &str, mentioned: bool, question: &str) {
        assert_eq!(heard(content, 7), Heard { mentioned, question: question.to_owned() }, "{content}");
    }

    #[test]
    fn a_mention_counts_anywhere_among_ones_own_words() {
        check("<@7> who came?", true, "who came?");
        check("hey, <@!7>, who came?", true, "hey, , who came?");
        check("who came? <@7>", true, "who came?");
        check("<@8> <@&7> <#7> who came?", false, "who came?");
        check("<@77> who came?", false, "who came?");
    }

    #[test]
    fn a_mention_in_code_or_a_quote_does_not_count() {
        check("`<@7>` who came?", false, "who came?");
        check("``a ` <@7>`` who came?", false, "who came?");
        check("```\n<@7> who came?\n```", false, "");
        check("> <@7> who came?\nindeed", false, "indeed");
        check(">>> one\n<@7> two", false, "one two");
        check("\\<@7> who came?", false, "\\ who came?");
    }

    #[test]
    fn what_only_looks_like_code_or_a_quote_is_neither() {
        check("a ` b <@7> who came?", true, "a ` b who came?");
        check("```\n<@7> who came?", true, "``` who came?");
        check("\\`<@7>\\` who came?", true, "\\` \\` who came?");
        check(">not a quote <@7>", true, ">not a quote");
        check("3 < 4 <@7> > 2", true, "3 < 4 > 2");
    }

    #[test]
    fn a_quote_is_the_question_where_there_are_no_other_words() {
        check("> who came?\n<@7>", true, "who came?");
        check("<@7>", true, "");
    }

    #[test]
    fn emoji_times_and_commands_fall_away() {
        assert_eq!(bare("<:wave:123> who <a:x:1> came <t:1700000000:R> </ask:99>?"), "who came ?");
        assert_eq!(bare("<b> <:x> <@x> <t>"), "<b> <:x> <@x> <t>");
    }
}
