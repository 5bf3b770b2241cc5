//! "Show in context": the paragraphs that a fact's quotes stand in, the quotes marked.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use poise::serenity_prelude as serenity;
use serenity::{CreateEmbed, CreateEmbedFooter};

use super::{COLOUR, DESCRIPTION, harmless};
use crate::answer::Hit;
use crate::discord::reply::Reply;
use crate::text::sanitize::{fit, one_line, plain_line, shorten, units};

/// Paragraphs that are shown; a fact with quotes in more names the rest.
const PARAGRAPHS: usize = 3;

/// The paragraphs of a fact.
pub(crate) fn context(hit: &Hit) -> Reply {
    let (fact, knowledge) = (hit.fact(), &hit.knowledge);
    let mut places: BTreeMap<usize, Vec<Range<usize>>> = BTreeMap::new();
    for quote in &fact.quotes {
        places.entry(quote.place.paragraph).or_default().push(quote.place.range.clone());
    }
    let share = DESCRIPTION / places.len().clamp(1, PARAGRAPHS) - 150;
    let mut text = String::new();
    for (paragraph, ranges) in places.iter().take(PARAGRAPHS) {
        let section = fit(&plain_line(knowledge.article.section_of(*paragraph)), 80);
        let words = knowledge.article.paragraphs.get(*paragraph).map_or("", |p| p.text.as_str());
        // Writing to a String can't fail.
        let _ = write!(text, "“{section}”, paragraph {}\n{}\n\n", paragraph + 1, marked(words, ranges, share));
    }
    let more: Vec<String> = places.keys().skip(PARAGRAPHS).map(|paragraph| (paragraph + 1).to_string()).collect();
    if !more.is_empty() {
        let _ = write!(text, "Also quoted: paragraphs {}.", more.join(", "));
    }
    let briefing = &knowledge.briefing;
    let source =
        format!("{}, “{}”, {}", one_line(&briefing.publisher), one_line(&briefing.title), one_line(&briefing.dateline));
    let embed = CreateEmbed::new()
        .description(text.trim_end())
        .footer(CreateEmbedFooter::new(harmless(&shorten(&source, 300))))
        .colour(COLOUR);
    Reply { plain: fit(&text, 1_900), embeds: vec![embed], ..Reply::default() }
}

/// A paragraph with ranges of bytes marked bold, within `room` units: where it is too long, words far from the first
/// mark are left out.
fn marked(paragraph: &str, ranges: &[Range<usize>], room: usize) -> String {
    let mut ranges: Vec<Range<usize>> = ranges.to_vec();
    ranges.sort_by_key(|range| range.start);
    let mut whole = String::new();
    let mut at = 0;
    for range in &ranges {
        let start = range.start.max(at);
        let (Some(before), Some(inside)) = (paragraph.get(at..start), paragraph.get(start..range.end.max(start)))
        else {
            continue;
        };
        whole.push_str(&spaced(before));
        if !inside.trim().is_empty() {
            whole.push_str(if inside.starts_with(char::is_whitespace) { " " } else { "" });
            let _ = write!(whole, "**{}**", plain_line(inside));
        }
        at = range.end.max(start);
    }
    whole.push_str(&spaced(paragraph.get(at..).unwrap_or_default()));
    if units(&whole) <= room {
        return whole;
    }
    let Some(first) = ranges.first() else { return fit(&plain_line(paragraph), room) };
    let (before, rest) = paragraph.split_at_checked(first.start).unwrap_or(("", paragraph));
    let (inside, after) = rest.split_at_checked(first.len()).unwrap_or((rest, ""));
    let inside = fit(&plain_line(inside), room * 3 / 5);
    let left = room.saturating_sub(units(&inside) + 8);
    format!("{} **{inside}** {}", tail(before, left / 2), fit(&plain_line(after), left / 2)).trim().to_owned()
}

/// Escaped, with the spaces at its ends kept as one each.
fn spaced(text: &str) -> String {
    let space = |is: bool| if is { " " } else { "" };
    let line = plain_line(text);
    if line.is_empty() {
        return space(!text.is_empty()).to_owned();
    }
    format!("{}{line}{}", space(text.starts_with(char::is_whitespace)), space(text.ends_with(char::is_whitespace)))
}

/// The last words of a text, escaped, within `room` units.
fn tail(text: &str, room: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut from = words.len();
    let mut used = 2;
    while let Some(word) = from.checked_sub(1).and_then(|at| words.get(at)) {
        used += units(&plain_line(word)) + 1;
        if used > room {
            break;
        }
        from -= 1;
    }
    let kept = plain_line(&words.get(from..).unwrap_or_default().join(" "));
    match (from, kept.is_empty()) {
        (0, _) => kept,
        (_, true) => String::new(),
        (_, false) => format!("… {kept}"),
    }
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use super::*;

    #[test]
    fn quotes_are_marked_where_they_stand() {
        let text = "One two. Three four. Five.";
        assert_eq!(marked(text, from_ref(&(9..20)), 1_000), "One two. **Three four.** Five.");
        assert_eq!(marked(text, &[0..8, 21..26], 1_000), "**One two.** Three four. **Five.**");
        assert_eq!(marked(text, &[0..20, 9..26], 1_000), "**One two. Three four.** **Five.**", "overlapping");
    }

    #[test]
    fn a_long_paragraph_keeps_the_mark() {
        let text = format!("{} The quote. {}", "before ".repeat(500), "after ".repeat(500));
        let start = text.find("The quote.").expect("it is there");
        let shown = marked(&text, from_ref(&(start..start + 10)), 400);
        assert!(units(&shown) <= 400 && shown.contains("before **The quote.** after"), "{shown}");
    }

    #[test]
    fn marks_in_the_article_stay_marks_of_the_article() {
        assert_eq!(marked("a *b* c", from_ref(&(2..5)), 100), "a **\\*b\\*** c");
    }
}
