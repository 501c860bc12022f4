use beside::{Ask, Seen, ours};
use requesty_ureq::{Client, Error};

fn main() {
    let (ask, mut seen) = (Ask::from_args(), Seen::default());
    if let Err(error) = run(&ask, &mut seen) {
        seen.failed(&error);
    }
    seen.print();
}

fn run(ask: &Ask, seen: &mut Seen) -> Result<(), Error> {
    let mut stream = Client::new().stream(&ours::call(ask)?)?;
    while let Ok(Some(chunk)) = stream.next_item() {
        ours::chunk(&chunk, seen);
    }
    ours::end(stream.finish(), seen);
    Ok(())
}
