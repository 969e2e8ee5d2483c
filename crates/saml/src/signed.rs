//! What a verified signature covers, and the only way to its content: none but the octets that were hashed are read.

use sekisho_fault::Result;
use uppsala::NodeId;

use crate::gate::NODES;
use crate::xml::Xml;

/// An element whose signature was verified. The received document has gone into it, so that nobody reads it any more.
pub(crate) struct Signed<'a> {
    /// The octets that were hashed: the element, canonical, without its signature.
    pub(crate) octets: String,
    fingerprint: String,
    received: Xml<'a>,
    element: NodeId,
    signature: NodeId,
}

impl<'a> Signed<'a> {
    /// `octets`: the canonical octets of the element of the received document without its child `signature`.
    /// `fingerprint`: of the certificate whose key signed.
    pub(crate) fn new(
        received: Xml<'a>,
        element: NodeId,
        signature: NodeId,
        octets: String,
        fingerprint: String,
    ) -> Self {
        Self { octets, fingerprint, received, element, signature }
    }

    /// Hands over the document that the hashed octets are, and the fingerprint of the certificate whose key signed.
    ///
    /// The octets are parsed, unless they were parsed already: if they are to the letter what stands in the received
    /// text from the element's start to its end, but for the signature, then that part of the received tree is cut out
    /// and handed over. It is the tree that parsing the octets gives, for what a parser makes of an element depends on
    /// the text of the element, and on three things outside of it:
    ///
    /// - DTDs: there is none;
    /// - limits: those that the whole kept to, a part keeps to;
    /// - the namespaces of prefixes, and of names without one, that are declared around the element: canonicalization
    ///   writes into the element those that its names use. Where it has added nothing, all are declared within.
    ///
    /// What remains is that text around the signature is one node or two. It is white space, or was refused before
    /// (`signature::of`), and nobody reads it. All this is asserted wherever assertions are compiled in.
    ///
    /// Codes: `NOT_XML`, `SHAPE`, and those of `read`.
    pub(crate) fn read<T>(self, read: impl FnOnce(Xml<'_>, String) -> Result<T>) -> Result<T> {
        if !self.is_as_received() {
            return read(Xml::parse(&self.octets, NODES)?, self.fingerprint);
        }
        let authentic = self.received.cut_out(self.element, self.signature);
        debug_assert!(Xml::parse(&self.octets, NODES).is_ok_and(|parsed| parsed.says(&authentic)), "{}", self.octets);
        read(authentic, self.fingerprint)
    }

    /// Whether the octets stand in the received text, with nothing but the signature between them.
    fn is_as_received(&self) -> bool {
        let document = &self.received.document;
        let (text, ranges) =
            (document.input_text(), (document.node_range(self.element), document.node_range(self.signature)));
        let (Some(element), Some(signature)) = ranges else { return false };
        let around = (text.get(element.start..signature.start), text.get(signature.end..element.end));
        let (Some(before), Some(after)) = around else { return false };
        self.octets.strip_prefix(before) == Some(after)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use bergshamra_c14n::C14nMode;
    use proptest::prelude::*;
    use proptest::test_runner::Config;

    use super::*;
    use crate::canonical::{Canonicalization, Comments};
    use crate::documents::elements;

    const SIGNATURE: &str = "<s:Signature xmlns:s='urn:s'><s:x/></s:Signature>";

    /// The first element in the root, as signed; its signature stands before everything else in it.
    fn signed<'a>(document: &'a str, canonicalization: &Canonicalization) -> Signed<'a> {
        let xml = Xml::parse_metadata(document, NODES).unwrap();
        let element = xml.children(xml.root).unwrap()[0];
        let signature = xml.document.first_child(element).unwrap();
        let octets = canonicalization.octets(&xml, element, Some(signature), Comments::Never).unwrap();
        Signed::new(xml, element, signature, octets, "key".to_owned())
    }

    fn around(element: &str) -> String {
        format!("<r xmlns='urn:d' xmlns:a='urn:around' xmlns:c='urn:one'><!-- x -->\n{element}<other/></r>")
    }

    /// The canonical text of an element, where it stands.
    fn canonical(element: &str, canonicalization: &Canonicalization) -> String {
        let document = around(element);
        let xml = Xml::parse_metadata(&document, NODES).unwrap();
        let element = xml.children(xml.root).unwrap()[0];
        canonicalization.octets(&xml, element, None, Comments::Never).unwrap()
    }

    /// The element with a signature before all that is in it.
    fn with_signature(element: &str) -> String {
        let xml = Xml::parse_metadata(element, NODES).unwrap();
        let end = match xml.document.first_child(xml.root) {
            Some(child) => xml.document.node_range(child).unwrap().start,
            None => element.rfind("</").unwrap(),
        };
        format!("{}{SIGNATURE}{}", &element[..end], &element[end..])
    }

    #[test]
    fn what_is_read_is_what_the_hashed_octets_say_whether_they_are_parsed_again_or_not() {
        let modes = [C14nMode::Exclusive, C14nMode::Inclusive, C14nMode::Inclusive11];
        let lists = [Vec::new(), vec!["a".to_owned(), "c".to_owned(), String::new()]];
        let (received, parsed) = (Cell::new(0), Cell::new(0));
        let config = Config { cases: 300, failure_persistence: None, ..Config::default() };
        proptest!(config, |(element in elements())| {
            let text = element.to_xml(false);
            for (mode, prefixes) in modes.iter().zip([&lists[0], &lists[1], &lists[0]]).chain([(&modes[0], &lists[1])]) {
                let canonicalization = Canonicalization { mode: *mode, prefixes: prefixes.clone() };
                // As it came, and as most signers write it.
                for text in [text.clone(), canonical(&text, &canonicalization)] {
                    let document = around(&with_signature(&text));
                    let signed = signed(&document, &canonicalization);
                    let counted = if signed.is_as_received() { &received } else { &parsed };
                    counted.set(counted.get() + 1);
                    let octets = signed.octets.clone();
                    let same = signed.read(|authentic, _| {
                        Ok(Xml::parse(&octets, NODES)?.says(&authentic) && !authentic.says(&Xml::parse(&document, NODES)?))
                    });
                    prop_assert!(same.unwrap(), "{}", document);
                }
            }
        });
        assert!(received.get() > 100 && parsed.get() > 100, "{} as received, {} parsed", received.get(), parsed.get());
    }

    #[test]
    fn a_namespace_from_around_is_never_taken_for_one_of_the_octets() {
        let plain = Canonicalization { mode: C14nMode::Exclusive, prefixes: Vec::new() };
        for (element, as_received) in [
            ("<p:e xmlns:p=\"urn:p\">S<p:f></p:f></p:e>", true),
            ("<e xmlns=\"urn:p\">S</e>", true),
            ("<p:e xmlns:p=\"urn:p\">S<f></f></p:e>", false),
            ("<p:e xmlns:p=\"urn:p\">S<p:f a:x=\"1\"></p:f></p:e>", false),
            ("<e>S</e>", false),
            ("<p:e xmlns:p=\"urn:p\">S<f xmlns=\"\"></f></p:e>", false),
            ("<p:e xmlns:p=\"urn:p\">S<p:f/></p:e>", false),
            ("<p:e xmlns:p=\"urn:p\">S<!-- x --></p:e>", false),
            ("<p:e xmlns:p=\"urn:p\">S<![CDATA[x]]></p:e>", false),
            ("<p:e xmlns:p=\"urn:p\" >S</p:e>", false),
        ] {
            let document = around(&element.replace('S', SIGNATURE));
            let signed = signed(&document, &plain);
            assert_eq!(signed.is_as_received(), as_received, "{element}");
            let octets = signed.octets.clone();
            let same = signed.read(|authentic, _| Ok(Xml::parse(&octets, NODES)?.says(&authentic)));
            assert_eq!(same, Ok(true), "{element}");
        }
    }

    #[test]
    fn nothing_around_the_signed_element_can_be_reached() {
        let plain = Canonicalization { mode: C14nMode::Exclusive, prefixes: Vec::new() };
        let document = around(&format!("<e xmlns=\"urn:p\">{SIGNATURE}<f></f></e>"));
        let read = signed(&document, &plain).read(|authentic, _| {
            let (tree, top) = (&authentic.document, authentic.root);
            assert_eq!((tree.parent(top), tree.document_element()), (Some(tree.root()), Some(top)));
            assert_eq!((tree.children(tree.root()), tree.children(top).len()), (vec![top], 1));
            Ok(())
        });
        read.unwrap();
    }
}
