//! Lines of standard input, each bounded, so that no input can exhaust the machine.

use std::io::{self, BufRead, Read as _};

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A line; the last may lack its line break.
    Whole,
    /// The start of a line that is too long; its rest was skipped.
    Cut,
    /// Nothing is left.
    End,
}

/// Reads a line into `line`, which is emptied first: at most `max` bytes of it and its line break.
///
/// # Errors
/// What the input fails with.
pub(super) fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>, max: u64) -> io::Result<Line> {
    line.clear();
    let read = input.by_ref().take(max.saturating_add(1)).read_until(b'\n', line)?;
    if read == 0 {
        return Ok(Line::End);
    }
    if line.ends_with(b"\n") || read as u64 <= max {
        return Ok(Line::Whole);
    }
    input.skip_until(b'\n')?;
    line.pop();
    Ok(Line::Cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_bounded_and_none_is_lost() {
        let mut input: &[u8] = b"12345\n123456\n\n1234567\n1";
        let mut line = Vec::new();
        let mut read =
            || read_line(&mut input, &mut line, 5).map(|kind| (kind, String::from_utf8_lossy(&line).into_owned()));
        let mut next = || read().expect("a slice can be read");
        assert_eq!(next(), (Line::Whole, "12345\n".to_owned()), "as long as a line may be");
        assert_eq!(next(), (Line::Cut, "12345".to_owned()));
        assert_eq!(next(), (Line::Whole, "\n".to_owned()));
        assert_eq!(next(), (Line::Cut, "12345".to_owned()));
        assert_eq!(next(), (Line::Whole, "1".to_owned()), "the last without a line break");
        assert_eq!(next().0, Line::End);
    }
}
