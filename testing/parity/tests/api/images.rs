//! The endpoints of images.

use requesty_core::images::{Edit, Generation, InputImage};
use requesty_core::{Error, ErrorKind};

use crate::support::endpoint;

const MODEL: &str = "azure/openai/gpt-image-1";

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\r\n--requesty-form-0000000000000000\r\n";

fn edit() -> Edit<'static> {
    let edit = Edit::new(MODEL, "Make it night").image(InputImage::from_bytes("day \"1\".png", PNG));
    edit.image(InputImage::from_bytes("two.png", PNG)).mask(InputImage::from_bytes("mask.png", PNG))
}

endpoint!(generates_images, |router| router.generate_images(&Generation::new(MODEL, "A lighthouse")), |bench| {
    let generation = Generation::new(MODEL, "A lighthouse").n(2).size("1024x1024").quality("low");
    let images = bench.send(bench.router.generate_images(&generation));
    let seen = bench.saw("POST /v1/images/generations");
    assert_eq!(seen.json()["prompt"], "A lighthouse");
    assert_eq!((images.data.len(), images.created), (2, Some(1_713_833_628)));
    for image in &images.data {
        assert!(image.bytes().unwrap().starts_with(b"\x89PNG"));
        assert_eq!(image.revised_prompt.as_deref(), Some("A lighthouse, in black"));
    }
    assert_eq!(images.usage.unwrap().output_tokens, Some(8_320));
    let inline = bench.send(bench.router.generate_images(&Generation::new(MODEL, "p").response_format("url")));
    assert!(inline.data[0].b64_json.is_none());
    assert!(inline.data[0].bytes().unwrap().starts_with(b"\x89PNG"));
    // What is not documented is refused, and said so.
    let refused = bench.router.generate_images(&Generation::new(MODEL, "p").quality("best")).unwrap();
    let error = bench.try_send(&refused).unwrap_err().into_parts().1;
    assert!(matches!(&error, Error::Api(api) if api.kind() == ErrorKind::InvalidRequest), "{error}");
});

endpoint!(edits_images, |router| router.edit_images(&edit()), |bench| {
    let images = bench.send(bench.router.edit_images(&edit().n(3)));
    let seen = bench.saw("POST /v1/images/edits");
    assert!(seen.header("content-type").unwrap().starts_with("multipart/form-data; boundary="));
    assert_eq!(images.data.len(), 3);
    assert!(images.data[0].bytes().unwrap().starts_with(b"\x89PNG"));
});

endpoint!(
    edits_images_at_addresses,
    |router| router.edit_images(&Edit::new(MODEL, "p").image(InputImage::from_file_id("file-1"))),
    |bench| {
        let edit = Edit::new(MODEL, "Make it night").image(InputImage::from_url("data:image/png;base64,iVBORw0KGgo="));
        let edit = edit.mask(InputImage::from_file_id("file-1"));
        let images = bench.send(bench.router.edit_images(&edit));
        let seen = bench.saw("POST /v1/images/edits");
        assert_eq!(seen.header("content-type"), Some("application/json"));
        assert_eq!(images.data.len(), 1);
    }
);
