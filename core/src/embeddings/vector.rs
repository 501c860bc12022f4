//! A vector on the wire: JSON numbers, or the bytes of little-endian floats in base64.

use crate::json::{Kind, Reader, elements};

/// The encoding in which a vector came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    #[default]
    Float,
    /// The bytes of little-endian floats in base64.
    #[cfg(feature = "base64")]
    Base64,
    /// Integers of one byte each, in base64.
    #[cfg(feature = "base64")]
    Int8,
}

/// The reason why a vector cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VectorProblem {
    /// The vector is missing, or it is neither a list nor a string.
    Absent,
    /// An element of the list is not a number.
    Element,
    /// A number is NaN, infinite or larger than a float.
    NotFinite,
    /// The string is not base64.
    #[cfg(feature = "base64")]
    NotBase64,
    /// The bytes are not a whole number of floats.
    #[cfg(feature = "base64")]
    Cut,
    /// The vector has more or fewer numbers than the request asked for, or than the other vectors of the reply.
    Length,
    /// The string is base64, and the feature `base64` is off.
    #[cfg(not(feature = "base64"))]
    NoFeature,
}

impl VectorProblem {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            VectorProblem::Absent => "which has no vector",
            VectorProblem::Element => "in which something is not a number",
            VectorProblem::Length => "whose length is not the expected one",
            VectorProblem::NotFinite => "in which a number is not finite",
            #[cfg(feature = "base64")]
            VectorProblem::NotBase64 => "which is not base64",
            #[cfg(feature = "base64")]
            VectorProblem::Cut => "whose bytes are not a whole number of floats",
            #[cfg(not(feature = "base64"))]
            VectorProblem::NoFeature => "which is base64, and needs the feature `base64`",
        }
    }
}

/// Reads a vector from a valid JSON value. A list with one element that is a list of numbers counts as that list. The
/// bytes of a string are floats, unless the request asked for another type.
pub(super) fn read(json: &[u8], is_int8: bool) -> Result<(Vec<f32>, Encoding), VectorProblem> {
    let mut reader = Reader::new(json);
    match reader.kind() {
        Some(Kind::Array) if json.get(1..).is_some_and(|inside| inside.trim_ascii_start().starts_with(b"[")) => {
            let mut lists = elements(json).into_iter().flatten();
            match (lists.next(), lists.next()) {
                (Some(inner), None) => Ok((numbers(Reader::new(inner))?, Encoding::Float)),
                _ => Err(VectorProblem::Element),
            }
        }
        Some(Kind::Array) => Ok((numbers(reader)?, Encoding::Float)),
        #[cfg(feature = "base64")]
        Some(Kind::String) if is_int8 => Ok((whole_numbers(json, reader)?, Encoding::Int8)),
        #[cfg(feature = "base64")]
        Some(Kind::String) => Ok((floats(json, reader)?, Encoding::Base64)),
        #[cfg(not(feature = "base64"))]
        Some(Kind::String) => {
            let _ = is_int8;
            Err(VectorProblem::NoFeature)
        }
        _ => Err(VectorProblem::Absent),
    }
}

/// Reads each number directly as a float. Reading it as a double first would round it twice.
fn numbers(mut reader: Reader<'_>) -> Result<Vec<f32>, VectorProblem> {
    let mut vector = Vec::new();
    let mut odd = None;
    let json = reader.json();
    let read = reader.array(|reader| {
        let number = reader.number()?.of(json);
        let number: f32 = std::str::from_utf8(number).ok()?.parse().ok()?;
        if !number.is_finite() {
            odd = Some(VectorProblem::NotFinite);
            return None;
        }
        vector.push(number);
        Some(())
    });
    match read {
        Some(()) => Ok(vector),
        None => Err(odd.unwrap_or(VectorProblem::Element)),
    }
}

/// Reads bytes as integers from -128 to 127.
#[cfg(feature = "base64")]
fn whole_numbers(json: &[u8], mut reader: Reader<'_>) -> Result<Vec<f32>, VectorProblem> {
    let span = reader.string().ok_or(VectorProblem::Absent)?;
    let mut bytes = Vec::new();
    crate::reply::base64::decode(crate::json::to_cow(json, span).as_bytes(), &mut bytes)
        .map_err(|_| VectorProblem::NotBase64)?;
    Ok(bytes.into_iter().map(|byte| f32::from(byte as i8)).collect())
}

/// Reads the bytes of floats from the inside of a string, piece by piece, without a copy of all bytes.
#[cfg(feature = "base64")]
fn floats(json: &[u8], mut reader: Reader<'_>) -> Result<Vec<f32>, VectorProblem> {
    use base64::Engine;
    use base64::alphabet::STANDARD;
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

    const LENIENT: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    const ENGINE: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
    /// Letters per piece: a whole number of floats, and of groups of letters.
    const LETTERS: usize = 4096;
    const BYTES: usize = LETTERS / 4 * 3;

    let span = reader.string().ok_or(VectorProblem::Absent)?;
    // Some servers escape slashes.
    let unescaped = span.escaped.then(|| crate::json::to_string(json, span));
    let letters = unescaped.as_ref().map_or(span.of(json), String::as_bytes);
    let mut vector = Vec::with_capacity(letters.len() / 4 * 3 / size_of::<f32>());
    let mut buffer = [0; BYTES];
    let mut pieces = letters.chunks(LETTERS).peekable();
    while let Some(piece) = pieces.next() {
        let length = ENGINE.decode_slice(piece, &mut buffer).map_err(|_| VectorProblem::NotBase64)?;
        // Padding is allowed only at the end.
        if pieces.peek().is_some() && length < BYTES {
            return Err(VectorProblem::NotBase64);
        }
        let floats = buffer.get(..length).unwrap_or_default().chunks_exact(size_of::<f32>());
        if !floats.remainder().is_empty() {
            return Err(VectorProblem::Cut);
        }
        vector.extend(floats.filter_map(|bytes| bytes.first_chunk()).map(|bytes| f32::from_le_bytes(*bytes)));
    }
    if vector.iter().all(|number| number.is_finite()) { Ok(vector) } else { Err(VectorProblem::NotFinite) }
}

/// Writes a vector in base64.
#[cfg(feature = "base64")]
pub(super) fn encoded(vector: &[f32], encoding: Encoding) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    let bytes: Vec<u8> = match encoding {
        Encoding::Int8 => vector.iter().map(|&number| number as i8 as u8).collect(),
        _ => vector.iter().flat_map(|number| number.to_le_bytes()).collect(),
    };
    STANDARD.encode(bytes)
}
