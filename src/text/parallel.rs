//! Work on many items at once, on all processors.

use std::num::NonZero;
use std::thread;

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

#[cfg(test)]
mod tests {
    #[test]
    fn the_order_stays() {
        for length in [0, 1, 511, 512, 513, 5_000] {
            let items: Vec<usize> = (0..length).collect();
            let doubled = super::map(&items, |number, item| number + item);
            assert!(doubled.iter().enumerate().all(|(at, value)| *value == 2 * at) && doubled.len() == length);
        }
    }
}
