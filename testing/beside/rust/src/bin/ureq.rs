use beside::{Ask, QUESTION, Seen};
use requesty_ureq::chat::{Completion, Request, Tool};
use requesty_ureq::{ApiKey, Client, Error, Router};

fn main() {
    let (ask, mut seen) = (Ask::from_args(), Seen::default());
    if let Err(error) = run(&ask, &mut seen) {
        seen.failed(&error);
    }
    seen.print();
}

fn run(ask: &Ask, seen: &mut Seen) -> Result<(), Error> {
    let router = Router::new(ApiKey::new("key")?).with_inference_base(&ask.base)?;
    let tools =
        [Tool::function("weather").description("The weather.").parameters(&Ask::parameters()).expect("a schema")];
    let mut request = Request::user(QUESTION).model(&ask.model).n(ask.n);
    if ask.tools {
        request = request.tools(&tools);
    }
    let mut stream = Client::new().stream(&router.chat_stream(&request)?)?;
    while let Ok(Some(chunk)) = stream.next_item() {
        seen.text.push_str(chunk.text());
        seen.future |= chunk.member("x_future").is_some();
    }
    match stream.finish() {
        Ok(completion) => add(&completion, seen),
        Err(incomplete) => {
            add(incomplete.partial(), seen);
            seen.failed(incomplete.error());
        }
    }
    Ok(())
}

fn add(completion: &Completion, seen: &mut Seen) {
    for choice in &completion.choices {
        for call in &choice.message.tool_calls {
            match call.finished() {
                Ok(call) => seen.calls.push((call.name().to_owned(), call.arguments_json().into_owned())),
                Err(_) => seen.marked += 1,
            }
        }
    }
    seen.finish = completion.finish_reason().map(|reason| reason.as_str().to_owned());
    seen.cost = completion.cost().map(|cost| cost.to_string().parse().expect("a number"));
}
