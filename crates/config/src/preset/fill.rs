//! Filling in what an identity provider usually sends, where nobody has entered anything else.

use super::{ALL, Preset, Sent, of};
use crate::document::{Document, IdpType};
use crate::field::{self, Field};
use crate::server::ThisServer;

/// A field that was left as it is, though this identity provider usually sends something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The field.
    pub field: Field,
    /// What is usual; empty for nothing.
    pub usual: String,
}

/// What choosing an identity provider has done besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// Fields that were filled in.
    pub filled: Vec<Field>,
    /// Fields that were not.
    pub left: Vec<Left>,
}

/// Chooses an identity provider, and fills in what it usually sends where a field still holds the default or a preset's
/// value. `first`: no revision was saved yet. Later, users are known by their subject, and a new source of it would make
/// strangers of them (R16): it is left as it is.
pub fn fill(document: &mut Document, kind: IdpType, first: bool) -> Filled {
    let mut filled = Filled::default();
    let (server, untouched) = (ThisServer::default(), Document::default());
    for (at, (field, usual)) in values(of(kind)).into_iter().enumerate() {
        let held = field::get(document, &server, field);
        let is_its_own = own_names(of(kind)).is_some_and(|names| names.get(at) == Some(&held.as_str()));
        if held == usual || is_its_own {
            continue;
        }
        let names_users = matches!(field, Field::AttributeSubject | Field::NameIdFormat);
        let of_a_preset =
            held == field::get(&untouched, &server, field) || ALL.iter().any(|kind| has(*kind, at, &held));
        let may = of_a_preset && (first || !names_users);
        if may && field::set(document, field, usual).is_ok() {
            filled.filled.push(field);
        } else {
            filled.left.push(Left { field, usual: usual.to_owned() });
        }
    }
    document.idp.kind = kind;
    filled
}

/// The fields of a preset, in the order of the form.
fn values(preset: &Preset) -> [(Field, &'static str); 5] {
    [
        (Field::AttributeFirst, preset.names.first),
        (Field::AttributeLast, preset.names.last),
        (Field::AttributeEmail, preset.names.email),
        (Field::AttributeSubject, preset.subject_attribute().unwrap_or_default()),
        (Field::NameIdFormat, preset.name_id_format.unwrap_or_default()),
    ]
}

/// The names that it sends by itself, in the same order.
fn own_names(preset: &Preset) -> Option<[&'static str; 3]> {
    match preset.sent {
        Sent::Names(names) => Some([names.first, names.last, names.email]),
        Sent::Unknown | Sent::Nothing => None,
    }
}

/// Whether a preset has this value at this place.
fn has(kind: IdpType, at: usize, held: &str) -> bool {
    let preset = of(kind);
    values(preset).get(at).is_some_and(|(_, value)| *value == held)
        || own_names(preset).is_some_and(|names| names.get(at) == Some(&held))
}
