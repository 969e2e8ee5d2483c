//! The places of the vault page, in the order in which a new user comes to them.

use std::path::Path;

use crate::totp;
use crate::webdriver::Session;

/// A file as Chrome writes it, with a line that is there twice and two with a fault.
const EXPORT: &str = "name,url,username,password,note\r\n\
    Bank,https://bank.example/,alice,correct horse,\r\n\
    Post,https://post.example/,alice@example.com,battery staple,for letters\r\n\
    Bank,https://bank.example/,alice,correct horse,\r\n\
    Half,https://half.example/\r\n\
    ,,,,\r\n";

/// Walks through the page of a user who has just signed in for the first time, under a role with all steps, and calls `at` at each place.
/// The file to import is written to `folder`.
pub fn walk(page: &Session, folder: &Path, at: impl Fn(&Session, &str)) {
    page.wait("[data-testid=steps][data-step=import]");
    at(page, "steps-import");
    let file = folder.join("chrome.csv");
    std::fs::write(&file, EXPORT).expect("the file to import");
    page.upload("[data-testid=import-file]", &[file.to_str().expect("a path")]);
    page.wait("[data-testid=total-error][data-count='2']");
    page.click("[data-testid=mapping]");
    at(page, "import-preview");
    page.click("[data-testid=bring]");
    page.wait("[data-testid=imported]");
    at(page, "imported");
    page.click("[data-testid=next-step]");
    page.wait("[data-testid=steps]:not([data-step=import])");
    if page.attribute("[data-testid=steps]", "data-step").as_deref() == Some("extension") {
        at(page, "steps-extension");
        page.click("[data-testid=next-step]");
    }
    page.wait("[data-testid=steps][data-step=factor]");
    page.click("[data-testid=add-app]");
    let seed = page.text("[data-testid=seed]");
    at(page, "steps-factor");
    page.fill("[data-testid=code-app]", &totp::now(&seed));
    page.click("[data-testid=send-app]");
    page.wait("[data-testid=recovery-codes]");
    at(page, "recovery-codes");
    page.click("[data-testid=recovery-done]");
    page.wait("[data-testid=factor-recovery]");
    page.click("[data-testid=next-step]");
    page.wait("[data-testid=steps][data-step=closing]");
    at(page, "steps-closing");
    page.click("[data-testid=finish]");
    page.wait("[data-testid=count][data-count='2']");
    page.click("[data-testid=entry][data-title=Bank]");
    page.wait("[data-testid=opened-title]");
    at(page, "record");
    for kind in ["login", "note", "card", "totp"] {
        page.click(&format!("[data-testid=new-{kind}]"));
        page.wait("[data-testid=record-form]");
        at(page, &format!("form-{kind}"));
    }
    page.fill("[data-testid=record-title]", "Tokens");
    page.fill("[data-testid=record-totp]", "JBSWY3DPEHPK3PXP");
    page.click("[data-testid=save]");
    page.wait("[data-testid=told][data-told=saved]");
    page.click("[data-testid=entry][data-title=Tokens]");
    page.wait("[data-testid=live-code]");
    at(page, "one-time-code");
    page.click("[data-testid=delete]");
    page.wait("[data-testid=undo]");
    page.choose("[data-testid=only]", "bin");
    at(page, "bin");
    page.click("[data-testid=place-security]");
    page.wait("[data-testid=factor-recovery]");
    at(page, "second-factor");
    page.click("[data-testid=place-records]");
    page.wait("[data-testid=count]");
}
