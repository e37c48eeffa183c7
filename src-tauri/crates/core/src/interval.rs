//! Confidence intervals of shares. Owns the formulas; refuses to call a difference real that may be chance.

/// The normal quantile of a two-sided confidence of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// A share with its 95 % confidence interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// `part / whole`; none without a whole.
    pub rate: Option<f64>,
    /// Lower end, 0..=1; 0 without a whole.
    pub low: f64,
    /// Upper end, 0..=1; 1 without a whole.
    pub high: f64,
}

/// The share of a part in a whole, with Wilson's score interval: unlike the textbook one it stays between 0 and 1 and holds
/// for ten calls as well as for ten thousand. A part above its whole counts as the whole.
#[must_use]
pub fn wilson(part: u32, whole: u32) -> Share {
    if whole == 0 {
        return Share { rate: None, low: 0.0, high: 1.0 };
    }
    let n = f64::from(whole);
    let p = f64::from(part.min(whole)) / n;
    let center = p + Z * Z / (2.0 * n);
    let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    Share { rate: Some(p), low: ((center - spread) / scale).max(0.0), high: ((center + spread) / scale).min(1.0) }
}

/// A difference of two shares with its 95 % confidence interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// The second less the first, -1..=1.
    pub difference: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Difference {
    /// Whether chance alone would hardly bring it about: the interval does not hold 0.
    #[must_use]
    pub fn is_significant(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

/// The second share less the first, with the interval that Newcombe built of two Wilson intervals (his method 10). None
/// while one of them has no whole.
#[must_use]
pub fn newcombe(first: Share, second: Share) -> Option<Difference> {
    let (p, q) = (first.rate?, second.rate?);
    let difference = q - p;
    Some(Difference {
        difference,
        low: difference - ((q - second.low).powi(2) + (first.high - p).powi(2)).sqrt(),
        high: difference + ((second.high - q).powi(2) + (p - first.low).powi(2)).sqrt(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(left: f64, right: f64) -> bool {
        (left - right).abs() < 0.000_5
    }

    /// Figures of Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I.
    #[test]
    fn wilson_gives_the_published_figures() {
        for (part, whole, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let share = wilson(part, whole);
            assert!(near(share.low, low) && near(share.high, high), "{part} of {whole}: {share:?}");
        }
        assert_eq!(wilson(0, 0), Share { rate: None, low: 0.0, high: 1.0 });
        assert!(wilson(5, 5).high <= 1.0);
    }

    /// Figures of Newcombe 1998, "Interval estimation for the difference between independent proportions", table II:
    /// 56/70 and 48/80.
    #[test]
    fn newcombe_gives_the_published_figures() {
        let difference = newcombe(wilson(48, 80), wilson(56, 70)).expect("both have calls");
        assert!(near(difference.difference, 0.2));
        assert!(near(difference.low, 0.0524) && near(difference.high, 0.3339), "{difference:?}");
        assert!(difference.is_significant());
        let same = newcombe(wilson(5, 10), wilson(6, 10)).expect("both have calls");
        assert!(!same.is_significant(), "one call more of ten is chance");
        assert_eq!(newcombe(wilson(0, 0), wilson(1, 2)), None);
    }
}
