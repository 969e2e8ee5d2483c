//! Drafts that are put aside until their window.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;
use crate::draft::{DraftChange, Rebased};

/// A draft that was put aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ParkedPlan {
    /// Its name.
    pub name: String,
    /// When it was put aside: seconds since 1970.
    pub parked: i64,
    /// The revision that it was made from; 0 before the first.
    pub base: u64,
    /// What it changes.
    pub changes: Vec<DraftChange>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WhichPlan {
    /// Its name.
    pub name: String,
}

/// Lists them.
pub struct ListPlans;

impl Call for ListPlans {
    const METHOD: &'static str = "plans.list";
    type Params = ();
    type Reply = Vec<ParkedPlan>;
}

/// Puts the draft aside under a name.
pub struct ParkDraft;

impl Call for ParkDraft {
    const METHOD: &'static str = "plans.park";
    type Params = WhichPlan;
    type Reply = Vec<ParkedPlan>;
}

/// Makes one of them the draft, on top of what is applied now. There must be no other draft.
pub struct TakePlan;

impl Call for TakePlan {
    const METHOD: &'static str = "plans.take";
    type Params = WhichPlan;
    type Reply = Rebased;
}

/// Throws one away.
pub struct DiscardPlan;

impl Call for DiscardPlan {
    const METHOD: &'static str = "plans.discard";
    type Params = WhichPlan;
    type Reply = Vec<ParkedPlan>;
}
