//! Reading a large file piece by piece: on all processors, and with no more of its TOML in memory than one piece each.
//!
//! Only a file without any fault is read so. Where a piece doesn't stand for itself (it may have been cut within a text
//! that looks like a table's header) or holds a fault, the file is read as a whole instead, which tells what is wrong.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Reader, Tables};
use crate::knowledge::fault::{Found, Lines};
use crate::text::parallel;

/// Bytes of a piece, or a little more.
const PIECE: usize = 64 * 1024;

/// What a file holds; `None` where it is small, or must be read as a whole.
pub(super) fn tables<'t>(lines: &Lines<'_>, text: &'t str) -> Option<Tables<'t>> {
    in_pieces(lines, text, PIECE)
}

fn in_pieces<'t>(lines: &Lines<'_>, text: &'t str, size: usize) -> Option<Tables<'t>> {
    let pieces = cut(text, size);
    if pieces.len() < 3 {
        return None;
    }
    let failed = AtomicBool::new(false);
    let read = parallel::map(&pieces, |number, piece| {
        let tables = if failed.load(Ordering::Relaxed) { None } else { one(lines, text, piece.clone(), number == 0) };
        failed.fetch_or(tables.is_none(), Ordering::Relaxed);
        tables
    });
    let mut read = read.into_iter();
    let mut tables = read.next()??;
    for piece in read {
        tables.append(piece?);
    }
    Some(tables)
}

/// Cuts a file in front of headers like `[[fact]]`: first what stands before them all, then pieces of about a size.
fn cut(text: &str, size: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let (mut start, mut from) = (0, 0);
    while let Some(at) = text.get(from..).and_then(|rest| rest.find("\n[[")) {
        let at = from + at + 1;
        from = at;
        let line = text.get(at..).and_then(|rest| rest.lines().next()).unwrap_or_default().trim_end();
        let name = line.strip_prefix("[[").and_then(|line| line.strip_suffix("]]"));
        if name.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_lowercase())) {
            pieces.push(start..at);
            (start, from) = (at, text.floor_char_boundary(at + size).min(text.len()));
        }
    }
    pieces.push(start..text.len());
    pieces
}

/// What one piece holds: the first one no lists of tables, the others nothing else.
fn one<'t>(lines: &Lines<'_>, text: &'t str, piece: Range<usize>, is_first: bool) -> Option<Tables<'t>> {
    let mut document = DeTable::parse(text.get(piece.clone())?).ok()?.into_inner();
    for (_, value) in &mut document {
        if value.get_ref().is_array() == is_first {
            return None;
        }
        shift(value, piece.start);
    }
    let mut faults = Found::default();
    let mut reader = Reader::new(lines, &mut faults);
    let tables = reader.tables(document);
    let whole = !is_first || reader.seen_schema && reader.seen_briefing;
    (whole && faults.is_empty()).then_some(tables)
}

/// Tells of a value of a piece where it stands in the file.
fn shift(value: &mut Spanned<DeValue<'_>>, by: usize) {
    match value.get_mut() {
        DeValue::Array(items) => items.iter_mut().for_each(|item| shift(item, by)),
        DeValue::Table(table) => table.iter_mut().for_each(|(_, value)| shift(value, by)),
        _ => {}
    }
    let span = value.span();
    let inner = std::mem::replace(value.get_mut(), DeValue::Boolean(false));
    *value = Spanned::new(span.start + by..span.end + by, inner);
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    /// So few that there is a cut wherever there may be one.
    const SMALL: usize = 8;
    const HEAD: &str = "schema = 1\n\n[briefing]\nid = \"b\"\ntitle = \"T\"\npublisher = \"P\"\ndateline = \"D\"\n\
                        published = \"2026-01-02\"\nlanguage = \"en\"\narticle = \"b.md\"\n\n";
    const FACTS: &str = "[[fact]]\nid = \"a\"\nstatement = \"É\"\nquotes = [\"q\"]\nasks = [\n  \"one\", # [[fact]]\n]\n\
                         status = \"planned\"\n\n\
                         [[entity]]\nid = \"e\"\nname = \"E\"\nkind = \"person\"\n\n\
                         [[fact]]\nid = \"b\"\nstatement = \"S\"\nquotes = [\"q\"]\nasks = [\"two\"]\nstatus = \"reported\"\n";

    fn in_pieces_of(text: &str) -> Option<Tables<'_>> {
        in_pieces(&Lines::new(Path::new("b.toml"), text), text, SMALL)
    }

    /// What the file says as a whole, and whether it holds no fault.
    fn whole(text: &str) -> (Tables<'_>, bool) {
        let mut faults = Found::default();
        let tables = super::super::whole(&Lines::new(Path::new("b.toml"), text), text, &mut faults);
        (tables, faults.is_empty())
    }

    #[test]
    fn pieces_say_what_the_whole_says_and_where() {
        let text = format!("{HEAD}{FACTS}");
        let read = in_pieces_of(&text).expect("it holds no fault");
        assert!(cut(&text, SMALL).len() > 3 && read.facts.len() == 2);
        assert_eq!((format!("{read:?}"), true), (format!("{:?}", whole(&text).0), whole(&text).1));
    }

    proptest! {
        /// Lines left out, said twice, put elsewhere, and marks that open or close something.
        #[test]
        fn whatever_is_read_in_pieces_is_so_as_a_whole(
            edits in prop::collection::vec((0usize..4, 0usize..40, 0usize..40), 0..4),
            marks in prop::collection::vec((0usize..800, prop::sample::select(vec!["\"\"\"", "'''", "[[", "]]", "[", "\n", "\"", "#"])), 0..3),
        ) {
            let text = format!("{HEAD}{FACTS}");
            let mut lines: Vec<&str> = text.lines().collect();
            for (edit, from, to) in edits {
                let (from, to) = (from % lines.len(), to % lines.len());
                match edit {
                    0 => drop(lines.remove(from)),
                    1 => lines.insert(to, lines[from]),
                    2 => lines.swap(from, to),
                    _ => lines.insert(to, "[[fact]]"),
                }
            }
            let mut text = lines.join("\n");
            for (at, mark) in marks {
                text.insert_str(text.floor_char_boundary(at % text.len()), mark);
            }
            if let Some(read) = in_pieces_of(&text) {
                let (whole, faultless) = whole(&text);
                prop_assert!(faultless);
                prop_assert_eq!(format!("{read:?}"), format!("{whole:?}"));
            }
        }
    }

    #[test]
    fn what_does_not_stand_for_itself_is_left_to_the_whole() {
        let text = format!("{HEAD}{FACTS}");
        for broken in [
            text.replace("\"É\"", "\"\"\"\n[[fact]]\n\"\"\""),
            text.replace("\"É\"", "'''x\n[[fact]]\nid = 1\n'''"),
            text.replace("schema = 1\n", ""),
            text.replace("schema = 1\n", "schema = 1\nfact = []\n"),
            text.replace("id = \"e\"", "id = 3"),
            text.replace("name = \"E\"", "name = \"E\"\nage = 3"),
            format!("{text}\n[fact.more]\nx = 1\n"),
            format!("{text}\n[briefing]\nid = \"c\"\n"),
            format!("{text}\n[[fact]]\n"),
            format!("{text}\n[[fact]"),
            format!("{text}\n[[facts]]\nid = \"x\"\n"),
            FACTS.to_owned(),
            HEAD.to_owned(),
            String::new(),
        ] {
            assert!(in_pieces_of(&broken).is_none(), "{broken}");
        }
    }
}
