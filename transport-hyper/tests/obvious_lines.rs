//! The lines that one types first with the async client; those that send nothing are in the tests of the core.
#![cfg(feature = "hyper")]

mod support;

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use requesty_hyper::{
    ChatStream, Client, Connect, Decimal, Error, ErrorKind, MessageStream, ReplyStream, ReplyTexts, ResponseStream,
};
use requesty_hyper::{Router, chat, messages, responses};
use requesty_mock::Mock;
use support::router;

#[tokio::test]
async fn texts_and_then_the_total() -> Result<(), Error> {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    let call = router(&mock).chat_stream(&chat::Request::user("hi").model("mock/requesty"))?;
    let mut stream = client.stream(&call).await?;
    let first = stream.next_item().await?.map(|chunk| chunk.text().to_owned());
    let mut text = first.unwrap_or_default();
    let mut texts = stream.texts();
    while let Some(piece) = texts.try_next().await? {
        assert!(!piece.is_empty());
        text += &piece;
    }
    assert!(texts.next().await.is_none());
    let completion = stream.finish().await?;
    assert_eq!(completion.text(), text);
    let cost = completion.cost().unwrap_or_default();
    assert_eq!(format!("{cost} dollars"), format!("{} dollars", [cost].iter().sum::<Decimal>()));

    let request = messages::Request::user("hi", 100).model("mock/text");
    let mut stream = client.stream(&router(&mock).messages_stream(&request)?).await?;
    let text: String = stream.texts().try_collect().await?;
    assert_eq!(stream.finish().await?.text(), text);

    let request = responses::Request::user("hi").model("mock/text");
    let mut stream = client.stream(&router(&mock).responses_stream(&request)?).await?;
    let text: String = stream.texts().try_collect().await?;
    assert!(!text.is_empty());
    assert_eq!(stream.finish().await?.text(), text);
    Ok(())
}

#[tokio::test]
async fn texts_end_with_one_error() -> Result<(), Error> {
    let mock = Mock::start().unwrap();
    let call = router(&mock).chat_stream(&chat::Request::user("hi").model("mock/eof-no-finish"))?;
    let mut stream = Client::new().stream(&call).await?;
    let texts: Vec<Result<String, Error>> = stream.texts().collect().await;
    assert!(matches!(texts.last(), Some(Err(Error::Truncated(_)))), "{texts:?}");
    assert_eq!(texts.iter().filter(|text| text.is_err()).count(), 1);
    assert!(stream.texts().next().await.is_none());
    let error = stream.finish().await.unwrap_err();
    let text: String = texts.into_iter().flatten().collect();
    assert_eq!(error.partial().text(), text);
    Ok(())
}

/// The texts own their stream: they can be kept, and still lead to the total.
#[tokio::test]
async fn texts_in_a_field_and_out_of_a_function() -> Result<(), Error> {
    struct Session {
        texts: ReplyTexts<chat::Chunks>,
    }
    async fn ask(mock: &Mock, model: &str) -> Result<Session, Error> {
        let call = router(mock).chat_stream(&chat::Request::user("hi").model(model))?;
        Ok(Session { texts: Client::new().stream(&call).await?.into_texts() })
    }
    let mock = Mock::start().unwrap();
    let Session { mut texts } = ask(&mock, "mock/requesty").await?;
    let first = texts.try_next().await?.unwrap();
    let completion = texts.finish().await?;
    assert!(completion.text().len() > first.len() && completion.text().starts_with(&first));
    let texts: Vec<String> = ask(&mock, "mock/requesty").await?.texts.try_collect().await?;
    assert_eq!(texts.concat(), completion.text());
    assert!(texts.iter().all(|text| !text.is_empty()));

    let Session { mut texts } = ask(&mock, "mock/eof-no-finish").await?;
    let all: Vec<Result<String, Error>> = texts.by_ref().collect().await;
    assert!(matches!(all.last(), Some(Err(Error::Truncated(_)))), "{all:?}");
    assert!(texts.next().await.is_none(), "there is one error");
    let text: String = all.into_iter().flatten().collect();
    assert_eq!(texts.finish().await.unwrap_err().partial().text(), text);
    Ok(())
}

/// Each stream has a name, so that it can be kept, and a client with a connector of one's own needs one bound.
#[tokio::test]
async fn streams_and_clients_in_a_field() -> Result<(), Error> {
    struct Session<C> {
        client: Client<C>,
        router: Router,
        answer: Option<ChatStream>,
        message: Option<MessageStream>,
        response: Option<ResponseStream>,
        whole: Option<ReplyStream<chat::WholeCompletion>>,
    }
    fn session(client: Client<impl Connect>, router: Router) -> Session<impl Connect> {
        Session { client, router, answer: None, message: None, response: None, whole: None }
    }
    async fn ask<C: Connect>(session: &Session<C>) -> Result<ChatStream, Error> {
        let request = chat::Request::user("hi").model("mock/text");
        session.client.stream(&session.router.chat_stream(&request)?).await
    }
    let mock = Mock::start().unwrap();
    let mut session = session(Client::new(), router(&mock));
    session.answer = Some(ask(&session).await?);
    let (client, router) = (&session.client, &session.router);
    let request = chat::Request::user("hi").model("mock/text");
    session.whole = Some(client.stream(&router.chat(&request)?).await?);
    let request = messages::Request::user("hi", 100).model("mock/text");
    session.message = Some(client.stream(&router.messages_stream(&request)?).await?);
    let request = responses::Request::user("hi").model("mock/text");
    session.response = Some(client.stream(&router.responses_stream(&request)?).await?);

    let whole = session.whole.unwrap().finish().await?;
    assert_eq!(session.answer.unwrap().finish().await?.text(), whole.text());
    assert!(!session.message.unwrap().finish().await?.text().is_empty());
    assert!(!session.response.unwrap().finish().await?.text().is_empty());
    Ok(())
}

#[tokio::test]
async fn an_error_says_of_what_kind_it_is() -> Result<(), Error> {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    let router = router(&mock).with_max_retries(0).with_total_timeout(Duration::from_secs(30));
    let error = client.send(&router.chat(&chat::Request::user("hi").model("mock/status-402"))?).await.unwrap_err();
    assert_eq!((error.kind(), error.gateway_status().as_u16()), (Some(ErrorKind::InsufficientBalance), 402));
    let request = chat::Request::user("hi").model("mock/status-503");
    client.send(&router.chat(&request)?).await.unwrap_err();
    assert_eq!(mock.requests().len(), 2);
    client.send(&router.chat(&request)?.with_max_retries(1)).await.unwrap_err();
    assert_eq!(mock.requests().len(), 4);
    Ok(())
}
