//! Whether files are a knowledge that can be served: everything that `check` verifies, the matcher's part included.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use super::files::Folder;
use super::{Error, in_folder, name_of};
use crate::answer::Engine;
use crate::journal::Counts;
use crate::knowledge::{Fault, Faults, Kind, Library, Limits, Source, article_name, is_plain_name};

/// The files of a knowledge: text by name.
pub type Files = BTreeMap<String, Arc<str>>;

/// Files that can be served.
#[derive(Debug)]
pub struct Checked {
    /// What answers from them.
    pub engine: Arc<Engine>,
    /// The files.
    pub files: Arc<Files>,
    /// Their digest.
    pub digest: String,
    /// How much they hold.
    pub counts: Counts,
    /// What was left out of the check, in words.
    pub remark: Option<String>,
}

/// How long asks are tried out on the matcher by a change; what is not done then is left to the `check` command.
const TRYING: Duration = Duration::from_secs(2);
/// What is said where they were not all tried.
const UNTRIED: &str =
    "With so many asks, they were not all tried out; the command `briefing-bot check` on the server does that.";

/// Checks files and builds what answers from them.
///
/// Asks that the matcher answers with another fact are a fault where the change brings them: where `before` did not have
/// them. With an improved matcher the knowledge in service may have some, and must stay changeable. Without `before`
/// asks are not tried out: what was in service once may always be again.
///
/// # Errors
/// All their faults.
pub fn check(files: &Files, folder: &Folder, limits: &Limits, before: Option<&Engine>) -> Result<Checked, Error> {
    let start = Instant::now();
    let library = build(files, folder, limits)?;
    let (counts, built) = (counts(&library), start.elapsed());
    let engine = Engine::new(library);
    engine.prepare();
    let indexed = start.elapsed();
    let remark = match before {
        Some(before) => try_asks(&engine, before)?,
        None => None,
    };
    let tried = start.elapsed();
    let (files, digest) = (Arc::new(files.clone()), digest(files));
    let (index, asks) = (indexed.saturating_sub(built), tried.saturating_sub(indexed));
    tracing::debug!(facts = counts.facts, ?built, ?index, ?asks, "checked");
    Ok(Checked { engine: Arc::new(engine), files, digest, counts, remark })
}

/// Tries out every ask; what to say of those that are answered with another fact, as they were before.
fn try_asks(engine: &Engine, before: &Engine) -> Result<Option<String>, Faults> {
    let (faults, all) = engine.audit_until(Instant::now() + TRYING);
    let untried = (!all).then(|| UNTRIED.to_owned());
    if faults.is_empty() {
        return Ok(untried);
    }
    let (known, all) = before.audit_until(Instant::now() + TRYING);
    let known: HashSet<String> = known.into_iter().map(|fault| fault.message).collect();
    let count = faults.len();
    let new: Vec<Fault> = faults.into_iter().filter(|fault| !known.contains(&fault.message)).collect();
    // Where not all is known of what was before, what looks new may be old.
    if new.is_empty() || !all {
        let remark =
            format!("As before, {count} asks are answered with another fact; `briefing-bot check` lists them.");
        return Ok(Some(if all { remark } else { UNTRIED.to_owned() }));
    }
    Err(Faults(new))
}

/// Builds the briefings of files, without the matcher's part of the check.
///
/// # Errors
/// All their faults.
pub fn build(files: &Files, folder: &Folder, limits: &Limits) -> Result<Library, Faults> {
    let mut sources = Vec::new();
    let mut faults = Vec::new();
    for (name, toml) in files.iter().filter(|(name, _)| is_toml(name)) {
        let path = in_folder(folder.path(), name);
        let article = article_name(toml);
        let refused = |kind, message: String, cure: &str| Fault::of_file(kind, &path, message, cure);
        match article {
            Some(article) if !is_plain_name(article) || is_toml(article) => {
                let cure = "Name a text file beside the knowledge file, without a folder.";
                let shown = crate::text::sanitize::shorten(article, 60);
                faults.push(refused(Kind::BadValue, format!("the article can't be named `{shown}`"), cure));
            }
            Some(article) if !files.contains_key(article) => {
                let cure = "Attach the article as well, or name the one that is there.";
                faults.push(refused(Kind::Unreadable, format!("its article `{article}` is not there"), cure));
            }
            // Where the file names no article, building it says so.
            _ => sources.push(Source {
                article_path: path.with_file_name(article.unwrap_or("article.md")),
                article: article.and_then(|article| files.get(article)).cloned().unwrap_or_default(),
                toml: toml.clone(),
                path,
            }),
        }
    }
    if sources.is_empty() && faults.is_empty() {
        let cure = "Put a knowledge file there.";
        faults.push(Fault::of_file(Kind::Unreadable, folder.path(), "there is no knowledge file", cure));
    }
    match Library::build(sources, limits) {
        Ok(library) if faults.is_empty() => Ok(library),
        Ok(_) => Err(Faults(faults)),
        Err(Faults(more)) => {
            faults.extend(more);
            Err(Faults(faults))
        }
    }
}

/// The files that briefings were built from.
#[must_use]
pub fn files_of(library: &Library) -> Files {
    files_of_sources(library.briefings().iter().map(|knowledge| &knowledge.source))
}

/// The files of sources.
pub fn files_of_sources<'a>(sources: impl Iterator<Item = &'a Source>) -> Files {
    let mut files = Files::new();
    for source in sources {
        files.insert(name_of(&source.path), source.toml.clone());
        files.insert(name_of(&source.article_path), source.article.clone());
    }
    files
}

/// SHA-256 of the files and their names, as lower-case hexadecimal digits.
#[must_use]
pub fn digest(files: &Files) -> String {
    let mut hasher = Sha256::new();
    for (name, text) in files {
        for part in [name.as_str(), text] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        }
    }
    hexadecimal(&hasher.finalize())
}

/// How much briefings hold.
#[must_use]
pub fn counts(library: &Library) -> Counts {
    let briefings = library.briefings();
    let facts = || briefings.iter().flat_map(|knowledge| &knowledge.facts);
    Counts {
        briefings: briefings.len() as u64,
        facts: facts().count() as u64,
        asks: facts().map(|fact| fact.asks.len() as u64).sum(),
    }
}

/// Whether a name is that of a knowledge file.
#[must_use]
pub fn is_toml(name: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

/// Bytes as lower-case hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
