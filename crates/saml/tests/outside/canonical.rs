//! Our canonicalization against that of libxml2.

use bergshamra_c14n::{C14nMode, canonicalize};
use proptest::prelude::*;

use crate::documents::elements;
use crate::tools::{Bench, cases};

#[test]
fn random_documents_have_one_canonical_form() {
    let Some(bench) = Bench::with("xmllint") else { return };
    // With comments all three, for that is how xmllint writes them.
    let modes = [
        ("--c14n", C14nMode::InclusiveWithComments),
        ("--c14n11", C14nMode::Inclusive11WithComments),
        ("--exc-c14n", C14nMode::ExclusiveWithComments),
    ];
    proptest!(cases(96), |(element in elements())| {
        let text = element.to_xml(true);
        bench.write("document.xml", text.as_bytes());
        for (option, mode) in modes {
            let theirs = bench.run(&format!("xmllint {option} document.xml"));
            prop_assert!(theirs.status.success(), "{}: {}", text, String::from_utf8_lossy(&theirs.stderr));
            let ours = canonicalize::<&str>(&text, mode, None, &[]).unwrap();
            prop_assert_eq!(String::from_utf8(ours).unwrap(), String::from_utf8(theirs.stdout).unwrap(), "{} {}", option, text);
        }
    });
}
