//! A large reload under load.

use std::path::Path;
use std::time::Instant;

use briefing_bot::answer::Outcome;
use briefing_bot::curator::Author;
use briefing_bot::journal::How;

use crate::scene::{LATE, Scene};

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
    let scene = Scene::with(|folder| write_briefings(folder, facts, 7)).await;
    let item = move |count: usize| (count * 7_919) % facts;
    write_briefings(scene.folder(), facts, 9);
    let start = Instant::now();
    let reload = async {
        let change = scene.curator.reload(Author::moderator(1, How::Reload)).await.expect("no fault");
        (change, start.elapsed())
    };
    let ((change, took), times) = scene
        .while_asked(
            move |count| format!("What does item {} cost?", item(count)),
            move |count, answer| {
                let item = item(count);
                assert_eq!(answer.outcome, Outcome::Answer, "item {item}");
                let told = &answer.answers[0].fact().statement;
                let right = |price| *told == format!("Item {item} of the depot costs {} crowns.", item + price);
                assert!(right(7) || right(9), "{told}");
            },
            reload,
        )
        .await;
    // The watcher may have been first.
    assert!(change.difference.is_empty() || change.difference.counts() == (0, facts, 0));
    println!("{facts} facts reloaded in {took:.2?}; {times}");
    assert!(times.count() > 0 && times.longest() < LATE, "an answer came late: {times}");
    scene.close().await;
}
