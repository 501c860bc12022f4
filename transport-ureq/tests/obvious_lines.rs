//! The lines that one types first with the blocking client; those that send nothing are in the tests of the core.
#![cfg(feature = "ureq")]

mod support;

use std::time::Duration;

use requesty_mock::Mock;
use requesty_ureq::{
    ChatIter, Client, Decimal, Error, ErrorKind, MessageIter, ReplyIter, ReplyTexts, ResponseIter, Router,
};
use requesty_ureq::{chat, messages, responses};
use support::{client, router};

#[test]
fn texts_and_then_the_total() -> Result<(), Error> {
    let mock = Mock::start().unwrap();
    let call = router(&mock).chat_stream(&chat::Request::user("hi").model("mock/requesty"))?;
    let mut stream = client().stream(&call)?;
    let first = stream.next_item()?.map(|chunk| chunk.text().to_owned());
    let mut text = first.unwrap_or_default();
    for piece in stream.texts() {
        let piece = piece?;
        assert!(!piece.is_empty());
        text += &piece;
    }
    assert!(stream.texts().next().is_none());
    let completion = stream.finish()?;
    assert_eq!(completion.text(), text);
    let cost = completion.cost().unwrap_or_default();
    assert_eq!(format!("{cost} dollars"), format!("{} dollars", [cost].iter().sum::<Decimal>()));

    let request = messages::Request::user("hi", 100).model("mock/text");
    let mut stream = client().stream(&router(&mock).messages_stream(&request)?)?;
    let text: String = stream.texts().collect::<Result<_, _>>()?;
    assert_eq!(stream.finish()?.text(), text);

    let request = responses::Request::user("hi").model("mock/text");
    let mut stream = client().stream(&router(&mock).responses_stream(&request)?)?;
    let text: String = stream.texts().collect::<Result<_, _>>()?;
    assert!(!text.is_empty());
    assert_eq!(stream.finish()?.text(), text);
    Ok(())
}

#[test]
fn texts_end_with_one_error() -> Result<(), Error> {
    let mock = Mock::start().unwrap();
    let call = router(&mock).chat_stream(&chat::Request::user("hi").model("mock/eof-no-finish"))?;
    let mut stream = client().stream(&call)?;
    let texts: Vec<Result<String, Error>> = stream.texts().collect();
    assert!(matches!(texts.last(), Some(Err(Error::Truncated(_)))), "{texts:?}");
    assert_eq!(texts.iter().filter(|text| text.is_err()).count(), 1);
    assert!(stream.texts().next().is_none());
    let error = stream.finish().unwrap_err();
    let text: String = texts.into_iter().flatten().collect();
    assert_eq!(error.partial().text(), text);
    Ok(())
}

/// The texts own their stream: they can be kept, and still lead to the total.
#[test]
fn texts_in_a_field_and_out_of_a_function() -> Result<(), Error> {
    struct Session {
        texts: ReplyTexts<chat::Chunks>,
    }
    fn ask(mock: &Mock, model: &str) -> Result<Session, Error> {
        let call = router(mock).chat_stream(&chat::Request::user("hi").model(model))?;
        Ok(Session { texts: client().stream(&call)?.into_texts() })
    }
    let mock = Mock::start().unwrap();
    let Session { mut texts } = ask(&mock, "mock/requesty")?;
    let first = texts.next().unwrap()?;
    let completion = texts.finish()?;
    assert!(completion.text().len() > first.len() && completion.text().starts_with(&first));
    let texts: Vec<String> = ask(&mock, "mock/requesty")?.texts.collect::<Result<_, _>>()?;
    assert_eq!(texts.concat(), completion.text());
    assert!(texts.iter().all(|text| !text.is_empty()));

    let Session { mut texts } = ask(&mock, "mock/eof-no-finish")?;
    let all: Vec<Result<String, Error>> = texts.by_ref().collect();
    assert!(matches!(all.last(), Some(Err(Error::Truncated(_)))), "{all:?}");
    assert!(texts.next().is_none(), "there is one error");
    let text: String = all.into_iter().flatten().collect();
    assert_eq!(texts.finish().unwrap_err().partial().text(), text);
    Ok(())
}

/// Each stream has a name, so that it can be kept.
#[test]
fn streams_and_clients_in_a_field() -> Result<(), Error> {
    struct Session {
        client: Client,
        router: Router,
        answer: Option<ChatIter>,
        message: Option<MessageIter>,
        response: Option<ResponseIter>,
        whole: Option<ReplyIter<chat::WholeCompletion>>,
    }
    let mock = Mock::start().unwrap();
    let router = router(&mock);
    let mut session = Session { client: client(), router, answer: None, message: None, response: None, whole: None };
    let (client, router) = (&session.client, &session.router);
    let request = chat::Request::user("hi").model("mock/text");
    session.answer = Some(client.stream(&router.chat_stream(&request)?)?);
    session.whole = Some(client.stream(&router.chat(&request)?)?);
    let request = messages::Request::user("hi", 100).model("mock/text");
    session.message = Some(client.stream(&router.messages_stream(&request)?)?);
    let request = responses::Request::user("hi").model("mock/text");
    session.response = Some(client.stream(&router.responses_stream(&request)?)?);

    let whole = session.whole.unwrap().finish()?;
    assert_eq!(session.answer.unwrap().finish()?.text(), whole.text());
    assert!(!session.message.unwrap().finish()?.text().is_empty());
    assert!(!session.response.unwrap().finish()?.text().is_empty());
    Ok(())
}

#[test]
fn an_error_says_of_what_kind_it_is() -> Result<(), Error> {
    let mock = Mock::start().unwrap();
    let router = router(&mock).with_max_retries(0).with_total_timeout(Duration::from_secs(30));
    let error = client().send(&router.chat(&chat::Request::user("hi").model("mock/status-402"))?).unwrap_err();
    assert_eq!((error.kind(), error.gateway_status().as_u16()), (Some(ErrorKind::InsufficientBalance), 402));
    let request = chat::Request::user("hi").model("mock/status-503");
    client().send(&router.chat(&request)?).unwrap_err();
    assert_eq!(mock.requests().len(), 2);
    client().send(&router.chat(&request)?.with_max_retries(1)).unwrap_err();
    assert_eq!(mock.requests().len(), 4);
    Ok(())
}
