//! The knowledge folder under `kill -9`, and a large reload under load: what needs processes and machines of its own.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use briefing_bot::answer::{Engine, Outcome, Question, Service};
use briefing_bot::curator::{Author, Curator, files::Folder};
use briefing_bot::journal::{self, How, Journal};
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
            .args(["--exact", "victim", "--ignored", "--nocapture"])
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

/// Writes briefings of so many facts in all, 5,000 a file at most, in each of which things cost what `price` says.
fn write_briefings(folder: &Path, facts: usize, price: usize) {
    for (number, start) in (0..facts).step_by(5_000).enumerate() {
        let range = start..facts.min(start + 5_000);
        let sentence = |fact: usize| format!("Item {fact} of the depot costs {} crowns.", fact + price);
        let paragraphs: Vec<String> = range.clone().map(sentence).collect();
        let article = format!("## Prices\n\n{}\n", paragraphs.join("\n\n"));
        let head = format!(
            "schema = 1\n[briefing]\nid = \"depot-{number}\"\ntitle = \"Prices\"\npublisher = \"The Depot\"\n\
             dateline = \"Depot, 1 May 2031\"\npublished = \"2031-05-01\"\nlanguage = \"en\"\narticle = \"depot-{number}.md\"\n"
        );
        let fact = |fact: usize| {
            let sentence = sentence(fact);
            format!(
                "[[fact]]\nid = \"item-{fact}\"\nstatement = \"{sentence}\"\nquotes = [\"{sentence}\"]\n\
                 asks = [\"What does item {fact} cost?\"]\nstatus = \"reported\"\n"
            )
        };
        let toml: String = std::iter::once(head).chain(range.map(fact)).collect();
        std::fs::write(folder.join(format!("depot-{number}.toml")), toml).expect("a file");
        std::fs::write(folder.join(format!("depot-{number}.md")), article).expect("a file");
    }
}

/// `RELOAD_FACTS=100000` measures the size that is promised; a small one runs with every test.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_reload_holds_up_no_answer() {
    let facts: usize = std::env::var("RELOAD_FACTS").ok().and_then(|facts| facts.parse().ok()).unwrap_or(1_000);
    let home = tempfile::tempdir().expect("a temporary folder");
    write_briefings(home.path(), facts, 7);
    let service = Service::new(Engine::load(home.path(), &Limits::STANDARD).expect("no fault"));
    let url = format!("sqlite:{}/journal.db", home.path().display());
    let journal = Journal::open(journal::Settings::new(url.parse().expect("an address")));
    let curator = Curator::new(home.path(), Limits::STANDARD, service.clone(), journal.clone());
    curator.start();
    assert!(journal.ready(Duration::from_secs(20)).await);

    let over = Arc::new(AtomicBool::new(false));
    let (asker, stop) = (service.clone(), Arc::clone(&over));
    let asking = tokio::task::spawn_blocking(move || {
        let (mut count, mut slowest) = (0_u64, Duration::ZERO);
        while !stop.load(Ordering::Relaxed) {
            let item = usize::try_from(count * 7_919).unwrap_or(0) % facts;
            let start = Instant::now();
            let answer = asker.current().answer(&Question::new(format!("What does item {item} cost?")));
            slowest = slowest.max(start.elapsed());
            count += 1;
            assert_eq!(answer.outcome, Outcome::Answer, "item {item}");
            let told = &answer.answers[0].fact().statement;
            let right =
                [7, 9].iter().any(|price| *told == format!("Item {item} of the depot costs {} crowns.", item + price));
            assert!(right, "{told}");
        }
        (count, slowest)
    });
    write_briefings(home.path(), facts, 9);
    let start = Instant::now();
    let change = curator.reload(Author::moderator(1, How::Reload)).await.expect("no fault");
    let took = start.elapsed();
    over.store(true, Ordering::Relaxed);
    let (count, slowest) = asking.await.expect("every answer is right");
    // The watcher may have been first.
    assert!(change.difference.is_empty() || change.difference.counts() == (0, facts, 0));
    println!("{facts} facts reloaded in {took:.2?}; {count} answers meanwhile, the slowest in {slowest:.2?}");
    assert!(count > 0 && slowest < Duration::from_secs(2), "the slowest of {count} answers took {slowest:?}");
    journal.close(Duration::from_secs(20)).await;
}
