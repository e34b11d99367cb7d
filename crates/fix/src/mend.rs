//! Round by round: what can be changed together is changed, the result read and judged again, and
//! kept only if what was to be mended is gone and nothing else came.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use checks::{About, Check, Remedy, Severity};
use edit::Edit;
use inventory::{Inventory, Object, Origin};

use crate::batch::{Batch, below};
use crate::failing::{Failure, Key, failing};
use crate::kubeadm;
use crate::live::{self, LiveChange, Patch};
use crate::plan::{ByHand, Created, FileChange, Mended, Plan, RefusedFix, RightsChange};

/// What a plan is made from.
pub trait World {
    /// What a scan sees where some files have another text.
    ///
    /// # Errors
    /// If what was there at the start can no longer be read: why.
    fn inventory(&self, changed: &BTreeMap<String, String>) -> Result<Inventory, String>;

    /// The text of a file as it is.
    fn text(&self, path: &str) -> Option<String>;

    /// Why a file may not be written; none if it may.
    fn refusal(&self, path: &str) -> Option<String>;
}

/// Which findings to mend.
pub struct Settings<'a> {
    /// Whether a check's findings are.
    pub chooses: &'a dyn Fn(&Check) -> bool,
    /// The least severity that is.
    pub least: Severity,
    /// The time.
    pub now: SystemTime,
}

/// A plan that mends what was chosen.
///
/// # Errors
/// If something cannot be read again: a change that cannot be judged is not offered.
pub fn plan(world: &dyn World, settings: &Settings<'_>) -> Result<Plan, String> {
    let mut mender = Mender {
        world,
        settings,
        texts: BTreeMap::new(),
        mended: BTreeMap::new(),
        settled: BTreeSet::new(),
        alone: BTreeSet::new(),
        plan: Plan::default(),
    };
    let before = mender.state(&BTreeMap::new())?;
    mender.sort_out(&before);
    let mut latest = None;
    for _round in 0..ROUNDS {
        let Some(next) = mender.round(latest.as_ref().unwrap_or(&before))? else { break };
        latest = Some(next);
    }
    let after = latest.as_ref().unwrap_or(&before);
    mender.follow_kubeadm(&before.inventory, &after.inventory);
    Ok(mender.finish())
}

/// After so many rounds what is left is left.
const ROUNDS: usize = 200;

struct Mender<'a> {
    world: &'a dyn World,
    settings: &'a Settings<'a>,
    /// Files whose text changed, as it now is.
    texts: BTreeMap<String, String>,
    mended: BTreeMap<String, Vec<Mended>>,
    /// What needs no further thought.
    settled: BTreeSet<Key>,
    /// Files whose findings are mended one at a time, since together they did not work out.
    alone: BTreeSet<String>,
    plan: Plan,
}

/// What is seen with some texts, and everything that fails in it.
struct State {
    inventory: Inventory,
    failing: BTreeMap<Key, Failure>,
}

/// What is wanted of one live object.
#[derive(Default)]
struct Wanted {
    batch: Batch,
    failures: Vec<Failure>,
}

/// What is tried in one file in one round.
#[derive(Default)]
struct Trial {
    /// By document.
    batches: BTreeMap<usize, Batch>,
    keys: Vec<Key>,
    told: Vec<Mended>,
}

impl Mender<'_> {
    fn state(&self, texts: &BTreeMap<String, String>) -> Result<State, String> {
        let inventory = self.world.inventory(texts)?;
        let failing = failing(&inventory, self.settings.now);
        Ok(State { inventory, failing })
    }

    fn is_chosen(&self, failure: &Failure) -> bool {
        (self.settings.chooses)(failure.check) && failure.problem.severity >= self.settings.least
    }

    /// Puts aside everything that is no edit of a file.
    fn sort_out(&mut self, before: &State) {
        let mut patches: BTreeMap<usize, Wanted> = BTreeMap::new();
        for (key, failure) in &before.failing {
            if !self.is_chosen(failure) {
                self.settled.insert(key.clone());
                continue;
            }
            if is_edit_of_file(failure) {
                continue;
            }
            self.settled.insert(key.clone());
            self.put(&before.inventory, failure, &mut patches);
        }
        self.patch(&before.inventory, patches);
    }

    fn put(
        &mut self,
        inventory: &Inventory,
        failure: &Failure,
        patches: &mut BTreeMap<usize, Wanted>,
    ) {
        let told = failure.told();
        match &failure.problem.remedy {
            Remedy::Explained => {
                let steps = failure.check.fix.text().to_owned();
                self.plan.by_hand.push(ByHand { found: told, steps });
            }
            Remedy::Steps(steps) => {
                self.plan.by_hand.push(ByHand { found: told, steps: steps.clone() });
            }
            Remedy::Rights { mode, owner } => {
                let file = inventory.file(&failure.about.file);
                let path = file.map_or(failure.about.file.as_str(), |file| file.path()).to_owned();
                let change = RightsChange { path, mode: *mode, owner: *owner, mended: told };
                self.plan.rights.push(change);
            }
            Remedy::Create(object) => {
                self.plan.created.push(Created { object: object.clone(), mended: told });
            }
            Remedy::Edit(edits) => self.live(inventory, failure, edits, patches),
            Remedy::Delete if failure.about.origin == Some(Origin::Live) => {
                let about = failure.about.clone();
                let change = LiveChange { about, mended: vec![told], patch: Patch::Delete };
                self.plan.live.push(change);
            }
            Remedy::Delete => {
                let steps = format!("take {} out of its file", failure.about.describe());
                self.plan.by_hand.push(ByHand { found: told, steps });
            }
        }
    }

    /// Edits of one live object become one patch, as far as they go together.
    fn live(
        &mut self,
        inventory: &Inventory,
        failure: &Failure,
        edits: &[Edit],
        patches: &mut BTreeMap<usize, Wanted>,
    ) {
        let about = &failure.about;
        let object = inventory.objects().iter().position(|object| {
            object.origin() == &Origin::Live
                && object.kind().kind == about.kind
                && object.namespace() == about.namespace
                && object.name() == about.name
        });
        let (Some(object), Some(Origin::Live)) = (object, &about.origin) else {
            return self.refuse(failure, "it is part of another object, which is changed by hand");
        };
        let wanted = patches.entry(object).or_default();
        if wanted.batch.take(edits) {
            wanted.failures.push(failure.clone());
        } else {
            self.refuse(failure, "another change of the same place comes first; run it again then");
        }
    }

    /// The patch of each live object.
    fn patch(&mut self, inventory: &Inventory, patches: BTreeMap<usize, Wanted>) {
        for (object, wanted) in patches {
            let Some(object) = inventory.object(object) else { continue };
            match live::patch(object, &wanted.batch.in_order()) {
                Ok(operations) => self.plan.live.push(LiveChange {
                    about: About::object(object),
                    mended: wanted.failures.iter().map(Failure::told).collect(),
                    patch: Patch::Change(operations),
                }),
                Err(why) => {
                    for failure in &wanted.failures {
                        self.refuse(failure, &why.to_string());
                    }
                }
            }
        }
    }

    fn refuse(&mut self, failure: &Failure, why: &str) {
        self.plan.refused.push(RefusedFix { found: failure.told(), why: why.to_owned() });
    }

    /// One round: what is seen after it; none if there was nothing left to try.
    fn round(&mut self, current: &State) -> Result<Option<State>, String> {
        let trials = self.trials(current);
        if trials.is_empty() {
            return Ok(None);
        }
        let mut tried = self.texts.clone();
        let mut under_way = BTreeMap::new();
        for (path, trial) in trials {
            match self.text(&path).and_then(|text| changed(&text, &trial)) {
                Ok(text) => {
                    tried.insert(path.clone(), text);
                    under_way.insert(path, trial);
                }
                Err(why) => self.give_up(&path, trial, &why),
            }
        }
        let after = self.state(&tried)?;
        let mut is_whole = true;
        for (path, trial) in under_way {
            match shortcoming(&path, &trial, &current.failing, &after.failing) {
                None => self.keep(&path, &mut tried, trial),
                Some(why) => {
                    is_whole = false;
                    self.give_up(&path, trial, &why);
                }
            }
        }
        // What one file gave up is judged anew without it.
        if is_whole { Ok(Some(after)) } else { self.state(&self.texts).map(Some) }
    }

    /// What can be tried together: for each file the edits that do not meet.
    fn trials(&mut self, current: &State) -> BTreeMap<String, Trial> {
        let mut trials: BTreeMap<String, Trial> = BTreeMap::new();
        for (key, failure) in &current.failing {
            if self.settled.contains(key) {
                continue;
            }
            let (Some(Origin::Document { file, document, path: root, .. }), Remedy::Edit(edits)) =
                (&failure.about.origin, &failure.problem.remedy)
            else {
                continue;
            };
            if !self.is_chosen(failure) {
                continue;
            }
            let Some(file) = current.inventory.file_at(*file) else { continue };
            if let Some(why) = self.world.refusal(file.path()) {
                self.settled.insert(key.clone());
                self.plan.refused.push(RefusedFix { found: failure.told(), why });
                continue;
            }
            let trial = trials.entry(file.path().to_owned()).or_default();
            if self.alone.contains(file.path()) && !trial.keys.is_empty() {
                continue;
            }
            if trial.batches.entry(*document).or_default().take(&below(root, edits)) {
                trial.keys.push(key.clone());
                trial.told.push(failure.told());
            }
        }
        trials.retain(|_, trial| !trial.keys.is_empty());
        trials
    }

    fn text(&self, path: &str) -> Result<String, String> {
        let known = self.texts.get(path).cloned().or_else(|| self.world.text(path));
        known.ok_or_else(|| "its text cannot be read again".to_owned())
    }

    fn keep(&mut self, path: &str, tried: &mut BTreeMap<String, String>, trial: Trial) {
        if let Some(text) = tried.remove(path) {
            self.texts.insert(path.to_owned(), text);
        }
        self.settled.extend(trial.keys);
        self.mended.entry(path.to_owned()).or_default().extend(trial.told);
    }

    /// Together it did not work out: one at a time then. Alone it did not: never.
    fn give_up(&mut self, path: &str, trial: Trial, why: &str) {
        if trial.keys.len() > 1 {
            self.alone.insert(path.to_owned());
            return;
        }
        self.settled.extend(trial.keys);
        let refused = trial.told.into_iter().map(|found| RefusedFix { found, why: why.to_owned() });
        self.plan.refused.extend(refused);
    }

    /// What was changed in manifests of kubeadm's is changed in its own configuration too, or a
    /// person is told to.
    fn follow_kubeadm(&mut self, before: &Inventory, after: &Inventory) {
        let changes = kubeadm::changes(before, after);
        if changes.is_empty() {
            return;
        }
        let source = kubeadm::source(after, &changes);
        if source.is_some_and(|(object, edits)| self.change_source(after, object, &edits).is_ok()) {
            return;
        }
        let first = self.mended.values().flatten().next().cloned();
        let steps = kubeadm::steps(&changes);
        self.plan.by_hand.extend(first.map(|found| ByHand { found, steps }));
    }

    fn change_source(
        &mut self,
        inventory: &Inventory,
        object: &Object,
        edits: &[Edit],
    ) -> Result<(), String> {
        let Origin::Document { file, document, path: root, .. } = object.origin() else {
            return Err("it is in no file".to_owned());
        };
        let path = inventory.file_at(*file).map(|file| file.path().to_owned()).unwrap_or_default();
        if let Some(why) = self.world.refusal(&path) {
            return Err(why);
        }
        let text = self.text(&path)?;
        let text =
            edit::apply(&text, *document, &below(root, edits)).map_err(|why| why.to_string())?;
        self.texts.insert(path, text);
        Ok(())
    }

    fn finish(mut self) -> Plan {
        for (path, new) in self.texts {
            let old = self.world.text(&path).unwrap_or_default();
            let mended = self.mended.remove(&path).unwrap_or_default();
            self.plan.files.push(FileChange { path, old, new, mended });
        }
        self.plan
    }
}

fn is_edit_of_file(failure: &Failure) -> bool {
    let is_document = matches!(failure.about.origin, Some(Origin::Document { .. }));
    is_document && matches!(failure.problem.remedy, Remedy::Edit(_))
}

/// The text with the edits of every document made.
fn changed(text: &str, trial: &Trial) -> Result<String, String> {
    let mut text = text.to_owned();
    for (document, batch) in &trial.batches {
        text = edit::apply(&text, *document, &batch.in_order()).map_err(|why| why.to_string())?;
    }
    Ok(text)
}

/// What is wrong with a change: it does not mend, or it breaks something else.
fn shortcoming(
    path: &str,
    trial: &Trial,
    before: &BTreeMap<Key, Failure>,
    after: &BTreeMap<Key, Failure>,
) -> Option<String> {
    if let Some(failure) = trial.keys.iter().find_map(|key| after.get(key)) {
        return Some(format!("{path}: {} would still be found", failure.check.id));
    }
    // What a mended check now says elsewhere was there before, behind what hid it; what another
    // check says is new.
    let fresh = after.iter().find(|(key, _)| !before.contains_key(key));
    fresh.map(|(_, failure)| {
        format!("{path}: {} would be found: {}", failure.check.id, failure.problem.message)
    })
}
