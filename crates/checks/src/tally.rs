//! What came of judging: one thing, or all things of a check together.

use inventory::Unknown;

use crate::{About, Problem};

/// What came of judging one thing.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It is as it should be.
    Pass,
    /// It is not as it should be for others, but is for this one, and why.
    Exempt(String),
    /// The question does not arise, and why.
    NotApplicable(String),
    /// It is not as it should be.
    Fail(Vec<Problem>),
}

/// A verdict, or what was not seen that it needs.
pub type Judged = Result<Verdict, Unknown>;

impl Verdict {
    /// Fails if there is any problem.
    pub fn of(problems: Vec<Problem>) -> Self {
        if problems.is_empty() { Self::Pass } else { Self::Fail(problems) }
    }

    /// Fails with one problem.
    pub fn fail(problem: Problem) -> Self {
        Self::Fail(vec![problem])
    }
}

impl From<Option<Problem>> for Verdict {
    fn from(problem: Option<Problem>) -> Self {
        problem.map_or(Self::Pass, Self::fail)
    }
}

/// Something that a check could not say, in a scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// What it would have been about.
    pub about: About,
    /// What was not seen.
    pub unknown: Unknown,
}

/// What came of judging all things of a check.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// How many things are as they should be.
    pub passes: usize,
    /// What is wrong.
    pub problems: Vec<(About, Problem)>,
    /// What is let off, and why.
    pub exempt: Vec<(About, String)>,
    /// What is not known.
    pub gaps: Vec<Gap>,
    /// Where the question does not arise, and why.
    pub not_applicable: Vec<(About, String)>,
}

impl Tally {
    /// Nothing judged yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what came of judging one thing.
    pub fn add(&mut self, about: About, judged: Judged) {
        match judged {
            Ok(Verdict::Pass) => self.passes = self.passes.saturating_add(1),
            Ok(Verdict::Exempt(why)) => self.exempt.push((about, why)),
            Ok(Verdict::NotApplicable(why)) => self.not_applicable.push((about, why)),
            Ok(Verdict::Fail(problems)) => {
                for mut problem in problems {
                    let about = problem.about.take().unwrap_or_else(|| about.clone());
                    self.problems.push((about, problem));
                }
            }
            Err(unknown) => self.gaps.push(Gap { about, unknown }),
        }
    }

    /// As [`Tally::add`], where most things pass: what it is about is asked for only if it does not.
    pub fn add_lazily(&mut self, about: impl FnOnce() -> About, judged: Judged) {
        if matches!(judged, Ok(Verdict::Pass)) {
            self.passes = self.passes.saturating_add(1);
        } else {
            self.add(about(), judged);
        }
    }

    /// Adds what could not be judged.
    pub fn add_gap(&mut self, about: About, unknown: Unknown) {
        self.gaps.push(Gap { about, unknown });
    }

    /// Whether nothing at all was judged.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl From<Verdict> for Tally {
    fn from(verdict: Verdict) -> Self {
        let mut tally = Self::new();
        tally.add(About::cluster(), Ok(verdict));
        tally
    }
}
