//! A body cut into events, byte for byte, by the words of the standard.

/// An event, or the beginning of one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// The name that it was given; empty where it was given none.
    pub name: Vec<u8>,
    /// The lines of its data, joined.
    pub data: Vec<u8>,
    /// Where in the body its data begins, if it is one line.
    pub at: Option<usize>,
    /// Its blank line came.
    pub whole: bool,
    /// Where in the body its blank line is, or the end of the body.
    pub end: usize,
    /// The data as it came, where what is read in its place is in `data`.
    pub came: Option<Vec<u8>>,
}

impl Frame {
    /// Returns the data as it came.
    pub fn raw(&self) -> &[u8] {
        self.came.as_deref().unwrap_or(&self.data)
    }
}

/// Returns the last line that is no field of the standard, up to 4 KiB of it.
pub fn stray_line(body: &[u8]) -> &[u8] {
    let is_stray = |line: &&[u8]| {
        let field = line.split(|&byte| byte == b':').next().unwrap_or_default();
        !line.is_empty() && !line.starts_with(b":") && !matches!(field, b"event" | b"data" | b"id" | b"retry")
    };
    let line = lines_of(body).into_iter().map(|(_, line)| line).rfind(is_stray).unwrap_or_default();
    &line[..line.len().min(4 << 10)]
}

/// Cuts a body into its events. The last one may lack its blank line, and its last line may be cut.
pub fn read(body: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut frame = Frame::default();
    let mut lines = 0;
    for (at, line) in lines_of(body) {
        if line.is_empty() {
            let done = std::mem::take(&mut frame);
            if std::mem::take(&mut lines) > 0 {
                frames.push(Frame { whole: true, end: at, ..done });
            }
            continue;
        }
        let colon = line.iter().position(|&byte| byte == b':');
        let (field, value) = line.split_at(colon.unwrap_or(line.len()));
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"event" => frame.name = value.to_vec(),
            b"data" => {
                lines += 1;
                frame.at = (lines == 1).then_some(at + line.len() - value.len());
                if lines > 1 {
                    frame.data.push(b'\n');
                }
                frame.data.extend_from_slice(value);
            }
            _ => {}
        }
    }
    if lines > 0 {
        frames.push(Frame { end: body.len(), ..frame });
    }
    frames
}

/// Returns the lines with their offsets; what follows the last line end is a line too, if there is anything.
fn lines_of(body: &[u8]) -> Vec<(usize, &[u8])> {
    let mut lines = Vec::new();
    let mut at = if body.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    while at < body.len() {
        let length = body[at..].iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(body.len() - at);
        lines.push((at, &body[at..at + length]));
        at += length;
        at += if body[at..].starts_with(b"\r\n") { 2 } else { 1 };
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn cuts_as_the_standard_says() {
        let body =
            b"\xEF\xBB\xBF: x\r\n\rdata: a\ndata:b\r\n\r\nevent: e\rid: 1\rdata\r\revent: f\n\ndata: {\n\ndata: c";
        let frames = read(body);
        let shown: Vec<_> = frames.iter().map(|f| (&*f.name, &*f.data, f.at.is_some(), f.whole)).collect();
        let wanted: [(&[u8], &[u8], bool, bool); 4] =
            [(b"", b"a\nb", false, true), (b"e", b"", true, true), (b"", b"{", true, true), (b"", b"c", true, false)];
        assert_eq!(shown, wanted);
        assert!(frames.iter().all(|f| f.at.is_none_or(|at| body[at..].starts_with(&f.data))));
    }
}
