//! Base64 as servers send it.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;

use crate::error::DecodeError;

/// Decodes `encoded` and appends the bytes to `out`. Padding may be missing, because some servers leave it out.
///
/// # Errors
/// The offset of the first byte that is not base64; `None` if the length or the padding is wrong.
pub(crate) fn decode(encoded: &[u8], out: &mut Vec<u8>) -> Result<(), Option<usize>> {
    ENGINE.decode_vec(encoded, out).map_err(|error| match error {
        base64::DecodeError::InvalidByte(at, _) | base64::DecodeError::InvalidLastSymbol(at, _) => Some(at),
        _ => None,
    })
}

pub(crate) fn failed(what: &'static str, at: Option<usize>, body: Bytes) -> DecodeError {
    DecodeError { what: what.into(), at, head: None, body }
}

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
