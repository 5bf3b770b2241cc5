//! What moderators read: gaps and numbers.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use briefing_bot::journal::{Asked, Event, FactAsked, FactVotes, Gap, GapFact, Outcome, Settings, VoterKey};

use crate::support::*;

on_both!(
    gaps_count_what_folds_alike_most_often_first,
    a_dismissed_gap_stays_away_and_a_resolved_one_returns_when_asked_again,
    numbers_of_the_last_days,
    no_questions_have_no_numbers,
);

fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

async fn gaps_count_what_folds_alike_most_often_first(place: Arc<Place>) {
    let journal = place.open().await;
    let key = VoterKey::random().expect("a key");
    journal.record(answered(noon()));
    journal.record(in_vain(noon(), "Is there a Café?"));
    journal.record(in_vain(noon() + minutes(2), "is there a cafe?"));
    journal.record(suggested(noon() + minutes(1), "IS  THERE A CAFE?"));
    journal.record(in_vain(noon() - days(2), "is there a cafe?"));
    journal.record(not_helpful(noon(), key.voter(1, 1), "ferry-times", "When does it sail"));
    journal.record(not_helpful(noon() + minutes(5), key.voter(2, 1), "ferry-times", "when does it sail"));
    journal.record(helpful(noon(), key.voter(3, 1), "ferry-times"));
    journal.record(not_helpful(noon(), key.voter(1, 2), "ferry-price", "is there a cafe?"));
    journal.record(in_vain(noon(), "who?"));
    assert!(journal.flush(SOON).await);

    let mut gaps = journal.unanswered(noon() - days(1), 10).await.expect("gaps");
    let mut alike: Vec<String> = gaps.iter().take(2).map(|gap| gap.text.to_lowercase()).collect();
    alike.sort();
    assert!(alike.iter().any(|text| text.contains("caf")) && alike.iter().any(|text| text.contains("sail")));
    for gap in &mut gaps {
        gap.text = briefing_bot::text::fold(&gap.text);
    }
    let fact = |fact: &str, votes| GapFact { briefing: "harbour".to_owned(), fact: fact.to_owned(), votes };
    let expected = [
        Gap {
            text: "is there a cafe?".to_owned(),
            none: 2,
            suggest: 1,
            not_helpful: 1,
            last: noon() + minutes(2),
            facts: vec![fact("ferry-price", 1)],
        },
        Gap {
            text: "when does it sail".to_owned(),
            none: 0,
            suggest: 0,
            not_helpful: 2,
            last: noon() + minutes(5),
            facts: vec![fact("ferry-times", 2)],
        },
        Gap { text: "who?".to_owned(), none: 1, suggest: 0, not_helpful: 0, last: noon(), facts: vec![] },
    ];
    assert_eq!(gaps, expected);
    assert_eq!(gaps.iter().map(Gap::count).collect::<Vec<_>>(), [4, 2, 1]);
    assert_eq!(journal.unanswered(noon() - days(3), 1).await.expect("gaps").first().map(Gap::count), Some(5));
}

async fn a_dismissed_gap_stays_away_and_a_resolved_one_returns_when_asked_again(place: Arc<Place>) {
    let hands = Hands::at(noon());
    let journal = place.open_with(Settings { clock: hands.clock(), ..place.settings() }).await;
    for question in ["what's the wifi password?", "when does it sail?", "who?"] {
        journal.record(in_vain(noon() - minutes(1), question));
    }
    assert!(journal.flush(SOON).await);
    journal.dismiss(&["What’s the WIFI password?"]).await.expect("dismissed");
    journal.resolve(&["when does it sail?"], "harbour", "ferry-times").await.expect("resolved");
    let open = async || {
        let gaps = journal.unanswered(SystemTime::UNIX_EPOCH, 10).await.expect("gaps");
        gaps.into_iter().map(|gap| (gap.text.clone(), gap.count())).collect::<Vec<_>>()
    };
    assert_eq!(open().await, [("who?".to_owned(), 1)]);

    for question in ["what's the wifi password?", "when does it sail?", "when does it sail?"] {
        journal.record(in_vain(noon() + minutes(1), question));
    }
    assert!(journal.flush(SOON).await);
    let sail = ("when does it sail?".to_owned(), 2);
    assert_eq!(open().await, [sail, ("who?".to_owned(), 1)], "counted anew since it was resolved");

    hands.set(noon() + minutes(2));
    journal.dismiss(&["when does it sail?", "who?"]).await.expect("dismissed");
    assert_eq!(open().await, []);
    let kept = place.number("SELECT COUNT(*) FROM dismissals WHERE text_key LIKE '%sail%'").await;
    assert_eq!(kept, 0, "a digest, not the text");
}

async fn numbers_of_the_last_days(place: Arc<Place>) {
    let hands = Hands::at(noon());
    let journal = place.open_with(Settings { clock: hands.clock(), ..place.settings() }).await;
    let key = VoterKey::random().expect("a key");
    // 1 to 100 µs, so that each percentile is its own number.
    for micros in 1..=100 {
        let fact = if micros <= 30 { "ferry-price" } else { "ferry-times" };
        let question = Asked {
            fact: Some(fact.to_owned()),
            elapsed: Duration::from_micros(micros),
            ..asked(noon(), Outcome::Answer)
        };
        journal.record(Event::Asked(question));
    }
    journal.record(in_vain(noon() - days(2), "who?"));
    journal.record(suggested(noon() - days(2), "when?"));
    journal.record(in_vain(noon() - days(3), "too old"));
    for (person, fact, good) in [
        (1, "ferry-times", true),
        (2, "ferry-times", false),
        (3, "ferry-price", false),
        (4, "ferry-price", false),
        (5, "quay", true),
    ] {
        let voter = key.voter(person, 7);
        journal.record(if good { helpful(noon(), voter, fact) } else { not_helpful(noon(), voter, fact, "when?") });
    }
    assert!(journal.flush(SOON).await);

    let stats = journal.stats(3, 10).await.expect("numbers");
    let midnight = noon() - Duration::from_hours(12);
    let counts: Vec<_> = stats.days.iter().map(|day| (day.start, day.answer, day.suggest, day.none)).collect();
    assert_eq!(counts, [(midnight - days(2), 0, 1, 1), (midnight - days(1), 0, 0, 0), (midnight, 100, 0, 0)]);
    assert_eq!(stats.questions(), 102);
    let asked = |fact: &str, count| FactAsked { briefing: "harbour".to_owned(), fact: fact.to_owned(), count };
    assert_eq!(stats.most_asked, [asked("ferry-times", 70), asked("ferry-price", 30)]);
    let votes = |fact: &str, helpful, not_helpful| FactVotes {
        briefing: "harbour".to_owned(),
        fact: fact.to_owned(),
        helpful,
        not_helpful,
    };
    assert_eq!(stats.worst_voted, [votes("ferry-price", 0, 2), votes("ferry-times", 1, 1)]);

    let today = journal.stats(1, 1).await.expect("numbers");
    let micros = |count| Some(Duration::from_micros(count));
    assert_eq!((today.p50, today.p95, today.p99), (micros(50), micros(95), micros(99)));
    assert_eq!((today.most_asked.len(), today.worst_voted.len(), today.days.len()), (1, 1, 1));
}

async fn no_questions_have_no_numbers(place: Arc<Place>) {
    let journal = place.open().await;
    let stats = journal.stats(0, 5).await.expect("numbers");
    assert_eq!((stats.days.len(), stats.questions(), stats.p50, stats.p99), (1, 0, None, None));
    assert_eq!(journal.unanswered(SystemTime::UNIX_EPOCH, 5).await.expect("gaps"), []);
}
