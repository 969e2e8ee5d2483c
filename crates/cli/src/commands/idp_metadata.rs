//! `sekisho idp-metadata`: what other metadata of the identity provider would change.

use sekisho_admin_api::Client;
use sekisho_admin_api::idp::{
    AddressBinding, AddressUse, ChangedAddress, ChangedText, Fate, GetIdpDifferences, IdpCertificate, IdpDifference,
    IdpDifferences,
};
use sekisho_fault::Result;
use sekisho_messages::time;

use super::Context;
use crate::print::Printer;

/// Shows both.
pub(super) async fn diff(context: &Context) -> Result<()> {
    let found = context.service().await?.call::<GetIdpDifferences>(()).await?;
    context.printer.reply(&found, |printer| both(printer, &found));
    Ok(())
}

/// What the draft's metadata would change; nothing where that is nothing.
pub(super) async fn of_draft(printer: Printer, service: &Client) -> Result<Vec<String>> {
    let found = service.call::<GetIdpDifferences>(()).await?;
    let draft = found.draft.iter().filter(|difference| !difference.same);
    Ok(draft.flat_map(|difference| in_words(printer, "idp_metadata.draft", difference)).collect())
}

fn both(printer: Printer, found: &IdpDifferences) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(draft) = &found.draft {
        lines.extend(in_words(printer, "idp_metadata.draft", draft));
    }
    if let Some(held) = &found.held {
        lines.push(say(printer, "idp_metadata.held", &[("url", &held.url), ("time", &time(held.fetched))]));
        lines.extend(listed(printer, &held.difference));
        lines.push(say(printer, "idp_metadata.approve", &[("url", &held.url)]));
    }
    if lines.is_empty() {
        lines.push(printer.say("idp_metadata.nothing", &[]));
    }
    lines
}

fn in_words(printer: Printer, head: &str, difference: &IdpDifference) -> Vec<String> {
    let mut lines = vec![printer.say(head, &[])];
    lines.extend(listed(printer, difference));
    lines
}

/// A sentence whose values stay on its lines: the other side has written them, and none begins a line of ours.
fn say(printer: Printer, key: &str, args: &[(&str, &str)]) -> String {
    let values: Vec<(&str, String)> = args.iter().map(|(name, value)| (*name, value.replace('\n', "\\n"))).collect();
    printer.say(key, &values.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>())
}

fn listed(printer: Printer, difference: &IdpDifference) -> Vec<String> {
    let text = |key, ChangedText { from, to }: &ChangedText| say(printer, key, &[("from", from), ("to", to)]);
    let mut lines = Vec::new();
    if difference.same {
        lines.push(printer.say("idp_metadata.same", &[]));
    }
    lines.extend(difference.entity_id.iter().map(|changed| text("idp_metadata.entity_id", changed)));
    lines.extend(difference.addresses.iter().map(|one| address(printer, one)));
    lines.extend(difference.certificates.iter().map(|one| certificate(printer, one)));
    lines.extend(difference.wants_signed_requests.map(|wants| {
        say(printer, if wants { "idp_metadata.wants_signed" } else { "idp_metadata.wants_unsigned" }, &[])
    }));
    lines.extend(difference.name_id_formats.iter().map(|changed| text("idp_metadata.name_id_formats", changed)));
    lines
}

fn address(printer: Printer, changed: &ChangedAddress) -> String {
    let what = match changed.used_for {
        AddressUse::SignIn => "idp_metadata.sign_in",
        AddressUse::Logout => "idp_metadata.logout",
    };
    let binding = match changed.binding {
        AddressBinding::Redirect => "Redirect",
        AddressBinding::Post => "POST",
    };
    let [from, to] = [&changed.from, &changed.to].map(|one| one.as_deref().unwrap_or("–"));
    say(printer, what, &[("binding", binding), ("from", from), ("to", to)])
}

fn certificate(printer: Printer, one: &IdpCertificate) -> String {
    let what = match one.fate {
        Fate::Added => "idp_metadata.certificate_added",
        Fate::Removed => "idp_metadata.certificate_removed",
        Fate::Kept => "idp_metadata.certificate_kept",
    };
    let found = &one.certificate;
    let ends = time(found.not_after);
    let args = [("subject", found.subject.as_str()), ("ends", &ends), ("sha256", &found.sha256), ("sha1", &found.sha1)];
    say(printer, what, &args)
}

#[cfg(test)]
mod tests {
    use sekisho_messages::Language;

    use super::*;

    #[test]
    fn what_the_other_side_has_written_begins_no_line() {
        let entity_id =
            ChangedText { from: "https://idp.example".into(), to: "evil\n  = Nothing that matters differs.".into() };
        let difference = IdpDifference {
            same: false,
            entity_id: Some(entity_id),
            addresses: Vec::new(),
            certificates: Vec::new(),
            wants_signed_requests: Some(true),
            name_id_formats: None,
        };
        let lines = listed(Printer { json: false, language: Language::English }, &difference);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| !line.contains('\n')), "{lines:?}");
    }
}
