//! What is wrong with a knowledge file, where, and how to mend it.

use std::fmt;
use std::path::{Path, PathBuf};

/// What kind of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The file can't be read or isn't UTF-8.
    Unreadable,
    /// The file is over a size limit.
    TooLarge,
    /// The file is no TOML.
    Syntax,
    /// A key that the format doesn't know.
    UnknownKey,
    /// A key that must be there isn't.
    MissingKey,
    /// A value of the wrong type or form.
    BadValue,
    /// A text over its limit.
    TooLong,
    /// An id used twice.
    DuplicateId,
    /// An id of the wrong form.
    MalformedId,
    /// A reference to an id that isn't there.
    DanglingReference,
    /// A quote that doesn't stand in the article.
    QuoteNotFound,
    /// A number, date or name in a statement that none of its quotes supports.
    Unsupported,
    /// An ask that two facts claim.
    SharedAsk,
    /// An ask that the matcher answers with another fact.
    StolenAsk,
    /// An alias that two entities claim.
    SharedAlias,
    /// A sentence of the article that no fact quotes and that isn't listed as uncovered.
    Uncovered,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 16] = [
        Self::Unreadable,
        Self::TooLarge,
        Self::Syntax,
        Self::UnknownKey,
        Self::MissingKey,
        Self::BadValue,
        Self::TooLong,
        Self::DuplicateId,
        Self::MalformedId,
        Self::DanglingReference,
        Self::QuoteNotFound,
        Self::Unsupported,
        Self::SharedAsk,
        Self::StolenAsk,
        Self::SharedAlias,
        Self::Uncovered,
    ];

    /// A short name for lists: `quote-not-found`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::TooLarge => "too-large",
            Self::Syntax => "syntax",
            Self::UnknownKey => "unknown-key",
            Self::MissingKey => "missing-key",
            Self::BadValue => "bad-value",
            Self::TooLong => "too-long",
            Self::DuplicateId => "duplicate-id",
            Self::MalformedId => "malformed-id",
            Self::DanglingReference => "dangling-reference",
            Self::QuoteNotFound => "quote-not-found",
            Self::Unsupported => "unsupported",
            Self::SharedAsk => "shared-ask",
            Self::StolenAsk => "stolen-ask",
            Self::SharedAlias => "shared-alias",
            Self::Uncovered => "uncovered",
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What kind of thing.
    pub kind: Kind,
    /// The file.
    pub file: PathBuf,
    /// The line, from 1; 0 where the file as a whole is meant.
    pub line: usize,
    /// The column in characters, from 1; 0 where the file as a whole is meant.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub cure: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        write!(f, ": {} [{}]", self.message, self.kind.name())?;
        if !self.cure.is_empty() {
            write!(f, "\n    {}", self.cure)?;
        }
        Ok(())
    }
}

/// All that is wrong with some knowledge; never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", list(.0))]
pub struct Faults(pub Vec<Fault>);

fn list(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Faults of one file that are kept; what comes after is only counted. Nobody mends more at once, and a file that is
/// made of faults must not fill the memory with them.
pub const MOST: usize = 1_000;

/// The faults of one file as they are found.
#[derive(Debug, Default)]
pub struct Found {
    faults: Vec<Fault>,
    /// How many more there were, and of which kind the last one was.
    more: Option<(usize, Kind)>,
    oversized: bool,
}

impl Found {
    /// Adds a fault.
    pub fn push(&mut self, fault: Fault) {
        self.oversized |= matches!(fault.kind, Kind::TooLarge | Kind::TooLong);
        if self.is_full() {
            self.leave_out(fault.kind);
        } else {
            self.faults.push(fault);
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty() && self.more.is_none()
    }

    /// Whether what comes next is only counted.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.faults.len() >= MOST
    }

    /// Counts a fault that nobody will read.
    pub fn leave_out(&mut self, kind: Kind) {
        self.more = Some((self.more.map_or(1, |(count, _)| count + 1), kind));
    }

    /// Whether any was that something is over its limit.
    #[must_use]
    pub fn oversized(&self) -> bool {
        self.oversized
    }

    /// The faults of the file in the order of its lines, then those of its article; last, how many there were more.
    #[must_use]
    pub fn into_faults(self, file: &Path) -> Vec<Fault> {
        let mut faults = self.faults;
        faults.sort_by_key(|fault| (fault.file != file, fault.line, fault.column));
        if let Some((count, kind)) = self.more {
            let message = format!("there are {count} more faults");
            faults.push(Fault::of_file(kind, file, message, "Mend those above first."));
        }
        faults
    }
}

/// Lines and columns of byte offsets in one file.
#[derive(Debug)]
pub struct Lines<'a> {
    file: &'a Path,
    text: &'a str,
    starts: Vec<usize>,
    /// Characters before every so many bytes: a line may be as long as the file, and be asked for column after column.
    marks: Vec<usize>,
}

/// Bytes from one mark to the next.
const MARK: usize = 1_024;

/// Characters that begin in these bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| !matches!(byte, 0x80..=0xbf)).count()
}

impl<'a> Lines<'a> {
    /// Reads where the lines of a file's text start.
    #[must_use]
    pub fn new(file: &'a Path, text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let marks = text.as_bytes().chunks(MARK).scan(0, |before, block| {
            let here = *before;
            *before += characters(block);
            Some(here)
        });
        Self { file, text, starts, marks: marks.collect() }
    }

    /// Characters before a byte.
    fn before(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        let block = (offset / MARK).min(self.marks.len().saturating_sub(1));
        let rest = self.text.as_bytes().get(block * MARK..offset).unwrap_or_default();
        self.marks.get(block).copied().unwrap_or_default() + characters(rest)
    }

    /// The line and column of a byte offset, both from 1, the column in characters.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts[line - 1];
        (line, self.before(offset).saturating_sub(self.before(start)) + 1)
    }

    /// A fault at a byte offset.
    pub fn fault(&self, kind: Kind, offset: usize, message: impl Into<String>, cure: impl Into<String>) -> Fault {
        let (line, column) = self.position(offset);
        Fault { kind, file: self.file.to_owned(), line, column, message: message.into(), cure: cure.into() }
    }
}

impl Fault {
    /// A fault of a file as a whole.
    pub fn of_file(kind: Kind, file: &Path, message: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { kind, file: file.to_owned(), line: 0, column: 0, message: message.into(), cure: cure.into() }
    }
}
