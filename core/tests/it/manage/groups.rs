//! Groups and their members: what is sent, what is read, and what goes wrong.

use requesty_core::manage::{CreatedGroup, Group, GroupMember, GroupRole, Groups, NewGroup, UNLIMITED};
use requesty_core::{Decimal, End};

use crate::support::manage::{MANAGEMENT, asks, misreads, passed_on, reads, refuses, reply};
use crate::support::router;

const LIST: &str = r#"{"groups":[{"id":"group-1","organization_id":"org-1","name":"docs","members_count":2,"monthly_spend":12.5,"monthly_limit":500,"monthly_budget":600,"monthly_budget_per_user":50.25,"created_by":{"id":"user-1"},"created_at":"2026-01-02T03:04:05Z"}]}"#;
const GROUP: &str = r#"{"group":{"id":"group-1","name":"docs","members":[{"id":"user-1","email":"you@example.com","role":"admin","monthly_limit":20,"monthly_spend":1.5,"rate_limit":60,"active":true},{"id":"user-2","role":"member","monthly_spend":0,"active":false}]}}"#;

fn money(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn url(path: &str) -> String {
    format!("{MANAGEMENT}/v1/manage/group{path}")
}

#[test]
fn groups_are_listed_by_a_request() {
    asks(&router().groups(), "GET", &url(""), "");
}

#[test]
fn a_list_of_groups_is_read() {
    let groups = reads(&router().groups(), LIST);
    let [group] = groups.groups.as_slice() else { panic!("{groups:?}") };
    assert_eq!((group.id.as_str(), group.organization_id.as_deref()), ("group-1", Some("org-1")));
    assert_eq!((group.name.as_deref(), group.members_count), (Some("docs"), Some(2)));
    assert_eq!((group.monthly_spend, group.monthly_limit), (Some(money("12.5")), Some(money("500"))));
    assert_eq!((group.limit(), group.remaining()), (Some(money("500")), Some(money("487.5"))));
    assert_eq!(group.monthly_budget, Some(money("600")));
    assert_eq!(group.monthly_budget_per_user, Some(money("50.25")));
    assert_eq!(group.created_by.as_ref().unwrap().id.as_deref(), Some("user-1"));
    assert_eq!(group.created_at.as_deref(), Some("2026-01-02T03:04:05Z"));
    assert!(group.members.is_empty() && group.extra.is_empty());
    passed_on(&groups, LIST);
    assert_eq!(serde_json::from_str::<Groups>(LIST).unwrap(), groups);
}

#[test]
fn a_list_of_groups_is_refused() {
    refuses(&router().groups());
    misreads(&router().groups(), &["{}", "[]", "null", r#"{"groups":"none"}"#, r#"{"groups":[{"name":"x"}]}"#]);
}

#[test]
fn odd_members_of_a_group_are_kept_and_cost_no_other() {
    let wire = r#"{"groups":[{"id":"g","monthly_limit":null,"monthly_spend":"0.10","created_by":"user-1","members":null,"members_count":"2"},{}],"total":1}"#;
    let groups = reads(&router().groups(), wire);
    let [group] = groups.groups.as_slice() else { panic!("{groups:?}") };
    assert_eq!((group.monthly_limit, group.limit(), group.remaining()), (None, None, None));
    assert_eq!((group.monthly_spend, group.members_count), (Some(money("0.1")), Some(2)), "a number or a string");
    assert_eq!((group.created_by.is_none(), group.extra.get("created_by")), (true, Some(r#""user-1""#)));
    passed_on(group, r#"{"id":"g","members_count":2,"monthly_spend":0.1,"created_by":"user-1"}"#);
    assert_eq!((groups.extra.get("total"), groups.extra.contains("groups")), (Some("1"), true));

    let unlimited: Group = serde_json::from_str(r#"{"id":"g","monthly_limit":0,"monthly_spend":3}"#).unwrap();
    assert_eq!((unlimited.monthly_limit, unlimited.limit(), unlimited.remaining()), (Some(UNLIMITED), None, None));
    let null = reads(&router().groups(), r#"{"groups":null}"#);
    assert!(null.groups.is_empty());
}

#[test]
fn a_group_is_made_by_a_request() {
    let create = |group: &NewGroup, body: &str| asks(&router().create_group(group), "POST", &url(""), body);
    create(&NewGroup::new("docs"), r#"{"name":"docs"}"#);
    create(&NewGroup::new("docs").monthly_limit(money("49.99")), r#"{"name":"docs","monthly_limit":49.99}"#);
    create(&NewGroup::new("docs").monthly_limit(UNLIMITED), r#"{"name":"docs","monthly_limit":0}"#);
    let more = NewGroup::new("docs").extra("monthly_budget", &7).unwrap();
    create(&more, r#"{"name":"docs","monthly_budget":7}"#);
    assert!(NewGroup::new("p").extra("x", &std::collections::HashMap::from([((), ())])).is_err());
}

#[test]
fn a_new_group_is_read() {
    let call = router().create_group(&NewGroup::new("docs"));
    let created = reads(&call, r#"{"group_id":"group-1","at":1}"#);
    assert_eq!(created.id, "group-1");
    passed_on(&created, r#"{"group_id":"group-1","at":1}"#);
    assert_eq!(serde_json::from_str::<CreatedGroup>(r#"{"group_id":7}"#).unwrap().id, "7");
}

#[test]
fn a_group_is_not_made() {
    let call = router().create_group(&NewGroup::new("docs"));
    refuses(&call);
    misreads(&call, &["{}", "[]", "", r#"{"id":"group-1"}"#]);
}

#[test]
fn a_group_is_asked_for() {
    asks(&router().group("group-1"), "GET", &url("/group-1"), "");
}

#[test]
fn a_group_is_read_with_its_members() {
    let reply = reads(&router().group("group-1"), GROUP);
    let [admin, member] = reply.group.members.as_slice() else { panic!("{reply:?}") };
    assert_eq!((admin.id.as_str(), admin.email.as_deref()), ("user-1", Some("you@example.com")));
    assert_eq!((admin.role.clone(), admin.active), (Some(GroupRole::Admin), Some(true)));
    assert_eq!((admin.monthly_limit, admin.monthly_spend), (Some(money("20")), Some(money("1.5"))));
    assert_eq!((admin.limit(), admin.rate_limit), (Some(money("20")), Some(60)));
    assert_eq!((member.role.clone(), member.active), (Some(GroupRole::Member), Some(false)));
    assert_eq!((member.limit(), member.rate_limit, member.email.is_none()), (None, None, true));
    passed_on(&reply, GROUP);

    let nulls = r#"{"group":{"id":"g","members":[{"id":"u","role":"owner","monthly_limit":null,"rate_limit":null,"x":[]},{"id":"v","monthly_limit":0}]},"as_of":"now"}"#;
    let odd = reads(&router().group("g"), nulls);
    let [owner, unlimited] = odd.group.members.as_slice() else { panic!("{odd:?}") };
    assert_eq!(owner.role, Some(GroupRole::Other("owner".into())));
    assert_eq!((unlimited.monthly_limit, unlimited.limit()), (Some(UNLIMITED), None));
    passed_on(owner, r#"{"id":"u","role":"owner","x":[]}"#);
    assert_eq!(odd.extra.get("as_of"), Some(r#""now""#));
    let member: GroupMember = serde_json::from_str(r#"{"id":1,"rate_limit":{"rpm":9},"active":1}"#).unwrap();
    passed_on(&member, r#"{"id":"1","rate_limit":{"rpm":9},"active":1}"#);
    assert!(serde_json::from_str::<GroupMember>(r#"{"email":"e"}"#).is_err());
}

#[test]
fn a_group_is_refused() {
    refuses(&router().group("group-1"));
    misreads(&router().group("group-1"), &["{}", "[]", r#"{"group":null}"#, r#"{"group":{}}"#, r#"{"id":"group-1"}"#]);
}

#[test]
fn a_group_is_deleted_by_a_request() {
    asks(&router().delete_group("group-1"), "DELETE", &url("/group-1"), "");
}

#[test]
fn a_member_is_added_by_a_request() {
    let call = router().add_group_member("group-1", "user-2", &GroupRole::Member);
    asks(&call, "POST", &url("/group-1/member"), r#"{"user_id":"user-2","role":"member"}"#);
}

#[test]
fn the_role_of_a_member_is_changed_by_a_request() {
    let call = router().set_group_member_role("group-1", "user-2", &GroupRole::Admin);
    asks(&call, "PUT", &url("/group-1/member/user-2/role"), r#"{"role":"admin"}"#);
}

#[test]
fn a_member_is_removed_by_a_request_with_a_body() {
    let call = router().remove_group_member("group-1", "user-2");
    asks(&call, "DELETE", &url("/group-1/member"), r#"{"user_id":"user-2"}"#);
}

#[test]
fn groups_and_members_are_changed() {
    let router = router();
    for call in [
        router.delete_group("g"),
        router.add_group_member("g", "u", &GroupRole::Admin),
        router.remove_group_member("g", "u"),
    ] {
        reply(&call, 204, None, b"", End::Clean).unwrap();
    }
    let role = router.set_group_member_role("g", "u", &GroupRole::Admin);
    assert_eq!(&reads(&role, r#"{"role":"admin"}"#).body()[..], br#"{"role":"admin"}"#);
    assert_eq!(reply(&role, 200, None, b"", End::Clean).unwrap().body().len(), 0);
}

#[test]
fn groups_and_members_are_not_changed() {
    let router = router();
    refuses(&router.delete_group("g"));
    refuses(&router.add_group_member("g", "u", &GroupRole::Admin));
    refuses(&router.set_group_member_role("g", "u", &GroupRole::Admin));
    refuses(&router.remove_group_member("g", "u"));
}
