//! The names in play.

use sekisho_admin_api::certificates::{NameInPlay, NameRole};
use sekisho_config::Document;

/// The names of what is applied, of the draft, of the servers, and those that are asked for: each once, where it matters most.
pub(crate) fn in_play(applied: &Document, draft: &Document, servers: &[String], asked: &[String]) -> Vec<NameInPlay> {
    let host = |document: &Document| document.advertised_host.as_ref().map(ToString::to_string);
    let advertised = host(applied).map(|name| (name, NameRole::Advertised));
    let own = host(draft).map(|name| (name, NameRole::Draft));
    let answered = applied.other_names.iter().chain(&draft.other_names);
    let answered = answered.map(|other| (other.host.to_string(), NameRole::Answered));
    let asked = asked.iter().map(|name| (name.trim().to_owned(), NameRole::Asked));
    let servers = servers.iter().map(|name| (name.clone(), NameRole::Server));
    let mut names: Vec<NameInPlay> = Vec::new();
    for (name, role) in advertised.into_iter().chain(own).chain(answered).chain(asked).chain(servers) {
        if !name.is_empty() && !names.iter().any(|known| known.name.eq_ignore_ascii_case(&name)) {
            names.push(NameInPlay { name, role });
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_config::field::{self, Field};

    fn document(host: &str) -> Document {
        let mut document = Document::default();
        field::set(&mut document, Field::AdvertisedHost, host).unwrap();
        document
    }

    #[test]
    fn each_name_stands_once_and_for_what_matters_most() {
        let [old, new] = ["sso.example.co.jp", "login.example.co.jp"].map(document);
        let servers = ["sso1".to_owned(), "SSO.example.co.jp".to_owned()];
        let asked = [" login.example.co.jp".to_owned(), "extra.example.co.jp".to_owned(), String::new()];
        let names = in_play(&old, &new, &servers, &asked);
        let told: Vec<(&str, NameRole)> = names.iter().map(|one| (one.name.as_str(), one.role)).collect();
        assert_eq!(
            told,
            [
                ("sso.example.co.jp", NameRole::Advertised),
                ("login.example.co.jp", NameRole::Draft),
                ("extra.example.co.jp", NameRole::Asked),
                ("sso1", NameRole::Server),
            ]
        );
        assert_eq!(in_play(&old, &old, &[], &[]).len(), 1);
        assert!(in_play(&Document::default(), &Document::default(), &[], &[]).is_empty());
    }
}
