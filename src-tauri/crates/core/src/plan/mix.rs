//! How calls end: shares, durations and costs, seen or assumed. Owns the assumptions for a campaign that nobody has seen
//! dial yet; refuses to generalise from a handful of calls.

use rust_decimal::Decimal;

use super::random::Random;
use crate::{call::Disposition, retry::Situation};

/// Calls below which a mix says nothing and the next wider one is taken: campaign, company, assumption.
pub const LEAST_OBSERVED: usize = 30;

/// One way in which a call may end.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// How dialling ends, for people.
    pub disposition: Disposition,
    /// The row of the retry table; none: the contact is reached.
    pub situation: Option<Situation>,
    /// How often, in any unit; at least 0.
    pub weight: f64,
    /// Seconds for which such a call holds its slot, as quantiles at equal distances (deciles, for example), ascending;
    /// at least one.
    pub hold_seconds: Vec<f64>,
    /// What such a call costs on average.
    pub cost: Decimal,
}

impl Ending {
    /// Mean of the quantiles.
    #[must_use]
    pub fn mean_hold_seconds(&self) -> f64 {
        self.hold_seconds.iter().sum::<f64>() / self.hold_seconds.len().max(1) as f64
    }

    /// A duration between the quantiles, in milliseconds.
    pub(super) fn draw_hold(&self, random: &mut Random) -> i64 {
        let stretches = self.hold_seconds.len().saturating_sub(1).max(1);
        let below = random.below(stretches);
        let low = self.hold_seconds.get(below).copied().unwrap_or(1.0);
        let high = self.hold_seconds.get(below + 1).copied().unwrap_or(low);
        ((low + (high - low) * random.unit()) * 1000.0).max(1.0) as i64
    }
}

/// How calls end.
#[derive(Debug, Clone, PartialEq)]
pub struct Mix {
    /// The ways, at least one of weight above 0.
    pub endings: Vec<Ending>,
}

impl Mix {
    /// What is assumed while nobody has been called: of a hundred calls to a mixed list 25 reach a person, 15 a machine, 40
    /// are not answered, 10 are busy, the rest fails (`domain.md` 1.2: human answers 8-40 %, by the list).
    /// `cost_per_minute` is that of a conversation; what is not answered costs nothing.
    #[must_use]
    pub fn assumed(cost_per_minute: Decimal) -> Self {
        use Disposition as D;
        use Situation as S;
        let minutes = |seconds: i64| cost_per_minute * Decimal::from(seconds) / Decimal::from(60);
        let ending = |disposition, situation, weight: f64, hold: &[f64], talk| Ending {
            disposition,
            situation,
            weight,
            hold_seconds: hold.to_vec(),
            cost: minutes(talk),
        };
        Self {
            endings: vec![
                ending(D::NoAnswer, Some(S::NoAnswer), 40.0, &[28.0, 32.0], 0),
                ending(D::Answered, None, 22.0, &[12.0, 25.0, 45.0, 80.0, 180.0], 60),
                ending(D::Voicemail, Some(S::Voicemail), 15.0, &[15.0, 25.0, 35.0], 10),
                ending(D::Busy, Some(S::Busy), 10.0, &[2.0, 6.0], 0),
                ending(D::InvalidNumber, Some(S::InvalidNumber), 4.0, &[1.0, 5.0], 0),
                ending(D::Answered, Some(S::Callback), 3.0, &[20.0, 40.0, 60.0], 30),
                ending(D::Declined, Some(S::Declined), 3.0, &[5.0, 15.0], 0),
                ending(D::NoAnswer, Some(S::Unreachable), 2.0, &[1.0, 4.0], 0),
                ending(D::CarrierFault, Some(S::CarrierFault), 1.0, &[1.0, 5.0], 0),
            ],
        }
    }

    /// The mean time for which a call holds its slot, in seconds.
    #[must_use]
    pub fn mean_hold_seconds(&self) -> f64 {
        self.weighted(Ending::mean_hold_seconds)
    }

    /// The mean cost of a call.
    #[must_use]
    pub fn mean_cost(&self) -> Decimal {
        let total = self.total();
        let share = |ending: &Ending| Decimal::try_from(ending.weight / total).unwrap_or_default();
        self.endings.iter().map(|ending| ending.cost * share(ending)).sum()
    }

    /// Share of an ending, 0..=1.
    #[must_use]
    pub fn share(&self, ending: &Ending) -> f64 {
        ending.weight / self.total()
    }

    fn total(&self) -> f64 {
        self.endings.iter().map(|ending| ending.weight).sum::<f64>().max(f64::MIN_POSITIVE)
    }

    fn weighted(&self, value: impl Fn(&Ending) -> f64) -> f64 {
        self.endings.iter().map(|ending| value(ending) * ending.weight).sum::<f64>() / self.total()
    }

    /// The index of an ending, by lot.
    pub(super) fn draw(&self, random: &mut Random) -> usize {
        let mut left = random.unit() * self.total();
        let chosen = self.endings.iter().position(|ending| {
            left -= ending.weight;
            left < 0.0
        });
        chosen.unwrap_or(self.endings.len() - 1)
    }
}
