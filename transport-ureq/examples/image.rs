//! Makes an image and writes it to a file.
//!
//! ```text
//! cargo run -p requesty-ureq --example blocking_image -- A lighthouse at dawn
//! ```

mod support;

use requesty_ureq::images::Generation;
use support::Failure;

fn main() -> Result<(), Failure> {
    let model = "azure/openai/gpt-image-1";
    let (client, router, model) = support::setup(model, model)?;
    let generation = Generation::new(model, support::words_or("A lighthouse at dawn")).size("1024x1024");

    let images = client.send(&router.generate_images(&generation)?)?;
    let image = images.data.first().ok_or("there is no image in the reply")?;
    let bytes = image.bytes()?;
    std::fs::write("image.png", &bytes)?;
    eprintln!("image.png: {} bytes", bytes.len());
    if let Some(prompt) = &image.revised_prompt {
        eprintln!("the model made of the prompt: {prompt}");
    }
    Ok(())
}
