//! Numbers: "4k", "4,000" and "four thousand" are one value; "$2bn" and "two billion dollars" too.

/// What a number in a text counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A bare number.
    Plain,
    /// An amount of money.
    Money,
    /// A share in percent.
    Percent,
}

/// A number as written, brought to one value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    /// The value, magnitudes multiplied out: 4,000 for "4k".
    pub value: f64,
    /// What it counts.
    pub unit: Unit,
}

impl Number {
    /// Whether this reads as a calendar year: a bare whole number from 1000 to 2999.
    #[must_use]
    pub fn is_year(&self) -> bool {
        self.unit == Unit::Plain && self.value.fract() == 0.0 && (1000.0..3000.0).contains(&self.value)
    }

    /// The index term of the value: equal values give equal terms.
    ///
    /// ```
    /// use briefing_bot::text::number::parse;
    /// assert_eq!(parse("4k").unwrap().term(), parse("4,000").unwrap().term());
    /// ```
    #[must_use]
    pub fn term(&self) -> String {
        format!("#{}", self.value)
    }
}

/// Largest value that is read as a number; beyond it digits are just text.
const MAX_VALUE: f64 = 1e15;

/// Reads one folded word as a number: digits with thousands separators or a decimal point, a `$`, `€` or `£` before
/// it, a magnitude (`k`, `m`, `mn`, `mil`, `bn`, `b`, `tn`) or `%` behind it.
#[must_use]
pub fn parse(word: &str) -> Option<Number> {
    // Nearly every word.
    if word.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let (money, rest) = match word.strip_prefix(['$', '€', '£']) {
        Some(rest) => (true, rest),
        None => (false, word),
    };
    let digits_end = rest.find(|c: char| !(c.is_ascii_digit() || c == ',' || c == '.')).unwrap_or(rest.len());
    let (digits, suffix) = rest.split_at_checked(digits_end)?;
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || digits.len() > 20 {
        return None;
    }
    let base: f64 = digits.trim_end_matches(['.', ',']).replace(',', "").parse().ok()?;
    let (scale, unit) = match suffix {
        "" => (1.0, Unit::Plain),
        "%" => (1.0, Unit::Percent),
        "k" => (1e3, Unit::Plain),
        "m" | "mn" | "mil" | "mill" | "mio" | "million" => (1e6, Unit::Plain),
        "b" | "bn" | "bil" | "bill" | "billion" => (1e9, Unit::Plain),
        "t" | "tn" | "tril" | "trillion" => (1e12, Unit::Plain),
        _ => return None,
    };
    let value = base * scale;
    (value <= MAX_VALUE).then_some(Number { value, unit: if money { Unit::Money } else { unit } })
}

/// Whether a folded word may be one that a number is made of: a text without any holds no number.
#[must_use]
pub fn may_belong(word: &str) -> bool {
    matches!(word, "half" | "quarter") || parse(word).is_some() || cardinal(word).is_some() || magnitude(word).is_some()
}

/// The factor that a magnitude word stands for.
#[must_use]
pub fn magnitude(word: &str) -> Option<f64> {
    Some(match word {
        "dozen" => 12.0,
        "hundred" | "hundreds" => 100.0,
        "thousand" | "thousands" | "k" | "grand" => 1e3,
        "million" | "millions" | "mn" | "mil" | "mill" | "mio" | "mln" => 1e6,
        "billion" | "billions" | "bn" | "bil" | "bln" | "mrd" => 1e9,
        "trillion" | "trillions" | "tn" | "trn" => 1e12,
        _ => return None,
    })
}

/// The value of a cardinal number word up to ninety-nine.
#[must_use]
pub fn cardinal(word: &str) -> Option<f64> {
    Some(match word {
        "zero" => 0.0,
        "one" => 1.0,
        "two" => 2.0,
        "three" => 3.0,
        "four" => 4.0,
        "five" => 5.0,
        "six" => 6.0,
        "seven" => 7.0,
        "eight" => 8.0,
        "nine" => 9.0,
        "ten" => 10.0,
        "eleven" => 11.0,
        "twelve" => 12.0,
        "thirteen" => 13.0,
        "fourteen" => 14.0,
        "fifteen" => 15.0,
        "sixteen" => 16.0,
        "seventeen" => 17.0,
        "eighteen" => 18.0,
        "nineteen" => 19.0,
        "twenty" => 20.0,
        "thirty" => 30.0,
        "forty" => 40.0,
        "fifty" => 50.0,
        "sixty" => 60.0,
        "seventy" => 70.0,
        "eighty" => 80.0,
        "ninety" => 90.0,
        _ => return None,
    })
}

/// Whether a word names a currency or its slang, so that the number before it is money.
#[must_use]
pub fn is_currency(word: &str) -> bool {
    matches!(
        word,
        "dollar"
            | "dollars"
            | "usd"
            | "bucks"
            | "euro"
            | "euros"
            | "eur"
            | "pound"
            | "pounds"
            | "gbp"
            | "quid"
            | "rouble"
            | "roubles"
            | "ruble"
            | "rubles"
            | "rub"
            | "yen"
            | "yuan"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writings_of_one_value_are_equal() {
        for (writing, value) in
            [("4k", 4000.0), ("4,000", 4000.0), ("6.8m", 6.8e6), ("$2bn", 2e9), ("90%", 90.0), ("2026", 2026.0)]
        {
            assert!((parse(writing).expect(writing).value - value).abs() < 1e-3, "{writing}");
        }
    }

    #[test]
    fn words_are_no_numbers() {
        for word in ["", "k", "$", "b2b", "4chan", ".", "1e9", "12345678901234567890123"] {
            assert_eq!(parse(word), None, "{word}");
        }
    }

    #[test]
    fn equal_values_have_one_term_and_units_are_kept() {
        let number = |text: &str| parse(text).expect(text);
        assert_eq!(number("1.5m").term(), number("1,500,000").term());
        assert_eq!(
            (number("£3").unit, number("3%").unit, number("3k").unit),
            (Unit::Money, Unit::Percent, Unit::Plain)
        );
        assert_eq!(parse("9999t"), None, "beyond what is counted");
        assert_eq!(cardinal("ninety"), Some(90.0));
        assert_eq!((cardinal("hundred"), magnitude("hundred"), magnitude("boats")), (None, Some(100.0), None));
        assert!(is_currency("quid") && !is_currency("boats"));
    }

    #[test]
    fn years_are_bare_whole_numbers() {
        assert!(parse("2026").expect("a number").is_year());
        assert!(!parse("$2026").expect("a number").is_year());
        assert!(!parse("4,000").expect("a number").is_year());
    }
}
