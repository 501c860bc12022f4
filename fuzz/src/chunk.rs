//! The body of the fuzz target `chunk`.

use std::sync::OnceLock;

use crate::differential::{Differential, Sample};

/// Any bytes as the data of events are what the reference reads in them, with the template and without.
///
/// A zero byte, which no JSON holds, ends the data of one event and begins the next: so the fuzzer finds out by itself what
/// the template takes over from one to another.
///
/// # Panics
/// Where two readings differ.
pub fn chunk(input: &[u8]) {
    static DIFFERENTIAL: OnceLock<Differential> = OnceLock::new();
    let differential = DIFFERENTIAL.get_or_init(Differential::new);
    // The first line says that it is a stream, whatever follows.
    let mut body = b": \n\n".to_vec();
    for data in input.split(|&byte| byte == 0) {
        for line in data.split(|&byte| matches!(byte, b'\n' | b'\r')) {
            body.extend_from_slice(b"data: ");
            body.extend_from_slice(line);
            body.push(b'\n');
        }
        body.push(b'\n');
    }
    let middle = body.len() / 2;
    differential.check(&Sample { body, cuts: vec![middle], closely: true, ..Sample::default() });
}
