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

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::super::MAX_TRIES;
    use super::*;

    #[test]
    fn the_ceiling_doubles() {
        let ceilings = [1, 2, 3].map(|tries| pause_ms(tries, 1.0));
        assert_eq!(ceilings, [300.0, 600.0, 1200.0]);
    }

    #[test]
    fn the_jitter_is_full() {
        for tries in 1..MAX_TRIES {
            let ceiling = pause_ms(tries, 1.0);
            assert_eq!(pause_ms(tries, 0.0), 0.0);
            assert_eq!(pause_ms(tries, 0.5), ceiling / 2.0);
            assert_eq!(pause_ms(tries, 0.25), ceiling / 4.0);
        }
    }

    #[test]
    fn all_pauses_of_a_request_fit_before_a_redirect() {
        let all: f64 = (1..MAX_TRIES).map(|tries| pause_ms(tries, 1.0)).sum();
        assert!(all < 1000.0, "{all}");
    }

    proptest! {
        #[test]
        fn it_is_bounded_whatever_comes(tries in any::<u8>(), random in any::<f64>()) {
            let pause = pause_ms(tries, random);
            // A random number that is none gives no pause, as timers read it.
            prop_assert!(random.is_nan() || (0.0..=300.0 * 128.0).contains(&pause));
        }
    }
}
