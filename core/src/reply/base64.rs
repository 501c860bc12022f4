//! Base64 as it comes from servers.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;

use crate::error::DecodeError;

/// Appends what `encoded` says to `out`; some servers leave the padding out.
///
/// # Errors
/// The offset of what is no base64, where it is one byte.
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
