//! Changes that are prepared now and applied in their window: a draft is put aside under a name, and taken up again on top of
//! whatever was saved meanwhile. Its checks are made anew, as of any draft.

use std::collections::BTreeMap;

use sekisho_admin_api::draft::Rebased;
use sekisho_admin_api::plans::{ParkedPlan, WhichPlan};
use sekisho_config::{Document, diff};
use sekisho_fault::{Fault, Result};
use serde::{Deserialize, Serialize};

use crate::draft::{self, Draft};
use crate::lifecycle::House;
use crate::{clock, codes};

/// So many are kept.
const MOST: usize = 20;
/// The longest name, in characters.
const LONGEST: usize = 60;

/// A draft that was put aside.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Plan {
    /// When: seconds since 1970.
    parked: i64,
    draft: Draft,
}

type Plans = BTreeMap<String, Plan>;

/// The name of a plan, as a person has typed it.
fn named(wish: &WhichPlan) -> Result<String> {
    let name = wish.name.trim();
    let fits = !name.is_empty() && name.chars().count() <= LONGEST && !name.chars().any(char::is_control);
    let refused = || Fault::new(codes::PLAN_NAME).with("most", LONGEST).on("plan");
    if fits { Ok(name.to_owned()) } else { Err(refused()) }
}

fn find<'a>(plans: &'a Plans, name: &str) -> Result<&'a Plan> {
    plans.get(name).ok_or_else(|| Fault::new(codes::NO_PLAN).with("name", name).on("plan"))
}

impl House {
    fn read_plans(&self) -> Result<Plans> {
        Ok(self.plans.read()?.unwrap_or_default())
    }

    /// The plans, by their names; what each would change of what is applied now.
    ///
    /// Codes: `FILE`, and those of the seal.
    pub(crate) async fn list_plans(&self) -> Result<Vec<ParkedPlan>> {
        let plans = {
            let _editing = self.editing.lock().await;
            self.read_plans()?
        };
        let mut listed = Vec::new();
        for (name, plan) in plans {
            // As it was made: on top of which revision it comes is settled when it is taken up.
            let base = self.document_of(plan.draft.base).await.unwrap_or_default();
            let changes = diff::diff(&base, &plan.draft.document).into_iter().map(draft::change).collect();
            listed.push(ParkedPlan { name, parked: plan.parked, base: plan.draft.base, changes });
        }
        Ok(listed)
    }

    /// The document of a revision; the empty one for none.
    async fn document_of(&self, number: u64) -> Result<Document> {
        if number == 0 {
            return Ok(Document::default());
        }
        Ok(draft::document(&*self.connected.member()?, &self.connected.replica, number).await?.1)
    }

    /// Puts the draft aside. What is applied is the draft from then on.
    ///
    /// Codes: `PLAN_NAME`, `PLAN_KNOWN`, `PLANS_FULL`, `NO_CHANGES`, `FILE`, and those of the seal.
    pub(crate) async fn park(&self, wish: &WhichPlan) -> Result<Vec<ParkedPlan>> {
        {
            let _editing = self.editing.lock().await;
            let (name, mut plans) = (named(wish)?, self.read_plans()?);
            if plans.contains_key(&name) {
                return Err(Fault::new(codes::PLAN_KNOWN).with("name", name).on("plan"));
            }
            if plans.len() >= MOST {
                return Err(Fault::new(codes::PLANS_FULL).with("most", MOST).on("plan"));
            }
            let draft = self.current().await?;
            if diff::diff(&self.applied.read().await.document, &draft.document).is_empty() {
                return Err(Fault::new(codes::NO_CHANGES));
            }
            plans.insert(name, Plan { parked: clock::now(), draft: Draft { save: None, ..draft } });
            // First kept, then gone: whoever is cut off in between has it twice, and never loses it.
            self.plans.write(&plans)?;
            self.forget_draft().await;
        }
        self.list_plans().await
    }

    /// Takes a plan up: it becomes the draft, on top of what is applied now.
    ///
    /// Codes: `NO_PLAN`, `DRAFT_UNSAVED`, `DETACHED`, `FILE`, and those of the revisions and the seal.
    pub(crate) async fn take_plan(&self, wish: &WhichPlan) -> Result<Rebased> {
        let _editing = self.editing.lock().await;
        self.not_detached()?;
        let mut plans = self.read_plans()?;
        let mut draft = find(&plans, wish.name.trim())?.draft.clone();
        let newest = self.applied.read().await.clone();
        if !diff::diff(&newest.document, &self.current().await?.document).is_empty() {
            return Err(Fault::new(codes::DRAFT_UNSAVED).on("plan"));
        }
        let base = self.document_of(draft.base).await?;
        // A window that has waited is as long as it was meant to be.
        if draft.document.relink != base.relink {
            draft.document.relink = draft.document.relink.take().map(|window| window.opened_at(clock::now()));
        }
        let conflicts = draft::rebase(&mut draft, &base, newest.revision, &newest.document);
        self.keep_draft(&draft).await?;
        plans.remove(wish.name.trim());
        self.plans.write(&plans)?;
        Ok(Rebased { draft: self.show(&draft).await?, conflicts })
    }

    /// Throws a plan away, with the private keys that were imported for it.
    ///
    /// Codes: `NO_PLAN`, `FILE`, and those of the seal.
    pub(crate) async fn discard_plan(&self, wish: &WhichPlan) -> Result<Vec<ParkedPlan>> {
        {
            let _editing = self.editing.lock().await;
            let mut plans = self.read_plans()?;
            find(&plans, wish.name.trim())?;
            plans.remove(wish.name.trim());
            self.plans.write(&plans)?;
        }
        self.list_plans().await
    }
}

#[cfg(test)]
mod tests {
    use sekisho_admin_api::draft::SetField;
    use sekisho_fault::Code;

    use super::*;
    use crate::lifecycle::idle;

    fn plan(name: &str) -> WhichPlan {
        WhichPlan { name: name.to_owned() }
    }

    async fn skew(house: &House, seconds: &str) {
        house.set_field(&SetField { field: "skew_seconds".into(), value: seconds.into() }).await.unwrap();
    }

    async fn shown(house: &House) -> String {
        let draft = house.read_draft().await.unwrap();
        draft.fields.into_iter().find(|one| one.field == "skew_seconds").unwrap().value
    }

    async fn parked(house: &House, name: &str) -> std::result::Result<usize, Code> {
        house.park(&plan(name)).await.map(|plans| plans.len()).map_err(|fault| fault.code)
    }

    #[tokio::test]
    async fn a_draft_is_put_aside_and_taken_up_again_and_never_over_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let service = idle(folder.path()).await;
        let house = service.house();
        assert_eq!(parked(&house, "window").await, Err(codes::NO_CHANGES));
        skew(&house, "120").await;
        for name in ["", " ", "a\nb", &"x".repeat(LONGEST + 1)] {
            assert_eq!(parked(&house, name).await, Err(codes::PLAN_NAME), "{name:?}");
        }
        assert_eq!(parked(&house, " 2026年の更新 ").await, Ok(1));
        assert_eq!(shown(&house).await, "60", "what is applied is the draft again");
        skew(&house, "30").await;
        assert_eq!(parked(&house, "2026年の更新").await, Err(codes::PLAN_KNOWN));
        let take = async |name: &str| house.take_plan(&plan(name)).await.map_err(|fault| fault.code);
        assert_eq!(take("2026年の更新").await.unwrap_err(), codes::DRAFT_UNSAVED);
        assert_eq!(parked(&house, "b").await, Ok(2));
        let taken = take("2026年の更新").await.unwrap();
        assert!(taken.conflicts.is_empty() && taken.draft.changes.len() == 1);
        assert_eq!(shown(&house).await, "120");
        let left = house.list_plans().await.unwrap();
        assert_eq!((left.len(), &*left[0].name, &*left[0].changes[0].to), (1, "b", "30"));
        assert_eq!(take("2026年の更新").await.unwrap_err(), codes::NO_PLAN);
        assert_eq!(house.discard_plan(&plan("b")).await.unwrap(), []);
        assert_eq!(house.discard_plan(&plan("b")).await.unwrap_err().code, codes::NO_PLAN);
    }

    #[tokio::test]
    async fn an_edit_while_a_draft_is_put_aside_is_in_the_plan_or_in_the_next_draft_and_never_lost() {
        let folder = tempfile::tempdir().unwrap();
        let service = idle(folder.path()).await;
        let house = service.house();
        for number in 0..5 {
            skew(&house, "30").await;
            let name = number.to_string();
            let (plans, ()) = tokio::join!(parked(&house, &name), skew(&house, "77"));
            plans.unwrap();
            let plans = house.list_plans().await.unwrap();
            let in_plan = plans.iter().any(|plan| plan.name == name && plan.changes[0].to == "77");
            assert!(in_plan || shown(&house).await == "77");
            house.discard_draft().await.unwrap();
        }
    }

    #[tokio::test]
    async fn plans_are_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let service = idle(folder.path()).await;
        let house = service.house();
        for number in 0..MOST {
            skew(&house, "30").await;
            assert_eq!(parked(&house, &number.to_string()).await, Ok(number + 1));
        }
        skew(&house, "30").await;
        assert_eq!(parked(&house, "one more").await, Err(codes::PLANS_FULL));
        assert_eq!(shown(&house).await, "30", "it is still the draft");
    }
}
