//! A small generator of numbers that look random: the same ones for the same seed, on every machine.

/// The generator (SplitMix64).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Starts a series.
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    /// Starts the series of one of the rounds of a run.
    pub fn of_round(seed: u64, round: u64) -> Self {
        let mut random = Random(seed ^ round.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        random.draw();
        random
    }

    /// Returns the next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `end`; 0 where that is 0.
    pub fn below(&mut self, end: usize) -> usize {
        let drawn = usize::try_from(self.draw() >> 33).expect("31 bits fit");
        if end == 0 { 0 } else { drawn % end }
    }

    /// Returns a number from `low` to `high`, both included.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// Returns `true` with a probability of `times` percent.
    pub fn percent(&mut self, times: usize) -> bool {
        self.below(100) < times
    }

    /// Returns one of several.
    pub fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn repeats_and_differs() {
        let series = |mut random: Random| [random.draw(), random.draw(), random.draw()];
        assert_eq!(series(Random::new(7)), series(Random::new(7)));
        assert_ne!(series(Random::new(7)), series(Random::new(8)));
        assert_ne!(series(Random::of_round(7, 0)), series(Random::of_round(7, 1)));
        assert_eq!(Random::new(1).below(0), 0);
    }
}
