//! What differs between two states of an identity provider's metadata, for a person who decides about it.

use super::refresh::Service;
use super::{Binding, Endpoint, IdpMetadata};

/// What becomes of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It comes.
    Added,
    /// It goes.
    Removed,
    /// It stays.
    Kept,
}

/// An address that comes, goes, or takes another's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedEndpoint {
    /// Which kind of address.
    pub service: Service,
    /// For which binding.
    pub binding: Binding,
    /// What it was.
    pub from: Option<Endpoint>,
    /// What it will be.
    pub to: Option<Endpoint>,
}

/// All that matters of the difference. How long the metadata may be kept does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Another entity ID: what it was, and what it will be.
    pub entity_id: Option<(String, String)>,
    /// The addresses that change.
    pub endpoints: Vec<ChangedEndpoint>,
    /// All signing certificates of both (DER): those that come, those that go, those that stay.
    pub certificates: Vec<(Fate, Vec<u8>)>,
    /// Whether it will want our requests signed, where that changes.
    pub wants_signed_requests: Option<bool>,
    /// Other `NameID` formats: what they were, and what they will be.
    pub name_id_formats: Option<(Vec<String>, Vec<String>)>,
}

impl Difference {
    /// What differs.
    pub fn between(from: &IdpMetadata, to: &IdpMetadata) -> Self {
        let changed = |is: bool| is.then_some(());
        let (old, new) = (&from.signing_certificates, &to.signing_certificates);
        let of = |fate, certificates: &[Vec<u8>], here: &dyn Fn(&Vec<u8>) -> bool| {
            certificates.iter().filter(|der| here(der)).map(|der| (fate, der.clone())).collect::<Vec<_>>()
        };
        let certificates = [
            of(Fate::Added, new, &|der| !old.contains(der)),
            of(Fate::Removed, old, &|der| !new.contains(der)),
            of(Fate::Kept, new, &|der| old.contains(der)),
        ];
        Self {
            entity_id: changed(from.entity_id != to.entity_id).map(|()| (from.entity_id.clone(), to.entity_id.clone())),
            endpoints: [endpoints(Service::SignIn, &from.sso, &to.sso), endpoints(Service::Logout, &from.slo, &to.slo)]
                .concat(),
            certificates: certificates.concat(),
            wants_signed_requests: changed(from.want_authn_requests_signed != to.want_authn_requests_signed)
                .map(|()| to.want_authn_requests_signed),
            name_id_formats: changed(from.name_id_formats != to.name_id_formats)
                .map(|()| (from.name_id_formats.clone(), to.name_id_formats.clone())),
        }
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        let stays = |(fate, _): &(Fate, Vec<u8>)| *fate == Fate::Kept;
        let Self { entity_id, endpoints, certificates, wants_signed_requests, name_id_formats } = self;
        entity_id.is_none()
            && endpoints.is_empty()
            && certificates.iter().all(stays)
            && wants_signed_requests.is_none()
            && name_id_formats.is_none()
    }
}

/// For each binding what went beside what came, in their order: one change of address, where it is one.
fn endpoints(service: Service, from: &[Endpoint], to: &[Endpoint]) -> Vec<ChangedEndpoint> {
    let mut changed = Vec::new();
    for binding in [Binding::Redirect, Binding::Post] {
        let only = |here: &[Endpoint], there: &[Endpoint]| {
            let own = here.iter().filter(|one| one.binding == binding && !there.contains(one));
            own.cloned().collect::<Vec<_>>()
        };
        let (gone, come) = (only(from, to), only(to, from));
        for at in 0..gone.len().max(come.len()) {
            let [from, to] = [&gone, &come].map(|list| list.get(at).cloned());
            changed.push(ChangedEndpoint { service, binding: binding.clone(), from, to });
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(binding: Binding, location: &str) -> Endpoint {
        Endpoint { binding, location: location.to_owned(), response_location: None }
    }

    fn metadata() -> IdpMetadata {
        IdpMetadata {
            entity_id: "https://idp.example".into(),
            signing_certificates: vec![vec![1], vec![2]],
            sso: vec![
                endpoint(Binding::Redirect, "https://idp.example/sso"),
                endpoint(Binding::Post, "https://idp.example/sso"),
            ],
            slo: vec![endpoint(Binding::Redirect, "https://idp.example/slo")],
            name_id_formats: vec!["persistent".into()],
            want_authn_requests_signed: false,
            valid_until: None,
            cache_seconds: None,
        }
    }

    #[test]
    fn what_is_the_same_in_all_that_matters_does_not_differ() {
        let mut later = metadata();
        (later.valid_until, later.cache_seconds) = (Some(crate::UnixTime(7)), Some(60));
        let same = Difference::between(&metadata(), &later);
        assert!(same.is_empty());
        assert_eq!(same.certificates, [(Fate::Kept, vec![1]), (Fate::Kept, vec![2])]);
    }

    #[test]
    fn certificates_come_go_and_stay() {
        let mut new = metadata();
        new.signing_certificates = vec![vec![2], vec![3]];
        let difference = Difference::between(&metadata(), &new);
        let expected = [(Fate::Added, vec![3]), (Fate::Removed, vec![1]), (Fate::Kept, vec![2])];
        assert_eq!(difference.certificates, expected);
        assert!(!difference.is_empty());
    }

    #[test]
    fn an_address_that_takes_anothers_place_is_one_change() {
        let mut new = metadata();
        let [redirect, post] = [Binding::Redirect, Binding::Post].map(|of| endpoint(of, "https://evil.example/sso"));
        new.sso = vec![redirect.clone(), metadata().sso[1].clone(), post.clone()];
        new.slo = Vec::new();
        let changed =
            |service, binding: Binding, from: Option<Endpoint>, to| ChangedEndpoint { service, binding, from, to };
        let old = metadata();
        let expected = [
            changed(Service::SignIn, Binding::Redirect, Some(old.sso[0].clone()), Some(redirect)),
            changed(Service::SignIn, Binding::Post, None, Some(post)),
            changed(Service::Logout, Binding::Redirect, Some(old.slo[0].clone()), None),
        ];
        assert_eq!(Difference::between(&old, &new).endpoints, expected);
    }

    #[test]
    fn each_of_the_rest_is_told_alone() {
        let differs = |change: fn(&mut IdpMetadata)| {
            let mut new = metadata();
            change(&mut new);
            let difference = Difference::between(&metadata(), &new);
            assert!(!difference.is_empty());
            difference
        };
        let entity = differs(|new| new.entity_id = "https://other.example".into());
        assert_eq!(entity.entity_id, Some(("https://idp.example".into(), "https://other.example".into())));
        assert_eq!(differs(|new| new.want_authn_requests_signed = true).wants_signed_requests, Some(true));
        let formats = differs(|new| new.name_id_formats.clear());
        assert_eq!(formats.name_id_formats, Some((vec!["persistent".into()], vec![])));
        let answers = differs(|new| new.slo[0].response_location = Some("https://idp.example/done".into()));
        assert_eq!(answers.endpoints.len(), 1, "where answers go is part of an address");
    }
}
