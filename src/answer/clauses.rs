//! Questions that ask for several things at once, taken apart.

/// Words that can open a question of their own behind an "and".
const OPENERS: [&str; 34] = [
    "who", "what", "when", "where", "why", "how", "which", "whose", "whom", "did", "does", "do", "is", "are", "was",
    "were", "has", "have", "had", "can", "will", "would", "should", "whats", "whos", "wheres", "whens", "hows", "for",
    "at", "in", "by", "to", "from",
];

/// Splits a question at its question marks, semicolons and at each "and" or comma behind which another question opens.
/// `None` where it asks for one thing only.
#[must_use]
pub fn split(text: &str) -> Option<Vec<String>> {
    let folded = crate::text::fold::fold_glyphs(text);
    let mut parts: Vec<String> = Vec::new();
    for sentence in folded.split_inclusive(['?', ';']) {
        let words: Vec<&str> = sentence.split(' ').collect();
        let mut part: Vec<&str> = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let next = words.get(at + 1).map_or("", |next| next.trim_matches(|c: char| !c.is_alphanumeric()));
            let joins = matches!(word.to_lowercase().as_str(), "and" | "&" | "plus" | "also" | "n");
            let comma = word.ends_with(',');
            let opens = OPENERS.contains(&next.to_lowercase().as_str());
            if (joins || comma) && opens && !part.is_empty() {
                if comma {
                    part.push(word);
                }
                parts.push(part.join(" "));
                part.clear();
            } else {
                part.push(word);
            }
        }
        parts.push(part.join(" "));
    }
    parts.retain(|part| part.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count() >= 2);
    (2..=4).contains(&parts.len()).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_behind_an_and_are_questions_of_their_own() {
        assert_eq!(split("Who came and what did they sign?").map(|p| p.len()), Some(2));
        assert_eq!(split("When is it? Where is it?").map(|p| p.len()), Some(2));
        assert_eq!(split("What did Smith and Jones sign?"), None);
        assert_eq!(split(""), None);
    }
}
