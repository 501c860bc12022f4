//! The images. What is sent, what is read, and what goes wrong.
#![cfg(feature = "base64")]

use crate::support::form::{self, Part};
use crate::support::{Unwritable, router, sent, value, whole};
use requesty_core::images::{Edit, Generation, Image, ImageUsage, Images, InputImage};
use requesty_core::{Error, ErrorKind};
use serde_json::json;

const MODEL: &str = "azure/openai/gpt-image-1";

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest";

#[track_caller]
fn refused<T>(made: Result<T, Error>, why: &str) {
    match made {
        Err(Error::Build(error)) => assert!(error.to_string().contains(why), "{error}"),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("built, though {why}"),
    }
}

#[test]
fn a_generation_is_sent_as_it_is_set() {
    let call = router().generate_images(&Generation::new(MODEL, "A lighthouse")).unwrap();
    let body = r#"{"model":"azure/openai/gpt-image-1","prompt":"A lighthouse"}"#;
    let line = "POST https://router.requesty.ai/v1/images/generations".to_owned();
    assert_eq!(sent(&call), (line, "application/json".to_owned(), body.to_owned()));
    assert_eq!(call.request().headers()["accept"], "application/json");
    assert_eq!(call.model(), Some(MODEL));
    let all = Generation::new(MODEL, "A lighthouse")
        .n(1)
        .size("1536x1024")
        .quality("low")
        .background("opaque")
        .output_format("webp")
        .response_format("b64_json")
        .end_user("u_1")
        .extra("moderation", "low")
        .extra("n", &2);
    let body = concat!(
        r#"{"model":"azure/openai/gpt-image-1","prompt":"A lighthouse","size":"1536x1024","quality":"low","#,
        r#""background":"opaque","output_format":"webp","response_format":"b64_json","user":"u_1","#,
        r#""moderation":"low","n":2}"#
    );
    assert_eq!(sent(&router().generate_images(&all).unwrap()).2, body);
    assert_eq!(serde_json::to_string(&all).unwrap(), body);
}

#[test]
fn what_would_be_refused_is_not_sent() {
    let image = || InputImage::from_bytes("a.png", PNG);
    let make = |generation: Generation| router().generate_images(&generation);
    refused(make(Generation::new(" ", "p")), "the model is named by an empty text");
    refused(make(Generation::new("m", "\n")), "the prompt is empty");
    refused(make(Generation::new("m", "p").n(0)), "`n` is 0");
    refused(make(Generation::new("m", "p").extra("stream", &true)), "`stream` is set");
    refused(make(Generation::new("m", "p").extra("a", &Unwritable).extra("b", &Unwritable)), "`a` cannot be written");
    assert!(make(Generation::new("m", "p").n(1)).is_ok());

    let edit = |edit: Edit<'_>| router().edit_images(&edit);
    refused(edit(Edit::new("", "p").image(image())), "the model is named by an empty text");
    refused(edit(Edit::new("m", "p")), "there is no image to edit");
    refused(edit(Edit::new("m", "p").mask(image())), "there is no image to edit");
    refused(edit(Edit::new("m", "p").image(InputImage::from_bytes("a", b""))), "an image is empty");
    refused(edit(Edit::new("m", "p").image(InputImage::from_bytes("", PNG))), "no file name");
    refused(edit(Edit::new("m", "p").image(image()).mask(InputImage::from_bytes("a", b""))), "an image is empty");
    refused(edit(Edit::new("m", "p").image(InputImage::from_url("iVBORw0KGgo="))), "neither data: nor http(s)://");
    refused(edit(Edit::new("m", "p").image(InputImage::from_file_id(""))), "the file id of an image is empty");
    for other in [InputImage::from_file_id("f"), InputImage::from_url("https://a.example")] {
        refused(edit(Edit::new("m", "p").image(image()).image(other.clone())), "some images are bytes");
        refused(edit(Edit::new("m", "p").image(other.clone()).image(image())), "some images are bytes");
        refused(edit(Edit::new("m", "p").image(image()).mask(other.clone())), "some images are bytes");
        refused(edit(Edit::new("m", "p").image(other).mask(image())), "some images are bytes");
    }
    let many = |n| (0..n).fold(Edit::new("m", "p"), |edit, _| edit.image(image()));
    assert!(edit(many(16)).is_ok());
    refused(edit(many(17)), "more than 16 images");
}

#[test]
fn an_edit_of_bytes_is_sent_as_a_form() {
    let jpeg = b"\xFF\xD8\xFF\xE0";
    let webp = b"RIFF\x01\x02\x03\x04WEBPVP8 ";
    let edit = Edit::new(MODEL, "Make it \"night\"\r\nand \u{e9}")
        .image(InputImage::from_bytes("day \"1\".png", PNG))
        .image(InputImage::from_bytes("two", jpeg))
        .image(InputImage::from_bytes("three", webp))
        .image(InputImage::from_bytes("four", b"GIF89a"))
        .image(InputImage::from_bytes("five", PNG).media_type("image/x-odd"))
        .mask(InputImage::from_bytes("mask.png", PNG))
        .size("1024x1024")
        .quality("high")
        .background("auto")
        .output_format("png")
        .n(2)
        .extra("input_fidelity", "high")
        .extra("flags", &json!({"a": 1}));
    let call = router().edit_images(&edit).unwrap();
    let (line, media, _) = sent(&call);
    assert_eq!(line, "POST https://router.requesty.ai/v1/images/edits");
    assert_eq!(call.model(), Some(MODEL));
    let boundary = media.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert_eq!(boundary, "requesty-form-0000000000000000");
    let body = call.request().into_body();
    let first =
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n{MODEL}\r\n--{boundary}\r\n");
    assert!(body.starts_with(first.as_bytes()));
    let expected = [
        Part::text("model", MODEL),
        Part::text("prompt", "Make it \"night\"\r\nand \u{e9}"),
        Part::text("n", "2"),
        Part::text("size", "1024x1024"),
        Part::text("quality", "high"),
        Part::text("background", "auto"),
        Part::text("output_format", "png"),
        Part::text("input_fidelity", "high"),
        Part::text("flags", r#"{"a":1}"#),
        Part::file("image[]", "day %221%22.png", "image/png", PNG),
        Part::file("image[]", "two", "image/jpeg", jpeg),
        Part::file("image[]", "three", "image/webp", webp),
        Part::file("image[]", "four", "application/octet-stream", b"GIF89a"),
        Part::file("image[]", "five", "image/x-odd", PNG),
        Part::file("mask", "mask.png", "image/png", PNG),
    ];
    assert_eq!(form::read(&media, &body), expected);
}

#[test]
fn an_edit_of_addresses_is_sent_as_json() {
    let edit = Edit::new(MODEL, "Make it night")
        .image(InputImage::from_url("data:image/png;base64,iVBORw0KGgo=").media_type("ignored"))
        .image(InputImage::from_url("http://a.example/a.png"))
        .image(InputImage::from_file_id("file-1"))
        .mask(InputImage::from_url("https://a.example/mask.png"))
        .end_user("u")
        .extra("size", "1x1");
    let body = concat!(
        r#"{"model":"azure/openai/gpt-image-1","prompt":"Make it night","user":"u","#,
        r#""images":[{"image_url":"data:image/png;base64,iVBORw0KGgo="},{"image_url":"http://a.example/a.png"},"#,
        r#"{"file_id":"file-1"}],"mask":{"image_url":"https://a.example/mask.png"},"size":"1x1"}"#
    );
    let call = router().edit_images(&edit).unwrap();
    let line = "POST https://router.requesty.ai/v1/images/edits".to_owned();
    assert_eq!(sent(&call), (line, "application/json".to_owned(), body.to_owned()));
    assert_eq!(serde_json::to_string(&edit).unwrap(), body);
    assert!(serde_json::to_string(&Edit::new("m", "p").image(InputImage::from_bytes("a", PNG))).is_err());
    // A large image is written without growing the body.
    let large = Edit::new("m", "p").image(InputImage::from_url(format!("data:{}", "x".repeat(1 << 20))));
    let body = Vec::from(router().edit_images(&large).unwrap().request().into_body());
    assert!(body.capacity() < body.len() + 4096, "{} for {}", body.capacity(), body.len());
}

#[test]
fn inputs_show_their_size_and_nothing_else() {
    for (input, shown) in [
        (InputImage::from_bytes("secret.png", PNG), r#"InputImage { source: "bytes", len: 12 }"#),
        (InputImage::from_url("https://secret.example"), r#"InputImage { source: "url", len: 22 }"#),
        (InputImage::from_file_id("secret"), r#"InputImage { source: "file_id", len: 6 }"#),
    ] {
        assert_eq!(format!("{input:?}"), shown);
    }
}

#[test]
fn the_documented_reply_is_read_and_passed_on() {
    let body = r#"{"created":1713833628,"data":[{"b64_json":"iVBORw==","revised_prompt":"A lighthouse, at dawn"}],
      "usage":{"input_tokens":50,"output_tokens":4160,"total_tokens":4210}}"#;
    let call = router().generate_images(&Generation::new(MODEL, "p")).unwrap();
    let images: Images = whole(&call, 200, body).unwrap();
    assert_eq!((images.created, images.data.len(), images.model.as_deref()), (Some(1_713_833_628), 1, None));
    let image = &images.data[0];
    assert_eq!(image.b64_json.as_ref().unwrap().as_str(), "iVBORw==");
    assert_eq!((image.revised_prompt.as_deref(), &image.url), (Some("A lighthouse, at dawn"), &None));
    assert_eq!(image.bytes().unwrap(), &b"\x89PNG"[..]);
    let usage = images.usage.as_ref().unwrap();
    assert_eq!((usage.input_tokens, usage.output_tokens, usage.total_tokens), (Some(50), Some(4160), Some(4210)));
    assert_eq!(usage.cost, None);
    assert_eq!(value(&serde_json::to_string(&images).unwrap()), value(body));

    let body = r#"{"data":[{"url":"https://a.example/1.png","seed":7}],"model":"m","size":"1x1",
      "usage":{"cost":0.0400,"input_tokens_details":{"text_tokens":1}}}"#;
    let edited = router().edit_images(&Edit::new("m", "p").image(InputImage::from_file_id("f"))).unwrap();
    let images = whole(&edited, 200, body).unwrap();
    assert_eq!((images.model.as_deref(), images.extra.get("size")), (Some("m"), Some(r#""1x1""#)));
    assert_eq!(images.data[0].url.as_ref().unwrap().as_str(), "https://a.example/1.png");
    assert_eq!(images.data[0].extra.get("seed"), Some("7"));
    let usage = images.usage.as_ref().unwrap();
    assert_eq!(
        (usage.cost, usage.extra.get("input_tokens_details")),
        (Some("0.04".parse().unwrap()), Some(r#"{"text_tokens":1}"#))
    );
    let written = serde_json::to_string(&images).unwrap();
    assert_eq!(serde_json::from_str::<Images>(&written).unwrap(), images);
    assert_eq!(value(&written)["usage"], json!({"cost": 0.04, "input_tokens_details": {"text_tokens": 1}}));
}

#[test]
fn odd_members_cost_no_others() {
    let body =
        r#"{"created":"then","data":[{"b64_json":7,"url":null,"revised_prompt":["x"]},9],"model":null,"usage":"none"}"#;
    let images: Images = serde_json::from_str(body).unwrap();
    assert_eq!((images.created, images.data.len(), &images.usage), (None, 1, &None));
    assert_eq!(images.data[0].extra.len(), 2);
    assert_eq!(images.extra.iter().map(|(key, _)| key).collect::<Vec<_>>(), ["created", "data", "usage"]);
    let mut expected = value(body);
    expected.as_object_mut().unwrap().remove("model");
    assert_eq!(value(&serde_json::to_string(&images).unwrap()), expected);
    for empty in [r#"{"data":null}"#, r#"{"data":[]}"#] {
        assert!(serde_json::from_str::<Images>(empty).unwrap().data.is_empty());
    }
    for (json, why) in [("{}", "not a list of images"), ("[]", "not a list of images")] {
        assert_eq!(serde_json::from_str::<Images>(json).unwrap_err().to_string(), why);
    }
    assert_eq!(serde_json::from_str::<Image>("7").unwrap_err().to_string(), "not an image");
    assert_eq!(serde_json::from_str::<ImageUsage>("7").unwrap_err().to_string(), "not usage of images");
    let usage: ImageUsage =
        serde_json::from_str(r#"{"input_tokens":"12","output_tokens":-1,"total_tokens":null}"#).unwrap();
    assert_eq!((usage.input_tokens, usage.output_tokens, usage.total_tokens), (Some(12), None, None));
    assert_eq!(serde_json::to_string(&usage).unwrap(), r#"{"input_tokens":12,"output_tokens":-1}"#);
}

#[test]
fn images_inside_the_reply_are_decoded() {
    let image = |json: serde_json::Value| serde_json::from_value::<Image>(json).unwrap();
    for json in [
        json!({"b64_json": "aGVsbG8="}),
        json!({"b64_json": "aGVsbG8"}),
        json!({"b64_json": "", "url": "data:image/png;base64,aGVsbG8="}),
        json!({"url": "data:;base64,aGVsbG8="}),
        json!({"b64_json": "aGVsbG8=", "url": "https://a.example"}),
    ] {
        assert_eq!(image(json.clone()).bytes().unwrap(), "hello", "{json}");
    }
    let error = image(json!({"b64_json": "aGV*bG8="})).bytes().unwrap_err();
    assert_eq!(error.to_string(), "cannot decode an image in base64 of 8 bytes: stopped at byte 3");
    assert_eq!((error.at(), error.body().len()), (Some(3), 8));
    let error = image(json!({"url": "data:image/png;base64,aGVsbG9="})).bytes().unwrap_err();
    assert_eq!((error.at(), &error.body()[..]), (Some(6), &b"aGVsbG9="[..]));
    assert_eq!(image(json!({"b64_json": "aGVsb"})).bytes().unwrap_err().at(), None);
    for json in [json!({}), json!({"url": "https://a.example"}), json!({"url": "data:image/png,x"})] {
        let error = image(json.clone()).bytes().unwrap_err();
        assert_eq!(error.to_string(), "cannot decode an image that is not in the reply of 0 bytes", "{json}");
    }
}

#[test]
fn errors_of_both_endpoints_are_typed() {
    let generated = router().generate_images(&Generation::new("m", "p")).unwrap();
    let edited = router().edit_images(&Edit::new("m", "p").image(InputImage::from_bytes("a", PNG))).unwrap();
    let too_large = r#"{"error":{"origin":"router","message":"payload too large"}}"#;
    for call in [generated, edited] {
        let error = whole(&call, 413, too_large).unwrap_err();
        assert_eq!(error.kind(), Some(ErrorKind::PayloadTooLarge));
        assert_eq!(error.api().unwrap().origin(), Some("router"));
        assert!(!error.is_retryable());
        let refused = r#"{"error":{"code":"content_policy_violation","message":"no"}}"#;
        assert_eq!(whole(&call, 400, refused).unwrap_err().kind(), Some(ErrorKind::ContentPolicy));
        assert!(matches!(whole(&call, 200, "{}").unwrap_err(), Error::Decode(_)));
    }
}
