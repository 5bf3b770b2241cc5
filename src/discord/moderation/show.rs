//! Differences, faults and states in words and embeds.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use poise::serenity_prelude::{CreateEmbed, CreateEmbedFooter};

use super::call::Page;
use crate::curator::diff::{BriefingDifference, Presence, coverage};
use crate::curator::{Change, Difference, Error};
use crate::discord::reply::Reply;
use crate::knowledge::{Fault, Faults};
use crate::text::sanitize::{fit, plain_line};

/// Neutral on both themes; means nothing.
const COLOUR: u32 = 0x3b_6e_a8;
/// UTF-16 units of an embed's description that are used; Discord allows 4,096.
const ROOM: usize = 3_500;
/// Facts of a kind that are listed; the file has all.
const LISTED: usize = 8;
/// Faults that are listed; the file has all.
const FAULTS: usize = 5;

/// An embed with a title.
pub(crate) fn card(title: &str, text: &str) -> Reply {
    let text = fit(text, ROOM);
    let embed = CreateEmbed::new().title(title).description(text.clone()).colour(COLOUR);
    Reply { embeds: vec![embed], plain: text, ..Reply::default() }
}

/// The same with words at its foot.
pub(crate) fn card_with_foot(title: &str, text: &str, foot: &str) -> Reply {
    let text = fit(text, ROOM);
    let embed = CreateEmbed::new().title(title).description(text.clone()).colour(COLOUR);
    Reply { embeds: vec![embed.footer(CreateEmbedFooter::new(foot))], plain: text, ..Reply::default() }
}

/// A moment as Discord shows it in everybody's own time: `style` is `f` for date and time, `R` for "2 hours ago".
pub(crate) fn moment(at: SystemTime, style: char) -> String {
    let seconds = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    format!("<t:{seconds}:{style}>")
}

/// A digest as people compare it.
pub(crate) fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}

/// What a change brought.
pub(crate) fn change(title: &str, change: &Change) -> Page {
    if change.difference.is_empty() {
        return card(title, "Nothing differs from what is in service already.").into();
    }
    let mut text = summary(&change.difference);
    text.push_str(&in_service(change));
    with_difference(card(title, &text), &change.difference)
}

/// That a change is in service, and where it stands in the history.
pub(crate) fn in_service(change: &Change) -> String {
    let mut text = String::new();
    match change.served.revision {
        Some(revision) if change.recorded => {
            let _ = write!(text, "\n\n✅ In service now, as revision {revision}.");
        }
        _ if change.recorded => text.push_str("\n\n✅ In service now."),
        _ => text
            .push_str("\n\n✅ In service now. The database is away: the history will show it as soon as it is back."),
    }
    if let Some(remark) = &change.remark {
        let _ = write!(text, "\n{remark}");
    }
    text
}

/// A reply with the whole difference as a file where it doesn't all fit.
pub(crate) fn with_difference(reply: Reply, difference: &Difference) -> Page {
    let all = difference.text();
    let (added, changed, removed) = difference.counts();
    let page = Page::from(reply);
    if [added, changed, removed].iter().all(|count| *count <= LISTED) && all.chars().count() < ROOM / 2 {
        return page;
    }
    page.file("difference.txt", all)
}

/// A difference in a few lines.
pub(crate) fn summary(difference: &Difference) -> String {
    difference.briefings.iter().map(briefing).collect::<Vec<_>>().join("\n\n")
}

fn briefing(difference: &BriefingDifference) -> String {
    let mut text = format!("**{}**", plain_line(&difference.id));
    text.push_str(match difference.presence {
        Presence::Kept => "",
        Presence::Added => " (new)",
        Presence::Removed => " (removed)",
    });
    let named = |facts: &[(String, String)]| -> Vec<String> {
        let fact = |(id, statement): &(String, String)| format!("`{id}` {}", fit(&plain_line(statement), 90));
        facts.iter().take(LISTED).map(fact).collect()
    };
    let changed: Vec<String> = difference
        .changed
        .iter()
        .take(LISTED)
        .map(|fact| {
            let lines: Vec<String> = fact.lines.iter().take(3).map(|line| fit(&plain_line(line), 120)).collect();
            format!("`{}` {}", fact.id, lines.join("; "))
        })
        .collect();
    for (name, count, lines) in [
        ("added", difference.added.len(), named(&difference.added)),
        ("changed", difference.changed.len(), changed),
        ("removed", difference.removed.len(), named(&difference.removed)),
    ] {
        // Writing to a String can't fail.
        let _ = write!(text, "\nFacts {name}: **{count}**");
        for line in &lines {
            let _ = write!(text, "\n- {line}");
        }
        if count > lines.len() {
            let _ = write!(text, "\n- … and {} more", count - lines.len());
        }
    }
    if difference.article {
        text.push_str("\nThe article differs.");
    }
    if difference.other {
        text.push_str("\nEntities, synonyms, contradictions, absent details, lists or the heading differ.");
    }
    let _ = write!(text, "\nCoverage: {}", coverage(difference.before, difference.after));
    text
}

/// Faults by line and column; all of them as a file where they are many.
pub(crate) fn faults(title: &str, faults: &[Fault]) -> Page {
    let mut text = format!(
        "**{} fault{}.** Nothing was changed; the bot goes on answering from what it had.\n",
        faults.len(),
        if faults.len() == 1 { "" } else { "s" }
    );
    for fault in faults.iter().take(FAULTS) {
        let _ = write!(text, "\n❌ **{}** {}", plain_line(&place(fault)), fit(&plain_line(&fault.message), 300));
        if !fault.cure.is_empty() {
            let _ = write!(text, "\n→ {}", fit(&plain_line(&fault.cure), 300));
        }
    }
    let page = Page::from(card(title, &text));
    if faults.len() <= FAULTS {
        return page;
    }
    page.file("faults.txt", fault_list(faults))
}

/// Where a fault is: the file's name alone, as the folder is nobody's business.
fn place(fault: &Fault) -> String {
    let name = fault.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if fault.line == 0 { name } else { format!("{name}, line {}, column {}:", fault.line, fault.column) }
}

/// All faults as plain text.
fn fault_list(faults: &[Fault]) -> String {
    let mut text = String::new();
    for fault in faults {
        let _ = writeln!(text, "{} {} [{}]", place(fault), fault.message, fault.kind.name());
        let _ = writeln!(text, "    {}", fault.cure);
    }
    text
}

/// Why something did not come about.
pub(crate) fn error(title: &str, error: &Error) -> Page {
    let words = match error {
        Error::Faults(Faults(list)) => return faults(title, list),
        Error::Stale => {
            "Somebody else changed the knowledge in the meantime. Nothing was changed now; please look again and repeat it."
        }
        Error::Unsettled => {
            "The files in the knowledge folder are not those in service: somebody is at work on them, or they have \
             faults. Nothing was changed. `/knowledge check` shows how they stand."
        }
        Error::Refused(words) => return Page::words(fit(&plain_line(words), 1_500)),
        Error::Disk(error) => {
            tracing::error!(%error, "the knowledge folder");
            "The knowledge folder could not be read or written. Nothing was changed. Please tell the operator."
        }
        Error::Journal(error) => {
            tracing::warn!(%error, "moderation");
            "The bot’s database is away just now. Nothing was changed; please try again in a minute."
        }
        Error::Broken => "Something went wrong on my side. Nothing was changed.",
    };
    card(title, words).into()
}
