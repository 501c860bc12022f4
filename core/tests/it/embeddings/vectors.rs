//! Vectors in base64, in lists of their own, of other lengths and of other numbers.

use super::*;

#[cfg(feature = "base64")]
mod in_base64 {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn encoded(vector: &[f32]) -> String {
        STANDARD.encode(vector.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>())
    }

    #[test]
    fn it_is_asked_for() {
        let request = Request::new("a").model("m").encoding_format(EncodingFormat::Base64);
        assert_eq!(body(&request), r#"{"input":"a","model":"m","encoding_format":"base64"}"#);
    }

    #[test]
    fn vectors_of_any_length_are_read_and_passed_on() {
        // Around what is decoded at a time: 768 floats.
        for length in [1, 2, 3, 767, 768, 769, 1535, 1536, 1537, 3072] {
            let vector: Vec<f32> = (0..length).map(|number| number as f32 / 7.0 - 3.0).collect();
            let json = reply(&[&format!("{:?}", encoded(&vector))]);
            let embeddings = read(1, &json).unwrap();
            assert_eq!(embeddings.data[0].vector, vector, "{length}");
            assert_eq!(serde_json::to_value(&embeddings).unwrap()["data"][0]["embedding"], encoded(&vector));
            let unpadded = encoded(&vector).replace('=', "");
            assert_eq!(read(1, &reply(&[&format!("{unpadded:?}")])).unwrap().data[0].vector, vector, "{length}");
        }
    }

    #[test]
    fn escaped_slashes_are_slashes() {
        let vector = [-0.014_648_438_f32, f32::MAX];
        let text = encoded(&vector);
        assert!(text.contains('/'), "{text}");
        let json = reply(&[&format!("\"{}\"", text.replace('/', "\\/"))]);
        assert_eq!(read(1, &json).unwrap().data[0].vector, vector);
    }

    #[test]
    fn what_is_odd_is_told() {
        let long = encoded(&[0.0; 800]);
        let padded = format!("{}=={}", &long[..4094], &long[4096..]);
        let cases = [
            ("".to_owned(), "which has no vector"),
            ("!!!!".to_owned(), "which is not base64"),
            ("AACAPw==AACAPw==".to_owned(), "which is not base64"),
            (padded, "which is not base64"),
            ("A".to_owned(), "which is not base64"),
            (STANDARD.encode([1, 2, 3]), "whose bytes are not a whole number of floats"),
            (STANDARD.encode([0, 0, 128, 63, 0]), "whose bytes are not a whole number of floats"),
            (encoded(&[1.0, f32::NAN]), "in which a number is not finite"),
            (encoded(&[f32::INFINITY]), "in which a number is not finite"),
        ];
        for (text, why) in cases {
            let (error, partial) = problem(1, &reply(&[&format!("{text:?}")]));
            assert!(error.starts_with(&format!("cannot decode embedding 0, {why}, in a reply of ")), "{text}: {error}");
            assert_eq!(partial.data[0].vector, [] as [f32; 0]);
        }
    }
}

#[cfg(not(feature = "base64"))]
#[test]
fn base64_needs_its_feature() {
    let request = Request::new("a").model("m").encoding_format(EncodingFormat::Base64);
    assert!(refusal(&request).contains("the feature `base64`"));
    let (error, partial) = problem(1, &reply(&[r#""AACAPw==""#]));
    assert!(error.contains("which is base64, and needs the feature `base64`"), "{error}");
    assert_eq!(partial.data[0].extra.get("embedding"), Some(r#""AACAPw==""#));
}

/// Some servers put each vector into a list of its own.
#[test]
fn one_inner_list_is_the_vector() {
    for vector in ["[[1,2]]", "[ [1,2] ]", "[\n[1, 2]]", "[1,2]"] {
        let embeddings = read(2, &reply(&[vector, "[3,4]"])).unwrap();
        assert_eq!(embeddings.into_vectors(), [[1.0, 2.0], [3.0, 4.0]], "{vector}");
    }
}

/// A length that does not fit is one of something else: of bytes that are no floats, or of another model.
#[test]
fn a_vector_is_as_long_as_the_others_and_as_was_asked_for() {
    let lengths = |first: usize, second: usize| {
        let vector = |length: usize| format!("{:?}", vec![1; length]);
        reply(&[&vector(first), &vector(second)])
    };
    for (first, second) in [(1, 1), (2, 2), (1, 2), (2, 1), (3, 2), (2, 3)] {
        assert_eq!(read(2, &lengths(first, second)).is_ok(), first == second, "{first} {second}");
        let asked = router().embeddings(&Request::new(["x", "y"]).model("m").dimensions(2)).unwrap();
        let asked = read_as(&asked, 200, &lengths(first, second), End::Clean);
        assert_eq!(asked.is_ok(), (first, second) == (2, 2), "{first} {second}");
        let extra = router().embeddings(&Request::new(["x", "y"]).model("m").extra("dimensions", &2)).unwrap();
        assert_eq!(read_as(&extra, 200, &lengths(first, second), End::Clean).is_ok(), (first, second) == (2, 2));
    }
    let (error, partial) = problem(2, &lengths(2, 3));
    assert!(error.starts_with("cannot decode embedding 1, whose length is not the expected one"), "{error}");
    assert_eq!(partial.data.len(), 2);
}

#[cfg(feature = "base64")]
#[test]
fn whole_numbers_of_a_byte_are_read_where_they_were_asked_for() {
    // -128, -1, 0, 127
    let json = r#"{"data":[{"index":0,"embedding":"gP8Afw=="}]}"#;
    let request = || Request::new("x").model("m");
    for asked in [
        request().extra("output_dtype", "int8"),
        request().extra("encoding_format", "base64_int8"),
        request().extra("embedding_types", &["int8"]).encoding_format(EncodingFormat::Base64),
    ] {
        let call = router().embeddings(&asked).unwrap();
        let embeddings = read_as(&call, 200, json, End::Clean).unwrap();
        assert_eq!(embeddings.data[0].vector, [-128.0, -1.0, 0.0, 127.0]);
        assert_eq!(serde_json::to_string(&embeddings).unwrap(), json, "it goes on as it came");
        let call = router().embeddings(&asked.dimensions(8)).unwrap();
        assert!(matches!(read_as(&call, 200, json, End::Clean).unwrap_err().error(), Error::Decode(_)));
    }
    // Where they were not, the bytes are one float, and not as many as there should be.
    for asked in
        [request(), request().encoding_format(EncodingFormat::Base64), request().extra("output_dtype", "float")]
    {
        let call = router().embeddings(&asked.dimensions(4)).unwrap();
        assert!(matches!(read_as(&call, 200, json, End::Clean).unwrap_err().error(), Error::Decode(_)));
    }
}
