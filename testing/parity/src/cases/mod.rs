//! The table: one line for each case, by theme.

use std::sync::LazyLock;

mod answers;
mod ends;
mod errors_by_status;
mod errors_in_band;
mod fields;
mod framing;
mod mislabelled;
mod retries;
mod tools;

/// One case: what is asked for, and what must come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// The model that chooses the mock's scenario.
    pub scenario: &'static str,
    /// Whether a stream is asked for.
    pub streamed: bool,
    /// What the case stands for in the comparison with other clients, where it is part of that.
    pub row: Option<&'static str>,
    /// What must come out, in the words of [`outcome`](crate::outcome).
    pub expect: &'static str,
    /// How many requests it takes; `None` where there is one attempt and no policy.
    tries: Option<usize>,
}

impl Case {
    /// Returns how many requests the mock must have received in the end.
    pub fn posts(&self) -> usize {
        self.tries.unwrap_or(1)
    }

    /// Returns whether the call is made with a policy that tries again.
    pub fn retries(&self) -> bool {
        self.tries.is_some()
    }

    const fn row(mut self, row: &'static str) -> Self {
        self.row = Some(row);
        self
    }

    const fn tries(mut self, posts: usize) -> Self {
        self.tries = Some(posts);
        self
    }
}

/// Returns every case.
pub fn cases() -> &'static [Case] {
    static ALL: LazyLock<Vec<Case>> = LazyLock::new(|| {
        [
            answers::CASES,
            tools::CASES,
            ends::CASES,
            framing::CASES,
            fields::CASES,
            errors_in_band::CASES,
            mislabelled::CASES,
            errors_by_status::CASES,
            retries::CASES,
        ]
        .concat()
    });
    &ALL
}

/// The answer to the question of the samples: complete, with what it used and cost.
const GATEWAY: &str = "ok stop text=gateway usage=13/88/101 cost=0.00005475";

const fn streamed(scenario: &'static str, expect: &'static str) -> Case {
    Case { scenario, streamed: true, row: None, expect, tries: None }
}

const fn whole(scenario: &'static str, expect: &'static str) -> Case {
    Case { scenario, streamed: false, row: None, expect, tries: None }
}
