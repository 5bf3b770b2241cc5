//! What an uploaded knowledge file would replace.

use super::check::{Files, is_toml};
use super::{Curator, Difference, Error, name_of};
use crate::knowledge::{Fault, Faults, Head, Kind, article_name, is_plain_name};

/// An upload that was checked and waits for its confirmation.
#[derive(Clone, Debug)]
pub struct Staged {
    /// Digest of the knowledge that it was compared with.
    pub base: String,
    /// All files, with the uploaded ones in their places.
    pub files: Files,
    /// What it would change.
    pub difference: Difference,
    /// Name of the knowledge file that it would write.
    pub name: String,
}

impl Curator {
    /// Checks an uploaded knowledge file and article, without any effect.
    ///
    /// It takes the place of the briefing with the same id, else of the file of the same name, else it is a new
    /// briefing. The article goes where the knowledge file says.
    ///
    /// # Errors
    /// Faults of the upload.
    pub async fn stage(&self, name: &str, toml: Vec<u8>, article: Option<Vec<u8>>) -> Result<Staged, Error> {
        let (curator, name) = (self.clone(), name.to_owned());
        let (base, files, name) = self.checking(move || curator.with_upload(&name, toml, article)).await?;
        let difference = self.try_out(files.clone()).await?;
        Ok(Staged { base, files, difference, name })
    }

    /// The digest of what is in service, its files with an upload in its place, and the name of that place.
    fn with_upload(
        &self,
        name: &str,
        toml: Vec<u8>,
        article: Option<Vec<u8>>,
    ) -> Result<(String, Files, String), Error> {
        let (folder, _) = self.place();
        let served = self.served();
        let text = |bytes: Vec<u8>, name: &str| {
            String::from_utf8(bytes).map_err(|error| {
                let at = error.utf8_error().valid_up_to();
                fault(Kind::Unreadable, name, format!("is not UTF-8 (byte {at})"), "Save it as UTF-8 text.")
            })
        };
        let toml = text(toml, name)?;
        let article = article.map(|bytes| text(bytes, "the article")).transpose()?;
        for (text, name) in [(Some(&toml), name), (article.as_ref(), "the article")] {
            if text.is_some_and(|text| text.contains('\0')) {
                return Err(fault(Kind::BadValue, name, "holds a NUL character".to_owned(), "Save it as text."));
            }
        }
        // Windows editors put a mark at the start that TOML doesn't know.
        let toml = toml.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(toml);
        let head = Head::read(&toml);
        let known = head.id.as_deref().and_then(|id| self.file_of(id));
        let target = match (folder.only(), known) {
            (Some(only), _) => only.to_owned(),
            (None, Some(known)) => known,
            (None, None) if is_plain_name(name) && is_toml(name) => name.to_owned(),
            (None, None) => {
                let message = "the file's name is not one for the knowledge folder".to_owned();
                let cure = "Name it like `my-briefing.toml`: letters, digits, hyphens, dots and underscores.";
                return Err(fault(Kind::BadValue, &crate::text::sanitize::shorten(name, 60), message, cure));
            }
        };
        let mut files = (*served.files).clone();
        let old = files.insert(target.clone(), toml.as_str().into());
        if let (Some(article), Some(name)) = (article, head.article)
            && is_plain_name(name)
            && !is_toml(name)
        {
            files.insert(name.to_owned(), article.into());
        }
        // An article that nobody names any more.
        if let Some(unused) = old.as_deref().and_then(article_name).map(str::to_owned)
            && !files.iter().any(|(name, text)| {
                let named = if *name == target { head.article } else { article_name(text) };
                is_toml(name) && named == Some(unused.as_str())
            })
        {
            files.remove(&unused);
        }
        Ok((served.digest, files, target))
    }

    /// The name of the file of the briefing that has an id.
    fn file_of(&self, id: &str) -> Option<String> {
        let engine = self.service().current();
        engine.library().briefing(id).map(|knowledge| name_of(&knowledge.source.path))
    }
}

fn fault(kind: Kind, name: &str, message: String, cure: &str) -> Error {
    Faults(vec![Fault::of_file(kind, std::path::Path::new(name), message, cure)]).into()
}
