//! A reader of event streams that follows the words of the standard and nothing else: slow, whole, and obvious.

/// What a body holds.
#[derive(Debug, Default, PartialEq)]
pub struct Outcome {
    /// Name, data and last event id of each event.
    pub events: Vec<(String, String, String)>,
    /// The last valid `retry`.
    pub retry: Option<u64>,
    /// The last event id at the end.
    pub last_event_id: String,
}

/// Reads a whole body: decodes it, cuts it into lines, and treats each line as section 9.2.6 of the HTML standard says.
pub fn read(body: &[u8]) -> Outcome {
    let text = String::from_utf8_lossy(body);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut outcome = Outcome::default();
    let (mut data, mut name, mut id) = (String::new(), String::new(), String::new());
    for line in lines(text) {
        if line.is_empty() {
            outcome.last_event_id = id.clone();
            if let Some(data) = data.strip_suffix('\n') {
                let name = if name.is_empty() { "message" } else { &name };
                outcome.events.push((name.to_owned(), data.to_owned(), id.clone()));
            }
            data.clear();
            name.clear();
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => name = value.to_owned(),
            "data" => {
                data.push_str(value);
                data.push('\n');
            }
            "id" if !value.contains('\0') => id = value.to_owned(),
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                outcome.retry = Some(value.parse().unwrap_or(u64::MAX));
            }
            _ => {}
        }
    }
    outcome
}

/// Cuts at CRLF, LF and CR; what follows the last line end is no line.
fn lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\r' => {
                chars.next_if_eq(&'\n');
                lines.push(std::mem::take(&mut line));
            }
            '\n' => lines.push(std::mem::take(&mut line)),
            char => line.push(char),
        }
    }
    lines
}
