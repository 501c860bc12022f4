//! The obvious reader: recursive, over one whole text, with a tree.

use requesty_core::json::partial::{Fault, PartialOptions, Show, ViewKind};
use serde_json::{Map, Number, Value};

use super::seen::Seen;

/// Why a reading stopped before its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Stop {
    /// The text ended.
    End,
    Fault(Fault, usize),
}

#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) events: Vec<Seen>,
    pub(crate) shown: Option<Value>,
    pub(crate) stop: Option<Stop>,
    /// What makes the text whole, where it only ended too early.
    pub(crate) suffix: String,
}

/// Reads a text without fence or prose. `is_ended`: no more will come.
pub(crate) fn read(text: &[u8], options: PartialOptions, is_ended: bool) -> Reading {
    let most = options.max_bytes as usize;
    let within = &text[..text.len().min(most)];
    let (valid, utf8) = match std::str::from_utf8(within) {
        Ok(valid) => (valid, None),
        Err(error) => {
            let valid = std::str::from_utf8(&within[..error.valid_up_to()]).unwrap();
            (valid, (is_ended || error.error_len().is_some()).then_some(Stop::Fault(Fault::Utf8, valid.len())))
        }
    };
    let over = (text.len() > most).then_some(Stop::Fault(Fault::Length(options.max_bytes), most));
    // A character that the limit cuts is no fault of its own.
    let utf8 = utf8.filter(|_| over.is_none() || std::str::from_utf8(within).unwrap_err().error_len().is_some());
    let late = utf8.or(over);
    let mut reader = Reader {
        text: valid,
        at: 0,
        options,
        path: Vec::new(),
        events: Vec::new(),
        suffix: String::new(),
        number_may_end: is_ended && late.is_none(),
    };
    reader.space();
    let (shown, stop) = reader.value(0);
    let stop = stop.or_else(|| {
        reader.space();
        (reader.at < valid.len()).then_some(Stop::Fault(Fault::Trailing, reader.at))
    });
    let stop = match stop {
        None | Some(Stop::End) if late.is_some() => late,
        Some(Stop::End) if is_ended => Some(Stop::Fault(Fault::Unfinished, valid.len())),
        stop => stop,
    };
    Reading { events: reader.events, shown, stop, suffix: reader.suffix }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    options: PartialOptions,
    path: Vec<String>,
    events: Vec<Seen>,
    suffix: String,
    number_may_end: bool,
}

/// What is shown of a value, and why it is not whole.
type Read = (Option<Value>, Option<Stop>);

impl Reader<'_> {
    fn peek(&self) -> Result<u8, Stop> {
        self.text.as_bytes().get(self.at).copied().ok_or(Stop::End)
    }

    fn fault(&self, fault: Fault) -> Stop {
        Stop::Fault(fault, self.at)
    }

    fn space(&mut self) {
        while matches!(self.peek(), Ok(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn place(&self) -> String {
        self.path.iter().map(|step| format!("/{}", step.replace('~', "~0").replace('/', "~1"))).collect()
    }

    fn value(&mut self, depth: usize) -> Read {
        let start = self.at;
        let first = match self.peek() {
            Ok(first) => first,
            Err(stop) => {
                self.suffix.push('0');
                return (None, Some(stop));
            }
        };
        let (shown, stop) = match first {
            b'{' | b'[' if depth >= usize::from(self.options.max_depth) => {
                return (None, Some(self.fault(Fault::Depth(self.options.max_depth))));
            }
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => {
                let (text, stop) = self.string();
                if !text.is_empty() {
                    self.events.push(Seen::Text(self.place(), text.clone()));
                }
                let is_shown = stop.is_none() || self.options.strings == Show::Begun;
                (is_shown.then_some(Value::String(text)), stop)
            }
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.literal("true", Value::Bool(true)),
            b'f' => self.literal("false", Value::Bool(false)),
            b'n' => self.literal("null", Value::Null),
            _ => return (None, Some(self.fault(Fault::Value))),
        };
        if let (Some(value), None) = (&shown, stop) {
            let (place, raw) = (self.place(), self.text[start..self.at].to_owned());
            self.events.push(match value {
                Value::Array(_) | Value::Object(_) => Seen::Close(place, value.clone(), raw),
                _ => Seen::Value(place, value.clone(), raw),
            });
        }
        (shown, stop)
    }

    fn array(&mut self, depth: usize) -> Read {
        self.events.push(Seen::Open(self.place(), ViewKind::Array));
        self.at += 1;
        let mut elements = Vec::new();
        let stop = self.elements(depth, &mut elements).err();
        if stop == Some(Stop::End) {
            self.suffix.push(']');
        }
        (Some(Value::Array(elements)), stop)
    }

    fn elements(&mut self, depth: usize, elements: &mut Vec<Value>) -> Result<(), Stop> {
        self.space();
        if self.peek()? == b']' {
            self.at += 1;
            return Ok(());
        }
        for index in 0.. {
            self.space();
            self.path.push(index.to_string());
            let (shown, stop) = self.value(depth + 1);
            self.path.pop();
            elements.extend(shown);
            stop.map_or(Ok(()), Err)?;
            self.space();
            match self.peek()? {
                b',' => self.at += 1,
                b']' => break,
                _ => return Err(self.fault(Fault::After)),
            }
        }
        self.at += 1;
        Ok(())
    }

    fn object(&mut self, depth: usize) -> Read {
        self.events.push(Seen::Open(self.place(), ViewKind::Object));
        self.at += 1;
        let mut members = Map::new();
        let stop = self.members(depth, &mut members).err();
        if stop == Some(Stop::End) {
            self.suffix.push('}');
        }
        (Some(Value::Object(members)), stop)
    }

    fn members(&mut self, depth: usize, members: &mut Map<String, Value>) -> Result<(), Stop> {
        self.space();
        if self.peek()? == b'}' {
            self.at += 1;
            return Ok(());
        }
        let mut keys = Vec::new();
        loop {
            self.space();
            let start = self.at;
            match self.peek() {
                Ok(b'"') => {}
                Ok(_) => return Err(self.fault(Fault::Key)),
                Err(stop) => {
                    self.suffix.push_str("\"\":0");
                    return Err(stop);
                }
            }
            let (key, stop) = self.string();
            if let Some(stop) = stop {
                self.suffix.push_str(":0");
                return Err(stop);
            }
            let is_repeated = keys.contains(&key);
            if is_repeated && self.options.refuse_repeated {
                return Err(Stop::Fault(Fault::Repeated, start));
            }
            self.path.push(key.clone());
            self.events.push(Seen::Key(self.place(), key.clone(), is_repeated));
            keys.push(key.clone());
            let value = self.member(depth);
            self.path.pop();
            let (shown, stop) = value?;
            if let Some(shown) = shown {
                members.insert(key, shown);
            }
            stop.map_or(Ok(()), Err)?;
            self.space();
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => break,
                _ => return Err(self.fault(Fault::After)),
            }
        }
        self.at += 1;
        Ok(())
    }

    fn member(&mut self, depth: usize) -> Result<Read, Stop> {
        self.space();
        match self.peek() {
            Ok(b':') => self.at += 1,
            Ok(_) => return Err(self.fault(Fault::Colon)),
            Err(stop) => {
                self.suffix.push_str(":0");
                return Err(stop);
            }
        }
        self.space();
        Ok(self.value(depth + 1))
    }

    fn literal(&mut self, word: &str, value: Value) -> Read {
        for (seen, expected) in word.bytes().enumerate() {
            match self.peek() {
                Ok(byte) if byte == expected => self.at += 1,
                Ok(_) => return (self.begun(value), Some(self.fault(Fault::Literal))),
                Err(stop) => {
                    self.suffix.push_str(&word[seen..]);
                    return (self.begun(value), Some(stop));
                }
            }
        }
        (Some(value), None)
    }

    fn begun(&self, literal: Value) -> Option<Value> {
        (self.options.literals == Show::Begun).then_some(literal)
    }

    fn string(&mut self) -> (String, Option<Stop>) {
        self.at += 1;
        let mut out = String::new();
        loop {
            match self.peek() {
                Err(stop) => {
                    self.suffix.push('"');
                    return (out, Some(stop));
                }
                Ok(b'"') => {
                    self.at += 1;
                    return (out, None);
                }
                Ok(b'\\') => match self.escape() {
                    Ok(character) => out.push(character),
                    Err(stop) => {
                        self.suffix.push('"');
                        return (out, Some(stop));
                    }
                },
                Ok(0..=0x1F) => return (out, Some(self.fault(Fault::Control))),
                Ok(_) => {
                    let character = self.text[self.at..].chars().next().unwrap();
                    self.at += character.len_utf8();
                    out.push(character);
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Stop> {
        let start = self.at;
        self.at += 1;
        let byte = self.peek().inspect_err(|_| self.suffix.push('n'))?;
        let character = match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{C}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                let unit = self.hex(start, "0041", |so_far, digits| digits != 2 || !(0xDC..0xE0).contains(&so_far))?;
                if !(0xD800..0xDC00).contains(&unit) {
                    return Ok(char::from_u32(unit).unwrap());
                }
                for (expected, missing) in [(b'\\', "\\udc00"), (b'u', "udc00")] {
                    let byte = self.peek().inspect_err(|_| self.suffix.push_str(missing))?;
                    if byte != expected {
                        return Err(Stop::Fault(Fault::Surrogate, start));
                    }
                    self.at += 1;
                }
                let low = self.hex(start, "dc00", |so_far, digits| match digits {
                    1 => so_far == 0xD,
                    2 => (0xDC..0xE0).contains(&so_far),
                    _ => true,
                })?;
                return Ok(char::from_u32(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)).unwrap());
            }
            _ => return Err(self.fault(Fault::Escape)),
        };
        self.at += 1;
        Ok(character)
    }

    /// Four digits, of which `may` says whether they can be those of the expected half.
    fn hex(&mut self, start: usize, missing: &str, may: impl Fn(u32, usize) -> bool) -> Result<u32, Stop> {
        let mut unit = 0;
        for digits in 1..=4 {
            let Ok(byte) = self.peek() else {
                // Whatever is missing must leave a unit that can stand there: D8 to DB need their other half.
                self.suffix.push_str(&missing[digits - 1..]);
                if missing == "0041"
                    && (digits == 2 && unit == 0xD
                        || digits > 2 && (0xD8..0xDC).contains(&(unit >> (4 * (digits - 3)))))
                {
                    // "\ud" becomes \ud041, which is no half of a pair; "\ud8" becomes \ud841, which is.
                    if digits > 2 {
                        self.suffix.push_str("\\udc00");
                    }
                }
                return Err(Stop::End);
            };
            let digit = char::from(byte).to_digit(16).ok_or(self.fault(Fault::Escape))?;
            unit = unit * 16 + digit;
            if !may(unit, digits) {
                return Err(Stop::Fault(Fault::Surrogate, start));
            }
            self.at += 1;
        }
        Ok(unit)
    }

    fn number(&mut self) -> Read {
        let start = self.at;
        let mut whole = start;
        let stop = self.number_parts(&mut whole).err();
        let number = |end: usize| serde_json::from_str::<Number>(&self.text[start..end]).ok().map(Value::Number);
        match stop {
            Some(Stop::End) if self.number_may_end && self.path.is_empty() && whole == self.at => {}
            None => {}
            stop => {
                if stop == Some(Stop::End) && whole < self.at {
                    self.suffix.push('0');
                }
                return (self.longest_number(start, whole), stop);
            }
        }
        match number(self.at) {
            Some(number) => (Some(number), None),
            None => (self.longest_number(start, whole), Some(Stop::Fault(Fault::Range, start))),
        }
    }

    /// The longest prefix that is shown.
    fn longest_number(&self, start: usize, end: usize) -> Option<Value> {
        let is_shown = |number: &&str| {
            let exponent = number.split(['e', 'E']).nth(1).unwrap_or_default().trim_start_matches(['+', '-']);
            number.len() <= 200 && exponent.len() <= 2
        };
        let mut prefixes = (start..=end).rev().map(|end| &self.text[start..end]).filter(is_shown);
        let number = prefixes.find_map(|number| serde_json::from_str::<Number>(number).ok());
        number.filter(|_| self.options.numbers == Show::Begun).map(Value::Number)
    }

    fn number_parts(&mut self, whole: &mut usize) -> Result<(), Stop> {
        if self.peek() == Ok(b'-') {
            self.at += 1;
        }
        if self.peek()? == b'0' {
            self.at += 1;
            *whole = self.at;
            if self.peek()?.is_ascii_digit() {
                return Err(self.fault(Fault::Number));
            }
        } else {
            self.digits(whole)?;
        }
        if self.peek()? == b'.' {
            self.at += 1;
            self.digits(whole)?;
        }
        if matches!(self.peek()?, b'e' | b'E') {
            self.at += 1;
            if matches!(self.peek()?, b'+' | b'-') {
                self.at += 1;
            }
            self.digits(whole)?;
        }
        Ok(())
    }

    /// At least one digit, and all that follow.
    fn digits(&mut self, whole: &mut usize) -> Result<(), Stop> {
        if !self.peek()?.is_ascii_digit() {
            return Err(self.fault(Fault::Number));
        }
        while self.peek()?.is_ascii_digit() {
            self.at += 1;
            *whole = self.at;
        }
        Ok(())
    }
}
