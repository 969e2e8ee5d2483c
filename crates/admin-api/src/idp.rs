//! The identity provider: which one it is, what its administrator has to do, what its own errors mean.

use std::collections::BTreeMap;

use sekisho_fault::Fault;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;
use crate::draft::Draft;

/// An identity provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WhichIdp {
    /// Its type, as the field has it.
    pub idp_type: String,
}

/// A field that was left as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LeftField {
    /// The field's name.
    pub field: String,
    /// What is usual with this identity provider; empty for nothing.
    pub usual: String,
}

/// The draft with another identity provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChosenIdp {
    /// The draft.
    pub draft: Draft,
    /// The fields that were filled in besides.
    pub filled: Vec<String>,
    /// The fields that hold something else than is usual: it was entered, or users are known by it already.
    pub left: Vec<LeftField>,
}

/// Chooses the identity provider in the draft, and fills in what it usually sends where nobody has entered anything.
pub struct ChooseIdp;

impl Call for ChooseIdp {
    const METHOD: &'static str = "idp.choose";
    type Params = WhichIdp;
    type Reply = ChosenIdp;
}

/// Something that an identity provider's administrator has to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct IdpStep {
    /// The key of its text.
    pub key: String,
    /// What the text refers to as `{name}`.
    pub values: BTreeMap<String, String>,
    /// What is to be pasted there.
    pub paste: Option<String>,
}

/// All that an identity provider's administrator has to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct IdpSteps {
    /// The type.
    pub idp_type: String,
    /// The steps, in their order.
    pub steps: Vec<IdpStep>,
}

/// Which steps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WhichSteps {
    /// Of which type; the draft's if none is named.
    pub idp_type: Option<String>,
}

/// What the identity provider's administrator has to do, with the draft's values in it.
pub struct GetIdpSteps;

impl Call for GetIdpSteps {
    const METHOD: &'static str = "idp.steps";
    type Params = WhichSteps;
    type Reply = IdpSteps;
}

/// What somebody has copied from an error page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PastedError {
    /// The text.
    pub text: String,
}

/// What an error page of an identity provider means, where its code is known.
pub struct ExplainIdpError;

impl Call for ExplainIdpError {
    const METHOD: &'static str = "idp.explain";
    type Params = PastedError;
    type Reply = Option<Fault>;
}
