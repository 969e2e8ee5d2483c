//! The identity provider: which one it is, what its administrator has to do, what its own errors mean.

use std::collections::BTreeMap;

use sekisho_fault::Fault;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;
use crate::draft::{CertificateInfo, Draft};

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

/// What becomes of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Fate {
    /// It comes.
    Added,
    /// It goes.
    Removed,
    /// It stays.
    Kept,
}

/// A signing certificate of the identity provider, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct IdpCertificate {
    /// What becomes of it.
    pub fate: Fate,
    /// The certificate.
    pub certificate: CertificateInfo,
}

/// What users are sent to an address for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum AddressUse {
    /// To sign in.
    SignIn,
    /// To log out.
    Logout,
}

/// How messages travel to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum AddressBinding {
    /// By redirect.
    Redirect,
    /// By a form.
    Post,
}

/// An address of the identity provider that comes, goes, or takes another's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChangedAddress {
    /// What for.
    pub used_for: AddressUse,
    /// How messages travel there.
    pub binding: AddressBinding,
    /// What it was; where answers go elsewhere, that stands behind it in parentheses.
    pub from: Option<String>,
    /// What it will be.
    pub to: Option<String>,
}

/// A text that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChangedText {
    /// What it was.
    pub from: String,
    /// What it will be.
    pub to: String,
}

/// What differs between two states of the identity provider's metadata.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct IdpDifference {
    /// Whether nothing that matters differs.
    pub same: bool,
    /// Another Entity ID: users are known under it.
    pub entity_id: Option<ChangedText>,
    /// The addresses that change.
    pub addresses: Vec<ChangedAddress>,
    /// All signing certificates of both: those that come, those that go, those that stay.
    pub certificates: Vec<IdpCertificate>,
    /// Whether it will want our requests signed, where that changes.
    pub wants_signed_requests: Option<bool>,
    /// Other NameID formats.
    pub name_id_formats: Option<ChangedText>,
}

/// What a refresh has found and holds back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HeldIdpDifference {
    /// Where it was fetched.
    pub url: String,
    /// When: seconds since 1970.
    pub fetched: i64,
    /// What it would change of what is served.
    pub difference: IdpDifference,
}

/// What an administrator decides about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct IdpDifferences {
    /// What the draft's metadata would change of what is served; none where it is the metadata that is saved, or where none
    /// was saved yet.
    pub draft: Option<IdpDifference>,
    /// What a refresh holds back until it is taken into the draft and saved.
    pub held: Option<HeldIdpDifference>,
}

/// Compares the identity provider's metadata.
pub struct GetIdpDifferences;

impl Call for GetIdpDifferences {
    const METHOD: &'static str = "idp.differences";
    type Params = ();
    type Reply = IdpDifferences;
}
