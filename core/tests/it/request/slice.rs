//! The list of a request: borrowed or owned, the same list.

use std::sync::Arc;

use requesty_core::Slice;
use requesty_core::chat::{Message, Request};

#[test]
fn every_form_of_a_list_is_the_same_list() {
    let list = vec![1, 2, 3];
    let shared: Arc<[i32]> = list.clone().into();
    let forms = [
        Slice::from(&list),
        Slice::from(&list[..]),
        Slice::from(&[1, 2, 3]),
        Slice::from(list.clone()),
        Slice::from([1, 2, 3]),
        Slice::from(shared.clone()),
    ];
    for form in &forms {
        assert_eq!((form, &form.clone(), &**form), (&forms[0], form, &list[..]));
        assert_eq!(format!("{form:?}"), "[1, 2, 3]");
    }
    assert_ne!(forms[0], Slice::from([1, 2]));
    assert!(Slice::<i32>::default().is_empty());
    // A shared list is not copied, neither by the request nor by its clones.
    assert_eq!(forms[5].clone().as_ptr(), shared.as_ptr());
    assert_eq!(forms[3].clone().as_ptr(), forms[3].as_ptr());
}

#[test]
fn a_request_over_a_shared_history_is_that_over_the_history() {
    let history: Arc<[Message]> = [Message::user("hi")].into();
    let body = |request: Request<'_>| request.whole_body().unwrap();
    assert_eq!(body(Request::new(history.clone())), body(Request::new(&history[..])));
}
