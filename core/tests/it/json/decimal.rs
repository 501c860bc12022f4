//! Exact decimals: what is read, written, compared and computed.

use std::cmp::Ordering;
use std::collections::HashSet;

use proptest::prelude::*;
use requesty_core::Decimal;
use serde::{Deserialize, Serialize};

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn reads_numbers_as_json_writes_them() {
    for (text, mantissa, exponent) in [
        ("0", 0, 0),
        ("-0", 0, 0),
        ("0.000", 0, 0),
        ("0e99999999999999999999", 0, 0),
        ("7", 7, 0),
        ("-7", -7, 0),
        ("700", 7, 2),
        ("0.30", 3, -1),
        ("3e-7", 3, -7),
        ("1E+3", 1, 3),
        ("1.50e1", 15, 0),
        ("0.00000015", 15, -8),
        (" \n12.5\t", 125, -1),
        ("1e6000", 1, 6000),
        ("1e-6000", 1, -6000),
        ("0.1e6001", 1, 6000),
        ("10e-6001", 1, -6000),
        ("99999999999999999999999999999999999999", 99999999999999999999999999999999999999, 0),
        ("0.000000000000000000000000000000000000000000000000000000000000000000000001", 1, -72),
        ("100000000000000000000000000000000000000000000000000000000000", 1, 59),
    ] {
        let read = decimal(text);
        assert_eq!((read.mantissa(), read.exponent()), (mantissa, exponent), "{text}");
    }
}

#[test]
fn refuses_what_is_no_json_number_or_does_not_fit() {
    let syntax = "not a decimal number as JSON writes it";
    let digits = "a decimal number with more than 38 significant digits";
    let exponent = "a decimal number with an exponent outside of -6000 to 6000";
    let zeros = "0".repeat(10_000);
    let (small, large) = (format!("0.{zeros}1"), format!("1{zeros}"));
    for (text, message) in [
        ("", syntax),
        ("-", syntax),
        ("+1", syntax),
        ("--1", syntax),
        ("01", syntax),
        ("-00.5", syntax),
        (".5", syntax),
        ("5.", syntax),
        ("1e", syntax),
        ("1e+", syntax),
        ("1e+-5", syntax),
        ("1e5.0", syntax),
        ("1.2.3", syntax),
        ("1 2", syntax),
        ("1_000", syntax),
        ("0x10", syntax),
        ("NaN", syntax),
        ("Infinity", syntax),
        ("$0.3", syntax),
        ("0,3", syntax),
        ("٣", syntax),
        ("null", syntax),
        ("100000000000000000000000000000000000001", digits),
        ("999999999999999999999999999999999999999", digits),
        ("0.100000000000000000000000000000000000001", digits),
        ("1000000000000000000000000000000000000000000000000000000000001", digits),
        ("1e6001", exponent),
        ("1e-6001", exponent),
        ("10e6000", exponent),
        ("1e99999999999999999999999", exponent),
        ("1e-99999999999999999999999", exponent),
        (&small, exponent),
        (&large, exponent),
    ] {
        assert_eq!(text.parse::<Decimal>().map_err(|error| error.to_string()), Err(message.to_owned()), "{text}");
    }
}

#[test]
fn writes_the_exact_number() {
    for (text, written) in [
        ("-0", "0"),
        ("3e-7", "0.0000003"),
        ("-12.50", "-12.5"),
        ("1.5e3", "1500"),
        ("1e40", "10000000000000000000000000000000000000000"),
        ("1e-40", "0.0000000000000000000000000000000000000001"),
        ("1e41", "1e41"),
        ("15e-60", "1.5e-59"),
        ("-15e50", "-1.5e51"),
        ("12345678901234567890.123456789", "12345678901234567890.123456789"),
    ] {
        assert_eq!(decimal(text).to_string(), written);
    }
    assert_eq!(
        format!("{:>8}|{:<6}|{:+}|{:.0}", decimal("1.5"), decimal("-2"), decimal("3"), decimal("0.25")),
        "     1.5|-2    |+3|0.25"
    );
    assert_eq!(format!("{:?}", decimal("0.25")), "Decimal(0.25)");
}

#[test]
fn equal_values_are_equal() {
    let same = ["0.3", "0.30", "3e-1", "300e-3", "0.00003e4"];
    assert_eq!(same.map(decimal).iter().collect::<HashSet<_>>().len(), 1);
    assert_eq!(Decimal::default(), Decimal::ZERO);
    assert_eq!(decimal("-0.0"), Decimal::ZERO);
    assert_eq!(Decimal::new(-2500, -3), decimal("-2.5"));
    assert_eq!(Decimal::new(i64::MIN, i8::MIN), decimal("-9223372036854775808e-128"));
    assert_eq!(Decimal::from(u64::MAX), decimal("18446744073709551615"));
    assert_eq!(Decimal::from(-5_i64), decimal("-5"));
    assert_eq!(Decimal::from_parts(100, 5999), None);
    assert_eq!(Decimal::from_parts(100, -6002), Some(decimal("1e-6000")));
    assert_eq!(Decimal::from_parts(i128::MIN, 0), None);
    assert_eq!(Decimal::from_parts(0, i32::MIN), Some(Decimal::ZERO));
    assert_eq!(Decimal::from_parts(10, i32::MAX), None);
}

#[test]
fn orders_by_value_however_far_apart() {
    let ascending = [
        "-1e6000",
        "-99999999999999999999999999999999999999",
        "-2",
        "-1.5",
        "-1e-6000",
        "0",
        "1e-6000",
        "3e-7",
        "0.25",
        "0.3",
        "1",
        "1.0000000000000000000000000000000000001",
        "9",
        "10",
        "12",
        "99999999999999999999999999999999999999",
        "1e38",
        "1e6000",
    ];
    for (left_at, left) in ascending.iter().enumerate() {
        for (right_at, right) in ascending.iter().enumerate() {
            let (left, right) = (decimal(left), decimal(right));
            assert_eq!(left.cmp(&right), left_at.cmp(&right_at), "{left} {right}");
            assert_eq!(left == right, left_at == right_at);
        }
    }
    assert!(decimal("-1").is_negative() && !Decimal::ZERO.is_negative() && Decimal::ZERO.is_zero());
}

#[test]
fn computes_exactly_or_not_at_all() {
    let sum = |left, right| decimal(left).checked_add(decimal(right)).map(|sum| sum.to_string());
    assert_eq!(sum("0.1", "0.2").as_deref(), Some("0.3"));
    assert_eq!(sum("0.95", "0.05").as_deref(), Some("1"));
    assert_eq!(sum("1", "-1").as_deref(), Some("0"));
    assert_eq!(sum("1e30", "-0.0000001").as_deref(), Some("999999999999999999999999999999.9999999"));
    assert_eq!(sum("1e6000", "0").as_deref(), Some("1e6000"));
    assert_eq!(sum("1e38", "1"), None);
    assert_eq!(sum("1e6000", "1e-6000"), None);
    // On the way it has 39 digits, and in the end 38.
    assert_eq!(
        sum("19e37", "-99999999999999999999999999999999999999").as_deref(),
        Some("90000000000000000000000000000000000001")
    );
    assert_eq!(
        sum("99999999999999999999999999999999999999", "1").as_deref(),
        Some("100000000000000000000000000000000000000")
    );
    assert_eq!(decimal("0.3").checked_sub(decimal("0.31")), Some(decimal("-0.01")));
    assert_eq!(Decimal::ZERO.checked_sub(decimal("5")), Some(decimal("-5")));

    let product = |left, right| decimal(left).checked_mul(decimal(right)).map(|product| product.to_string());
    assert_eq!(product("0.0000003", "-1200").as_deref(), Some("-0.00036"));
    assert_eq!(product("1e6000", "0").as_deref(), Some("0"));
    assert_eq!(product("1e6000", "10"), None);
    assert_eq!(product("1e6000", "1e-6000").as_deref(), Some("1"));
    assert_eq!(product("12345678901234567891", "12345678901234567891"), None);
    // 2^60 and 5^50: their digits are many, those of the product are few.
    assert_eq!(product("1152921504606846976", "88817841970012523233890533447265625").as_deref(), Some("1.024e53"));

    assert_eq!(decimal("3e-7").times_million(), decimal("0.3"));
    assert_eq!(Decimal::ZERO.times_million(), Decimal::ZERO);
    assert_eq!(
        (decimal("0.1").to_f64(), decimal("1e400").to_f64(), decimal("-2.5").to_f64()),
        (0.1, f64::INFINITY, -2.5)
    );
}

#[test]
fn operators_always_have_a_result() {
    let sum = |left, right| (decimal(left) + decimal(right)).to_string();
    assert_eq!(sum("0.1", "0.2"), "0.3");
    assert_eq!((decimal("0.3") - decimal("0.31")).to_string(), "-0.01");
    assert_eq!((-decimal("0.3"), -Decimal::ZERO), (decimal("-0.3"), Decimal::ZERO));
    let mut spent = decimal("0.00005");
    spent += decimal("0.00004");
    spent -= decimal("0.00001");
    assert_eq!(spent, decimal("0.00008"));
    assert_eq!([spent; 1000].iter().sum::<Decimal>(), decimal("0.08"));
    assert_eq!([Some(spent), None].into_iter().flatten().sum::<Decimal>(), spent);
    assert_eq!([Some(spent), None].into_iter().sum::<Option<Decimal>>(), None);

    // Rounded to the nearest, where the sum has more than 38 digits.
    assert_eq!(sum("1e38", "1"), "100000000000000000000000000000000000000");
    assert_eq!(sum("12345678901234567890123456789012345678", "0.5"), "12345678901234567890123456789012345679");
    assert_eq!(sum("12345678901234567890123456789012345678", "0.49"), "12345678901234567890123456789012345678");
    assert_eq!(sum("12345678901234567890123456789012345678", "-0.51"), "12345678901234567890123456789012345677");
    assert_eq!(sum("-12345678901234567890123456789012345678", "-0.5"), "-12345678901234567890123456789012345679");
    assert_eq!(sum("99999999999999999999999999999999999999", "0.5"), "100000000000000000000000000000000000000");
    assert_eq!(sum("99999999999999999999999999999999999998", "99999999999999999999999999999999999997"), {
        "200000000000000000000000000000000000000"
    });
    assert_eq!(sum("1e6000", "-1e-6000"), "1e6000");
    // The largest number is the limit.
    let largest = "99999999999999999999999999999999999999e6000";
    assert_eq!(decimal(largest) + decimal("1e6000"), decimal(largest));
    assert_eq!(-decimal(largest) - decimal(largest), -decimal(largest));
    assert_eq!(decimal(largest) - decimal(largest), Decimal::ZERO);
}

#[test]
fn json_keeps_every_digit() {
    #[derive(Debug, Deserialize, Serialize, PartialEq)]
    struct Price {
        cost: Decimal,
        cap: Option<Decimal>,
    }
    let price: Price = serde_json::from_str(r#"{"cost": 0.1234567890123456789012345, "cap": " 3.10 "}"#).unwrap();
    assert_eq!(price, Price { cost: decimal("0.1234567890123456789012345"), cap: Some(decimal("3.1")) });
    assert_eq!(serde_json::to_string(&price).unwrap(), r#"{"cost":0.1234567890123456789012345,"cap":3.1}"#);
    let price: Price = serde_json::from_reader(&br#"{"cost": 1e-7, "cap": null}"#[..]).unwrap();
    assert_eq!(price, Price { cost: decimal("1e-7"), cap: None });
    let price: Price = serde_json::from_value(serde_json::json!({"cost": 0.25, "cap": "1e3"})).unwrap();
    assert_eq!(price, Price { cost: decimal("0.25"), cap: Some(decimal("1000")) });
    assert_eq!(serde_json::to_string(&decimal("1e50").as_string()).unwrap(), r#""1e50""#);
    for wrong in ["null", "true", "[]", "{}", r#""""#, r#""free""#, r#""1""2""#] {
        assert!(serde_json::from_str::<Decimal>(wrong).is_err(), "{wrong}");
    }
}

/// Returns both numbers as integers over one power of ten, or `None` where that needs more than 128 bits.
fn over_one_power(left: Decimal, right: Decimal) -> Option<(i128, i128, i32)> {
    let exponent = left.exponent().min(right.exponent());
    let raised = |number: Decimal| {
        let factor = 10_i128.checked_pow(u32::try_from(number.exponent() - exponent).ok()?)?;
        number.mantissa().checked_mul(factor)
    };
    Some((raised(left)?, raised(right)?, exponent))
}

/// Adds the digits of a number to places of which the first one counts 10^`lowest`.
fn add_digits(places: &mut [i64], number: Decimal, lowest: i32, sign: i64) {
    let start = usize::try_from(number.exponent() - lowest).unwrap();
    for (at, digit) in number.mantissa().unsigned_abs().to_string().bytes().rev().enumerate() {
        places[start + at] += sign * i64::try_from(number.mantissa().signum()).unwrap() * i64::from(digit - b'0');
    }
}

/// Carries, so that each place holds one digit of the magnitude.
fn carry(places: &mut [i64]) {
    let carried = |sign: i64| {
        let mut carried = 0;
        let digits = places.iter().map(|place| {
            let value = sign * place + carried;
            carried = value.div_euclid(10);
            value.rem_euclid(10)
        });
        let digits: Vec<i64> = digits.collect();
        (digits, carried)
    };
    let (digits, left) = carried(1);
    places.copy_from_slice(&if left < 0 { carried(-1).0 } else { digits });
}

fn any_decimal() -> impl Strategy<Value = Decimal> {
    let mantissa =
        prop_oneof![-1_000_i128..1_000, any::<i64>().prop_map(i128::from), any::<i128>().prop_map(|any| any / 10)];
    let exponent = prop_oneof![-10..10, -60..60, -5_900..5_900];
    (mantissa, exponent).prop_map(|(mantissa, exponent)| Decimal::from_parts(mantissa, exponent).unwrap_or_default())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn text_and_json_round_trip(number in any_decimal()) {
        prop_assert_eq!(number.to_string().parse::<Decimal>(), Ok(number));
        let json = serde_json::to_string(&number).unwrap();
        prop_assert_eq!(serde_json::from_str::<Decimal>(&json).unwrap(), number);
        let json = serde_json::to_string(&number.as_string()).unwrap();
        prop_assert_eq!(serde_json::from_str::<Decimal>(&json).unwrap(), number);
        prop_assert_eq!(Decimal::from_parts(number.mantissa(), number.exponent()), Some(number));
    }

    #[test]
    fn never_panics(text in "[-+ ]{0,2}[0-9]{0,45}[.]?[0-9]{0,45}[eE]?[-+]?[0-9]{0,6}", any in any::<String>()) {
        let _ = any.parse::<Decimal>();
        // The grammar is serde_json's.
        let json = serde_json::from_str::<&serde_json::value::RawValue>(text.trim());
        match text.parse::<Decimal>() {
            Ok(_) => prop_assert!(json.is_ok()),
            Err(error) => prop_assert_eq!(json.is_err(), error.to_string().starts_with("not a"), "{}", text),
        }
    }

    #[test]
    fn order_is_that_of_the_rationals(left in any_decimal(), right in any_decimal()) {
        if let Some((l, r, _)) = over_one_power(left, right) {
            prop_assert_eq!(left.cmp(&right), l.cmp(&r));
        }
        prop_assert_eq!(left.cmp(&right), right.cmp(&left).reverse());
        prop_assert_eq!(left.cmp(&right) == Ordering::Equal, left == right);
        if left.mantissa().signum() == right.mantissa().signum() {
            let (l, r) = (left.to_f64(), right.to_f64());
            if l < r {
                prop_assert!(left < right);
            }
        }
    }

    /// The exact sum is the digits of both numbers, added place by place.
    #[test]
    fn a_rounded_sum_is_nearly_exact(left in any_decimal(), right in any_decimal()) {
        let sum = left + right;
        prop_assert_eq!(sum, right + left);
        let lowest = left.exponent().min(right.exponent()).min(sum.exponent());
        let mut error = vec![0_i64; 12_200];
        for (number, sign) in [(left, 1), (right, 1), (sum, -1)] {
            add_digits(&mut error, number, lowest, sign);
        }
        carry(&mut error);
        let largest = left.max(-left).max(right).max(-right);
        let bound = usize::try_from(largest.exponent() - lowest).unwrap()
            + largest.mantissa().unsigned_abs().checked_ilog10().unwrap_or_default() as usize;
        // What is left over has no digit at the 36th place of the larger number, or above it.
        let highest = error.iter().rposition(|&digit| digit != 0);
        prop_assert!(highest.is_none_or(|highest| highest + 36 <= bound), "{left} + {right} = {sum}");
    }

    #[test]
    fn sums_and_products_are_exact(left in any_decimal(), right in any_decimal()) {
        if let Some((l, r, exponent)) = over_one_power(left, right) {
            if let (Some(sum), Some(difference)) = (l.checked_add(r), l.checked_sub(r)) {
                prop_assert_eq!(left.checked_add(right), Decimal::from_parts(sum, exponent));
                prop_assert_eq!(left.checked_sub(right), Decimal::from_parts(difference, exponent));
            }
        }
        if let Some(product) = left.mantissa().checked_mul(right.mantissa()) {
            prop_assert_eq!(left.checked_mul(right), Decimal::from_parts(product, left.exponent() + right.exponent()));
        }
        if let Some(sum) = left.checked_add(right) {
            prop_assert_eq!(sum.checked_sub(right), Some(left));
            prop_assert_eq!(left + right, sum);
        }
        // A difference with more digits than fit is rounded: then nothing is sure of what is added to it.
        if let Some(difference) = left.checked_sub(right) {
            prop_assert_eq!((left - right, difference + right), (difference, left));
        }
    }
}

/// A caller that reads a price of its own passes the error on with the others.
#[test]
fn a_text_that_is_no_number_is_a_wrong_request() {
    let read = |text: &str| -> Result<Decimal, requesty_core::Error> { Ok(text.parse::<Decimal>()?) };
    assert_eq!(read("0.25").unwrap().to_string(), "0.25");
    let words = "a quarter".parse::<Decimal>().unwrap_err().to_string();
    let error = read("a quarter").unwrap_err();
    assert!(matches!(error, requesty_core::Error::Build(_)));
    assert_eq!(error.to_string(), words);
}
