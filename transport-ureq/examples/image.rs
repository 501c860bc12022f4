//! Makes an image, or edits one, and writes it to a file.
//!
//! ```text
//! image [--edit=FILE] [--out=FILE] [what it shows]
//! ```

mod support;

use std::path::Path;
use std::process::ExitCode;

use requesty_ureq::Client;
use requesty_ureq::images::{Edit, Generation, InputImage};
use support::{Failure, run, target};

fn main() -> ExitCode {
    run(example)
}

fn example() -> Result<(), Failure> {
    let (options, words): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|word| word.starts_with("--"));
    let option = |name: &str| options.iter().find_map(|option| option.strip_prefix(name));
    if let Some(unknown) = options.iter().find(|option| !option.starts_with("--edit=") && !option.starts_with("--out="))
    {
        return Err(format!("unknown option {unknown}; usage: image [--edit=FILE] [--out=FILE] [what it shows]").into());
    }
    let out = option("--out=").unwrap_or("image.png");
    let prompt = if words.is_empty() { "A lighthouse at dawn".to_owned() } else { words.join(" ") };

    let target = target("azure/openai/gpt-image-1", "azure/openai/gpt-image-1")?;
    let call = match option("--edit=") {
        Some(path) => {
            let name =
                Path::new(path).file_name().map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into());
            let data = std::fs::read(path).map_err(|error| format!("cannot read {path}: {error}"))?;
            let edit = Edit::new(&target.model, prompt).image(InputImage::from_bytes(name, &data));
            target.router.edit_images(&edit)?
        }
        None => target.router.generate_images(&Generation::new(&target.model, prompt).size("1024x1024"))?,
    };
    let images = Client::new().send(&call)?;
    let image = images.data.first().ok_or("there is no image in the reply")?;
    if let (None, Some(url)) = (&image.b64_json, &image.url) {
        if !url.as_str().starts_with("data:") {
            println!("{}", url.as_str());
            return Ok(());
        }
    }
    let bytes = image.bytes()?;
    std::fs::write(out, &bytes).map_err(|error| format!("cannot write {out}: {error}"))?;
    eprintln!(
        "{out}: {} bytes; {}",
        bytes.len(),
        image.revised_prompt.as_deref().unwrap_or("the prompt was not revised")
    );
    Ok(())
}
