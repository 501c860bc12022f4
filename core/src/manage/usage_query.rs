//! Queries for usage.

use bytes::Bytes;
use http::Method;

use super::{GroupBy, Resolution, Timestamp, UsageReport};
use crate::reply::Json;
use crate::{BuildError, Call, Error, Router};

impl Router {
    /// Reports the usage of a key, by its id or by [`SELF`](super::SELF): `GET /v1/manage/apikey/{id}/usage` on the
    /// management host.
    ///
    /// [`UsageQuery`] describes how the query is written, on which sources differ.
    ///
    /// # Errors
    /// [`Error::Build`] if the id is empty, or if the query ends before it begins or covers more than 100 days.
    pub fn key_usage(&self, id: &str, query: &UsageQuery) -> Result<Call<Json<UsageReport>>, Error> {
        self.usage(&["apikey", id, "usage"], query)
    }

    /// Reports the usage of the whole organization: `GET /v1/manage/org/usage` on the management host.
    /// See the [API reference][api].
    ///
    /// # Errors
    /// As [`key_usage`](Self::key_usage).
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn organization_usage(&self, query: &UsageQuery) -> Result<Call<Json<UsageReport>>, Error> {
        self.usage(&["org", "usage"], query)
    }

    fn usage(&self, path: &[&str], query: &UsageQuery) -> Result<Call<Json<UsageReport>>, Error> {
        query.check()?;
        let mut call = self.manage(Method::GET, path, Bytes::new(), Json::received())?;
        for (name, value) in query.pairs() {
            call = call.with_query(name, value)?;
        }
        Ok(call)
    }
}

/// The usage to report.
///
/// It is written into the query of the URL, as the router's own command line does. The documentation shows a body,
/// which some proxies remove from a `GET`. For several dimensions the parameter is repeated, because by the
/// documentation it "can be specified multiple times". One client joins them by commas; `Call::with_query` can write
/// this too.
///
/// # Examples
/// ```
/// use requesty_core::manage::{GroupBy, Resolution, SELF, Timestamp, UsageQuery};
/// use requesty_core::{ApiKey, Router};
///
/// let query = UsageQuery::new(Timestamp::new("2026-08-01T00:00:00Z")?)
///     .end(Timestamp::new("2026-09-01T00:00:00Z")?)
///     .resolution(Resolution::Day)
///     .group_by(GroupBy::ModelUsed)
///     .group_by(GroupBy::extra("feature"));
/// let call = Router::new(ApiKey::new("rqsty-sk-example")?).key_usage(SELF, &query)?;
/// assert_eq!(
///     call.request().uri().query().unwrap(),
///     "start=2026-08-01T00%3A00%3A00Z&end=2026-09-01T00%3A00%3A00Z&resolution=day\
///      &group_by=model_used&group_by=extra.feature",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageQuery {
    start: Timestamp,
    end: Option<Timestamp>,
    resolution: Option<Resolution>,
    group_by: Vec<GroupBy>,
}

impl UsageQuery {
    /// Creates a query that begins at `start`. It covers one day, unless an end is set.
    pub fn new(start: Timestamp) -> Self {
        UsageQuery { start, end: None, resolution: None, group_by: Vec::new() }
    }

    /// Sets the end, at most 100 days after the start.
    #[must_use]
    pub fn end(mut self, end: Timestamp) -> Self {
        self.end = Some(end);
        self
    }

    /// Sets the length of the periods of the report; one day by default.
    #[must_use]
    pub fn resolution(mut self, resolution: Resolution) -> Self {
        self.resolution = Some(resolution);
        self
    }

    /// Adds a dimension by which each period is split.
    #[must_use]
    pub fn group_by(mut self, dimension: GroupBy) -> Self {
        self.group_by.push(dimension);
        self
    }

    fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let start = [("start", self.start.as_str())];
        let end = self.end.iter().map(|end| ("end", end.as_str()));
        let resolution = self.resolution.iter().map(|resolution| ("resolution", resolution.as_str()));
        let group_by = self.group_by.iter().map(|dimension| ("group_by", dimension.as_str()));
        start.into_iter().chain(end).chain(resolution).chain(group_by)
    }

    fn check(&self) -> Result<(), BuildError> {
        /// Seconds in 100 days, the longest time that one report covers by the router's documentation.
        const LONGEST: i64 = 100 * 86_400;
        let Some(end) = &self.end else { return Ok(()) };
        let span = end.unix_seconds() - self.start.unix_seconds();
        if span < 0 {
            return Err(BuildError::new("the usage query ends before it begins"));
        }
        if span > LONGEST {
            return Err(BuildError::new("the usage query spans more than 100 days: ask for less at once"));
        }
        Ok(())
    }
}
