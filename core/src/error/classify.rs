//! The one reader of errors: an HTTP error, an error inside a stream, and an error under a 200.
//!
//! It never fails and never hides the status. Any body (JSON of any shape, a list, a string, an HTML page, nothing)
//! becomes a [`Reported`], which holds all that could be read. It is never shown as it is: where the key is known, an
//! [`ApiError`] is made of it.
//!
//! [`ApiError`]: super::ApiError

use std::time::Duration;

use http::StatusCode;

use super::{ErrorKind, table, wait};
use crate::json::{self, Kind, Members};

/// How many bytes of a body that is not JSON are searched.
const WINDOW: usize = 64 * 1024;

/// An error as the server reported it, decoded, with the key not yet removed.
#[derive(Debug, Default)]
pub(crate) struct Reported {
    pub(crate) status: Option<StatusCode>,
    pub(crate) code: Option<String>,
    pub(crate) error_type: Option<String>,
    pub(crate) status_name: Option<String>,
    pub(crate) param: Option<String>,
    pub(crate) origin: Option<String>,
    pub(crate) message: Option<String>,
    /// Whether the message is the beginning of a body without a message.
    pub(crate) is_snippet: bool,
    pub(crate) wait: Option<Duration>,
    /// Further texts that decide the kind: the words of an error that this error quotes, and the ids of quotas.
    pub(crate) quoted: Vec<String>,
}

impl Reported {
    /// Reads the members of `body` that are known.
    pub(crate) fn read(body: &[u8]) -> Self {
        let mut error = Reported::default();
        let body = json::trim(json::unmarked(body));
        match json::kind(body) {
            Some(Kind::Object) => error.read_object(body),
            Some(Kind::Array) => match json::first_element(body) {
                Some(first) => error.read_object(first),
                None => error.take_snippet(body),
            },
            Some(Kind::String) => match json::string(body) {
                Some(text) => error.message = Some(text),
                None => error.take_snippet(body),
            },
            _ => error.take_snippet(body),
        }
        error.wait = error.wait.or_else(|| wait::in_sentence(error.message.as_deref()?));
        error.wait = error.wait.or_else(|| error.quoted.iter().find_map(|text| wait::in_sentence(text)));
        error
    }

    fn take_snippet(&mut self, body: &[u8]) {
        self.message = snippet(body);
        self.is_snippet = true;
    }

    fn read_object(&mut self, object: &[u8]) {
        let Ok(mut root) = Members::read(object) else {
            return self.take_snippet(object);
        };
        self.wait = wait::in_members(object);
        let inner = root.raw("error").or_else(|| first_choice_error(&mut root));
        match inner.map(|inner| (inner, Members::read(inner))) {
            Some((_, Ok(mut inner))) => self.read_members(&mut inner),
            Some((inner, Err(_))) => {
                self.message = json::string(inner).or_else(|| json::lenient_uint(inner).map(|code| code.to_string()));
            }
            None => {}
        }
        self.read_members(&mut root);
        // Some gateways put the provider's whole reply, as a string, where the sentence belongs.
        if let Some(nested) = self.message.as_deref().and_then(quoted_error) {
            self.wait = self.wait.or(nested.wait);
            self.message = nested.message.clone().or(self.message.take());
            self.quoted
                .extend([nested.code, nested.status_name, nested.error_type, nested.message].into_iter().flatten());
            self.quoted.extend(nested.quoted);
        }
    }

    /// Fills the fields that are still empty.
    fn read_members(&mut self, members: &mut Members<'_>) {
        let code = members.text("code");
        let status = members.uint("status").or_else(|| members.uint("status_code"));
        let numeric = code.as_deref().and_then(|code| code.parse().ok());
        self.status = self.status.or_else(|| error_status(status)).or_else(|| error_status(numeric));
        self.code = self.code.take().or(code);
        let error_type = members.string("type").filter(|kind| kind != "error").or_else(|| members.string("__type"));
        self.error_type = self.error_type.take().or(error_type);
        self.status_name = self.status_name.take().or_else(|| members.string("status"));
        self.param = self.param.take().or_else(|| members.string("param"));
        self.origin = self.origin.take().or_else(|| members.string("origin"));
        if let Some(details) = members.peek("details").or_else(|| members.peek("metadata")) {
            self.read_details(details);
        }
        self.message = self.message.take().or_else(|| sentence(members));
    }

    /// Reads the ids of used-up quotas (Google), or the words of the provider (OpenRouter).
    fn read_details(&mut self, details: &[u8]) {
        json::find_element(details, |detail| -> Option<()> {
            let mut detail = Members::read(detail).ok()?;
            let violations = detail.raw("violations")?;
            json::find_element(violations, |violation| -> Option<()> {
                self.quoted.extend(Members::read(violation).ok()?.string("quotaId"));
                None
            })
        });
        let raw = Members::read(details).ok().and_then(|mut metadata| metadata.string("raw"));
        self.quoted.extend(raw);
    }

    /// Returns the kind of error by `status`, or else by the status that the body names.
    pub(crate) fn kind(&self, status: Option<StatusCode>) -> ErrorKind {
        let status = status.or(self.status).map(|status| status.as_u16());
        let is_name = |name: &&str| name.bytes().any(|byte| !byte.is_ascii_digit());
        let names = [&self.code, &self.status_name, &self.error_type].into_iter().flatten();
        let names: Vec<&str> = names.map(String::as_str).filter(is_name).collect();
        let said = std::iter::once(self.message.as_deref().unwrap_or_default());
        kind_of(status, &names, &said.chain(self.quoted.iter().map(String::as_str)).collect::<Vec<_>>())
    }
}

/// Returns the kind of an error. `names` are its code, its textual status and its type; `said` is its message and the
/// provider's words that it quotes.
fn kind_of(status: Option<u16>, names: &[&str], said: &[&str]) -> ErrorKind {
    let names: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    let said: Vec<String> = said.iter().map(|text| text.to_ascii_lowercase()).collect();
    let under = |statuses: &[u16]| status.is_none_or(|status| statuses.contains(&status));
    let chosen = table::CHOSEN_UNDER.iter().find(|(kind, statuses)| {
        let named = || table::NAMES.iter().any(|row| row.kind == *kind && names.iter().any(|name| is_named(row, name)));
        let holds = |row: &table::Wording| names.iter().chain(&said).any(|text| text.contains(row.text));
        let in_words = if *kind == ErrorKind::QuotaExceeded { table::QUOTA_IN_WORDS } else { statuses };
        (under(statuses) && named())
            || (under(in_words) && table::WORDS.iter().any(|row| row.kind == *kind && holds(row)))
    });
    if let Some((kind, _)) = chosen {
        return *kind;
    }
    if let Some(status) = status {
        let line = table::STATUSES.iter().find(|(first, last, _)| (*first..=*last).contains(&status));
        return line.map_or(ErrorKind::Other, |(.., kind)| *kind);
    }
    let named = names.iter().find_map(|name| table::NAMES.iter().find(|row| is_named(row, name)));
    let sentence =
        || table::SENTENCES.iter().find(|row| said.first().is_some_and(|message| message.starts_with(row.text)));
    named.or_else(|| if names.is_empty() { sentence() } else { None }).map_or(ErrorKind::Other, |row| row.kind)
}

/// Returns whether `name`, in lower case, is the name of this row.
fn is_named(row: &table::Wording, name: &str) -> bool {
    match row.text.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == row.text,
    }
}

/// Returns whether a JSON object under a successful status is an error.
pub(crate) fn looks_like_error(data: &[u8]) -> bool {
    let data = json::trim(data);
    let first = if json::kind(data) == Some(Kind::Array) { json::first_element(data) } else { None };
    let Ok(mut root) = Members::read(first.unwrap_or(data)) else { return false };
    root.raw("error").is_some_and(is_truthy)
        || root.raw("type") == Some(b"\"error\"")
        || root.raw("object") == Some(b"\"error\"")
        || first_choice_error(&mut root).is_some_and(is_truthy)
}

/// Returns whether the value of an `error` member means an error.
pub(crate) fn is_truthy(value: &[u8]) -> bool {
    !matches!(value, b"null" | b"false" | b"\"\"" | b"0")
}

fn first_choice_error<'a>(root: &mut Members<'a>) -> Option<&'a [u8]> {
    let choices = root.peek("choices")?;
    json::find_element(choices, |choice| Members::read(choice).ok()?.raw("error"))
}

/// Reads the error in a message that is itself JSON.
fn quoted_error(message: &str) -> Option<Reported> {
    let message = json::trim(message.as_bytes());
    let object = match json::kind(message)? {
        Kind::Object => message,
        Kind::Array => json::first_element(message)?,
        _ => return None,
    };
    let mut members = Members::read(object).ok()?;
    let mut inner = members.object("error")?;
    let mut error = Reported { wait: wait::in_members(object), ..Reported::default() };
    error.read_members(&mut inner);
    Some(error)
}

/// Returns the message of an error object, under any of the names that servers use.
fn sentence(members: &mut Members<'_>) -> Option<String> {
    let plain = ["message", "detail", "details", "msg", "error_description", "reason"];
    let found = plain.iter().find_map(|name| members.string(name).filter(|text| !text.is_empty()));
    found.or_else(|| plain.iter().find_map(|name| nested_sentence(members.raw(name)?)))
}

/// Returns the message inside an object, or inside the first element of a list, that stands in place of a message.
fn nested_sentence(value: &[u8]) -> Option<String> {
    let first = json::first_element(value).unwrap_or(value);
    let plain = ["message", "msg", "detail"];
    json::string(first).or_else(|| {
        let mut members = Members::read(first).ok()?;
        plain.iter().find_map(|name| members.string(name))
    })
}

fn error_status(code: Option<u64>) -> Option<StatusCode> {
    let code = u16::try_from(code?).ok().filter(|code| (400..600).contains(code))?;
    StatusCode::from_u16(code).ok()
}

/// Makes a message from a body that is not JSON: the title of a page, or the beginning of the text.
fn snippet(body: &[u8]) -> Option<String> {
    let window = body.get(..WINDOW).unwrap_or(body);
    let text = String::from_utf8_lossy(window).into_owned();
    // A compressed body cannot be shown. Its first 64 characters tell.
    let start = text.get(..text.char_indices().nth(64).map_or(text.len(), |(at, _)| at))?;
    if start.contains(|char: char| char == char::REPLACEMENT_CHARACTER || (char.is_control() && !char.is_whitespace()))
    {
        return None;
    }
    let text = if text.trim_start().starts_with('<') { html_title(&text)? } else { text };
    let mut words: Vec<&str> = text.split_whitespace().collect();
    if window.len() < body.len() && words.len() > 1 {
        // The last word may be cut: half a key would not be recognised.
        words.pop();
    }
    Some(words.join(" ")).filter(|text| !text.is_empty())
}

/// Returns the title of an HTML page.
pub(crate) fn html_title(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower.get(open..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find("</title")?;
    Some(page.get(start..end)?.trim().to_owned()).filter(|title| !title.is_empty())
}
