//! Amounts of money: a decimal number with its currency, the one rounding and the one sum. Refuses floating point and
//! mixed currencies; knows no exchange rates and formats nothing for people (the user interface does, by locale).

use std::{fmt, str::FromStr};

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Decimal places that an amount is rounded to. The columns hold six, so a stored amount is never rounded again.
pub const DECIMAL_PLACES: u32 = 4;

/// ISO 4217, with those withdrawn since 2020, because stored costs outlive a currency.
const CURRENCIES: &str = "\
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF \
    CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD \
    GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP \
    LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN \
    PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS \
    TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW \
    ZWG ZWL";

/// An ISO 4217 code in capitals. There is no other way to make one than from a known code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(&'static str);

/// A text that is no ISO 4217 code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an ISO 4217 currency code")]
pub struct UnknownCurrency(pub String);

impl Currency {
    /// The US dollar, in which the default prices are.
    pub const USD: Self = Self("USD");

    /// The code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        CURRENCIES.split(' ').find(|code| *code == text).map(Self).ok_or_else(|| UnknownCurrency(text.to_owned()))
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// An amount in one currency. On the wire both are texts, `{"amount": "0.3413", "currency": "USD"}`: a JSON number
/// would lose digits, and one is refused when read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// How much.
    pub amount: Decimal,
    /// Of what.
    pub currency: Currency,
}

/// Amounts that do not add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies in one sum.
    #[error("{left} and {right} cannot be added")]
    MixedCurrencies {
        /// The currency of the sum so far.
        left: Currency,
        /// The one that does not fit.
        right: Currency,
    },
    /// The sum has more digits than a decimal holds.
    #[error("the sum is too large")]
    TooLarge,
}

/// Rounds to [`DECIMAL_PLACES`], halves up (away from zero when negative), and always shows all four places. This is the
/// only rounding of money in the product; every part of a cost goes through it once, before the parts are added.
/// Exact for amounts below 10^24, far above anything [`crate::cost`] lets through.
#[must_use]
pub fn round(amount: Decimal) -> Decimal {
    let mut rounded = amount.round_dp_with_strategy(DECIMAL_PLACES, RoundingStrategy::MidpointAwayFromZero);
    if rounded.is_zero() {
        rounded.set_sign_positive(true);
    }
    rounded.rescale(DECIMAL_PLACES);
    rounded
}

impl Money {
    /// An amount as it is, not rounded.
    #[must_use]
    pub const fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// An amount rounded by [`round`].
    #[must_use]
    pub fn rounded(amount: Decimal, currency: Currency) -> Self {
        Self::new(round(amount), currency)
    }

    /// Nothing.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(Decimal::ZERO, currency)
    }

    /// The sum of two amounts.
    ///
    /// # Errors
    /// [`MoneyError`] when the currencies differ or the sum does not fit.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::MixedCurrencies { left: self.currency, right: other.currency });
        }
        let amount = self.amount.checked_add(other.amount).ok_or(MoneyError::TooLarge)?;
        Ok(Self::new(amount, self.currency))
    }

    /// The sum of any number of amounts; zero without any.
    ///
    /// # Errors
    /// [`MoneyError`] at the first amount that does not fit.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal number")
    }

    #[test]
    fn halves_are_rounded_up_and_four_places_are_shown() {
        for (exact, rounded) in [
            ("0.00225", "0.0023"),
            ("0.00224999", "0.0022"),
            ("0.00005", "0.0001"),
            ("0.0000068", "0.0000"),
            ("-0.00005", "-0.0001"),
            ("-0.00001", "0.0000"),
            ("3", "3.0000"),
            ("99999999.99995", "100000000.0000"),
        ] {
            assert_eq!(round(decimal(exact)).to_string(), rounded, "{exact}");
        }
    }

    #[test]
    fn only_known_currency_codes_are_accepted() {
        for code in ["USD", "RUB", "EUR", "KZT", "AED", "ZWL"] {
            assert_eq!(code.parse::<Currency>().map(Currency::as_str), Ok(code));
        }
        for text in ["", "usd", "US", "USDT", "RUR", "XYZ", " USD", "USD ", "D E", "AED AFN", "РУБ"] {
            assert_eq!(text.parse::<Currency>(), Err(UnknownCurrency(text.to_owned())));
        }
        assert!(CURRENCIES.split(' ').all(|code| code.len() == 3), "the table is one space between codes");
    }

    #[test]
    fn both_parts_are_texts_on_the_wire() {
        let money = Money::rounded(decimal("0.2580"), Currency::USD);
        let wire = serde_json::json!({ "amount": "0.2580", "currency": "USD" });
        assert_eq!(serde_json::to_value(money).ok(), Some(wire.clone()));
        assert_eq!(serde_json::from_value::<Money>(wire).ok(), Some(money));
        for bad in [
            serde_json::json!({ "amount": 0.258, "currency": "USD" }),
            serde_json::json!({ "amount": "0.258", "currency": "usd" }),
            serde_json::json!({ "amount": "much", "currency": "USD" }),
        ] {
            assert!(serde_json::from_value::<Money>(bad.clone()).is_err(), "{bad}");
        }
    }

    /// Acceptance 45.
    #[test]
    fn the_parts_of_a_cost_add_up() {
        let parts = ["0.012", "0.008", "0.015", "0.005"].map(|text| Money::new(decimal(text), Currency::USD));
        assert_eq!(Money::sum(Currency::USD, parts), Ok(Money::new(decimal("0.040"), Currency::USD)));
        assert_eq!(Money::sum(Currency::USD, []), Ok(Money::zero(Currency::USD)));
    }

    #[test]
    fn a_sum_of_two_currencies_is_refused() {
        let rouble: Currency = "RUB".parse().expect("a currency");
        let parts = [Money::new(Decimal::ONE, Currency::USD), Money::new(Decimal::ONE, rouble)];
        let mixed = MoneyError::MixedCurrencies { left: Currency::USD, right: rouble };
        assert_eq!(Money::sum(Currency::USD, parts), Err(mixed));
        let most = Money::new(Decimal::MAX, Currency::USD);
        assert_eq!(most.plus(most), Err(MoneyError::TooLarge));
    }

    proptest! {
        /// The rounded amount is the nearest of all multiples of 0.0001, and the upper one of two that are equally
        /// near; checked against whole numbers, not against the library that rounds.
        #[test]
        fn rounding_is_half_up_to_four_places(units in 0i64..=1_000_000_000_000_000, places in 0u32..=10) {
            let rounded = round(Decimal::new(units, places));
            let scale = 10_i128.pow(10);
            let exact = i128::from(units) * scale / 10_i128.pow(places);
            let step = scale / 10_000;
            let nearest = (exact + step / 2) / step;
            prop_assert_eq!(rounded, Decimal::from_i128_with_scale(nearest, 4));
            prop_assert_eq!(rounded.scale(), DECIMAL_PLACES);
        }

        #[test]
        fn rounding_twice_changes_nothing_and_signs_are_mirrored(units: i64, places in 0u32..=12) {
            let exact = Decimal::new(units, places);
            let rounded = round(exact);
            prop_assert_eq!(round(rounded), rounded);
            prop_assert_eq!(round(-exact), -rounded);
            prop_assert!((rounded - exact).abs() <= Decimal::new(5, 5), "no further off than half a step");
        }

        #[test]
        fn an_amount_survives_the_wire(units: i64, places in 0u32..=12) {
            let money = Money::new(Decimal::new(units, places), Currency::USD);
            let text = serde_json::to_string(&money).expect("it serialises");
            let back: Money = serde_json::from_str(&text).expect("it reads back");
            prop_assert_eq!(back.amount.to_string(), money.amount.to_string());
        }
    }
}
