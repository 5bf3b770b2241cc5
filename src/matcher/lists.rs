//! Many short lists in one allocation, as postings and the terms of entries are kept.

/// Makes room for more items, an eighth of what there is at least: what is gathered is most of the memory while an index
/// is built, and room for twice as much would be half of that.
pub fn make_room<T>(items: &mut Vec<T>, more: usize) {
    if items.capacity() - items.len() < more {
        items.reserve_exact(more.max(items.len() / 8));
    }
}

/// Many short lists in one allocation.
#[derive(Debug)]
pub struct Lists<T> {
    pub(super) starts: Vec<u32>,
    pub(super) items: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { starts: vec![0], items: Vec::new() }
    }
}

impl<T> Lists<T> {
    /// No lists yet, with room for so many, of so many items together. Room that is never written to costs no memory.
    #[must_use]
    pub fn with_room(lists: usize, items: usize) -> Self {
        let mut starts = Vec::with_capacity(lists + 1);
        starts.push(0);
        Self { starts, items: Vec::with_capacity(items) }
    }

    /// Adds a list.
    pub fn push(&mut self, list: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>) {
        let list = list.into_iter();
        make_room(&mut self.items, list.len());
        self.items.extend(list);
        self.starts.push(u32::try_from(self.items.len()).unwrap_or(u32::MAX));
    }

    /// Adds all lists of another.
    pub fn append(&mut self, mut other: Self) {
        let from = self.starts.last().copied().unwrap_or(0);
        make_room(&mut self.items, other.items.len());
        self.items.append(&mut other.items);
        self.starts.extend(other.starts.iter().skip(1).map(|start| start.saturating_add(from)));
    }

    /// The list with this number; empty where there is none.
    #[must_use]
    pub fn get(&self, number: usize) -> &[T] {
        let range = self.range(number);
        self.items.get(range).unwrap_or(&[])
    }

    /// The positions of the items of a list among all items.
    #[must_use]
    pub fn range(&self, number: usize) -> std::ops::Range<usize> {
        match (self.starts.get(number), self.starts.get(number + 1)) {
            (Some(from), Some(to)) => *from as usize..*to as usize,
            _ => 0..0,
        }
    }

    /// The same without room for more.
    #[must_use]
    pub fn shrink(mut self) -> Self {
        self.items.shrink_to_fit();
        self.starts.shrink_to_fit();
        self
    }
}
