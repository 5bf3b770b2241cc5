//! What was lately seen, by key: bounded and expiring.
//!
//! Two tables of fixed size: the young one takes what is new, and when it is full or old it becomes the old one, whose
//! place it takes empty. Nothing is allocated for an entry but what its value owns. That is on purpose: entries live for
//! minutes, and thousands of small allocations that outlive the answers between which they were made keep the allocator
//! from reusing the room in between.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Values by key, each until `life` after it was last put. A std mutex: it is never held across an await.
pub(crate) struct Recent<K, V> {
    tables: Mutex<Tables<K, V>>,
    /// Entries of one table.
    half: usize,
    life: Duration,
}

struct Tables<K, V> {
    young: HashMap<K, (Instant, V)>,
    old: HashMap<K, (Instant, V)>,
    turned: Instant,
}

impl<K: Eq + Hash, V> Recent<K, V> {
    /// Nothing yet. Holds at most `capacity` entries (two at least), and the latest half of as many surely.
    pub(crate) fn new(capacity: usize, life: Duration) -> Self {
        let half = (capacity / 2).max(1);
        let table = || HashMap::with_capacity(half);
        let tables = Tables { young: table(), old: table(), turned: Instant::now() };
        Self { tables: Mutex::new(tables), half, life }
    }

    /// Puts what `change` makes of the value so far.
    pub(crate) fn put(&self, key: K, change: impl FnOnce(Option<V>) -> V) {
        let now = Instant::now();
        let mut tables = self.turned(now);
        let before = tables.young.remove(&key).or_else(|| tables.old.remove(&key));
        let before = before.filter(|(at, _)| now.duration_since(*at) < self.life).map(|(_, value)| value);
        tables.young.insert(key, (now, change(before)));
    }

    /// Reads a value, where there is one.
    pub(crate) fn get<T>(&self, key: &K, read: impl FnOnce(&V) -> T) -> Option<T> {
        let now = Instant::now();
        let tables = self.turned(now);
        let (at, value) = tables.young.get(key).or_else(|| tables.old.get(key))?;
        (now.duration_since(*at) < self.life).then(|| read(value))
    }

    /// The tables, the old one emptied where it is time.
    fn turned(&self, now: Instant) -> MutexGuard<'_, Tables<K, V>> {
        let mut guard = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let tables = &mut *guard;
        if tables.young.len() >= self.half || now.duration_since(tables.turned) >= self.life {
            std::mem::swap(&mut tables.young, &mut tables.old);
            tables.young.clear();
            tables.turned = now;
        }
        guard
    }
}

impl<K: Eq + Hash> Recent<K, ()> {
    /// Notes a key; whether it is new.
    pub(crate) fn note(&self, key: K) -> bool {
        let mut known = false;
        self.put(key, |before| known = before.is_some());
        !known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_hours(1);

    fn len<K, V>(recent: &Recent<K, V>) -> usize {
        let tables = recent.tables.lock().expect("no test panics in it");
        tables.young.len() + tables.old.len()
    }

    #[test]
    fn what_was_put_is_there_and_changes() {
        let recent = Recent::new(10, LONG);
        for _ in 0..3 {
            recent.put("a", |before| before.unwrap_or(0) + 1);
        }
        assert_eq!(recent.get(&"a", |value| *value), Some(3));
        assert_eq!(recent.get(&"b", |value| *value), None);
    }

    #[test]
    fn the_latest_half_is_kept_and_never_more_than_all() {
        let recent = Recent::new(10, LONG);
        for key in 0..100 {
            recent.put(key, |_| key);
            assert!(len(&recent) <= 10);
            let latest = key - key.min(4)..=key;
            assert!(latest.clone().all(|key| recent.get(&key, |value| *value) == Some(key)), "{latest:?}");
        }
        assert_eq!(recent.get(&0, |value| *value), None);
    }

    #[test]
    fn what_is_used_stays() {
        let recent = Recent::new(10, LONG);
        for key in 1..100 {
            recent.put(0, |before| before.unwrap_or(0) + 1);
            recent.put(key, |_| 0);
        }
        assert_eq!(recent.get(&0, |value| *value), Some(99));
    }

    #[test]
    fn what_is_over_is_gone() {
        let recent = Recent::new(10, Duration::ZERO);
        recent.put("a", |_| 1);
        assert_eq!(recent.get(&"a", |value| *value), None);
        recent.put("a", |before| before.map_or(7, |_| 0));
        recent.put("b", |_| 1);
        recent.put("c", |_| 1);
        assert!(len(&recent) <= 2, "two tables turned");
    }

    #[test]
    fn a_key_is_new_once() {
        let recent = Recent::new(4, LONG);
        assert!(recent.note(1));
        assert!(!recent.note(1));
        assert!(recent.note(2));
    }
}
