//! Numbers, texts and JSON values, drawn from bytes.

use serde_json::{Value, json};

use super::PRIVATE;

/// The bytes that are left to draw from; 0 once there are none.
pub(super) struct Draw<'a>(&'a [u8]);

impl<'a> Draw<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        Draw(input)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn byte(&mut self) -> u8 {
        let Some((&byte, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        byte
    }

    /// Draws a number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::from(self.byte()) % end
    }

    pub(super) fn flag<T>(&mut self, with: impl FnOnce(bool) -> T) -> T {
        with(self.byte() % 2 == 1)
    }

    pub(super) fn count<T>(&mut self, with: impl FnOnce(u32) -> T) -> T {
        let small = u32::from(self.byte());
        with(if small == 255 { u32::MAX } else { small })
    }

    /// Draws a number that a float holds exactly, or one that is not finite.
    pub(super) fn number<T>(&mut self, with: impl FnOnce(f64) -> T) -> T {
        with(match self.byte() {
            255 => f64::NAN,
            254 => f64::INFINITY,
            byte => f64::from(i16::from(byte) - 100) / 8.0,
        })
    }

    /// Draws a text: of a few words, or of what the bytes are.
    pub(super) fn text<T>(&mut self, with: impl FnOnce(&str) -> T) -> T {
        const WORDS: [&str; 6] = ["", " ", "f", "é\u{1f30d}", "\"\\\n\u{0}\u{7f}", "openai/gpt-4o"];
        let first = self.below(32);
        if let Some(word) = WORDS.get(first) {
            return with(word);
        }
        let (text, rest) = self.0.split_at(first.min(self.0.len()));
        self.0 = rest;
        with(&format!("{PRIVATE}{}", String::from_utf8_lossy(text)))
    }

    /// Draws a JSON value.
    pub(super) fn value<T>(&mut self, with: impl FnOnce(Value) -> T) -> T {
        with(self.json())
    }

    /// Draws a JSON value.
    pub(super) fn json(&mut self) -> Value {
        self.nested(4)
    }

    fn nested(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 5 } else { 8 }) {
            0 => Value::Null,
            1 => self.flag(|flag| json!(flag)),
            2 => self.count(|count| json!(count)),
            3 => self.number(|number| json!(number)),
            4 => self.text(|text| json!(text)),
            5 => Value::Array((0..self.below(3)).map(|_| self.nested(depth - 1)).collect()),
            6 => json!({ "type": "questions", "name": self.nested(depth - 1) }),
            _ => {
                let members = (0..self.below(3)).map(|_| (self.text(str::to_owned), self.nested(depth - 1)));
                Value::Object(members.collect())
            }
        }
    }
}

/// Returns whether a bit is set.
pub(super) fn is_set(byte: u8, bit: u32) -> bool {
    byte & (1 << bit) != 0
}
