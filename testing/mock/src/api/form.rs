//! Forms of several parts, read strictly: what a lenient server would guess is a complaint here.

use serde_json::{Map, Value};

use crate::state::Received;

/// One part of a form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub(super) name: String,
    pub(super) filename: Option<String>,
    pub(super) media: Option<String>,
    pub(super) value: &'a [u8],
}

/// Returns whether a request says that it is a form.
pub(super) fn is_form(received: &Received) -> bool {
    received.header("content-type").is_some_and(|media| media.starts_with("multipart/form-data"))
}

/// Reads the parts of a form.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(received: &Received) -> Result<Vec<Part<'_>>, String> {
    let media = received.header("content-type").unwrap_or_default();
    let boundary = media
        .strip_prefix("multipart/form-data; boundary=")
        .filter(|boundary| !boundary.is_empty() && boundary.len() <= 70)
        .ok_or_else(|| format!("content-type: `{media}` names no boundary"))?;
    let open = format!("--{boundary}\r\n");
    let mut rest = received.body.strip_prefix(open.as_bytes()).ok_or("form: it does not begin with its boundary")?;
    let delimiter = format!("\r\n--{boundary}");
    let mut parts = Vec::new();
    loop {
        let end = find(rest, delimiter.as_bytes()).ok_or("form: its last boundary is missing")?;
        parts.push(part(&rest[..end])?);
        rest = &rest[end + delimiter.len()..];
        match rest {
            b"--\r\n" => return Ok(parts),
            [b'\r', b'\n', after @ ..] => rest = after,
            _ => return Err("form: a boundary occurs in a part".to_owned()),
        }
    }
}

/// Returns the texts of a form as the members of an object, null where it is no form.
pub(super) fn fields(received: &Received) -> Value {
    let Some(parts) = is_form(received).then(|| read(received).ok()).flatten() else { return Value::Null };
    let texts = parts.into_iter().filter(|part| part.filename.is_none());
    let members = texts.map(|part| (part.name, String::from_utf8_lossy(part.value).into_owned().into()));
    Value::Object(members.collect::<Map<_, _>>())
}

fn part(part: &[u8]) -> Result<Part<'_>, String> {
    let blank = find(part, b"\r\n\r\n").ok_or("form: a part has no blank line")?;
    let head = std::str::from_utf8(&part[..blank]).map_err(|_| "form: the head of a part is not UTF-8")?;
    let (mut name, mut filename, mut media) = (None, None, None);
    for line in head.split("\r\n") {
        let (header, value) = line.split_once(": ").ok_or("form: a header has no colon")?;
        match header.to_ascii_lowercase().as_str() {
            "content-disposition" => {
                let quoted = value.strip_prefix("form-data; ").ok_or("form: a part is no form-data")?;
                name = Some(parameter(quoted, "name=\"").ok_or("form: a part has no name")?);
                filename = parameter(quoted, "; filename=\"");
            }
            "content-type" => media = Some(value.to_owned()),
            _ => return Err(format!("form: a part has the header {header}")),
        }
    }
    let name = name.ok_or("form: a part has no content-disposition")?;
    Ok(Part { name, filename, media, value: &part[blank + 4..] })
}

/// Returns a quoted parameter, with the escapes of browsers undone.
fn parameter(text: &str, start: &str) -> Option<String> {
    let (value, _) = text.get(text.find(start)? + start.len()..)?.split_once('"')?;
    Some(value.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"))
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}
