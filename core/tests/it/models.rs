//! The models and their prices. What is sent, what is read, and what goes wrong.

use requesty_core::models::{ApiKind, Capability, Geolocation, Model, ModelName, Models, Prices, policy};
use requesty_core::{ApiKey, Decimal, Error, ErrorKind, Router};

use crate::support::{router, sent, value, whole};

/// As it was recorded, but for the description.
const RECORDED: &str = r#"{"id":"anthropic/claude-sonnet-4-20250514","object":"model","created":1747933971,"owned_by":"system",
 "input_price":0.000003,"caching_price":0.00000375,"cached_price":3e-7,"output_price":0.000015,
 "max_output_tokens":64000,"context_window":200000,
 "supports_caching":true,"supports_vision":true,"supports_computer_use":true,"supports_reasoning":true,
 "description":"A model."}"#;

/// Every member that is reported of any model.
const FULL: &str = r#"{"id":"vertex/google/gemini-2.5-pro@europe-west8","object":"model","created":1,"owned_by":"system",
 "name":"Gemini 2.5 Pro","model_canonical_name":"gemini-2.5-pro","api":"chat","geolocation":"eu",
 "context_window":1048576,"max_output_tokens":65536,
 "input_price":1.25e-6,"output_price":"0.00001","cached_price":3.1e-7,"caching_price":0.000002375,
 "pricing":[{"input_tokens_above":200000,"input_price":0.0000025,"output_price":0.000015,"cached_read_price":6.25e-7,
   "caching_price":0.000004,"note":"long"},{"input_tokens_above":500000,"input_price":0.000005}],
 "supports_caching":true,"supports_vision":false,"supports_tool_calling":true,"supports_tools":false,
 "supports_function_calling":true,"supports_reasoning":false,"supports_computer_use":true,"supports_web_search":false,
 "supports_image_generation":true,"supports_output_json_object":false,"supports_output_json_schema":true,
 "supports_role_developer":false,"description":"d","privacy_comments":"p","data_retention":true,
 "data_retention_days":30,"new_member":{"a":[1.50]}}"#;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn read(json: &str) -> Model {
    serde_json::from_str(json).unwrap()
}

fn list(entries: &[&str]) -> Models {
    serde_json::from_str(&format!(r#"{{"object":"list","data":[{}]}}"#, entries.join(","))).unwrap()
}

fn ids<'a>(models: impl IntoIterator<Item = &'a Model>) -> Vec<&'a str> {
    models.into_iter().map(|model| model.id.as_str()).collect()
}

#[test]
fn the_lists_are_asked_for() {
    let plain = |line: &str| (line.to_owned(), String::new(), String::new());
    assert_eq!(sent(&router().models().unwrap()), plain("GET https://router.requesty.ai/v1/models"));
    assert_eq!(sent(&router().managed_models().unwrap()), plain("GET https://router.requesty.ai/v1/models/managed"));
    let eu = Router::eu(ApiKey::new("rqsty-sk-test").unwrap());
    assert_eq!(sent(&eu.models().unwrap()), plain("GET https://router.eu.requesty.ai/v1/models"));
    let call = router().models().unwrap();
    assert_eq!(call.request().headers()["accept"], "application/json");
    assert_eq!(call.model(), None);
}

#[test]
fn the_public_list_is_asked_for_without_a_key() {
    let call = router().public_models().unwrap();
    let request = call.request();
    assert_eq!((request.method().as_str(), request.uri().path()), ("GET", "/v1/models"));
    for name in ["authorization", "x-api-key"] {
        assert!(!request.headers().contains_key(name), "{name}");
    }
    assert_eq!(request.headers()["accept"], "application/json");
    let keyed = call.with_key(&ApiKey::new("rqsty-sk-other").unwrap()).unwrap();
    assert_eq!(keyed.request().headers()["authorization"], "Bearer rqsty-sk-other");
}

#[test]
fn the_recorded_entry_is_read_and_passed_on() {
    let call = router().models().unwrap();
    let models = whole(&call, 200, &format!(r#"{{"object":"list","data":[{RECORDED}],"total":1}}"#)).unwrap();
    assert_eq!((models.len(), models.is_empty(), models.unread.len()), (1, false, 0));
    assert_eq!((models.extra.get("object"), models.extra.get("total")), (Some(r#""list""#), Some("1")));
    let model = models.get("anthropic/claude-sonnet-4-20250514").unwrap();
    assert_eq!(models.get("anthropic/claude-sonnet-4"), None);
    assert_eq!((model.created, model.owned_by.as_deref()), (Some(1_747_933_971), Some("system")));
    assert_eq!((model.context(), model.max_output()), (Some(200_000), Some(64_000)));
    assert_eq!(model.description.as_deref(), Some("A model."));
    let listed = model.prices().per_million();
    let shown = |price: Option<Decimal>| price.unwrap().to_string();
    assert_eq!([shown(listed.input), shown(listed.output)], ["3", "15"]);
    assert_eq!([shown(listed.cached), shown(listed.caching)], ["0.3", "3.75"]);
    assert_eq!(model.extra.get("object"), Some(r#""model""#));
    let again = serde_json::to_string(&models).unwrap();
    assert_eq!(serde_json::from_str::<Models>(&again).unwrap(), models);
    assert_eq!(value(&again)["data"][0], value(RECORDED));
}

#[test]
fn every_reported_member_is_read_and_passed_on() {
    let model = read(FULL);
    assert_eq!(model.id, "vertex/google/gemini-2.5-pro@europe-west8");
    assert_eq!(
        (model.name.as_deref(), model.model_canonical_name.as_deref()),
        (Some("Gemini 2.5 Pro"), Some("gemini-2.5-pro"))
    );
    assert_eq!((&model.api, &model.geolocation), (&Some(ApiKind::Chat), &Some(Geolocation::Eu)));
    assert_eq!((model.context_window, model.max_output_tokens), (Some(1_048_576), Some(65_536)));
    assert_eq!([model.input_price, model.output_price], [Some(decimal("0.00000125")), Some(decimal("0.00001"))]);
    assert_eq!([model.cached_price, model.caching_price], [Some(decimal("0.00000031")), Some(decimal("0.000002375"))]);
    let [first, second] = &model.pricing[..] else { panic!("{:?}", model.pricing) };
    assert_eq!((first.input_tokens_above, second.input_tokens_above), (Some(200_000), Some(500_000)));
    assert_eq!(first.prices.input, Some(decimal("0.0000025")));
    assert_eq!(first.prices.output, Some(decimal("0.000015")));
    assert_eq!(first.prices.cached, Some(decimal("0.000000625")));
    assert_eq!(first.prices.caching, Some(decimal("0.000004")));
    assert_eq!(first.extra.get("note"), Some(r#""long""#));
    assert_eq!((model.description.as_deref(), model.privacy_comments.as_deref()), (Some("d"), Some("p")));
    assert_eq!((model.data_retention, model.data_retention_days), (Some(true), Some(30)));
    assert_eq!(model.extra.get("new_member"), Some(r#"{"a":[1.50]}"#));
    let written = serde_json::to_string(&model).unwrap();
    let mut expected = value(FULL);
    expected["output_price"] = value("0.00001");
    assert_eq!(value(&written), expected);
    assert!(written.contains("1.50"), "{written}");
    assert_eq!(serde_json::to_string(&read(r#"{"id":"a"}"#)).unwrap(), r#"{"id":"a"}"#);
}

#[test]
fn each_capability_is_read_from_its_member() {
    for (index, capability) in Capability::ALL.into_iter().enumerate() {
        let member = format!("supports_{capability}");
        let yes = read(&format!(r#"{{"id":"a","{member}":true}}"#));
        let no = read(&format!(r#"{{"id":"a","{member}":false}}"#));
        assert_eq!((yes.supports(capability), no.supports(capability)), (Some(true), Some(false)), "{member}");
        assert_eq!(serde_json::to_string(&yes).unwrap(), format!(r#"{{"id":"a","{member}":true}}"#));
        let others = Capability::ALL.into_iter().filter(|other| *other != capability);
        assert!(others.map(|other| yes.supports(other)).all(|said| said.is_none()), "{member} {index}");
        let odd = read(&format!(r#"{{"id":"a","{member}":"maybe"}}"#));
        assert_eq!((odd.supports(capability), odd.extra.get(&member)), (None, Some(r#""maybe""#)));
    }
    // One of these is enough, and one that says no takes nothing away.
    for member in ["supports_tool_calling", "supports_tools", "supports_function_calling"] {
        let model = |said: &str| read(&format!(r#"{{"id":"a","{member}":{said}}}"#)).supports(Capability::ToolCalling);
        assert_eq!((model("true"), model("false"), model("null")), (Some(true), Some(false), None), "{member}");
    }
    assert_eq!(read(FULL).supports(Capability::ToolCalling), Some(true));
}

#[test]
fn zero_is_not_a_limit() {
    let unknown = read(r#"{"id":"a","context_window":0,"max_output_tokens":0}"#);
    assert_eq!((unknown.context(), unknown.max_output()), (None, None));
    assert_eq!((unknown.context_window, unknown.max_output_tokens), (Some(0), Some(0)));
    let one = read(r#"{"id":"a","context_window":1,"max_output_tokens":1}"#);
    assert_eq!((one.context(), one.max_output()), (Some(1), Some(1)));
    assert_eq!(read(r#"{"id":"a"}"#).context(), None);
}

#[test]
fn open_words_are_their_names_both_ways() {
    for (api, name) in [
        (ApiKind::Chat, "chat"),
        (ApiKind::Embedding, "embedding"),
        (ApiKind::Image, "image"),
        (ApiKind::Speech, "speech"),
        (ApiKind::Transcription, "transcription"),
        (ApiKind::Other("rerank".into()), "rerank"),
    ] {
        assert_eq!((api.as_str(), api.to_string().as_str(), ApiKind::from(name)), (name, name, api.clone()));
        assert_eq!(serde_json::to_value(&api).unwrap(), name);
        assert_eq!(read(&format!(r#"{{"id":"a","api":"{name}"}}"#)).api, Some(api));
    }
    for (place, name) in [
        (Geolocation::Global, "global"),
        (Geolocation::Eu, "eu"),
        (Geolocation::Us, "us"),
        (Geolocation::Sg, "sg"),
        (Geolocation::Other("jp".into()), "jp"),
    ] {
        assert_eq!((place.as_str(), place.to_string().as_str(), Geolocation::from(name)), (name, name, place.clone()));
        assert_eq!(serde_json::to_value(&place).unwrap(), name);
        assert_eq!(read(&format!(r#"{{"id":"a","geolocation":"{name}"}}"#)).geolocation, Some(place));
    }
}

#[test]
fn one_odd_entry_costs_no_other_and_is_not_lost() {
    let odd = [r#""openai/gpt-4o""#, "7", "null", r#"{"object":"model"}"#, r#"{"id":null}"#, r#"{"id":""}"#, "[1.50]"];
    let mut entries = vec![r#"{"id":"a/b"}"#];
    entries.extend(odd);
    entries.push(r#"{"id":"c/d","context_window":"odd","input_price":[],"pricing":[1,{}],"name":null,"created":"12"}"#);
    let models = list(&entries);
    assert_eq!(ids(&models), ["a/b", "c/d"]);
    assert_eq!(models.unread.iter().map(|entry| &**entry).collect::<Vec<_>>(), odd);
    let model = &models.data[1];
    assert_eq!((model.context(), model.input_price, model.created), (None, None, Some(12)));
    assert_eq!((model.extra.get("context_window"), model.extra.get("input_price")), (Some(r#""odd""#), Some("[]")));
    assert_eq!((model.pricing.len(), model.extra.get("pricing"), model.extra.get("name")), (1, Some("[1,{}]"), None));
    let written = serde_json::to_string(&models).unwrap();
    assert!(written.ends_with(r#"[1.50]],"object":"list"}"#), "{written}");
    assert_eq!(serde_json::from_str::<Models>(&written).unwrap(), models);
}

#[test]
fn what_is_no_list_is_an_error_and_an_empty_one_is_none() {
    let call = router().models().unwrap();
    for body in ["{}", r#"{"object":"list"}"#, r#"{"data":7}"#, r#"{"data":{"id":"a"}}"#, "7", r#""x""#, "", "[1"] {
        let error = whole(&call, 200, body).unwrap_err();
        assert!(matches!(&error, Error::Decode(_)), "{body}: {error}");
    }
    for body in [r#"{"data":[]}"#, r#"{"data":null}"#, "[]"] {
        let models = whole(&call, 200, body).unwrap();
        assert!(models.is_empty() && models.iter().next().is_none(), "{body}");
    }
    assert_eq!(ids(&whole(&call, 200, r#"[{"id":"a"}]"#).unwrap()), ["a"]);
    assert_eq!(serde_json::from_str::<Model>("{}").unwrap_err().to_string(), "not a model");
}

#[test]
fn errors_of_the_lists_are_typed() {
    let forbidden = r#"{"error":{"origin":"router","message":"Invalid authorization token"}}"#;
    for call in [router().models().unwrap(), router().public_models().unwrap(), router().managed_models().unwrap()] {
        let error = whole(&call, 403, forbidden).unwrap_err();
        assert_eq!(error.kind(), Some(ErrorKind::Forbidden));
        assert_eq!(error.api().unwrap().message(), Some("Invalid authorization token"));
        assert_eq!(whole(&call, 200, forbidden).unwrap_err().kind(), Some(ErrorKind::Forbidden));
    }
    let managed = router().managed_models().unwrap();
    let models = whole(&managed, 200, r#"{"object":"list","data":[{"id":"claude-sonnet-4-5@eu"}]}"#).unwrap();
    assert_eq!((models.data[0].provider(), models.data[0].region()), (None, Some("eu")));
    assert_eq!(whole(&managed, 404, "not found").unwrap_err().kind(), Some(ErrorKind::NotFound));
}

#[test]
fn names_are_taken_apart_only_where_that_is_no_guess() {
    // Name, provider, region, suffix, policy.
    for (name, provider, region, suffix, policy) in [
        ("openai/gpt-4.1", Some("openai"), None, None, None),
        ("vertex/google/gemini-2.5-pro", Some("vertex"), None, None, None),
        ("bedrock/claude-sonnet-4-5@eu-central-1", Some("bedrock"), Some("eu-central-1"), None, None),
        ("openai/o4-mini:flex", Some("openai"), None, Some("flex"), None),
        ("a/b@eu:flex", Some("a"), Some("eu"), Some("flex"), None),
        ("a/b:flex@eu", Some("a"), Some("eu"), Some("flex"), None),
        ("bedrock/anthropic.claude-v2:0@us-east-1", Some("bedrock"), Some("us-east-1"), Some("0"), None),
        ("claude-sonnet-4-5@eu", None, Some("eu"), None, None),
        ("claude-sonnet-4-5", None, None, None, None),
        ("policy/my@eu:x/y", None, None, None, Some("my@eu:x/y")),
        ("policy/", None, None, None, Some("")),
        ("policy", None, None, None, None),
        ("a@b/c:d/e", Some("a@b"), None, None, None),
        ("/x@:", None, None, None, None),
        ("", None, None, None, None),
    ] {
        let parts = ModelName::new(name);
        assert_eq!((parts.provider(), parts.region(), parts.suffix()), (provider, region, suffix), "{name}");
        assert_eq!((parts.policy(), parts.is_policy()), (policy, policy.is_some()), "{name}");
        assert_eq!((parts.as_str(), parts.to_string().as_str()), (name, name));
        assert_eq!(format!("{parts:?}"), format!("{name:?}"));
        if !name.is_empty() {
            let model = read(&format!(r#"{{"id":"{name}"}}"#));
            assert_eq!((model.provider(), model.region(), model.is_policy()), (provider, region, policy.is_some()));
            assert_eq!(model.model_name(), parts);
        }
    }
    assert_eq!((policy("a"), policy("policy/a")), ("policy/a".to_owned(), "policy/a".to_owned()));
}

#[test]
fn long_prompts_cost_what_their_tier_says() {
    let model = read(FULL);
    let input = |tokens| model.prices_for(tokens).per_million().input.unwrap().to_string();
    assert_eq!([input(0), input(200_000)], ["1.25", "1.25"]);
    assert_eq!([input(200_001), input(500_000), input(500_001)], ["2.5", "2.5", "5"]);
    // The highest tier says nothing of answers, so that they cost as without one.
    let prices = model.prices_for(500_001);
    let base = model.prices();
    assert_eq!((prices.output, prices.cached, prices.caching), (base.output, base.cached, base.caching));
    let prices = model.prices_for(200_001);
    assert_eq!((prices.output, prices.cached, prices.caching), {
        let tier = model.pricing[0].prices;
        (tier.output, tier.cached, tier.caching)
    });
    assert_eq!(model.cost(100, 10), Some(decimal("0.000225")));
    assert_eq!(model.cost(200_001, 1), Some(decimal("0.5000175")));
    // A tier without a bound holds for nothing.
    let unbound = read(r#"{"id":"a","input_price":1,"output_price":1,"pricing":[{"input_price":9}]}"#);
    assert_eq!(unbound.cost(1, 1), Some(decimal("2")));
    for without in [
        r#"{"id":"a","input_price":1}"#,
        r#"{"id":"a","output_price":1}"#,
        r#"{"id":"policy/a","input_price":1,"output_price":1}"#,
    ] {
        assert_eq!(read(without).cost(1, 1), None, "{without}");
    }
    assert_eq!(Prices::default().per_million(), Prices::default());
    let written = serde_json::to_string(&model.pricing[0]).unwrap();
    assert_eq!(serde_json::from_str::<requesty_core::models::PriceTier>(&written).unwrap(), model.pricing[0]);
    assert_eq!(
        serde_json::from_str::<requesty_core::models::PriceTier>("7").unwrap_err().to_string(),
        "not a tier of prices"
    );
}

/// Four models and a policy, in no order.
fn shelf() -> Models {
    list(&[
        r#"{"id":"c/dear","api":"chat","geolocation":"us","context_window":200000,"max_output_tokens":64000,"supports_vision":true,
           "input_price":0.000003,"output_price":0.000015}"#,
        r#"{"id":"policy/p","input_price":0,"output_price":0,"supports_vision":true,"context_window":1}"#,
        r#"{"id":"b/cheap","context_window":8000,"max_output_tokens":4000,"supports_vision":false,
           "input_price":1e-7,"output_price":4e-7,"geolocation":"eu"}"#,
        r#"{"id":"d/unpriced","context_window":0,"max_output_tokens":0}"#,
        r#"{"id":"a/cheap","context_window":8001,"max_output_tokens":4001,"supports_vision":true,
           "input_price":1e-7,"output_price":4e-7}"#,
    ])
}

#[test]
fn lists_are_put_in_an_order_that_does_not_depend_on_the_one_they_came_in() {
    let mut models = shelf();
    models.sort_by_id();
    assert_eq!(ids(&models), ["a/cheap", "b/cheap", "c/dear", "d/unpriced", "policy/p"]);
    let by_cost = ["a/cheap", "b/cheap", "c/dear", "d/unpriced", "policy/p"];
    models.data.reverse();
    models.sort_by_cost(1000, 1000);
    assert_eq!(ids(&models), by_cost);
    let mut models =
        list(&[r#"{"id":"in","input_price":1,"output_price":9}"#, r#"{"id":"out","input_price":9,"output_price":1}"#]);
    models.sort_by_cost(1, 2);
    assert_eq!(ids(&models), ["out", "in"]);
    models.sort_by_cost(2, 1);
    assert_eq!(ids(&models), ["in", "out"]);
    assert_eq!(models.into_iter().map(|model| model.id).collect::<Vec<_>>(), ["in", "out"]);
}

#[test]
fn selections_keep_what_is_said_to_fit() {
    let models = shelf();
    let all = || models.select();
    assert_eq!((all().len(), all().is_empty(), all().iter().len()), (5, false, 5));
    assert_eq!(ids(all().supporting(Capability::Vision)), ["c/dear", "policy/p", "a/cheap"]);
    assert_eq!(ids(all().min_context(8001)), ["c/dear", "a/cheap"]);
    assert_eq!(ids(all().min_output(4001)), ["c/dear", "a/cheap"]);
    assert_eq!(ids(all().min_context(0)).len(), 4, "0 is not known");
    assert_eq!(ids(all().without_policies().max_input_price(decimal("0.1"))), ["b/cheap", "a/cheap"]);
    assert_eq!(ids(all().without_policies().max_input_price(decimal("0.09"))), [""; 0]);
    assert_eq!(ids(all().without_policies().max_output_price(decimal("14.99"))), ["b/cheap", "a/cheap"]);
    assert_eq!(ids(all().without_policies().max_output_price(decimal("15"))), ["c/dear", "b/cheap", "a/cheap"]);
    assert_eq!(ids(all().provider("a")), ["a/cheap"]);
    assert_eq!(ids(all().provider("policy")), [""; 0]);
    assert_eq!(ids(all().geolocation(&Geolocation::Eu)), ["b/cheap"]);
    assert_eq!(ids(all().filter(|model| model.api.is_some())), ["c/dear"]);
    assert!(all().filter(|_| false).is_empty());
    // Of two that cost the same, the first by id; a policy costs what nobody knows.
    assert_eq!(all().cheapest(1000, 1000).unwrap().id, "a/cheap");
    assert_eq!(all().min_context(100_000).cheapest(1000, 1000).unwrap().id, "c/dear");
    assert_eq!(all().provider("d").cheapest(1000, 1000), None);
}

#[test]
fn a_list_as_long_as_the_routers_is_read() {
    let entries: Vec<String> = (0..2_000).map(|n| FULL.replace("gemini", &format!("gemini-{n}"))).collect();
    let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
    let body = format!(r#"{{"object":"list","data":[{}]}}"#, entries.join(","));
    assert!(body.len() > 2_000_000);
    let models = whole(&router().models().unwrap(), 200, &body).unwrap();
    assert_eq!((models.len(), models.unread.len()), (2_000, 0));
    assert_eq!(models.data[1_999].supports(Capability::Caching), Some(true));
}
