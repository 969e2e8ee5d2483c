//! AWS IAM Identity Center (AWS SSO).

use crate::preset::step::{ADDRESSES, ASSIGN, Step};
use crate::preset::{Preset, SUBJECT, Sent, Subject};

const MAPPINGS: &str = "\
Subject    ${user:subject}     persistent
{first}    ${user:givenName}   basic
{last}     ${user:familyName}  basic
{email}    ${user:email}       basic
{subject}  ${user:AD_GUID}     basic";

pub(in crate::preset) const PRESET: Preset = Preset {
    sent: Sent::Nothing,
    subject: Some(Subject::Attribute(SUBJECT)),
    steps: &[
        Step::new("aws_sso.create", &[]),
        Step::new("aws_sso.addresses", ADDRESSES),
        Step::new("aws_sso.mappings", &[]).paste(MAPPINGS),
        ASSIGN,
        Step::new("aws_sso.send_back", &[]),
    ],
    ..Preset::UNKNOWN
};
