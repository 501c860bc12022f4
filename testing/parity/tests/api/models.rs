//! The endpoints of models.

use requesty_core::models::{ApiKind, Capability, Models};

use crate::support::{Bench, Transport, endpoint, router};

/// The list is there for everyone, so that it is not one of [`endpoint`]'s: a bad key is as good as none.
fn over_each_transport(look: impl Fn(&Bench)) {
    look(&Bench::new(Transport::Hyper));
    look(&Bench::new(Transport::Ureq));
}

fn ids(models: &Models) -> Vec<&str> {
    models.iter().map(|model| model.id.as_str()).collect()
}

#[test]
fn lists_models() {
    over_each_transport(|bench| {
        let mut models = bench.send(bench.router.models());
        let seen = bench.saw("GET /v1/models");
        assert_eq!(seen.header("authorization"), Some("Bearer rqsty-sk-api"));
        assert!(models.unread.is_empty());
        assert!(models.get("policy/fallback").unwrap().is_policy());
        let claude = models.get("bedrock/claude-sonnet-4-5@eu-central-1").unwrap();
        assert_eq!((claude.provider(), claude.region()), (Some("bedrock"), Some("eu-central-1")));
        assert_eq!(claude.supports(Capability::ToolCalling), Some(true));
        assert_eq!(claude.prices_for(200_001).per_million().input.unwrap().to_string(), "6.6");
        assert_eq!(models.get("azure/openai/gpt-image-1").unwrap().api, Some(ApiKind::Image));
        assert_eq!(models.get("vertex/google/gemini-2.5-pro").unwrap().max_output(), None);
        // The order differs from call to call, until it is put right.
        let mut again = bench.send(bench.router.models());
        assert_ne!(ids(&models), ids(&again));
        models.sort_by_id();
        again.sort_by_id();
        assert_eq!(models, again);
    });
}

#[test]
fn lists_public_models() {
    over_each_transport(|bench| {
        let models = bench.send(bench.router.public_models());
        let seen = bench.saw("GET /v1/models");
        assert_eq!((seen.header("authorization"), seen.header("x-api-key")), (None, None));
        assert!(!models.is_empty() && models.iter().all(|model| !model.is_policy()));
    });
}

#[test]
fn a_list_says_nothing_of_the_key() {
    over_each_transport(|bench| {
        let models = bench.send(router(&bench.mock, "invalid").models());
        assert!(!models.is_empty());
    });
}

endpoint!(lists_managed_models, |router| router.managed_models(), |bench| {
    let models = bench.send(bench.router.managed_models());
    bench.saw("GET /v1/models/managed");
    let [global, eu] = &models.data[..] else { panic!("{models:?}") };
    assert_eq!((global.id.as_str(), global.provider(), global.region()), ("claude-sonnet-4-5", None, None));
    assert_eq!((eu.id.as_str(), eu.region()), ("claude-sonnet-4-5@eu", Some("eu")));
});
