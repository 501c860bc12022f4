//! Changes an image as a text says, and writes what comes of it to a file.
//!
//! ```text
//! cargo run -p requesty-hyper --example edit_image -- photo.png Make it night.
//! ```

mod support;

use std::{env, fs};

use requesty_hyper::images::{Edit, InputImage};
use support::Failure;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let model = "azure/openai/gpt-image-1";
    let (client, router, model) = support::setup(model, model)?;
    let mut arguments = env::args().skip(1);
    let photo = arguments.next().map_or_else(|| Ok(support::files::pixel()), fs::read)?;
    let prompt = arguments.collect::<Vec<_>>().join(" ");
    let prompt = if prompt.is_empty() { "Make it night." } else { &prompt };
    let edit = Edit::new(model, prompt).image(InputImage::from_bytes("photo.png", &photo));

    let images = client.send(&router.edit_images(&edit)?).await?;
    let bytes = images.data.first().ok_or("there is no image in the reply")?.bytes()?;
    fs::write("edited.png", &bytes)?;
    eprintln!("edited.png: {} bytes", bytes.len());
    Ok(())
}
