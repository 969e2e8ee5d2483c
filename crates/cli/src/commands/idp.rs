//! The identity provider: choosing it, the steps for its administrator, its errors.

use sekisho_admin_api::Client;
use sekisho_admin_api::idp::{ChooseIdp, ChosenIdp, GetIdpSteps, IdpStep, WhichIdp, WhichSteps};
use sekisho_config::document::IdpType;
use sekisho_config::{idp_error, preset};
use sekisho_fault::{Fault, Result};
use sekisho_messages::text;

use super::{Context, draft};
use crate::codes;
use crate::print::Printer;

/// Chooses the identity provider in the draft.
pub(super) async fn choose(context: &Context, service: &Client, idp: IdpType) -> Result<()> {
    let chosen = service.call::<ChooseIdp>(WhichIdp { idp_type: preset::name(idp) }).await?;
    context.printer.reply(&chosen, |printer| told(printer, &chosen));
    Ok(())
}

fn told(printer: Printer, chosen: &ChosenIdp) -> Vec<String> {
    let filled = chosen.filled.iter().map(|field| printer.say("filled", &[("field", field)]));
    let left = chosen.left.iter().map(|left| {
        let key = if left.usual.is_empty() { "left_empty" } else { "left" };
        printer.say(key, &[("field", &left.field), ("usual", &left.usual)])
    });
    filled.chain(left).chain(draft::changes(printer, &chosen.draft)).collect()
}

/// What the identity provider's administrator has to do.
pub(super) async fn steps(context: &Context, idp: Option<IdpType>) -> Result<()> {
    let idp_type = idp.map(preset::name);
    let found = context.service().await?.call::<GetIdpSteps>(WhichSteps { idp_type }).await?;
    context.printer.reply(&found, |printer| {
        found.steps.iter().enumerate().map(|(at, step)| step_in_words(printer, at + 1, step)).collect()
    });
    Ok(())
}

/// A step as an item of a numbered list in Markdown, with a block for what is to be pasted.
fn step_in_words(printer: Printer, number: usize, step: &IdpStep) -> String {
    let values: Vec<(&str, &str)> = step.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let said = format!("{number}. {}", text(printer.language, &step.key, &values));
    match &step.paste {
        Some(paste) => format!("{said}\n\n   ```\n   {}\n   ```\n", paste.replace('\n', "\n   ")),
        None => said,
    }
}

/// What an error of the identity provider means. Needs no service.
///
/// Code: `UNKNOWN_IDP_ERROR`.
pub(super) fn error(context: &Context, text: &str) -> Result<()> {
    let fault = idp_error::explain(text).ok_or_else(|| Fault::new(codes::UNKNOWN_IDP_ERROR))?;
    context.printer.reply(&fault, |printer| vec![printer.fault(&fault)]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use sekisho_messages::Language;

    use super::*;

    #[test]
    fn a_step_is_an_item_of_a_list_and_what_is_pasted_stands_in_a_block_of_it() {
        let step = IdpStep {
            key: "preset.step.ad_fs.sign".into(),
            values: std::collections::BTreeMap::new(),
            paste: Some("one\ntwo".into()),
        };
        let said = step_in_words(Printer { json: false, language: Language::English }, 3, &step);
        assert!(said.starts_with("3. In PowerShell") && said.ends_with("\n   ```\n   one\n   two\n   ```\n"), "{said}");
    }
}
