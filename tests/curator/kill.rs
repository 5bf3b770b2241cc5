//! The knowledge folder under `kill -9`.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use briefing_bot::curator::files::Folder;
use briefing_bot::knowledge::Limits;

const VICTIM: &str = "BRIEFING_BOT_TEST_FOLDER";

/// Two knowledge files and their articles, all of which say the same number, and are large enough to be torn.
fn files(number: u64) -> BTreeMap<String, String> {
    let toml = |name: &str| {
        format!("# {number}\n[briefing]\narticle = \"{name}.md\"\n{}", format!("# {number}\n").repeat(2_000))
    };
    let article = || format!("{number}\n").repeat(4_000);
    ["a", "b"]
        .into_iter()
        .flat_map(|name| [(format!("{name}.toml"), toml(name)), (format!("{name}.md"), article())])
        .collect()
}

fn number_of(files: &BTreeMap<String, String>) -> u64 {
    let first = files.get("a.md").and_then(|text| text.lines().next()).expect("an article");
    first.parse().expect("a number")
}

/// The process that is killed: it changes the folder without end, and says what is done. Only
/// [`a_killed_process_leaves_the_old_or_the_new`] runs it.
#[test]
#[ignore = "started by another test, as a process of its own"]
fn victim() {
    let folder = Folder::new(Path::new(&std::env::var(VICTIM).expect("the folder")));
    let mut old = folder.read(&Limits::STANDARD).expect("the files");
    for number in number_of(&old) + 1.. {
        let new = files(number);
        folder.write(&old, &new, false, true).expect("written");
        println!("done {number}");
        old = new;
    }
}

#[test]
fn a_killed_process_leaves_the_old_or_the_new() {
    let home = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files(1) {
        std::fs::write(home.path().join(name), text).expect("a file");
    }
    let mut broken_off = 0;
    for round in 0..25 {
        let mut victim = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "kill::victim", "--ignored", "--nocapture"])
            .env(VICTIM, home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a process");
        let lines = BufReader::new(victim.stdout.take().expect("its output")).lines();
        let done =
            lines.map_while(Result::ok).filter_map(|line| line.split("done ").nth(1)?.trim().parse::<u64>().ok());
        let done = done.take(2).last().expect("a change");
        // Somewhere in a later change: a few hundred microseconds apart.
        std::thread::sleep(Duration::from_micros(700 * round));
        victim.kill().expect("SIGKILL");
        victim.wait().expect("it is gone");

        broken_off += u32::from(home.path().join(".briefing-bot.change").exists());
        let found = Folder::new(home.path()).read(&Limits::STANDARD).expect("the files are whole");
        let number = number_of(&found);
        assert!(number >= done, "what was done stays: {number} after {done}");
        assert!(found == files(number), "round {round}: all files are of change {number}");
        assert!(!home.path().join(".briefing-bot.change").exists());
    }
    assert!(broken_off > 0, "at least one kill struck in the middle of a change");
}
