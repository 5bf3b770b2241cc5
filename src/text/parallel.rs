//! Work on many items at once, on all processors.

use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};

use super::shared::ManyWords;

/// Items below which one thread is as quick as several.
const FEW: usize = 512;

/// What `each` makes of the items, in their order. A panic of `each` goes on in the caller.
pub fn map<T: Sync, R: Send>(items: &[T], each: impl Fn(usize, &T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    if items.len() < FEW || threads == 1 {
        return items.iter().enumerate().map(|(number, item)| each(number, item)).collect();
    }
    let length = items.len().div_ceil(threads);
    let each = &each;
    thread::scope(|scope| {
        let parts: Vec<_> = items
            .chunks(length)
            .enumerate()
            .map(|(part, chunk)| {
                scope.spawn(move || {
                    let _words = ManyWords::remember();
                    let numbered = chunk.iter().enumerate();
                    numbered.map(|(number, item)| each(part * length + number, item)).collect::<Vec<R>>()
                })
            })
            .collect();
        let mut all = Vec::with_capacity(items.len());
        for part in parts {
            match part.join() {
                Ok(done) => all.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}

/// What `each` makes of the items, in their order, each item taken by the next processor that is free: for few items
/// that take long. A panic of `each` goes on in the caller.
pub fn take<T: Send, R: Send>(items: Vec<T>, each: impl Fn(T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(items.len());
    if threads <= 1 {
        return items.into_iter().map(each).collect();
    }
    let count = items.len();
    let (queue, each) = (&Mutex::new(items.into_iter().enumerate()), &each);
    let work = move || {
        let _words = ManyWords::remember();
        // Nothing panics while it holds the queue.
        let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        std::iter::from_fn(next).map(|(number, item)| (number, each(item))).collect::<Vec<_>>()
    };
    let done = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(ScopedJoinHandle::join).collect::<Vec<_>>()
    });
    let mut all: Vec<Option<R>> = std::iter::repeat_with(|| None).take(count).collect();
    for worker in done {
        match worker {
            Ok(done) => done.into_iter().for_each(|(number, made)| all[number] = Some(made)),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
    all.into_iter().flatten().collect()
}

/// Does two things, at the same time where that is `worth` a thread. A panic of either goes on in the caller.
pub fn both<A, B: Send>(worth: bool, here: impl FnOnce() -> A, beside: impl FnOnce() -> B + Send) -> (A, B) {
    if !worth {
        return (here(), beside());
    }
    thread::scope(|scope| {
        let beside = scope.spawn(beside);
        let here = here();
        match beside.join() {
            Ok(beside) => (here, beside),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn two_things_are_done() {
        for worth in [false, true] {
            assert_eq!(super::both(worth, || 1, || 2), (1, 2));
        }
    }

    #[test]
    fn items_that_are_taken_keep_their_order() {
        for length in [0, 1, 2, 3, 100] {
            let items: Vec<String> = (0..length).map(|number: u32| number.to_string()).collect();
            assert_eq!(super::take(items.clone(), |item| item), items);
        }
    }

    #[test]
    #[should_panic(expected = "seven")]
    fn a_panic_goes_on() {
        super::take((0..20).collect(), |number: u32| assert!(number != 7, "seven"));
    }

    #[test]
    fn the_order_stays() {
        for length in [0, 1, 511, 512, 513, 5_000] {
            let items: Vec<usize> = (0..length).collect();
            let doubled = super::map(&items, |number, item| number + item);
            assert!(doubled.iter().enumerate().all(|(at, value)| *value == 2 * at) && doubled.len() == length);
        }
    }
}
