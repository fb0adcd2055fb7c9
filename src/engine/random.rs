//! Random numbers from one seed.

/// The seed and the generators made from it.
pub struct Random {
    seed: [u32; 4],
    state: u32,
    popups: u32,
}

impl Random {
    /// A generator; with one seed it gives the same numbers.
    pub fn new(seed: [u32; 4]) -> Random {
        Random {
            seed,
            state: seed[0] | 1,
            popups: 0,
        }
    }

    /// Uniform in 0..1 (xorshift), for jitter.
    pub fn jitter(&mut self) -> f64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 17;
        self.state ^= self.state << 5;
        f64::from(self.state) / f64::from(u32::MAX)
    }

    /// What no page but a popup's own can know; another one each time.
    pub fn popup_nonce(&mut self) -> String {
        self.popups += 1;
        let mut text = String::new();
        for number in self.seed.iter().chain([&self.popups]) {
            crate::text::push_decimal(&mut text, u64::from(*number));
            text.push('.');
        }
        text
    }
}
