use beside::{Ask, Seen, ours};
use requesty_hyper::{Client, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (ask, mut seen) = (Ask::from_args(), Seen::default());
    if let Err(error) = run(&ask, &mut seen).await {
        seen.failed(&error);
    }
    seen.print();
}

async fn run(ask: &Ask, seen: &mut Seen) -> Result<(), Error> {
    let mut stream = Client::new().stream(&ours::call(ask)?).await?;
    while let Ok(Some(chunk)) = stream.next_item().await {
        ours::chunk(&chunk, seen);
    }
    ours::end(stream.finish().await, seen);
    Ok(())
}
