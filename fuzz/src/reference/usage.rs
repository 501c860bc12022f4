//! Tokens and cost, read literally. Of several members with the same name the last one counts here, whatever it is; one
//! that is `null` is absent; one that cannot be read stays among the further members.

use requesty_core::Decimal;
use requesty_core::{Extra, chat};

use super::json::{Member, Node, Shape};

/// What the usage of a chunk says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Usage {
    /// The counts, in the order of the fields of [`chat::Usage`].
    pub counts: [Option<u64>; 8],
    /// Mantissa, without zeros at its end, and power of ten.
    pub cost: Option<(i128, i32)>,
    /// Further members of the details of the prompt, of those of the completion, of the whole, and of the tokens written to
    /// the cache: name and JSON.
    pub extra: [Vec<(String, String)>; 4],
}

impl Usage {
    /// Reads the members of a usage object.
    pub fn read(members: &[Member<'_>]) -> Self {
        let mut root = Rest::new(members);
        let mut counts = [None; 8];
        for (count, name) in counts.iter_mut().zip(["prompt_tokens", "completion_tokens", "total_tokens"]) {
            *count = root.take(name, whole_number);
        }
        let cost = root.take("cost", decimal).or_else(|| root.take("total_cost", decimal));
        let mut extra: [Vec<(String, String)>; 4] = Default::default();
        if let Some(mut details) = root.take("prompt_tokens_details", object) {
            counts[3] = details.take("cached_tokens", whole_number);
            counts[4] = details.take("caching_tokens", whole_number);
            if let Some(mut ages) = details.take("caching_token_details", object) {
                counts[5] = ages.take("caching_5m_tokens", whole_number);
                counts[6] = ages.take("caching_1h_tokens", whole_number);
                extra[3] = ages.extra();
            }
            extra[0] = details.extra();
        }
        if let Some(mut details) = root.take("completion_tokens_details", object) {
            counts[7] = details.take("reasoning_tokens", whole_number);
            extra[1] = details.extra();
        }
        extra[2] = root.extra();
        Usage { counts, cost, extra }
    }

    /// Takes over what a later usage says; leaves the further members alone.
    pub fn merge(&mut self, later: &Usage) {
        for (old, new) in self.counts.iter_mut().zip(later.counts) {
            *old = new.or(*old);
        }
        self.cost = later.cost.or(self.cost);
    }

    /// Fails where the crate reads other numbers.
    ///
    /// # Panics
    /// There.
    pub fn assert_numbers(&self, usage: &chat::Usage) {
        let counts = [
            usage.prompt_tokens,
            usage.completion_tokens,
            usage.total_tokens,
            usage.cached_tokens,
            usage.caching_tokens,
            usage.caching_5m_tokens,
            usage.caching_1h_tokens,
            usage.reasoning_tokens,
        ];
        assert_eq!(counts, self.counts, "the counts of a usage");
        let parts = |cost: Decimal| (cost.mantissa(), cost.exponent());
        assert_eq!(usage.cost.map(parts), self.cost, "the cost of a usage");
    }

    /// Fails where the crate reads anything else.
    ///
    /// # Panics
    /// There.
    pub fn assert_same(&self, usage: &chat::Usage) {
        self.assert_numbers(usage);
        let same = |extra: &Extra, wanted: &[(String, String)]| {
            let wanted = wanted.iter().map(|(name, json)| (name.as_str(), json.as_str()));
            assert!(extra.iter().eq(wanted.clone()), "{extra:?} is not {:?}", wanted.collect::<Vec<_>>());
        };
        same(&usage.prompt_details, &self.extra[0]);
        same(&usage.completion_details, &self.extra[1]);
        same(&usage.extra, &self.extra[2]);
        same(&usage.caching_details, &self.extra[3]);
    }
}

/// The members of an object that nobody took yet.
struct Rest<'a, 'j>(Vec<&'a Member<'j>>);

impl<'a, 'j> Rest<'a, 'j> {
    fn new(members: &'a [Member<'j>]) -> Self {
        Rest(members.iter().collect())
    }

    fn take<T>(&mut self, name: &str, read: impl Fn(&'a Node<'j>) -> Option<T>) -> Option<T> {
        let last = self.0.iter().rfind(|member| member.name == name)?;
        let value = read(&last.value);
        if value.is_some() || last.value.is_null() {
            self.0.retain(|member| member.name != name);
        }
        value
    }

    /// Of several members with the same name, the last value in the first one's place.
    fn extra(self) -> Vec<(String, String)> {
        let mut extra: Vec<(String, String)> = Vec::new();
        for member in self.0 {
            let json = String::from_utf8_lossy(member.value.raw).into_owned();
            match extra.iter_mut().find(|(name, _)| *name == member.name) {
                Some((_, old)) => *old = json,
                None => extra.push((member.name.clone(), json)),
            }
        }
        extra
    }
}

fn object<'a, 'j>(value: &'a Node<'j>) -> Option<Rest<'a, 'j>> {
    value.object().map(Rest::new)
}

/// Reads a whole number: an integer or a float, as a number or as a string, whose fraction is cut off.
pub fn whole_number(value: &Node<'_>) -> Option<u64> {
    let written = std::str::from_utf8(value.text_or_digits()?).ok()?.trim();
    let float = || written.parse::<f64>().ok().filter(|float| *float >= 0.0 && *float < 2.0_f64.powi(64));
    written.parse::<u64>().ok().or_else(|| float().map(|float| float as u64))
}

/// Reads a decimal of up to 38 digits and a power of ten from -6000 to 6000, as a number or as a string.
fn decimal(value: &Node<'_>) -> Option<(i128, i32)> {
    let written = std::str::from_utf8(value.text_or_digits()?).ok()?.trim();
    let number = super::json::read(format!("{{\"n\":{written}}}").as_bytes()).is_ok_and(|root| {
        root.object().is_some_and(|members| {
            members.len() == 1 && members[0].value.shape == Shape::Number && members[0].value.raw == written.as_bytes()
        })
    });
    if !number {
        return None;
    }
    let lower = written.to_ascii_lowercase();
    let (significand, power) = lower.split_once('e').unwrap_or((&lower, "0"));
    let (whole, fraction) = significand.split_once('.').unwrap_or((significand, ""));
    let negative = whole.starts_with('-');
    let all = format!("{}{fraction}", whole.trim_start_matches('-'));
    let digits = all.trim_start_matches('0').trim_end_matches('0');
    if digits.is_empty() {
        return Some((0, 0));
    }
    let zeros_cut = all.len() - all.trim_end_matches('0').len();
    let power: i64 = power.parse().ok()?;
    let power = power + i64::try_from(zeros_cut).ok()? - i64::try_from(fraction.len()).ok()?;
    let power = i32::try_from(power).ok().filter(|power| (-6000..=6000).contains(power))?;
    let digits: i128 = if digits.len() <= 38 { digits.parse().ok()? } else { return None };
    Some((if negative { -digits } else { digits }, power))
}
