//! Answers for people at a terminal.

use std::fmt::Write as _;

use crate::answer::{Answer, Hit, Outcome};
use crate::knowledge::Status;

/// How text is set off: with colours in a terminal, without in a pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// ANSI colours.
    Colour,
    /// Plain text.
    Plain,
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Self::Colour => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            Self::Plain => text.to_owned(),
        }
    }

    /// Text that stands out.
    #[must_use]
    pub fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// Text that stands back.
    #[must_use]
    pub fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }
}

/// The statement of a hit with what a reader must know of its status.
#[must_use]
pub fn statement(hit: &Hit) -> String {
    let fact = hit.fact();
    let mut text = fact.statement.clone();
    if let Some(note) = status_note(hit) {
        let _ = write!(text, " ({note})");
    }
    text
}

/// What a reader must know of how sure a fact is; nothing where the article states it plainly.
#[must_use]
pub fn status_note(hit: &Hit) -> Option<String> {
    let fact = hit.fact();
    let published = hit.knowledge.briefing.published;
    let as_of = fact.as_of.unwrap_or(published);
    match fact.status {
        Status::Reported | Status::Stated => None,
        Status::Planned => Some(format!("planned, as of {as_of}")),
        Status::Unconfirmed => Some(format!("unconfirmed, as of {as_of}")),
        Status::Opinion => Some("an assessment, not an event".to_owned()),
    }
}

/// An answer in lines, the suggestions numbered from 1.
#[must_use]
pub fn answer(answer: &Answer, style: Style) -> String {
    let mut out = String::new();
    if let Some(message) = &answer.message {
        let _ = writeln!(out, "{message}");
    }
    for note in &answer.conflicts {
        let _ = writeln!(out, "{}", style.bold(&format!("The briefing contradicts itself here. {note}")));
    }
    for hit in &answer.answers {
        let _ = writeln!(out, "{}", style.bold(&statement(hit)));
        for quote in &hit.fact().quotes {
            let _ = writeln!(out, "  > {}", quote.text);
            let place = format!("{}, paragraph {}", quote.section, quote.paragraph);
            let _ = writeln!(out, "    {}", style.dim(&place));
        }
        let briefing = &hit.knowledge.briefing;
        let mut source = format!("{}, {}", briefing.publisher, briefing.dateline);
        if let Some(attribution) = &hit.fact().attribution {
            let _ = write!(source, " (says: {attribution})");
        }
        let _ = writeln!(out, "    {}", style.dim(&source));
    }
    let heading = match answer.outcome {
        Outcome::Answer => "You could ask next:",
        Outcome::Suggest => "",
        Outcome::None => "It does say something about:",
    };
    if !answer.suggestions.is_empty() && !heading.is_empty() {
        let _ = writeln!(out, "{}", style.dim(heading));
    }
    for (hit, number) in answer.suggestions.iter().zip(1..) {
        let _ = writeln!(out, "  {number}. {}", hit.fact().question());
    }
    out.truncate(out.trim_end().len());
    out
}
