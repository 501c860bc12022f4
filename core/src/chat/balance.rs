//! Whether incomplete JSON has become whole.

/// Counts brackets outside strings, each byte once however often it is asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Balance {
    read: usize,
    depth: u32,
    in_string: bool,
    escaped: bool,
    /// The last byte that is not white space closes a bracket.
    closed: bool,
}

impl Balance {
    /// Returns whether a text, of which no more than its end is new, is a whole object or array.
    pub(super) fn is_whole(&mut self, text: &str) -> bool {
        for byte in text.bytes().skip(self.read) {
            self.closed = matches!(byte, b'}' | b']') || (self.closed && byte.is_ascii_whitespace());
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.in_string => self.escaped = true,
                b'"' => self.in_string = !self.in_string,
                b'{' | b'[' if !self.in_string => self.depth = self.depth.saturating_add(1),
                b'}' | b']' if !self.in_string => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        self.read = text.len();
        self.depth == 0 && !self.in_string && self.closed
    }
}
