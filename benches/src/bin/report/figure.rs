//! One figure, its goal, and the line that says both.

use std::fmt;

/// What a figure has to be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    /// So much or more.
    AtLeast(f64),
    /// So many times as long, in the best of a few races. Times differ from run to run and from machine to machine, so
    /// that it is missed only where it is less than [`Goal::SHARE`] of that.
    Ratio(f64),
    /// So much or less.
    AtMost(f64),
    /// So much time, or so many times as long, or less. Times scatter: it counts as missed where the goal is below 85 % of it.
    Times(f64),
    /// So many allocations for a delta, beside those of the answer itself, which grows by doubling.
    Allocations { most: f64, doubling: f64 },
    /// What it was when the goals were set, give or take a share.
    Within { expected: f64, share: f64 },
    /// At most a share above what it was when the goals were set: for readers of this crate's own making, of which the
    /// one that set the figure is not known line by line.
    NotAbove { expected: f64, share: f64 },
}

impl Goal {
    /// The share of a ratio of times that must be reached.
    const SHARE: f64 = 0.85;

    fn is_met(self, value: f64) -> bool {
        match self {
            Goal::AtLeast(goal) => value >= goal,
            Goal::Ratio(goal) => value >= goal * Goal::SHARE,
            Goal::AtMost(goal) => value <= goal,
            Goal::Times(goal) => value <= goal / 0.85,
            Goal::Allocations { most, doubling } => value <= most + doubling,
            Goal::Within { expected, share } => (value / expected - 1.0).abs() <= share,
            Goal::NotAbove { expected, share } => value / expected - 1.0 <= share,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Goal::AtLeast(goal) => write!(f, "goal {goal}"),
            Goal::Ratio(goal) => write!(f, "goal {goal}, at least {:.2}", goal * Goal::SHARE),
            Goal::AtMost(goal) => write!(f, "goal at most {goal}"),
            Goal::Times(goal) => write!(f, "goal at most {goal}, give or take 15 %"),
            Goal::Allocations { most, doubling } => write!(f, "goal {most} (the answer's doubling: {doubling})"),
            Goal::Within { expected, share } => write!(f, "goal {expected:.0} within {:.0} %", share * 100.0),
            Goal::NotAbove { expected, share } => {
                write!(f, "goal {expected:.0} and at most {:.0} % more", share * 100.0)
            }
        }
    }
}

/// A figure.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    /// What was measured, as words: kind, corpus, cut, whom.
    pub(crate) name: String,
    /// What it is; `None` where it could not be measured.
    pub(crate) value: Option<f64>,
    /// How many digits after the point mean something.
    pub(crate) digits: usize,
    /// What it has to be, if anything.
    pub(crate) goal: Option<Goal>,
    /// What else there is to say.
    pub(crate) note: String,
}

impl Figure {
    pub(crate) fn new(name: impl Into<String>, value: f64, digits: usize) -> Self {
        Figure { name: name.into(), value: Some(value), digits, goal: None, note: String::new() }
    }

    /// A figure that could not be measured, and why. With a goal it counts as missed.
    pub(crate) fn unknown(name: impl Into<String>, why: impl Into<String>) -> Self {
        Figure { name: name.into(), value: None, digits: 0, goal: None, note: why.into() }
    }

    pub(crate) fn goal(self, goal: impl Into<Option<Goal>>) -> Self {
        Figure { goal: goal.into(), ..self }
    }

    pub(crate) fn note(self, note: impl Into<String>) -> Self {
        Figure { note: note.into(), ..self }
    }

    /// Returns whether this watches over a peer, and says nothing about us.
    pub(crate) fn is_watch(&self) -> bool {
        matches!(self.goal, Some(Goal::Within { .. } | Goal::NotAbove { .. }))
    }

    pub(crate) fn is_missed(&self) -> bool {
        self.goal.is_some_and(|goal| !self.value.is_some_and(|value| goal.is_met(value)))
    }

    /// Writes the value alone.
    pub(crate) fn value_text(&self) -> String {
        self.value.map_or_else(|| "not measured".to_owned(), |value| format!("{value:.*}", self.digits))
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.value_text())?;
        if let Some(goal) = self.goal {
            write!(f, " {goal}")?;
        }
        if self.is_missed() {
            f.write_str(" MISSED")?;
        }
        if !self.note.is_empty() {
            write!(f, " ({})", self.note)?;
        }
        Ok(())
    }
}

/// All figures of a run, each printed as soon as it is there.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) list: Vec<Figure>,
}

impl Figures {
    pub(crate) fn add(&mut self, figure: Figure) {
        println!("{figure}");
        self.list.push(figure);
    }

    pub(crate) fn with_goal(&self) -> impl Iterator<Item = &Figure> {
        self.list.iter().filter(|figure| figure.goal.is_some())
    }
}
