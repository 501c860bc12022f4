//! The endpoints of images. The image is one black pixel.

use serde_json::{Value, json};

use super::{Question, form};
use crate::script::Script;

/// A PNG of one black pixel, in base64.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgAAAAAgAB5Sfe/AAAAABJRU5ErkJggg==";

/// What both endpoints are documented to take.
const MEMBERS: [&str; 10] =
    ["model", "prompt", "n", "size", "quality", "response_format", "background", "output_format", "user", "moderation"];

/// Answers a question of this family.
pub(super) fn answer(question: &Question<'_>, complaints: &mut Vec<String>) -> Option<Script> {
    match (question.method.as_str(), &*question.segments()) {
        ("POST", ["v1", "images", "generations"]) => {
            check(question.body, &MEMBERS, complaints);
            Some(images(question.body))
        }
        ("POST", ["v1", "images", "edits"]) if form::is_form(question.received) => {
            check(question.body, &MEMBERS, complaints);
            check_form(question, complaints);
            Some(images(question.body))
        }
        ("POST", ["v1", "images", "edits"]) => {
            check(question.body, &[&MEMBERS[..], &["images", "mask"]].concat(), complaints);
            check_references(question.body, complaints);
            Some(images(question.body))
        }
        _ => None,
    }
}

fn images(request: &Value) -> Script {
    // A form has texts only.
    let count = request["n"].as_u64().or_else(|| request["n"].as_str()?.parse().ok()).unwrap_or(1);
    let image = || match request["response_format"].as_str() {
        Some("url") => json!({"url": format!("data:image/png;base64,{PIXEL}")}),
        _ => {
            json!({"b64_json": PIXEL, "revised_prompt": format!("{}, in black", request["prompt"].as_str().unwrap_or(""))})
        }
    };
    Script::json(
        200,
        &json!({
            "created": 1_713_833_628,
            "data": (0..count).map(|_| image()).collect::<Vec<Value>>(),
            "usage": {"input_tokens": 50, "output_tokens": 4_160 * count, "total_tokens": 50 + 4_160 * count},
        }),
    )
}

fn check(request: &Value, members: &[&str], complaints: &mut Vec<String>) {
    let Some(object) = request.as_object() else {
        complaints.push("body: neither a JSON object nor a form".to_owned());
        return;
    };
    for name in ["model", "prompt"] {
        if request[name].as_str().is_none_or(str::is_empty) {
            complaints.push(format!("{name}: a text is required"));
        }
    }
    for (name, value) in object {
        if !members.contains(&name.as_str()) {
            complaints.push(format!("{name}: not documented"));
        }
        if value.is_null() {
            complaints.push(format!("{name}: null"));
        }
    }
    let one_of = |name: &str, known: &[&str]| {
        let wrong = request[name].as_str().is_some_and(|value| !known.contains(&value));
        wrong.then(|| format!("{name}: not one of {known:?}"))
    };
    complaints.extend(one_of("quality", &["auto", "high", "medium", "low"]));
    complaints.extend(one_of("background", &["auto", "transparent", "opaque"]));
    complaints.extend(one_of("output_format", &["png", "jpeg", "webp"]));
    complaints.extend(one_of("response_format", &["url", "b64_json"]));
}

fn check_form(question: &Question<'_>, complaints: &mut Vec<String>) {
    let parts = match form::read(question.received) {
        Ok(parts) => parts,
        Err(problem) => return complaints.push(problem),
    };
    let files = parts.iter().filter(|part| part.filename.is_some());
    let images = files.clone().filter(|part| part.name == "image[]").count();
    if !(1..=16).contains(&images) {
        complaints.push(format!("image[]: {images} images, 1 to 16 are taken"));
    }
    for part in files {
        if !matches!(part.name.as_str(), "image[]" | "mask") {
            complaints.push(format!("{}: a file that is not documented", part.name));
        }
        if part.value.is_empty() || part.filename.as_deref() == Some("") {
            complaints.push(format!("{}: an empty file, or one without a name", part.name));
        }
        if !part.media.as_deref().is_some_and(|media| media.starts_with("image/")) {
            complaints.push(format!("{}: not an image by its media type", part.name));
        }
    }
}

fn check_references(request: &Value, complaints: &mut Vec<String>) {
    let images = request["images"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !(1..=16).contains(&images.len()) {
        complaints.push(format!("images: {} images, 1 to 16 are taken", images.len()));
    }
    let mask = request.get("mask");
    for image in images.iter().chain(mask) {
        let members = image.as_object().map_or(0, serde_json::Map::len);
        let named = image["image_url"].is_string() || image["file_id"].is_string();
        if members != 1 || !named {
            complaints.push("images: each has an image_url or a file_id, and nothing else".to_owned());
        }
    }
}
