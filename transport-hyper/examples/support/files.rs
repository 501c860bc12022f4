//! Files to send where the command line names no other.

/// Makes a PDF of one page with one line of text: a header, five objects, and the table with the place of each.
pub(crate) fn pdf() -> Vec<u8> {
    let text = "BT /F1 24 Tf 60 720 Td (Hello from a small PDF.) Tj ET";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut pdf = "%PDF-1.4\n".to_owned();
    let size = objects.len() + 1;
    let mut table = format!("xref\n0 {size}\n0000000000 65535 f \n");
    for (number, object) in (1..).zip(&objects) {
        table.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let start = pdf.len();
    pdf.push_str(&format!("{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"));
    pdf.into_bytes()
}

/// Makes a WAV file of one second without a sound: 8,000 samples of 16 bits.
pub(crate) fn silence() -> Vec<u8> {
    let samples = [0; 16_000];
    let length = |more: u32| (samples.len() as u32 + more).to_le_bytes();
    let format = [&16_u32.to_le_bytes()[..], b"\x01\x00\x01\x00", &8_000_u32.to_le_bytes(), &16_000_u32.to_le_bytes()];
    let head = [b"RIFF", &length(36)[..], b"WAVEfmt ", &format.concat(), b"\x02\x00\x10\x00data", &length(0)].concat();
    [&head[..], &samples].concat()
}

/// Makes a PNG image of one dark pixel.
pub(crate) fn pixel() -> Vec<u8> {
    let chunks = [
        &b"\x89PNG\r\n\x1a\n"[..],
        b"\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55",
        b"\0\0\0\x0aIDAT\x78\x9c\x63\x60\0\0\0\x02\0\x01\x48\xaf\xa4\x71",
        b"\0\0\0\0IEND\xae\x42\x60\x82",
    ];
    chunks.concat()
}
