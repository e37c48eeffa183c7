//! What a conversation costs. Owns the unit prices with their bounds and the arithmetic from usage to cost; refuses to
//! guess: a price or a measure that cannot be priced is an error, never a silent zero.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    field::FieldErrors,
    money::{Currency, Money, MoneyError},
};

/// The largest unit price. Wide enough for a million tokens of a dear model in a small currency.
pub const MAX_PRICE: u32 = 1_000_000_000;

/// The longest time that can be priced, about 31 years; anything above is a broken clock.
const MAX_SECONDS: f64 = 1_000_000_000.0;

/// Costs stay below this, because the cost columns are `numeric(14, 6)`.
const COST_LIMIT: Decimal = Decimal::from_parts(100_000_000, 0, 0, false, 0);
const SECONDS_PER_MINUTE: Decimal = Decimal::from_parts(60, 0, 0, false, 0);
const TOKENS: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);
const CHARACTERS: Decimal = Decimal::ONE_THOUSAND;

/// The price of speech recognition in the unit of the price list. The default, 0.0043 per *second*, is kept from the
/// replaced system so that its figures can be compared; the list price of that provider is about the same per *minute*,
/// so the user interface warns next to the unit (requirements K18).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "sttUnit", content = "stt")]
pub enum SttPrice {
    /// Per second of recognised speech.
    #[serde(rename = "second")]
    PerSecond(Decimal),
    /// Per minute of recognised speech.
    #[serde(rename = "minute")]
    PerMinute(Decimal),
}

/// Unit prices of a company. As a document (`settings` row `prices`, and on the wire) it is flat, with prices as texts:
/// `currency`, `stt`, `sttUnit` (`second` or `minute`), `llmInputPerMillionTokens`, `llmOutputPerMillionTokens`,
/// `ttsPerThousandCharacters`, `linePerMinute`. A missing price is an error, not a default in another currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Prices {
    /// The currency of every price here and of the costs.
    pub currency: Currency,
    /// Speech recognition.
    #[serde(flatten)]
    pub stt: SttPrice,
    /// Language model, per 1,000,000 tokens sent.
    pub llm_input_per_million_tokens: Decimal,
    /// Language model, per 1,000,000 tokens answered.
    pub llm_output_per_million_tokens: Decimal,
    /// Speech synthesis, per 1,000 characters.
    pub tts_per_thousand_characters: Decimal,
    /// The line, per minute.
    pub line_per_minute: Decimal,
}

impl Default for Prices {
    /// Requirements D3.
    fn default() -> Self {
        Self {
            currency: Currency::USD,
            stt: SttPrice::PerSecond(Decimal::new(43, 4)),
            llm_input_per_million_tokens: Decimal::new(5, 2),
            llm_output_per_million_tokens: Decimal::new(8, 2),
            tts_per_thousand_characters: Decimal::new(15, 3),
            line_per_minute: Decimal::new(4, 3),
        }
    }
}

impl Prices {
    /// Checks that every price is 0 to [`MAX_PRICE`].
    ///
    /// # Errors
    /// Every refused field under its name on the wire, with the code `range`.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let (SttPrice::PerSecond(stt) | SttPrice::PerMinute(stt)) = self.stt;
        let mut errors = FieldErrors::default();
        for (field, price) in [
            ("stt", stt),
            ("llmInputPerMillionTokens", self.llm_input_per_million_tokens),
            ("llmOutputPerMillionTokens", self.llm_output_per_million_tokens),
            ("ttsPerThousandCharacters", self.tts_per_thousand_characters),
            ("linePerMinute", self.line_per_minute),
        ] {
            if price < Decimal::ZERO || price > Decimal::from(MAX_PRICE) {
                errors.add_with(field, "range", &[("min", "0".to_owned()), ("max", MAX_PRICE.to_string())]);
            }
        }
        errors.into_result()
    }

    fn stt_per_seconds(&self, seconds: Decimal) -> Result<Decimal, CostError> {
        match self.stt {
            SttPrice::PerSecond(price) => times(price, seconds, Decimal::ONE),
            SttPrice::PerMinute(price) => times(price, seconds, SECONDS_PER_MINUTE),
        }
    }
}

/// What a call used. A missing measure counts as nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    /// Seconds of speech recognised.
    pub stt_seconds: f64,
    /// Tokens sent to the language model.
    pub llm_input_tokens: u32,
    /// Tokens it answered with.
    pub llm_output_tokens: u32,
    /// Characters synthesised.
    pub tts_characters: u32,
    /// Seconds of line time that are paid for.
    pub line_seconds: f64,
}

/// What a call cost. Every part is rounded by [`crate::money::round`]; the total is the sum of the rounded parts, so
/// that the figures on the screen add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Speech recognition.
    pub stt: Money,
    /// Language model: input and output, each rounded before they are added.
    pub llm: Money,
    /// Speech synthesis.
    pub tts: Money,
    /// The line.
    pub line: Money,
    /// All four.
    pub total: Money,
}

/// Why a cost cannot be said.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CostError {
    /// A price is negative or absurd.
    #[error("the prices cannot be used: {0}")]
    Prices(#[from] FieldErrors),
    /// A time that is negative, not a number or too long.
    #[error("{measure} of {seconds} s cannot be priced")]
    Seconds {
        /// The field of [`Usage`].
        measure: &'static str,
        /// What it held.
        seconds: f64,
    },
    /// 100 million or more.
    #[error("the cost is too large")]
    TooLarge,
}

impl From<MoneyError> for CostError {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::MixedCurrencies { .. } | MoneyError::TooLarge => Self::TooLarge,
        }
    }
}

/// What `usage` costs at `prices` (requirements D3).
///
/// # Errors
/// [`CostError`], never a zero in its place.
pub fn cost(prices: &Prices, usage: &Usage) -> Result<Cost, CostError> {
    prices.check()?;
    let part = |amount: Decimal| Money::rounded(amount, prices.currency);
    let stt = part(prices.stt_per_seconds(exact_seconds("stt_seconds", usage.stt_seconds)?)?);
    let llm_input = part(times(prices.llm_input_per_million_tokens, usage.llm_input_tokens.into(), TOKENS)?);
    let llm_output = part(times(prices.llm_output_per_million_tokens, usage.llm_output_tokens.into(), TOKENS)?);
    let tts = part(times(prices.tts_per_thousand_characters, usage.tts_characters.into(), CHARACTERS)?);
    let line_seconds = exact_seconds("line_seconds", usage.line_seconds)?;
    let line = part(times(prices.line_per_minute, line_seconds, SECONDS_PER_MINUTE)?);
    let llm = llm_input.plus(llm_output)?;
    let total = Money::sum(prices.currency, [stt, llm, tts, line])?;
    if total.amount >= COST_LIMIT {
        return Err(CostError::TooLarge);
    }
    Ok(Cost { stt, llm, tts, line, total })
}

/// What is assumed of one minute of conversation by [`estimate_per_minute`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TypicalMinute {
    /// Turns in the minute.
    pub turns: u32,
    /// Seconds of speech to recognise per turn.
    pub speech_seconds_per_turn: f64,
    /// Characters to synthesise per turn.
    pub characters_per_turn: u32,
    /// Tokens per turn, all priced as input.
    pub tokens_per_turn: u32,
}

impl Default for TypicalMinute {
    /// Requirements D3.
    fn default() -> Self {
        Self { turns: 10, speech_seconds_per_turn: 3.0, characters_per_turn: 100, tokens_per_turn: 200 }
    }
}

/// What a minute of conversation will cost about; rounded once, at the end.
///
/// # Errors
/// As [`cost`].
pub fn estimate_per_minute(prices: &Prices, minute: &TypicalMinute) -> Result<Money, CostError> {
    prices.check()?;
    let stt = prices.stt_per_seconds(exact_seconds("speech_seconds_per_turn", minute.speech_seconds_per_turn)?)?;
    let llm = times(prices.llm_input_per_million_tokens, minute.tokens_per_turn.into(), TOKENS)?;
    let tts = times(prices.tts_per_thousand_characters, minute.characters_per_turn.into(), CHARACTERS)?;
    [llm, tts]
        .into_iter()
        .try_fold(stt, Decimal::checked_add)
        .and_then(|turn| turn.checked_mul(minute.turns.into()))
        .and_then(|turns| turns.checked_add(prices.line_per_minute))
        .filter(|amount| *amount < COST_LIMIT)
        .map(|amount| Money::rounded(amount, prices.currency))
        .ok_or(CostError::TooLarge)
}

/// `price * quantity / unit`; multiplied first, so that only a division by 60 can leave an endless fraction.
fn times(price: Decimal, quantity: Decimal, unit: Decimal) -> Result<Decimal, CostError> {
    price.checked_mul(quantity).and_then(|amount| amount.checked_div(unit)).ok_or(CostError::TooLarge)
}

/// Seconds as a decimal, exact to the millisecond: a whole number of milliseconds that went through an `f64` comes out
/// unchanged (up to 10^9 s an `f64` is off by less than 10^-7 s), and anything finer is rounded to the nearest one.
fn exact_seconds(measure: &'static str, seconds: f64) -> Result<Decimal, CostError> {
    if (0.0..=MAX_SECONDS).contains(&seconds) {
        Ok(Decimal::new((seconds * 1000.0).round() as i64, 3))
    } else {
        Err(CostError::Seconds { measure, seconds })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(cost: &Cost) -> [String; 5] {
        [cost.stt, cost.llm, cost.tts, cost.line, cost.total].map(|part| part.amount.to_string())
    }

    fn usage(stt_seconds: f64, tokens: (u32, u32), tts_characters: u32, line_seconds: f64) -> Usage {
        Usage { stt_seconds, llm_input_tokens: tokens.0, llm_output_tokens: tokens.1, tts_characters, line_seconds }
    }

    /// Acceptance 39.
    #[test]
    fn the_default_prices_give_the_figures_of_the_replaced_system() {
        let cost = cost(&Prices::default(), &usage(60.0, (1000, 2000), 5000, 120.0)).expect("it has a cost");
        assert_eq!(texts(&cost), ["0.2580", "0.0003", "0.0750", "0.0080", "0.3413"]);
        assert_eq!(cost.total.currency, Currency::USD);
    }

    /// Acceptance 45.
    #[test]
    fn the_total_is_the_sum_of_the_parts() {
        let prices = Prices {
            stt: SttPrice::PerMinute(Decimal::new(12, 3)),
            llm_input_per_million_tokens: Decimal::new(3, 0),
            llm_output_per_million_tokens: Decimal::new(5, 0),
            ..Prices::default()
        };
        let cost = cost(&prices, &usage(60.0, (1000, 1000), 1000, 75.0)).expect("it has a cost");
        assert_eq!(texts(&cost), ["0.0120", "0.0080", "0.0150", "0.0050", "0.0400"]);
    }

    /// Acceptance 40.
    #[test]
    fn a_typical_minute_is_estimated() {
        let estimate = estimate_per_minute(&Prices::default(), &TypicalMinute::default()).expect("an estimate");
        assert_eq!(estimate.to_string(), "0.1481 USD");
    }

    /// Acceptance 39.
    #[test]
    fn prices_and_currency_can_be_chosen() {
        let prices = Prices {
            currency: "RUB".parse().expect("a currency"),
            stt: SttPrice::PerMinute(Decimal::new(60, 2)),
            llm_input_per_million_tokens: Decimal::new(150, 0),
            llm_output_per_million_tokens: Decimal::new(300, 0),
            tts_per_thousand_characters: Decimal::new(12, 1),
            line_per_minute: Decimal::new(25, 1),
        };
        let cost = cost(&prices, &usage(90.0, (1000, 2000), 500, 30.0)).expect("it has a cost");
        assert_eq!(texts(&cost), ["0.9000", "0.7500", "0.6000", "1.2500", "3.5000"]);
        assert_eq!(cost.total.currency.as_str(), "RUB");
    }

    /// Requirements D3: LLM input and output are rounded on their own.
    #[test]
    fn input_and_output_tokens_are_rounded_separately() {
        let half = Decimal::new(5, 5);
        let prices =
            Prices { llm_input_per_million_tokens: half, llm_output_per_million_tokens: half, ..Prices::default() };
        let cost = cost(&prices, &usage(0.0, (1_000_000, 1_000_000), 0, 0.0)).expect("it has a cost");
        assert_eq!(cost.llm.amount.to_string(), "0.0002", "two halves, both up; together they would be 0.0001");
    }

    /// Acceptance 39.
    #[test]
    fn a_negative_price_is_refused_under_its_name() {
        let prices = Prices {
            stt: SttPrice::PerMinute(Decimal::NEGATIVE_ONE),
            line_per_minute: Decimal::new(-1, 10),
            tts_per_thousand_characters: Decimal::from(MAX_PRICE) + Decimal::new(1, 4),
            ..Prices::default()
        };
        let errors = prices.check().expect_err("three prices are out of bounds");
        let fields: Vec<_> = errors.0.iter().map(|error| (error.field.as_str(), error.code.as_str())).collect();
        let refused = [("stt", "range"), ("ttsPerThousandCharacters", "range"), ("linePerMinute", "range")];
        assert_eq!(fields, refused);
        assert_eq!(cost(&prices, &Usage::default()), Err(CostError::Prices(errors.clone())));
        assert_eq!(estimate_per_minute(&prices, &TypicalMinute::default()), Err(CostError::Prices(errors)));
        let free = Prices { stt: SttPrice::PerSecond(Decimal::ZERO), ..Prices::default() };
        assert_eq!(free.check(), Ok(()), "a price may be nothing");
    }

    #[test]
    fn what_cannot_be_priced_is_an_error_and_not_zero() {
        for seconds in [-0.001, f64::NAN, f64::INFINITY, 1e10] {
            let result = cost(&Prices::default(), &Usage { line_seconds: seconds, ..Usage::default() });
            assert!(matches!(result, Err(CostError::Seconds { measure: "line_seconds", .. })), "{seconds}");
        }
        let dear = Prices { line_per_minute: Decimal::from(MAX_PRICE), ..Prices::default() };
        let hour = Usage { line_seconds: 3600.0, ..Usage::default() };
        assert_eq!(cost(&dear, &hour), Err(CostError::TooLarge));
        let minute = TypicalMinute { turns: u32::MAX, ..TypicalMinute::default() };
        assert_eq!(estimate_per_minute(&dear, &minute), Err(CostError::TooLarge));
    }

    #[test]
    fn the_document_is_flat_and_strict() {
        let document = serde_json::json!({
            "currency": "USD",
            "stt": "0.0043",
            "sttUnit": "second",
            "llmInputPerMillionTokens": "0.05",
            "llmOutputPerMillionTokens": "0.08",
            "ttsPerThousandCharacters": "0.015",
            "linePerMinute": "0.004",
        });
        assert_eq!(serde_json::to_value(Prices::default()).ok(), Some(document.clone()));
        assert_eq!(serde_json::from_value::<Prices>(document.clone()).ok(), Some(Prices::default()));

        let mut per_minute = document.clone();
        per_minute["sttUnit"] = "minute".into();
        let read: Prices = serde_json::from_value(per_minute).expect("a unit that is known");
        assert_eq!(read.stt, SttPrice::PerMinute(Decimal::new(43, 4)));

        for (field, bad) in [
            ("sttUnit", serde_json::json!("hour")),
            ("stt", serde_json::json!(0.0043)),
            ("linePerMinute", serde_json::json!(0.004)),
            ("currency", serde_json::json!("dollars")),
            ("llmInputPerMillionTokens", serde_json::Value::Null),
        ] {
            let mut wrong = document.clone();
            wrong[field] = bad;
            assert!(serde_json::from_value::<Prices>(wrong).is_err(), "{field}");
        }
    }

    proptest! {
        #[test]
        fn seconds_are_exact_to_the_millisecond(milliseconds in 0u64..=1_000_000_000_000) {
            let exact = exact_seconds("line_seconds", milliseconds as f64 / 1000.0).expect("within bounds");
            prop_assert_eq!(exact, Decimal::new(i64::try_from(milliseconds).expect("small"), 3));
        }

        #[test]
        fn the_parts_are_rounded_and_add_up(
            stt_ms in 0u32..=3_600_000, line_ms in 0u32..=3_600_000,
            tokens: (u16, u16), tts_characters: u16, price in 0u32..=1_000_000,
        ) {
            let prices = Prices { line_per_minute: Decimal::new(price.into(), 6), ..Prices::default() };
            let usage = usage(
                f64::from(stt_ms) / 1000.0,
                (tokens.0.into(), tokens.1.into()),
                tts_characters.into(),
                f64::from(line_ms) / 1000.0,
            );
            let cost = cost(&prices, &usage).expect("it has a cost");
            let sum = cost.stt.amount + cost.llm.amount + cost.tts.amount + cost.line.amount;
            prop_assert_eq!(cost.total.amount, sum);
            for part in [cost.stt, cost.llm, cost.tts, cost.line, cost.total] {
                prop_assert!(part.amount >= Decimal::ZERO && part.amount.scale() == 4);
            }
        }
    }
}
