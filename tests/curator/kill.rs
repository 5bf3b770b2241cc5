//! The knowledge folder under `kill -9`.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, UNIX_EPOCH};

use briefing_bot::answer::{Engine, Service};
use briefing_bot::curator::check::digest;
use briefing_bot::curator::files::Folder;
use briefing_bot::curator::{Author, Curator, Files, edit};
use briefing_bot::journal::{self, How, Journal};
use briefing_bot::knowledge::Limits;

const VICTIM: &str = "BRIEFING_BOT_TEST_FOLDER";

/// Two knowledge files and their articles, all of which say the same number, and are large enough to be torn.
fn files(number: u64) -> BTreeMap<String, Arc<str>> {
    let toml = |name: &str| {
        format!("# {number}\n[briefing]\narticle = \"{name}.md\"\n{}", format!("# {number}\n").repeat(2_000))
    };
    let article = || format!("{number}\n").repeat(4_000);
    ["a", "b"]
        .into_iter()
        .flat_map(|name| [(format!("{name}.toml"), toml(name).into()), (format!("{name}.md"), article().into())])
        .collect()
}

fn number_of(files: &BTreeMap<String, Arc<str>>) -> u64 {
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
        std::fs::write(home.path().join(name), text.as_bytes()).expect("a file");
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

/// The mill's files, in which it has so many sacks: neither goes with another number's.
fn mill(sacks: u64) -> Files {
    let sentence = format!("The mill holds {sacks} sacks of barley.");
    let toml = format!(
        "schema = 1\n[briefing]\nid = \"mill\"\ntitle = \"The mill\"\npublisher = \"The Gazette\"\n\
         dateline = \"Ostrey, 1 May 2031\"\npublished = \"2031-05-01\"\nlanguage = \"en\"\narticle = \"mill.md\"\n\
         [[fact]]\nid = \"sacks\"\nstatement = \"{sentence}\"\nquotes = [\"{sentence}\"]\n\
         asks = [\"How many sacks of barley does the mill hold?\"]\nstatus = \"reported\"\n"
    );
    let article = format!("## Mill\n\n{sentence}\n");
    Files::from([("mill.toml".to_owned(), toml.into()), ("mill.md".to_owned(), article.into())])
}

/// A curator of the knowledge in a home, with its journal there.
async fn curator(home: &Path) -> (Curator, Journal) {
    let folder = home.join("knowledge");
    briefing_bot::curator::recover(&folder);
    let service = Service::new(Engine::load(&folder, &Limits::STANDARD).expect("no fault: the files are a pair"));
    let url = format!("sqlite:{}/journal.db", home.display());
    let journal = Journal::open(journal::Settings::new(url.parse().expect("an address")));
    let curator = Curator::new(&folder, Limits::STANDARD, service, journal.clone());
    curator.start();
    let deadline = Instant::now() + Duration::from_secs(20);
    while curator.served().revision.is_none() {
        assert!(Instant::now() < deadline, "what is in service has a revision");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    (curator, journal)
}

/// The process that is killed in the middle of a change: it makes one of every kind, again and again, and says before
/// each what will be in service, and after it that it is.
#[tokio::test]
#[ignore = "started by another test, as a process of its own"]
async fn moderator() {
    let home = std::env::var(VICTIM).expect("its home");
    let (curator, journal) = curator(Path::new(&home)).await;
    let author = |how| Author::moderator(7, how);
    let asked = |files: &Files, ask: &str| {
        let mut files = files.clone();
        let toml = edit::add_ask(&files["mill.toml"], "sacks", ask).expect("an edit");
        files.insert("mill.toml".to_owned(), toml.into());
        files
    };
    for round in 1.. {
        let served = curator.served();
        let number = served.since.duration_since(UNIX_EPOCH).expect("after 1970").as_micros();
        match round % 4 {
            1 => {
                let files = mill(u64::try_from(number).expect("a time"));
                let (toml, article) = (files["mill.toml"].clone(), files["mill.md"].clone());
                let staged =
                    curator.stage("mill.toml", toml.as_bytes().to_vec(), Some(article.as_bytes().to_vec())).await;
                let staged = staged.expect("no fault");
                println!("to upload {}", digest(&staged.files));
                curator.replace(&staged.base, staged.files, author(How::Upload)).await.expect("an upload");
            }
            2 => {
                let files = asked(&served.files, &format!("what of the sacks {number}"));
                println!("to edit {}", digest(&files));
                curator.replace(&served.digest, files, author(How::Edit)).await.expect("an edit");
            }
            3 => {
                let files = asked(&served.files, &format!("how about the sacks {number}"));
                println!("to reload {}", digest(&files));
                // As a careful editor writes.
                let (folder, temporary) = (Path::new(&home).join("knowledge"), Path::new(&home).join("mill.toml"));
                std::fs::write(&temporary, files["mill.toml"].as_bytes()).expect("a file");
                std::fs::rename(&temporary, folder.join("mill.toml")).expect("the file in its place");
                curator.reload(author(How::Reload)).await.expect("a reload");
            }
            _ => {
                let before = journal.revisions(4, None).await.expect("a history");
                let earliest = before.last().expect("one").id;
                let files = journal.revision(earliest).await.expect("read").expect("there").files;
                println!("to rollback {}", digest(&files));
                curator.roll_back(earliest, 7).await.expect("a rollback");
            }
        }
        println!("done {}", curator.served().digest);
    }
}

/// When in a change the kill strikes, as parts of the time that the change before it took: at first all is read and
/// checked; files are written and the history is at the end.
const MOMENTS: [f64; 4] = [1.0, 0.0, 0.85, 0.92];

/// `KILL_ROUNDS=400` kills more often, at moments between those.
#[tokio::test]
async fn a_killed_change_is_there_or_not_in_files_and_history_alike() {
    let home = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(home.path().join("knowledge")).expect("a folder");
    for (name, text) in mill(4) {
        std::fs::write(home.path().join("knowledge").join(name), text.as_bytes()).expect("a file");
    }
    let mut kept = BTreeMap::new();
    let rounds: u32 = std::env::var("KILL_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(8);
    for round in 0..rounds {
        let mut victim = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "kill::moderator", "--ignored", "--nocapture"])
            .env(VICTIM, home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("a process");
        let mut lines = BufReader::new(victim.stdout.take().expect("its output")).lines().map_while(Result::ok);
        // In one of the first changes that it makes, of another kind each time.
        let (mut begun, mut took, mut before) = (Instant::now(), Duration::ZERO, 1 + round % 4);
        let mut old = String::new();
        let (kind, new) = loop {
            let line = lines.next().expect("a change");
            if let Some((_, done)) = line.split_once("done ") {
                (took, before, old) = (begun.elapsed(), before - 1, done.trim().to_owned());
            } else if let Some((kind, new)) = line.split_once("to ").and_then(|(_, to)| to.split_once(' ')) {
                begun = Instant::now();
                if before == 0 {
                    break (kind.to_owned(), new.trim().to_owned());
                }
            }
        };
        // The first rounds strike at the moments themselves.
        let spread = 0.02 * f64::from(round / 16 % 8);
        std::thread::sleep(
            took.mul_f64((MOMENTS[(round / 4 % 4) as usize] - spread).max(0.0)).saturating_sub(begun.elapsed()),
        );
        victim.kill().expect("SIGKILL");
        victim.wait().expect("it is gone");
        // It may have come further: what was done last is there, or what was under way.
        let (mut done, mut under_way) = (old, new.clone());
        for line in lines {
            if let Some((_, digest)) = line.split_once("done ") {
                digest.trim().clone_into(&mut done);
            } else if let Some((_, digest)) = line.split_once("to ").and_then(|(_, to)| to.split_once(' ')) {
                digest.trim().clone_into(&mut under_way);
            }
        }

        let (curator, journal) = curator(home.path()).await;
        let served = curator.served();
        let latest = journal.latest_revision().await.expect("read").expect("one");
        assert_eq!((served.revision, &served.digest), (Some(latest.id), &latest.digest), "round {round}: {kind}");
        let there = [&done, &under_way].contains(&&served.digest);
        assert!(there, "round {round}, {kind}: neither what was done nor what was under way is served");
        let found = Folder::new(&home.path().join("knowledge")).read(&Limits::STANDARD).expect("the files");
        assert_eq!(digest(&found), served.digest, "round {round}: {kind}");
        for revision in journal.revisions(6, None).await.expect("a history") {
            let stored = journal.revision(revision.id).await.expect("read").expect("there");
            assert_eq!(digest(&stored.files), revision.digest, "round {round}: revision {} is whole", revision.id);
        }
        kept.entry(kind).or_insert_with(Vec::new).push(served.digest != done);
        journal.close(Duration::from_secs(20)).await;
    }
    println!("whether what was under way was there, by kind: {kept:?}");
    assert_eq!(kept.len(), 4, "changes of every kind were broken off");
}
