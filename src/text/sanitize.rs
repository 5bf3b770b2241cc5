//! Neutralising text of others before it is shown in Discord: no ping, no broken formatting.

/// Escapes what Discord would read as formatting or as a mention, so that `text` shows as it is written.
///
/// Markdown marks are escaped with a backslash; `@`, `<` and `://` get a zero-width or word joiner, so that neither
/// `@everyone` nor `<@1>` nor a link can come alive. Control and invisible characters fall away.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars().filter(|c| *c == '\n' || !super::fold::is_invisible(*c)) {
        match c {
            '\\' | '*' | '_' | '~' | '`' | '|' | '>' | '#' | '[' | ']' | '(' | ')' | '-' if needs_escape(c, &out) => {
                out.push('\\');
                out.push(c);
            }
            '@' => out.push_str("@\u{200b}"),
            '<' => out.push_str("<\u{200b}"),
            c => out.push(c),
        }
    }
    out.replace("://", ":\u{200b}//")
}

/// Whether a mark means anything where it stands: `#`, `>` and `-` only at the start of a line, parentheses only after
/// a closing bracket.
fn needs_escape(c: char, before: &str) -> bool {
    match c {
        '#' | '>' | '-' => before.is_empty() || before.ends_with('\n') || before.ends_with("\\#"),
        '(' | ')' => false,
        _ => true,
    }
}

/// [`plain`] on one line: every run of white space is one space.
#[must_use]
pub fn plain_line(text: &str) -> String {
    plain(&one_line(text))
}

/// `text` without what shows nothing, every run of white space as one space: for places that know no formatting, such
/// as the label of a button.
#[must_use]
pub fn one_line(text: &str) -> String {
    let visible: String = text.chars().filter(|c| c.is_whitespace() || !super::fold::is_invisible(*c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Length in UTF-16 units. Discord counts some limits in these and some in characters, which are never more.
#[must_use]
pub fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Cuts text that is already escaped to at most `max` UTF-16 units (0 gives nothing), at a word's end where one is near,
/// with an ellipsis. An escape is never cut in half, so that nothing comes alive by it.
#[must_use]
pub fn fit(escaped: &str, max: usize) -> String {
    if units(escaped) <= max {
        return escaped.to_owned();
    }
    let mut left = max.saturating_sub(1);
    let kept: String = escaped
        .chars()
        .take_while(|c| {
            let fits = c.len_utf16() <= left;
            left = left.saturating_sub(c.len_utf16());
            fits
        })
        .collect();
    let cut = match kept.rfind(' ') {
        Some(at) if at * 2 > kept.len() => kept.get(..at).unwrap_or(&kept),
        _ => &kept,
    };
    let cut = cut.trim_end_matches([' ', ',', ';', ':']);
    let backslashes = cut.chars().rev().take_while(|c| *c == '\\').count();
    let cut = if backslashes % 2 == 1 { cut.strip_suffix('\\').unwrap_or(cut) } else { cut };
    if max == 0 { String::new() } else { format!("{cut}…") }
}

/// Shortens `text` to at most `max` characters, at a word's end where one is near, with an ellipsis.
#[must_use]
pub fn shorten(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max.saturating_sub(1)).collect();
    let cut = match kept.rfind(' ') {
        Some(at) if at * 2 > kept.len() => kept.get(..at).unwrap_or(&kept),
        _ => &kept,
    };
    format!("{}…", cut.trim_end_matches([' ', ',', ';', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_comes_alive() {
        let shown = plain("@everyone <@123> **bold** `code` https://example.invalid");
        assert!(!shown.contains("@everyone") && !shown.contains("<@123>") && !shown.contains("://"), "{shown}");
        assert!(shown.contains("\\*\\*bold\\*\\*"));
    }

    #[test]
    fn fitting_cuts_no_escape_and_counts_units() {
        assert_eq!(fit(&plain("a*b*c"), 3), "a…", "not a lone backslash");
        assert_eq!(fit("😀😀😀", 5), "😀😀…");
        assert_eq!(fit("one two three", 9), "one two…");
        assert_eq!(fit("anything", 0), "");
        for max in 0..12 {
            assert!(units(&fit(&plain("😀*x* \\ y_z"), max)) <= max, "{max}");
        }
    }

    #[test]
    fn one_line_has_no_breaks_and_nothing_unseen() {
        assert_eq!(one_line(" a\n\n> b\u{200b}\tc\u{202e} "), "a > b c");
    }

    #[test]
    fn shortening_counts_characters() {
        assert_eq!(shorten("ünï cödé wörds", 9), "ünï cödé…");
        assert_eq!(shorten("short", 9), "short");
        assert_eq!(shorten("unbroken-long-word", 6), "unbro…");
    }
}
