//! The order of the modules, and what else holds for every file of the source.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use briefing_bot::text::Lexicon;
use regex::Regex;

/// The modules; each uses only those before it.
const ORDER: [&str; 7] = ["text", "config", "knowledge", "matcher", "answer", "journal", "curator"];

/// The two ways to people: they use all of the above, and don't know each other.
const EDGES: [&str; 2] = ["discord", "cli"];

/// Modules that may hide what failed behind `anyhow`: nothing branches on their errors.
const MAY_USE_ANYHOW: [&str; 3] = ["main", "discord", "cli"];

/// Capitalised words of names that are everyday English, and so say nothing of one article.
const EVERYDAY: [&str; 1] = ["states"];

/// A file of the source.
struct File {
    path: PathBuf,
    /// The module that it belongs to: the first part of its path.
    module: String,
    text: String,
}

fn files(folder: &str, extension: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the repository") {
            let path = entry.expect("an entry of the folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                let inside = path.strip_prefix(&root).expect("a file in the folder");
                let first = inside.iter().next().expect("a name").to_string_lossy();
                let module = first.strip_suffix(".rs").unwrap_or(&first).to_owned();
                let text = std::fs::read_to_string(&path).expect("a text");
                files.push(File { path, module, text });
            }
        }
    }
    assert!(!files.is_empty(), "{folder} holds no .{extension}");
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// The top-level modules that a file uses. Comments use nothing.
fn uses(text: &str) -> BTreeSet<String> {
    let code: String = text.split_inclusive('\n').filter(|line| !line.trim_start().starts_with("//")).collect();
    let path = Regex::new(r"(?:\bcrate|\bbriefing_bot)::(?:(\w+)|\{([^;]*)\})").expect("a pattern");
    let mut used = BTreeSet::new();
    for found in path.captures_iter(&code) {
        if let Some(one) = found.get(1) {
            used.insert(one.as_str().to_owned());
        }
        // `crate::{a::{b, c}, d}`: the names that stand at depth 0.
        let mut depth = 0;
        let mut name = String::new();
        for c in found.get(2).map_or("", |list| list.as_str()).chars().chain([',']) {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    let path = std::mem::take(&mut name);
                    used.extend(path.trim().split("::").next().map(str::to_owned));
                }
                c if depth == 0 => name.push(c),
                _ => {}
            }
        }
    }
    used.remove("");
    used
}

#[test]
fn each_module_uses_only_those_before_it() {
    for File { path, module, text } in files("src", "rs") {
        if module == "main" || module == "lib" {
            continue;
        }
        let before: &[&str] = match ORDER.iter().position(|known| *known == module) {
            Some(at) => &ORDER[..at],
            None if EDGES.contains(&module.as_str()) => &ORDER,
            None => panic!("{} is of no module that has a place in the order", path.display()),
        };
        for used in uses(&text) {
            let item = used.chars().next().is_some_and(char::is_uppercase);
            assert!(
                used == module || before.contains(&used.as_str()) || item,
                "{} uses {used}, which is not before {module}",
                path.display()
            );
        }
    }
}

#[test]
fn uses_are_seen_in_every_form() {
    let text = "use crate::a::B;\n// use crate::no;\nuse crate::{c, d::{e, f}, g};\nlet x = crate::h::i();\nuse briefing_bot::{\n    j::K,\n    l,\n};\n";
    let expected = ["a", "c", "d", "g", "h", "j", "l"].map(str::to_owned);
    assert_eq!(uses(text), BTreeSet::from(expected));
}

#[test]
fn the_library_declares_each_module_once() {
    let lib = files("src", "rs").into_iter().find(|file| file.module == "lib").expect("src/lib.rs").text;
    let declared: Vec<&str> = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let found: BTreeSet<String> = files("src", "rs").into_iter().map(|file| file.module).collect();
    for module in found.iter().filter(|module| *module != "lib" && *module != "main") {
        assert_eq!(declared.iter().filter(|name| *name == module).count(), 1, "{module}");
    }
}

#[test]
fn only_the_outermost_modules_hide_their_errors() {
    for File { path, module, text } in files("src", "rs") {
        let hidden = text.contains("anyhow::") || text.contains("Box<dyn std::error::Error");
        assert!(!hidden || MAY_USE_ANYHOW.contains(&module.as_str()), "{}", path.display());
    }
}

#[test]
fn every_file_says_what_it_owns() {
    for File { path, text, .. } in ["src", "tests", "examples"].into_iter().flat_map(|folder| files(folder, "rs")) {
        assert!(text.starts_with("//! "), "{}", path.display());
        assert_ne!(path.file_name().and_then(|name| name.to_str()), Some("mod.rs"), "{}", path.display());
    }
}

/// The capitalised words and whole names of five letters or more by which the shipped knowledge knows its entities.
fn names() -> BTreeMap<String, String> {
    let lexicon = Lexicon::get();
    let mut names = BTreeMap::new();
    for File { text, path, .. } in files("knowledge", "toml") {
        let table: toml::Table = text.parse().expect("TOML");
        let entities = table.get("entity").and_then(toml::Value::as_array).cloned().unwrap_or_default();
        assert!(!entities.is_empty(), "{} names nobody", path.display());
        for entity in &entities {
            let aliases = entity.get("aliases").and_then(toml::Value::as_array).into_iter().flatten();
            for name in entity.get("name").into_iter().chain(aliases).filter_map(toml::Value::as_str) {
                for word in name.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 5) {
                    let lower = word.to_lowercase();
                    let everyday = lexicon.is_english(&lower) || EVERYDAY.contains(&lower.as_str());
                    if word.chars().any(char::is_uppercase) && !everyday {
                        names.insert(lower, name.to_owned());
                    }
                }
            }
        }
    }
    names
}

#[test]
fn no_code_knows_the_article() {
    let names = names();
    let mut found = Vec::new();
    for File { path, text, .. } in files("src", "rs") {
        for (line, number) in text.lines().zip(1..) {
            for word in line.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase) {
                if let Some(name) = names.get(&word) {
                    found.push(format!("{}:{number}: {word} (of {name})", path.display()));
                }
            }
        }
    }
    assert!(found.is_empty(), "names of the briefing outside knowledge/:\n{}", found.join("\n"));
}

#[test]
fn links_of_the_documents_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let link = Regex::new(r"\]\(([^)#]+)[^)]*\)").expect("a pattern");
    let path = Regex::new(r"`((?:[a-z_]+/)+[a-z_.]+|[a-z_]+\.rs)`").expect("a pattern");
    let mut found = 0;
    for name in ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "docs/moderating.md"] {
        let text = std::fs::read_to_string(root.join(name)).expect(name);
        let here = root.join(name).parent().expect("a folder").to_owned();
        for target in link.captures_iter(&text).map(|link| link[1].to_owned()).filter(|link| !link.contains("://")) {
            assert!(here.join(&target).exists(), "{name} links to {target}");
            found += 1;
        }
        for target in path.captures_iter(&text).map(|path| path[1].to_owned()) {
            let places = [root.join(&target), root.join("src").join(&target)];
            assert!(places.iter().any(|place| place.exists()), "{name} names {target}");
            found += 1;
        }
    }
    assert!(found > 10, "{found}");
}
