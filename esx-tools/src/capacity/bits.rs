//! Sets of small numbers.

/// A set of numbers below a size that is fixed when it is made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub(super) fn none(size: usize) -> Self {
        Self(vec![0; size.div_ceil(64)])
    }

    pub(super) fn from_fn(size: usize, holds: impl Fn(usize) -> bool) -> Self {
        let mut bits = Self::none(size);
        for n in (0..size).filter(|n| holds(*n)) {
            bits.insert(n);
        }
        bits
    }

    pub(super) fn insert(&mut self, n: usize) {
        self.0[n / 64] |= 1 << (n % 64);
    }

    pub(super) fn remove(&mut self, n: usize) {
        self.0[n / 64] &= !(1 << (n % 64));
    }

    pub(super) fn has(&self, n: usize) -> bool {
        self.0[n / 64] >> (n % 64) & 1 == 1
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_wider_than_a_word() {
        let mut a = Bits::from_fn(130, |n| n % 3 == 0);
        let b = Bits::from_fn(130, |n| n == 129 || n == 64);
        assert!(a.has(129) && !a.has(64) && a.meets(&b));
        assert_eq!(a.and(&b), Bits::from_fn(130, |n| n == 129));
        a.remove(129);
        assert!(!a.meets(&b));
        assert_eq!(a.and(&b), Bits::none(130));
    }
}
