//! The endpoints of manage.

use requesty_core::chat::{Message, Request};
use requesty_core::manage::{
    AccessListFields, Expiry, GroupBy, GroupRole, Labels, NewGroup, NewKey, Permission, Resolution, SELF, Secret,
    Timestamp, UNLIMITED, UsageQuery,
};
use requesty_core::{ApiKey, Decimal, Error, ErrorKind, Reply, Router, error};

use crate::support::{Bench, endpoint};

pub(crate) fn money(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// Makes a key and returns its id and the key itself.
pub(crate) fn made(bench: &Bench, key: &NewKey) -> (String, ApiKey) {
    let created = bench.send(bench.router.create_key(key));
    (created.id.unwrap(), created.secret.as_ref().and_then(|secret| Secret::api_key(secret).ok()).unwrap())
}

/// Makes a group and returns its id.
pub(crate) fn group(bench: &Bench) -> String {
    bench.send(bench.router.create_group(&NewGroup::new("docs").monthly_limit(money("49.99")))).id
}

/// Makes an access list and returns its id.
fn list(bench: &Bench) -> String {
    let fields = AccessListFields::new().name("small").chat(["openai/gpt-4o-mini"]);
    bench.send(bench.router.create_access_list(&fields)).id
}

fn query() -> UsageQuery {
    UsageQuery::new(Timestamp::new("2026-08-07T00:00:00Z").unwrap())
}

/// Returns what the API said of a call that fails.
#[track_caller]
pub(crate) fn refused<R: Reply>(bench: &Bench, call: Result<requesty_core::Call<R>, Error>) -> (ErrorKind, String) {
    let Err(incomplete) = bench.try_send(&call.unwrap()) else { panic!("it was not refused") };
    let error: &error::ApiError = incomplete.error().api().unwrap();
    (error.kind(), error.message().unwrap_or_default().to_owned())
}

pub(crate) fn chat(router: &Router) -> Result<requesty_core::Call<requesty_core::chat::WholeCompletion>, Error> {
    let messages = [Message::user("What is an LLM gateway?")];
    router.chat(&Request::new(&messages).model("mock/text"))
}

endpoint!(checks_a_key, |router| router.check_auth(), |bench| {
    let yes = bench.send(bench.router.check_auth());
    assert_eq!((yes.status().as_u16(), yes.body().len()), (200, 0));
    bench.saw("GET /v1/auth/check");
});

endpoint!(lists_keys, |router| router.keys(), |bench| {
    assert!(bench.send(bench.router.keys()).keys.is_empty());
    let (id, _) = made(bench, &NewKey::new("production").monthly_limit(money("500")).manage(Permission::Read));
    let keys = bench.send(bench.router.keys());
    let [key] = keys.keys.as_slice() else { panic!("{keys:?}") };
    assert_eq!((&key.id, key.name.as_deref(), key.limit()), (&id, Some("production"), Some(money("500"))));
    assert_eq!((key.monthly_spend, keys.monthly_spend()), (Some(Decimal::ZERO), Some(Decimal::ZERO)));
    assert_eq!(key.permissions.as_ref().unwrap().manage, Some(Permission::Read));
    bench.saw("GET /v1/manage/apikey");
});

endpoint!(creates_a_key, |router| router.create_key(&NewKey::new("k")), |bench| {
    let created = bench.send(bench.router.create_key(&NewKey::new("k").monthly_limit(money("0.50"))));
    let key = created.secret.unwrap().api_key().unwrap();
    let seen = bench.saw("POST /v1/manage/apikey");
    assert_eq!(seen.body, r#"{"name":"k","monthly_limit":"0.5"}"#);
    let own = bench.router.key(SELF).unwrap().with_key(&key);
    assert_eq!(Some(bench.send(own.map_err(Error::from)).id), created.id, "the key works");
});

endpoint!(asks_for_a_key, |router| router.key("key-1"), |bench| {
    let (id, _) = made(bench, &NewKey::new("k"));
    let key = bench.send(bench.router.key(&id));
    assert_eq!((key.monthly_limit, key.limit()), (Some(UNLIMITED), None));
    bench.saw(&format!("GET /v1/manage/apikey/{id}"));
    assert_eq!(refused(bench, bench.router.key("../org")).0, ErrorKind::NotFound);
    bench.saw("GET /v1/manage/apikey/..%2Forg");
});

endpoint!(asks_for_the_own_key, |router| router.key(SELF), |bench| {
    assert_eq!(bench.send(bench.router.key(SELF)).id, "key-self");
    bench.saw("GET /v1/manage/apikey/self");
});

endpoint!(deletes_a_key, |router| router.delete_key("key-1"), |bench| {
    let (id, _) = made(bench, &NewKey::new("k"));
    bench.send(bench.router.delete_key(&id));
    bench.saw(&format!("DELETE /v1/manage/apikey/{id}"));
    for (kind, message) in [
        refused(bench, bench.router.key(&id)),
        refused(bench, bench.router.delete_key(&id)),
        refused(bench, bench.router.set_key_limit(&id, UNLIMITED)),
        refused(bench, bench.router.key_usage(&id, &query())),
    ] {
        assert_eq!((kind, message.as_str()), (ErrorKind::NotFound, "API key not found"));
    }
});

endpoint!(limits_a_key, |router| router.set_key_limit("key-1", UNLIMITED), |bench| {
    let (id, _) = made(bench, &NewKey::new("k"));
    bench.send(bench.router.set_key_limit(&id, money("49.990")));
    assert_eq!(bench.saw(&format!("POST /v1/manage/apikey/{id}/limit")).body, r#"{"monthly_limit":"49.99"}"#);
    assert_eq!(bench.send(bench.router.key(&id)).limit(), Some(money("49.99")));
    bench.send(bench.router.set_key_limit(&id, UNLIMITED));
    assert_eq!(bench.send(bench.router.key(&id)).limit(), None);
});

endpoint!(labels_a_key, |router| router.set_key_labels("key-1", &Labels::new()), |bench| {
    let (id, _) = made(bench, &NewKey::new("k"));
    bench.send(bench.router.set_key_labels(&id, &Labels::new().label("env", "prod").label("team", "a")));
    bench.saw(&format!("POST /v1/manage/apikey/{id}/label"));
    let labels = bench.send(bench.router.key(&id)).labels;
    assert_eq!((labels.get("env").as_deref(), labels.len()), (Some("prod"), 2));
    bench.send(bench.router.set_key_labels(&id, &labels.without("team")));
    assert_eq!(bench.send(bench.router.key(&id)).labels.len(), 1);
    bench.send(bench.router.set_key_labels(&id, &Labels::new()));
    assert!(bench.send(bench.router.key(&id)).labels.is_empty());
});

endpoint!(sets_when_a_key_expires, |router| router.set_key_expiry("key-1", &Expiry::Never), |bench| {
    let (id, secret) = made(bench, &NewKey::new("k"));
    let at = Timestamp::new("2999-12-31T23:59:59Z").unwrap();
    bench.send(bench.router.set_key_expiry(&id, &Expiry::At(at.clone())));
    bench.saw(&format!("POST /v1/manage/apikey/{id}/expiry"));
    assert_eq!(bench.send(bench.router.key(&id)).expiry(), Some(at));
    bench.send(bench.router.set_key_expiry(&id, &Expiry::Never));
    assert_eq!(bench.send(bench.router.key(&id)).expires_at, None);
    bench.send(bench.router.set_key_expiry(&id, &Expiry::At(Timestamp::new("2001-01-01T00:00:00Z").unwrap())));
    let own = bench.router.key(SELF).unwrap().with_key(&secret).map_err(Error::from);
    assert_eq!(refused(bench, own).0, ErrorKind::Forbidden);
    let (kind, message) = refused(bench, bench.router.set_key_expiry(&id, &Expiry::Never));
    assert_eq!((kind, message.as_str()), (ErrorKind::InvalidRequest, "An expired API key cannot be revived"));
});

endpoint!(asks_what_a_key_used, |router| router.key_usage(SELF, &query()), |bench| {
    let (id, secret) = made(bench, &NewKey::new("k"));
    let mut spent = Decimal::ZERO;
    for _ in 0..3 {
        let answer = bench.send(chat(&bench.router).unwrap().with_key(&secret).map_err(Error::from));
        spent = spent.checked_add(answer.cost().unwrap()).unwrap();
    }
    let query = query()
        .end(Timestamp::new("2026-08-08T00:00:00Z").unwrap())
        .resolution(Resolution::Day)
        .group_by(GroupBy::ModelUsed)
        .group_by(GroupBy::IsByok);
    let report = bench.send(bench.router.key_usage(&id, &query));
    bench.saw(&format!(
        "GET /v1/manage/apikey/{id}/usage?start=2026-08-07T00%3A00%3A00Z&end=2026-08-08T00%3A00%3A00Z&resolution=day\
         &group_by=model_used&group_by=is_byok"
    ));
    let [day] = report.periods.as_slice() else { panic!("{report:?}") };
    assert_eq!((day.start.as_str(), day.counters.completions_requests), ("2026-08-07T00:00:00Z", Some(3)));
    assert_eq!((day.counters.spend, day.counters.image_requests), (Some(spent), Some(0)), "to the last digit");
    assert_eq!(report.total(), day.counters);
    let [row] = day.groups.as_slice() else { panic!("{day:?}") };
    assert_eq!((row.values.get("model_used"), row.values.get("is_byok")), (Some(r#""mock/text""#), Some("false")));
    assert_eq!((row.counters.spend, row.counters.total_tokens), (Some(spent), day.counters.total_tokens));
    assert_eq!(bench.send(bench.router.key(&id)).monthly_spend, Some(spent));
});

endpoint!(asks_what_the_organization_used, |router| router.organization_usage(&query()), |bench| {
    let (id, secret) = made(bench, &NewKey::new("k"));
    bench.send(chat(&bench.router).unwrap().with_key(&secret).map_err(Error::from));
    let query = query().group_by(GroupBy::ApiKeyId);
    let report = bench.send(bench.router.organization_usage(&query));
    bench.saw("GET /v1/manage/org/usage?start=2026-08-07T00%3A00%3A00Z&group_by=api_key_id");
    assert_eq!(report.total().total_requests, Some(1));
    assert_eq!(report.periods[0].groups[0].values.get_as::<String>("api_key_id"), Some(id));
});

endpoint!(lists_groups, |router| router.groups(), |bench| {
    assert!(bench.send(bench.router.groups()).groups.is_empty());
    let id = group(bench);
    let groups = bench.send(bench.router.groups());
    let [docs] = groups.groups.as_slice() else { panic!("{groups:?}") };
    assert_eq!((&docs.id, docs.name.as_deref(), docs.limit()), (&id, Some("docs"), Some(money("49.99"))));
    assert_eq!((docs.members_count, docs.remaining()), (Some(0), Some(money("49.99"))));
    assert_eq!(docs.extra.get("created_by"), Some(r#""user-1""#));
    bench.saw("GET /v1/manage/group");
});

endpoint!(creates_a_group, |router| router.create_group(&NewGroup::new("g")), |bench| {
    let id = group(bench);
    let seen = bench.saw("POST /v1/manage/group");
    assert_eq!(seen.body, r#"{"name":"docs","monthly_limit":49.99}"#);
    assert_eq!(bench.send(bench.router.group(&id)).group.id, id);
});

endpoint!(asks_for_a_group, |router| router.group("group-1"), |bench| {
    let id = group(bench);
    bench.send(bench.router.add_group_member(&id, "user-7", &GroupRole::Admin));
    let reply = bench.send(bench.router.group(&id));
    bench.saw(&format!("GET /v1/manage/group/{id}"));
    let [member] = reply.group.members.as_slice() else { panic!("{reply:?}") };
    assert_eq!((member.id.as_str(), member.email.as_deref()), ("user-7", Some("user-7@example.com")));
    assert_eq!((member.role.clone(), member.active), (Some(GroupRole::Admin), Some(true)));
    assert_eq!((member.monthly_spend, member.limit(), member.rate_limit), (Some(money("0.5")), None, None));
});

endpoint!(deletes_a_group, |router| router.delete_group("group-1"), |bench| {
    let id = group(bench);
    bench.send(bench.router.delete_group(&id));
    bench.saw(&format!("DELETE /v1/manage/group/{id}"));
    assert_eq!(refused(bench, bench.router.group(&id)), (ErrorKind::NotFound, "Group not found".to_owned()));
});

endpoint!(adds_a_member, |router| router.add_group_member("group-1", "user-1", &GroupRole::Member), |bench| {
    let id = group(bench);
    bench.send(bench.router.add_group_member(&id, "user-7", &GroupRole::Member));
    let seen = bench.saw(&format!("POST /v1/manage/group/{id}/member"));
    assert_eq!(seen.body, r#"{"user_id":"user-7","role":"member"}"#);
    let again = refused(bench, bench.router.add_group_member(&id, "user-7", &GroupRole::Member));
    assert_eq!(again.0, ErrorKind::Conflict);
    let odd = bench.router.add_group_member(&id, "user-8", &GroupRole::Other("owner".into()));
    assert_eq!(refused(bench, odd).0, ErrorKind::InvalidRequest);
});

endpoint!(
    changes_the_role_of_a_member,
    |router| router.set_group_member_role("group-1", "user-1", &GroupRole::Member),
    |bench| {
        let id = group(bench);
        bench.send(bench.router.add_group_member(&id, "user-7", &GroupRole::Member));
        let said = bench.send(bench.router.set_group_member_role(&id, "user-7", &GroupRole::Admin));
        assert_eq!(said.status().as_u16(), 200);
        bench.saw(&format!("PUT /v1/manage/group/{id}/member/user-7/role"));
        let group = bench.send(bench.router.group(&id)).group;
        assert_eq!(group.members[0].role, Some(GroupRole::Admin));
        let nobody = bench.router.set_group_member_role(&id, "user-8", &GroupRole::Admin);
        assert_eq!(refused(bench, nobody).0, ErrorKind::NotFound);
    }
);

endpoint!(removes_a_member, |router| router.remove_group_member("group-1", "user-1"), |bench| {
    let id = group(bench);
    bench.send(bench.router.add_group_member(&id, "user-7", &GroupRole::Member));
    bench.send(bench.router.remove_group_member(&id, "user-7"));
    let seen = bench.saw(&format!("DELETE /v1/manage/group/{id}/member"));
    assert_eq!(seen.body, r#"{"user_id":"user-7"}"#, "the body of a DELETE arrives");
    assert!(bench.send(bench.router.group(&id)).group.members.is_empty());
});

endpoint!(lists_access_lists, |router| router.access_lists(), |bench| {
    assert!(bench.send(bench.router.access_lists()).access_lists.is_empty());
    let id = list(bench);
    let lists = bench.send(bench.router.access_lists()).access_lists;
    assert_eq!((&lists[0].id, lists[0].chat.as_slice()), (&id, &["openai/gpt-4o-mini".to_owned()][..]));
    bench.saw("GET /v1/manage/access-list");
});

endpoint!(creates_an_access_list, |router| router.create_access_list(&AccessListFields::new().name("l")), |bench| {
    let id = list(bench);
    let seen = bench.saw("POST /v1/manage/access-list");
    assert_eq!(seen.body, r#"{"name":"small","chat":["openai/gpt-4o-mini"]}"#);
    assert_eq!(bench.send(bench.router.access_list(&id)).access_list.id, id);
});

endpoint!(asks_for_an_access_list, |router| router.access_list("list-1"), |bench| {
    let id = list(bench);
    let list = bench.send(bench.router.access_list(&id)).access_list;
    assert_eq!((list.name.as_deref(), list.auto_approve), (Some("small"), Some(false)));
    bench.saw(&format!("GET /v1/manage/access-list/{id}"));
    assert_eq!(refused(bench, bench.router.access_list("list-0")).0, ErrorKind::NotFound);
});

endpoint!(
    changes_an_access_list,
    |router| router.change_access_list("list-1", &AccessListFields::new().auto_approve(true)),
    |bench| {
        let id = list(bench);
        let fields = AccessListFields::new().auto_approve(true).image(["openai/gpt-image-1"]);
        bench.send(bench.router.change_access_list(&id, &fields));
        bench.saw(&format!("PATCH /v1/manage/access-list/{id}"));
        let list = bench.send(bench.router.access_list(&id)).access_list;
        assert_eq!((list.auto_approve, list.image.len(), list.chat.len()), (Some(true), 1, 1), "the rest stays");
    }
);

endpoint!(deletes_an_access_list, |router| router.delete_access_list("list-1"), |bench| {
    let id = list(bench);
    bench.send(bench.router.attach_access_list(&id));
    let attached = refused(bench, bench.router.delete_access_list(&id));
    assert_eq!(attached, (ErrorKind::Conflict, "Access list is attached".to_owned()));
    bench.send(bench.router.detach_access_list());
    bench.send(bench.router.delete_access_list(&id));
    bench.saw(&format!("DELETE /v1/manage/access-list/{id}"));
    assert_eq!(refused(bench, bench.router.access_list(&id)).0, ErrorKind::NotFound);
});

endpoint!(attaches_an_access_list, |router| router.attach_access_list("list-1"), |bench| {
    let id = list(bench);
    bench.send(bench.router.attach_access_list(&id));
    bench.saw("POST /v1/manage/org/group/access-list");
    assert_eq!(refused(bench, bench.router.attach_access_list("list-0")).0, ErrorKind::NotFound);
});

endpoint!(detaches_an_access_list, |router| router.detach_access_list(), |bench| {
    bench.send(bench.router.detach_access_list());
    assert_eq!(bench.saw("POST /v1/manage/org/group/access-list").body, r#"{"access_list_id":null}"#);
});

endpoint!(asks_for_the_organization, |router| router.organization(), |bench| {
    let organization = bench.send(bench.router.organization());
    assert_eq!((organization.name.as_deref(), organization.balance), (Some("Test Org"), Some(money("12.34"))));
    bench.saw("GET /v1/manage/org");
    // Without permission to manage, a key sees itself only.
    let (id, secret) = made(bench, &NewKey::new("k").completions(Permission::Write));
    let with = |call: requesty_core::Call<_>| call.with_key(&secret).map_err(Error::from);
    let (kind, message) = refused(bench, with(bench.router.organization().unwrap()));
    assert_eq!((kind, message.as_str()), (ErrorKind::Forbidden, "manage read permission required"));
    let own = bench.router.key(SELF).unwrap().with_key(&secret).map_err(Error::from);
    assert_eq!(bench.send(own).id, id);
});

endpoint!(asks_for_the_members_of_the_organization, |router| router.organization_members(), |bench| {
    let members = bench.send(bench.router.organization_members()).members();
    assert_eq!(members[0].email.as_deref(), Some("you@example.com"));
    bench.saw("GET /v1/manage/org/member");
});
