//! Random numbers that a seed gives again (`SplitMix64`, Steele, Lea and Flood, 2014).

/// The dice.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Once in so many times.
    pub(super) fn once_in(&mut self, times: u64) -> bool {
        self.next().is_multiple_of(times)
    }

    /// One of these.
    pub(super) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        let many = u64::try_from(of.len()).unwrap();
        of[usize::try_from(self.next() % many).unwrap()]
    }

    /// Evenly between two numbers.
    pub(super) fn between(&mut self, from: f64, to: f64) -> f64 {
        // 32 bits are exact in a float, and finer than any clock.
        let part = f64::from(u32::try_from(self.next() >> 32).unwrap()) / f64::from(u32::MAX);
        from + (to - from) * part
    }
}
