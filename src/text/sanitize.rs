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
    fn shortening_counts_characters() {
        assert_eq!(shorten("ünï cödé wörds", 9), "ünï cödé…");
        assert_eq!(shorten("short", 9), "short");
        assert_eq!(shorten("unbroken-long-word", 6), "unbro…");
    }
}
