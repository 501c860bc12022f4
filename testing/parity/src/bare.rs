//! For servers of bare connections, which do what the mock does not.

use std::io::Read;

/// Reads one request; `None` at the end of the connection.
pub fn read_request(connection: &mut impl Read) -> Option<String> {
    let (mut request, mut buffer) = (Vec::new(), [0; 65536]);
    loop {
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lower = head.to_lowercase();
            let length = lower.split("content-length: ").nth(1)?.split("\r\n").next()?.parse::<usize>().ok()?;
            if body.len() >= length {
                return Some(text.into_owned());
            }
        }
        match connection.read(&mut buffer) {
            Ok(read @ 1..) => request.extend_from_slice(&buffer[..read]),
            _ => return None,
        }
    }
}
