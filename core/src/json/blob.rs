//! Texts that may have megabytes, such as URLs that hold a whole file.

use std::fmt;

use bytes::Bytes;
use serde::{Serialize, Serializer};

use crate::json::Abbreviated;

/// A text that may be large, such as a data URL with a file in it.
///
/// Cloning is cheap: clones share the bytes. `Debug` shows the beginning and the length of encoded data.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Blob {
    /// Always valid UTF-8, because it is only made from a `String` or a `str`.
    bytes: Bytes,
}

impl Blob {
    /// Returns the text.
    ///
    /// Each call checks that the text is UTF-8: in a loop, keep the result.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap_or_default()
    }

    /// Returns the bytes of the text.
    pub fn as_bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Returns the length in bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Returns whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Encodes `data` as `data:<mime>;base64,…` in the standard alphabet with padding, which all providers accept. The
    /// text is written once, into memory of its final size.
    #[cfg(feature = "base64")]
    pub(crate) fn data_url(mime: &str, data: &[u8]) -> Self {
        use base64::Engine;
        use base64::engine::general_purpose::STANDARD;

        let encoded = base64::encoded_len(data.len(), true).unwrap_or_default();
        let mut url = String::with_capacity("data:;base64,".len() + mime.len() + encoded);
        url.push_str("data:");
        url.push_str(mime);
        url.push_str(";base64,");
        STANDARD.encode_string(data, &mut url);
        Blob::from(url)
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&Abbreviated(self.as_str()), f)
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl From<String> for Blob {
    /// Takes the text without copying it.
    fn from(text: String) -> Self {
        Blob { bytes: Bytes::from(text) }
    }
}

impl From<&str> for Blob {
    fn from(text: &str) -> Self {
        Blob::from(text.to_owned())
    }
}
