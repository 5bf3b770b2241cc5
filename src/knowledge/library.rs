//! All briefings that are served at once.

use std::path::Path;
use std::sync::Arc;

use super::fault::{Fault, Faults, Kind};
use super::{Fact, Knowledge, Limits, Source};
use crate::text::shared::ManyWords;

/// One or more briefings. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Library {
    briefings: Vec<Arc<Knowledge>>,
}

impl Library {
    /// Loads a knowledge file, or every `.toml` of a folder in the order of their names.
    ///
    /// # Errors
    /// Every fault of every file, where there is any.
    pub fn load(path: &Path, limits: &Limits) -> Result<Self, Faults> {
        let (library, faults) = Self::examine(path, limits);
        if faults.is_empty() { Ok(library) } else { Err(Faults(faults)) }
    }

    /// Checks what a path names: every fault of every file, and the briefings that could be built in spite of them, which
    /// must not be served but can be checked further.
    #[must_use]
    pub fn examine(path: &Path, limits: &Limits) -> (Self, Vec<Fault>) {
        let (sources, mut faults) = Self::sources(path, limits);
        let (library, more) = Self::examine_sources(sources, limits);
        faults.extend(more);
        (library, faults)
    }

    /// Reads what a path names, without checking it.
    #[must_use]
    pub fn sources(path: &Path, limits: &Limits) -> (Vec<Source>, Vec<Fault>) {
        let mut faults = Vec::new();
        let mut files = Vec::new();
        if path.is_dir() {
            match std::fs::read_dir(path) {
                Ok(entries) => files.extend(
                    entries
                        .filter_map(Result::ok)
                        .map(|entry| entry.path())
                        .filter(|file| file.extension().is_some_and(|e| e == "toml") && !is_hidden(file)),
                ),
                Err(error) => {
                    let message = format!("cannot be read: {error}");
                    faults.push(Fault::of_file(Kind::Unreadable, path, message, "Check that it may be read."));
                }
            }
            files.sort();
            if files.is_empty() && faults.is_empty() {
                let cure = "Put a knowledge file there, or name one with --knowledge or KNOWLEDGE_PATH.";
                faults.push(Fault::of_file(Kind::Unreadable, path, "holds no .toml file", cure));
            }
        } else {
            files.push(path.to_owned());
        }
        let mut sources = Vec::new();
        for file in files {
            match Source::read(&file, limits) {
                Ok(source) => sources.push(source),
                Err(Faults(more)) => faults.extend(more),
            }
        }
        (sources, faults)
    }

    /// Builds briefings that were read.
    ///
    /// # Errors
    /// Every fault of every source, and briefings that share an id.
    pub fn build(sources: Vec<Source>, limits: &Limits) -> Result<Self, Faults> {
        let (library, faults) = Self::examine_sources(sources, limits);
        if faults.is_empty() { Ok(library) } else { Err(Faults(faults)) }
    }

    fn examine_sources(sources: Vec<Source>, limits: &Limits) -> (Self, Vec<Fault>) {
        let _words = ManyWords::remember();
        let mut faults = Vec::new();
        let mut briefings: Vec<Arc<Knowledge>> = Vec::new();
        for source in sources {
            let (knowledge, more) = Knowledge::examine(source, limits);
            faults.extend(more);
            let Some(knowledge) = knowledge else { continue };
            let id = &knowledge.briefing.id;
            if let Some(first) = briefings.iter().find(|other| other.briefing.id == *id) {
                let message = format!("the briefing id `{id}` is that of {} too", first.source.path.display());
                let cure = "Give each briefing an id of its own.";
                faults.push(Fault::of_file(Kind::DuplicateId, &knowledge.source.path, message, cure));
            }
            briefings.push(Arc::new(knowledge));
        }
        (Self { briefings }, faults)
    }

    /// Briefings that were built already.
    #[must_use]
    pub fn of(briefings: Vec<Arc<Knowledge>>) -> Self {
        Self { briefings }
    }

    /// The same without the texts that the briefings were read from, which only those who change them need.
    #[must_use]
    pub fn without_texts(mut self) -> Self {
        for knowledge in self.briefings.iter_mut().filter_map(Arc::get_mut) {
            (knowledge.source.toml, knowledge.source.article) = ("".into(), "".into());
        }
        self
    }

    /// The briefings, in the order of their files.
    #[must_use]
    pub fn briefings(&self) -> &[Arc<Knowledge>] {
        &self.briefings
    }

    /// The briefing with this id.
    #[must_use]
    pub fn briefing(&self, id: &str) -> Option<&Arc<Knowledge>> {
        self.briefings.iter().find(|knowledge| knowledge.briefing.id == id)
    }

    /// A fact by the ids of its briefing and itself.
    #[must_use]
    pub fn fact(&self, briefing: &str, fact: &str) -> Option<(&Arc<Knowledge>, &Fact)> {
        let knowledge = self.briefing(briefing)?;
        knowledge.fact(fact).map(|(_, fact)| (knowledge, fact))
    }
}

fn is_hidden(file: &Path) -> bool {
    file.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'))
}
