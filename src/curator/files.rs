//! The knowledge folder on disk: read and written so that a crash at any moment leaves the old or the new.
//!
//! A change may concern several files (a knowledge file and its article, all briefings of a rollback), and no file
//! system renames two files at once. So a change is first written down whole, as an *intent*: a hidden file beside the
//! others, made under another name, flushed, and renamed into place. That rename is the moment at which the change has
//! happened. Then each file is written under another name, flushed and renamed, the folder is flushed, and the intent
//! goes. Whoever reads the folder first finishes an intent that is left over. Between processes a lock on another
//! hidden file keeps order; the system lets go of it when its holder dies.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::check::{self, Files};
use super::{Error, in_folder, name_of};
use crate::knowledge::{Faults, Library, Limits, is_plain_name};

/// The change that is under way.
const INTENT: &str = ".briefing-bot.change";
/// What is locked while the folder is read or written.
const LOCK: &str = ".briefing-bot.lock";
/// What ends the name under which a file is written before it is renamed.
const TEMPORARY: &str = ".briefing-bot.new";

/// A knowledge file, or a folder of them.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    /// The one knowledge file, where a file is named and not a folder.
    only: Option<String>,
}

/// A change as it is written down.
#[derive(Debug, Serialize, Deserialize)]
struct Intent {
    files: Vec<Step>,
}

/// What a change does to one file.
#[derive(Debug, Serialize, Deserialize)]
struct Step {
    name: String,
    /// Digest of what was there before; `None` for nothing.
    before: Option<String>,
    /// What comes there; `None` for nothing.
    after: Option<String>,
}

/// The lock on a folder; dropped, it is free again. `None` where the folder can't be written, so that nobody else
/// writes there either.
struct Locked(#[expect(dead_code, reason = "it is held, not read")] Option<File>);

impl Folder {
    /// What a path names, which need not exist.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        if path.is_dir() {
            return Self { path: path.to_owned(), only: None };
        }
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Self { path: parent.to_owned(), only: Some(name_of(path)) }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The one knowledge file that is served, where it isn't all of the folder.
    #[must_use]
    pub fn only(&self) -> Option<&str> {
        self.only.as_deref()
    }

    /// Whether a change of this file is one of the knowledge.
    #[must_use]
    pub fn concerns(&self, path: &Path) -> bool {
        let name = name_of(path);
        !name.is_empty() && !name.starts_with('.')
    }

    /// Reads the files, after finishing what a crash broke off.
    ///
    /// # Errors
    /// What can't be read.
    pub fn read(&self, limits: &Limits) -> Result<Files, Error> {
        let _locked = self.lock()?;
        self.finish()?;
        self.read_locked(limits)
    }

    /// Finishes a change that a crash broke off.
    ///
    /// # Errors
    /// What the system says.
    pub fn recover(&self) -> io::Result<()> {
        if !in_folder(&self.path, INTENT).exists() {
            return Ok(());
        }
        let _locked = self.lock()?;
        self.finish()
    }

    /// Writes `new` in the place of `old`, all or nothing. Where `all`, files that differ on disk for other reasons are
    /// replaced too; where `strict`, any such difference refuses the change.
    ///
    /// # Errors
    /// What the system says, or that somebody else is at work on the files.
    pub fn write(&self, old: &Files, new: &Files, all: bool, strict: bool) -> Result<(), Error> {
        if let Some(only) = &self.only
            && new.keys().any(|name| check::is_toml(name) && name != only)
        {
            let words = format!("This bot serves only the file {only}; that revision holds others.");
            return Err(Error::Refused(words));
        }
        let _locked = self.lock()?;
        self.finish()?;
        let disk = |name: &String| fs::read(in_folder(&self.path, name)).ok();
        if strict && old.iter().any(|(name, text)| disk(name).as_deref() != Some(text.as_bytes())) {
            return Err(Error::Unsettled);
        }
        let mut steps = Vec::new();
        for (name, text) in new {
            if !is_plain_name(name) {
                return Err(Error::Refused("A file of this knowledge has a name that can't be used.".to_owned()));
            }
            let before = disk(name);
            let ours = all || old.get(name) != Some(text);
            if ours && before.as_deref() != Some(text.as_bytes()) {
                let before = before.map(|bytes| digest(&bytes));
                steps.push(Step { name: name.clone(), before, after: Some(text.to_string()) });
            }
        }
        for name in old.keys().filter(|name| !new.contains_key(*name) && is_plain_name(name)) {
            if let Some(bytes) = disk(name) {
                steps.push(Step { name: name.clone(), before: Some(digest(&bytes)), after: None });
            }
        }
        if steps.is_empty() {
            return Ok(());
        }
        let intent = Intent { files: steps };
        let text = serde_json::to_vec(&intent).map_err(io::Error::other)?;
        self.place(INTENT, &text)?;
        self.flush()?;
        if let Err(error) = self.carry_out(&intent) {
            // A full disk, say. Where nothing is done yet, the old stays; else the next who reads finishes it.
            let untouched = intent.files.iter().all(|step| step.before == disk(&step.name).map(|bytes| digest(&bytes)));
            if untouched {
                fs::remove_file(in_folder(&self.path, INTENT))?;
            }
            return Err(error.into());
        }
        Ok(())
    }

    fn read_locked(&self, limits: &Limits) -> Result<Files, Error> {
        let path = match &self.only {
            Some(only) => in_folder(&self.path, only),
            None => self.path.clone(),
        };
        let (sources, faults) = Library::sources(&path, limits);
        if !faults.is_empty() {
            return Err(Faults(faults).into());
        }
        Ok(check::files_of_sources(sources.iter()))
    }

    fn lock(&self) -> io::Result<Locked> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(in_folder(&self.path, LOCK));
        match file {
            Ok(file) => {
                file.lock()?;
                Ok(Locked(Some(file)))
            }
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::NotFound
                ) =>
            {
                Ok(Locked(None))
            }
            Err(error) => Err(error),
        }
    }

    /// Carries out the change that is written down, if one is.
    fn finish(&self) -> io::Result<()> {
        let bytes = match fs::read(in_folder(&self.path, INTENT)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        // It was renamed into place whole: what can't be read is not ours.
        let Ok(intent) = serde_json::from_slice::<Intent>(&bytes) else {
            tracing::warn!("{INTENT} in the knowledge folder can't be read; it is left alone");
            return Ok(());
        };
        let meant = |step: &Step| {
            let now = fs::read(in_folder(&self.path, &step.name)).ok().map(|bytes| digest(&bytes));
            now == step.before || now == step.after.as_ref().map(|text| digest(text.as_bytes()))
        };
        let plain = intent.files.iter().all(|step| is_plain_name(&step.name));
        if plain && intent.files.iter().all(meant) {
            tracing::info!("finishing a change of the knowledge that was broken off");
            return self.carry_out(&intent);
        }
        // Somebody changed the files since by hand: that is what counts now.
        tracing::warn!("a change of the knowledge was broken off, and the files were changed since; it is dropped");
        fs::remove_file(in_folder(&self.path, INTENT))
    }

    /// Does what is written down, and strikes it out.
    fn carry_out(&self, intent: &Intent) -> io::Result<()> {
        for step in &intent.files {
            match &step.after {
                Some(text) => self.place(&step.name, text.as_bytes())?,
                None => match fs::remove_file(in_folder(&self.path, &step.name)) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                },
            }
        }
        self.flush()?;
        fs::remove_file(in_folder(&self.path, INTENT))?;
        self.flush()
    }

    /// Puts a file in its place, whole: readers see the old one or the new one.
    fn place(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let target = in_folder(&self.path, name);
        let temporary = in_folder(&self.path, &format!(".{}{TEMPORARY}", name.trim_start_matches('.')));
        let mut file = File::create(&temporary)?;
        if let Ok(old) = fs::metadata(&target) {
            file.set_permissions(old.permissions())?;
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&temporary, &target)
    }

    /// Makes renames and removals last.
    fn flush(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }
}

fn digest(bytes: &[u8]) -> String {
    check::hexadecimal(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests;
