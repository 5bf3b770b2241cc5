//! Unit tests of the knowledge folder.

use std::sync::Arc;

use super::*;

fn files(parts: &[(&str, &str)]) -> Files {
    parts.iter().map(|(name, text)| ((*name).to_owned(), (*text).into())).collect()
}

fn folder_with(files: &Files) -> (tempfile::TempDir, Folder) {
    let home = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        fs::write(home.path().join(name), text.as_bytes()).expect("a file");
    }
    let folder = Folder::new(home.path());
    (home, folder)
}

fn on_disk(folder: &Folder) -> Files {
    let names = fs::read_dir(folder.path()).expect("a folder").map(|entry| name_of(&entry.expect("an entry").path()));
    let shown = names.filter(|name| !name.starts_with('.'));
    shown.map(|name| (name.clone(), fs::read_to_string(folder.path().join(&name)).expect("text").into())).collect()
}

fn intent(old: &Files, new: &Files) -> Intent {
    let step = |(name, text): (&String, &Arc<str>)| Step {
        name: name.clone(),
        before: old.get(name).map(|text| digest(text.as_bytes())),
        after: Some(text.to_string()),
    };
    Intent { files: new.iter().map(step).collect() }
}

#[test]
fn a_change_is_written_and_leaves_nothing_behind() {
    let old = files(&[("a.toml", "1"), ("a.md", "one"), ("b.toml", "x")]);
    let new = files(&[("a.toml", "2"), ("a.md", "two")]);
    let (_home, folder) = folder_with(&old);
    folder.write(&old, &new, false, true).expect("written");
    assert_eq!(on_disk(&folder), new);
    assert!(!folder.path().join(INTENT).exists());
}

#[test]
fn a_change_that_was_broken_off_anywhere_is_finished() {
    let old = files(&[("a.toml", "1"), ("a.md", "one")]);
    let new = files(&[("a.toml", "2"), ("a.md", "two")]);
    for done in 0..=2 {
        let (_home, folder) = folder_with(&old);
        let text = serde_json::to_vec(&intent(&old, &new)).expect("JSON");
        folder.place(INTENT, &text).expect("written down");
        for (name, text) in new.iter().take(done) {
            folder.place(name, text.as_bytes()).expect("a step");
        }
        folder.recover().expect("finished");
        assert_eq!(on_disk(&folder), new, "after {done} steps");
        assert!(!folder.path().join(INTENT).exists());
    }
}

#[test]
fn a_change_that_was_not_written_down_did_not_happen() {
    let old = files(&[("a.toml", "1")]);
    let (_home, folder) = folder_with(&old);
    fs::write(folder.path().join(format!(".briefing-bot.change{TEMPORARY}")), "{\"files\":[{").expect("half of it");
    folder.recover().expect("nothing to do");
    assert_eq!(on_disk(&folder), old);
}

#[test]
fn what_somebody_changed_by_hand_since_counts() {
    let old = files(&[("a.toml", "1"), ("a.md", "one")]);
    let new = files(&[("a.toml", "2"), ("a.md", "two")]);
    let (_home, folder) = folder_with(&old);
    let text = serde_json::to_vec(&intent(&old, &new)).expect("JSON");
    folder.place(INTENT, &text).expect("written down");
    fs::write(folder.path().join("a.md"), "by hand").expect("a file");
    folder.recover().expect("dropped");
    assert_eq!(on_disk(&folder), files(&[("a.toml", "1"), ("a.md", "by hand")]));
    assert!(!folder.path().join(INTENT).exists());
}

#[test]
fn nothing_is_written_outside_of_the_folder() {
    let old = files(&[("a.toml", "1")]);
    let (home, folder) = folder_with(&old);
    for name in ["../b.toml", "/tmp/b.toml", ".hidden.toml", "x/y.toml", ""] {
        let mut new = old.clone();
        new.insert(name.to_owned(), "evil".into());
        assert!(matches!(folder.write(&old, &new, true, false), Err(Error::Refused(_))), "{name}");
        let step = Step { name: name.to_owned(), before: None, after: Some("evil".to_owned()) };
        let text = serde_json::to_vec(&Intent { files: vec![step] }).expect("JSON");
        folder.place(INTENT, &text).expect("a forged intent");
        folder.recover().expect("dropped");
    }
    assert_eq!(on_disk(&folder), old);
    assert!(!home.path().with_file_name("b.toml").exists());
}

#[test]
fn an_edit_waits_for_whoever_is_at_work_on_the_files() {
    let old = files(&[("a.toml", "1")]);
    let new = files(&[("a.toml", "2")]);
    let (_home, folder) = folder_with(&old);
    fs::write(folder.path().join("a.toml"), "by hand").expect("a file");
    assert!(matches!(folder.write(&old, &new, false, true), Err(Error::Unsettled)));
    folder.write(&old, &new, false, false).expect("an upload replaces it all the same");
    assert_eq!(on_disk(&folder), new);
}
