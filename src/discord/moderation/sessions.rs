//! What moderators are in the middle of: bound to one moderator each, and gone after a while.
//!
//! The id of a button is `m1:SESSION:ACTION[:ARGUMENT]`. A session's number is random, so that it can't be guessed, and
//! means nothing after a restart: an upload that waits for its confirmation is to be sent again then.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::gaps::Gaps;
use crate::curator::upload::Staged;
use crate::discord::custom_id::{MAX, MODERATION};

/// How long a session lives after it was last used.
const LIFE: Duration = Duration::from_mins(10);
/// Most sessions; an upload that waits holds up to some ten megabytes.
const MOST: usize = 24;

/// What a session is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// An upload that waits for its confirmation.
    Upload,
    /// Browsing the history.
    History,
    /// Reviewing what was asked in vain.
    Gaps,
}

/// What a session holds.
#[derive(Debug)]
pub(crate) enum State {
    /// What was uploaded; taken out by whoever confirms or cancels.
    Upload(Option<Box<Staged>>),
    /// Nothing: the buttons say it all.
    History,
    /// What is reviewed.
    Gaps(Gaps),
}

/// Something that a moderator is in the middle of.
#[derive(Debug)]
pub(crate) struct Session {
    /// Its number.
    pub(crate) id: u64,
    /// Whose it is.
    pub(crate) moderator: u64,
    /// What it is about.
    pub(crate) kind: Kind,
    state: Mutex<State>,
}

impl Session {
    /// What it holds.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The id of a button that does `action` in it.
    pub(crate) fn button(&self, action: &str) -> String {
        format!("{MODERATION}{:016x}:{action}", self.id)
    }
}

/// A press, or a form that was sent.
#[derive(Debug)]
pub(crate) struct Press {
    /// The session that it belongs to.
    pub(crate) session: Arc<Session>,
    /// What is to be done.
    pub(crate) action: String,
    /// On what.
    pub(crate) argument: Option<u64>,
}

/// An id that was read.
pub(crate) struct Id {
    session: u64,
    action: String,
    argument: Option<u64>,
}

impl Press {
    /// Reads an id; `None` where it was never written.
    pub(crate) fn parse(custom_id: &str) -> Option<Id> {
        let rest = custom_id.strip_prefix(MODERATION).filter(|_| custom_id.len() <= MAX)?;
        let (session, rest) = rest.split_once(':')?;
        let hexadecimal = session.len() == 16 && session.bytes().all(|b| b.is_ascii_hexdigit());
        let session = u64::from_str_radix(session, 16).ok().filter(|_| hexadecimal)?;
        let (action, argument) = match rest.split_once(':') {
            Some((action, argument)) => (action, Some(argument.parse().ok()?)),
            None => (rest, None),
        };
        let plain = !action.is_empty() && action.bytes().all(|b| b.is_ascii_lowercase());
        plain.then(|| Id { session, action: action.to_owned(), argument })
    }
}

/// All sessions.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<HashMap<u64, (Arc<Session>, Instant)>>);

impl Sessions {
    /// Begins a session; an earlier one of this moderator and kind ends.
    pub(crate) fn begin(&self, moderator: u64, state: State) -> Option<Arc<Session>> {
        let kind = match &state {
            State::Upload(_) => Kind::Upload,
            State::History => Kind::History,
            State::Gaps(_) => Kind::Gaps,
        };
        let mut number = [0; 8];
        getrandom::fill(&mut number).ok()?;
        let id = u64::from_ne_bytes(number);
        let session = Arc::new(Session { id, moderator, kind, state: Mutex::new(state) });
        let now = Instant::now();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (known, until)| *until > now && (known.moderator, known.kind) != (moderator, kind));
        if all.len() >= MOST
            && let Some(oldest) = all.iter().min_by_key(|(_, (_, until))| *until).map(|(id, _)| *id)
        {
            all.remove(&oldest);
        }
        all.insert(id, (Arc::clone(&session), now + LIFE));
        Some(session)
    }

    /// The session of an id, while it lives; it lives longer by being used.
    pub(crate) fn find(&self, id: Id) -> Option<Press> {
        let now = Instant::now();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (_, until)| *until > now);
        let (session, until) = all.get_mut(&id.session)?;
        // A confirmation is given soon or not at all.
        if session.kind != Kind::Upload {
            *until = now + LIFE;
        }
        Some(Press { session: Arc::clone(session), action: id.action, argument: id.argument })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(sessions: &Sessions, custom_id: &str) -> Option<Press> {
        sessions.find(Press::parse(custom_id)?)
    }

    #[tokio::test(start_paused = true)]
    async fn sessions_expire_and_are_found_by_their_own_ids_alone() {
        let sessions = Sessions::default();
        let session = sessions.begin(7, State::Upload(None)).expect("a session");
        let id = session.button("yes");
        assert_eq!(find(&sessions, &id).map(|press| press.action), Some("yes".to_owned()));
        let other = format!("m1:{:016x}:yes", session.id ^ 1);
        for forged in
            ["m1:", "m1:1:yes", "m1:zzzzzzzzzzzzzzzz:yes", "b1:yes", &other, &format!("{id}:x"), &format!("{id}Y")]
        {
            assert!(find(&sessions, forged).is_none(), "{forged}");
        }
        tokio::time::advance(LIFE * 9 / 10).await;
        assert!(find(&sessions, &id).is_some());
        tokio::time::advance(LIFE / 9).await;
        assert!(find(&sessions, &id).is_none(), "a confirmation is not put off by looking at it");
    }

    #[tokio::test(start_paused = true)]
    async fn there_are_only_so_many_and_one_a_kind_for_each_moderator() {
        let sessions = Sessions::default();
        let first = sessions.begin(1, State::Upload(None)).expect("a session").button("yes");
        let history = sessions.begin(1, State::History).expect("a session").button("page");
        let second = sessions.begin(1, State::Upload(None)).expect("a session").button("yes");
        assert!(find(&sessions, &first).is_none() && find(&sessions, &history).is_some());
        for moderator in 2..40 {
            tokio::time::advance(Duration::from_secs(1)).await;
            sessions.begin(moderator, State::Upload(None)).expect("a session");
        }
        assert!(find(&sessions, &second).is_none());
        assert_eq!(sessions.0.lock().expect("no panic holds it").len(), MOST);
    }
}
