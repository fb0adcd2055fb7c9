//! When a request that failed for a transient cause is sent again.

/// The longest pause before the second try, in milliseconds.
const FIRST_PAUSE_MS: f64 = 300.0;

/// The pause after so many tries: exponential with full jitter.
///
/// `random` is uniform in 0..1. A whole fleet that fails together must not come back together.
pub fn pause_ms(tries: u8, random: f64) -> f64 {
    let ceiling = FIRST_PAUSE_MS * f64::from(1u32 << u32::from(tries.clamp(1, 8) - 1));
    ceiling * random.clamp(0.0, 1.0)
}
