//! `/knowledge stats`: how much was asked and how it went.

use std::fmt::Write as _;
use std::time::Duration;

use poise::serenity_prelude::{CreateEmbed, CreateEmbedFooter};
use tokio::task::spawn_blocking;

use super::call::{Call, Page};
use super::{chart, show};
use crate::discord::reply::Reply;
use crate::journal::{Day, Stats};
use crate::text::sanitize::plain_line;

/// Facts that are listed.
const TOP: u32 = 5;
/// Name of the picture.
const PICTURE: &str = "questions.png";

/// The numbers of the last days.
pub(crate) async fn stats(call: Call<'_>, days: i64) -> Page {
    let journal = call.desk.curator.journal();
    // What was asked a moment ago may still wait to be written.
    journal.flush(Duration::from_secs(2)).await;
    let days = u32::try_from(days.clamp(1, 365)).unwrap_or(30);
    let title = if days == 1 { "Today".to_owned() } else { format!("The last {days} days") };
    let stats = match journal.stats(days, TOP).await {
        Ok(stats) => stats,
        Err(error) => return show::error(&title, &error.into()),
    };
    let text = words(&stats, journal.losses());
    let of_days = stats.days.clone();
    let picture = spawn_blocking(move || chart::png(&of_days)).await.ok().flatten();
    let foot = CreateEmbedFooter::new("Days are UTC.");
    let mut embed = CreateEmbed::new().title(title).description(text.clone()).footer(foot).colour(0x3b_6e_a8);
    if picture.is_some() {
        embed = embed.attachment(PICTURE);
    }
    let page = Page::from(Reply { embeds: vec![embed], plain: text, ..Reply::default() });
    match picture {
        Some(picture) => page.file(PICTURE, picture),
        None => page,
    }
}

fn words(stats: &Stats, losses: u64) -> String {
    let total = stats.questions();
    let sum = |part: fn(&Day) -> u64| stats.days.iter().map(part).sum::<u64>();
    let mut text = format!("**{total}** questions\n");
    for (name, count) in [
        ("answered", sum(|day| day.answer)),
        ("only suggestions", sum(|day| day.suggest)),
        ("nothing found", sum(|day| day.none)),
    ] {
        let share = (count * 100 + total / 2).checked_div(total).unwrap_or(0);
        // Writing to a String can't fail.
        let _ = writeln!(text, "- {name}: {count} ({share} %)");
    }
    if let (Some(p50), Some(p95), Some(p99)) = (stats.p50, stats.p95, stats.p99) {
        let [p50, p95, p99] = [p50, p95, p99].map(milliseconds);
        let _ = writeln!(text, "\nTime to find an answer: half within {p50}, 95 % within {p95}, 99 % within {p99}");
    }
    if !stats.most_asked.is_empty() {
        text.push_str("\n**Most asked**\n");
        for fact in &stats.most_asked {
            let _ = writeln!(text, "- `{}` {}×", plain_line(&fact.fact), fact.count);
        }
    }
    if !stats.worst_voted.is_empty() {
        text.push_str("\n**Voted not helpful**\n");
        for fact in &stats.worst_voted {
            let (no, yes) = (fact.not_helpful, fact.helpful);
            let _ = writeln!(text, "- `{}` {no}× not helpful, {yes}× helpful", plain_line(&fact.fact));
        }
    }
    if losses > 0 {
        let _ =
            writeln!(text, "\n{losses} questions or votes since the start were not counted: the database was away.");
    }
    text
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1_000.0)
}
