//! Canonical octets of an element: what signatures are made over.
//!
//! Exclusive canonicalization, which SAML asks for (SAML core 5.4.3), is written here, in one walk over the tree and
//! without a set of nodes; everything rarer is left to the library.

use std::borrow::Cow;
use std::cmp::Ordering;

use bergshamra_c14n::{C14nMode, canonicalize_doc};
use bergshamra_xml::NodeSet;
use memchr::{memchr, memchr3};
use sekisho_fault::{Fault, Result};
use uppsala::{Attribute, Element, NodeId, NodeKind, QName};

use crate::codes;
use crate::xml::Xml;

/// Which canonicalization, and the prefixes that an exclusive one treats as an inclusive one does.
#[derive(Clone, Debug)]
pub(crate) struct Canonicalization {
    pub(crate) mode: C14nMode,
    pub(crate) prefixes: Vec<String>,
}

/// Which comments count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comments {
    /// Those that the canonicalization leaves in.
    AsCanonicalized,
    /// None: a reference by ID leaves them out, whatever the canonicalization would do with them (XML signature 4.4.3.3).
    Never,
}

impl Canonicalization {
    /// The octets of the element with all that is below it, but for the child `cut`.
    ///
    /// Code: `DIGEST`.
    pub(crate) fn octets(&self, xml: &Xml<'_>, top: NodeId, cut: Option<NodeId>, comments: Comments) -> Result<String> {
        if self.mode.is_exclusive() && self.prefixes.is_empty() {
            return Ok(exclusive(xml, top, cut, comments == Comments::AsCanonicalized && self.mode.with_comments()));
        }
        self.by_library(xml, top, cut, comments)
    }

    fn by_library(&self, xml: &Xml<'_>, top: NodeId, cut: Option<NodeId>, comments: Comments) -> Result<String> {
        let tree = |id| match comments {
            Comments::AsCanonicalized => NodeSet::tree_with_comments(id, &xml.document),
            Comments::Never => NodeSet::tree_without_comments(id, &xml.document),
        };
        let nodes = match cut {
            Some(cut) => tree(top).subtract(&tree(cut)),
            None => tree(top),
        };
        let wrong = || Fault::new(codes::DIGEST);
        let octets = canonicalize_doc(&xml.document, self.mode, Some(&nodes), &self.prefixes).map_err(|_| wrong())?;
        // Nothing canonicalizes to nothing: an empty result is a failure that must not be hashed.
        String::from_utf8(octets).ok().filter(|octets| !octets.is_empty()).ok_or_else(wrong)
    }
}

/// Exclusive canonicalization (Exclusive XML Canonicalization 1.0, 3) without a list of prefixes.
fn exclusive(xml: &Xml<'_>, top: NodeId, cut: Option<NodeId>, comments: bool) -> String {
    let length = xml.document.node_range(top).map_or(0, |range| range.len());
    let mut writer = Writer { xml, cut, comments, rendered: Vec::new(), out: String::with_capacity(length) };
    writer.node(top);
    writer.out
}

struct Writer<'x, 'a> {
    xml: &'x Xml<'a>,
    cut: Option<NodeId>,
    comments: bool,
    /// Prefixes and their namespaces, as the elements around this place have declared them in the output.
    rendered: Vec<(&'x str, &'x str)>,
    out: String,
}

impl<'x, 'a> Writer<'x, 'a> {
    fn node(&mut self, id: NodeId) {
        match self.xml.document.node_kind(id) {
            _ if self.cut == Some(id) => {}
            Some(NodeKind::Element(element)) => self.element(id, element),
            Some(NodeKind::Text(text) | NodeKind::CData(text)) => self.escaped(text, Place::Text),
            Some(NodeKind::Comment(text)) if self.comments => {
                self.out.push_str("<!--");
                self.out.push_str(text);
                self.out.push_str("-->");
            }
            // There are no processing instructions: `Xml` refuses them.
            _ => {}
        }
    }

    fn element(&mut self, id: NodeId, element: &'x Element<'a>) {
        let around = self.rendered.len();
        self.out.push('<');
        self.name(&element.name);
        self.declarations(element);
        self.attributes(element);
        self.out.push('>');
        let mut child = self.xml.document.first_child(id);
        while let Some(id) = child {
            self.node(id);
            child = self.xml.document.next_sibling(id);
        }
        self.out.push_str("</");
        self.name(&element.name);
        self.out.push('>');
        self.rendered.truncate(around);
    }

    fn name(&mut self, name: &QName<'_>) {
        if let Some(prefix) = &name.prefix {
            self.out.push_str(prefix);
            self.out.push(':');
        }
        self.out.push_str(&name.local_name);
    }

    /// Declares what the element's own names use, where it is not declared so around it.
    fn declarations(&mut self, element: &'x Element<'a>) {
        let around = self.rendered.len();
        self.uses(&element.name);
        for attribute in &element.attributes {
            // An attribute without a prefix is in no namespace, whatever the default is.
            if attribute.name.prefix.is_some() {
                self.uses(&attribute.name);
            }
        }
        self.rendered[around..].sort_unstable();
        for at in around..self.rendered.len() {
            let (prefix, uri) = self.rendered[at];
            self.out.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
            self.out.push_str(prefix);
            self.value(uri);
        }
    }

    fn uses(&mut self, name: &'x QName<'a>) {
        let prefix = name.prefix.as_deref().unwrap_or_default();
        let uri = name.namespace_uri.as_deref().unwrap_or_default();
        let known = self.rendered.iter().rev().find(|(known, _)| *known == prefix).map_or("", |(_, uri)| *uri);
        if known != uri && prefix != "xml" {
            self.rendered.push((prefix, uri));
        }
    }

    /// Attributes by namespace, then by name.
    fn attributes(&mut self, element: &Element<'_>) {
        let mut sorted = Cow::Borrowed(&element.attributes);
        if !sorted.is_sorted_by(|one, other| order(one, other).is_lt()) {
            sorted.to_mut().sort_by(order);
        }
        for attribute in sorted.iter() {
            self.attribute(attribute);
        }
    }

    fn attribute(&mut self, attribute: &Attribute<'_>) {
        self.out.push(' ');
        self.name(&attribute.name);
        self.value(&attribute.value);
    }

    fn value(&mut self, value: &str) {
        self.out.push_str("=\"");
        self.escaped(value, Place::Value);
        self.out.push('"');
    }

    fn escaped(&mut self, text: &str, place: Place) {
        let mut copied = 0;
        if !place.is_plain(text.as_bytes()) {
            for (at, byte) in text.bytes().enumerate() {
                let Some(reference) = place.reference(byte) else { continue };
                self.out.push_str(&text[copied..at]);
                self.out.push_str(reference);
                copied = at + 1;
            }
        }
        self.out.push_str(&text[copied..]);
    }
}

fn order(one: &Attribute<'_>, other: &Attribute<'_>) -> Ordering {
    let namespace = one.name.namespace_uri.as_deref().unwrap_or_default();
    let others = other.name.namespace_uri.as_deref().unwrap_or_default();
    namespace.cmp(others).then_with(|| one.name.local_name.cmp(&other.name.local_name))
}

/// Where text stands: that decides which of its characters are written as references (Canonical XML 1.0, 2.3).
#[derive(Clone, Copy)]
enum Place {
    Text,
    Value,
}

impl Place {
    /// Whether none is, as mostly.
    fn is_plain(self, text: &[u8]) -> bool {
        match self {
            Self::Text => memchr3(b'&', b'<', b'>', text).or_else(|| memchr(b'\r', text)).is_none(),
            Self::Value => memchr3(b'&', b'<', b'"', text).or_else(|| memchr3(b'\t', b'\n', b'\r', text)).is_none(),
        }
    }

    fn reference(self, byte: u8) -> Option<&'static str> {
        match (byte, self) {
            (b'&', _) => Some("&amp;"),
            (b'<', _) => Some("&lt;"),
            (b'\r', _) => Some("&#xD;"),
            (b'>', Self::Text) => Some("&gt;"),
            (b'"', Self::Value) => Some("&quot;"),
            (b'\t', Self::Value) => Some("&#x9;"),
            (b'\n', Self::Value) => Some("&#xA;"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;
    use proptest::test_runner::Config;

    use super::*;
    use crate::documents::elements;
    use crate::gate::NODES;

    /// Each element with each of its child elements away, and with all.
    fn parts<'x>(xml: &'x Xml<'_>) -> impl Iterator<Item = (NodeId, Option<NodeId>)> + 'x {
        let children = |top| xml.document.children_iter(top).filter(|child| xml.element(*child).is_some()).map(Some);
        xml.elements(xml.root).flat_map(move |top| children(top).chain([None]).map(move |cut| (top, cut)))
    }

    proptest! {
        #![proptest_config(Config { cases: 200, failure_persistence: None, ..Config::default() })]

        #[test]
        fn exclusive_canonicalization_is_that_of_the_library(element in elements()) {
            let text = element.to_xml(true);
            // Comments within text, which messages may not have, are canonicalized too.
            let xml = Xml::parse_metadata(&text, NODES).unwrap();
            for mode in [C14nMode::Exclusive, C14nMode::ExclusiveWithComments] {
                let canonicalization = Canonicalization { mode, prefixes: Vec::new() };
                for (top, cut) in parts(&xml) {
                    for comments in [Comments::AsCanonicalized, Comments::Never] {
                        let ours = canonicalization.octets(&xml, top, cut, comments).unwrap();
                        let theirs = canonicalization.by_library(&xml, top, cut, comments).unwrap();
                        prop_assert_eq!(ours, theirs, "{:?} {:?} of {}", top, cut, &text);
                    }
                }
            }
        }
    }

    #[test]
    fn exclusive_canonicalization_is_that_of_libxml2() {
        if Command::new("xmllint").arg("--version").output().is_err() {
            println!("xmllint is not installed: nothing is compared with it");
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let config = Config { cases: 96, failure_persistence: None, ..Config::default() };
        proptest!(config, |(element in elements())| {
            let text = element.to_xml(true);
            std::fs::write(folder.path().join("document.xml"), &text).unwrap();
            let mut xmllint = Command::new("xmllint");
            let theirs = xmllint.args(["--exc-c14n", "document.xml"]).current_dir(folder.path()).output().unwrap();
            prop_assert!(theirs.status.success(), "{}", text);
            let xml = Xml::parse_metadata(&text, NODES).unwrap();
            let ours = exclusive(&xml, xml.root, None, true);
            prop_assert_eq!(ours, String::from_utf8(theirs.stdout).unwrap(), "{}", text);
        });
    }

    #[test]
    fn attributes_are_ordered_and_only_what_names_use_is_declared() {
        let text = "<a:r xmlns:a='urn:a' xmlns:b='urn:b' xmlns='urn:d' z='1' b:y='2' a:x='3' w=''><s/><a:t xmlns=''><u/></a:t></a:r>";
        let xml = Xml::parse(text, NODES).unwrap();
        assert_eq!(
            exclusive(&xml, xml.root, None, false),
            "<a:r xmlns:a=\"urn:a\" xmlns:b=\"urn:b\" w=\"\" z=\"1\" a:x=\"3\" b:y=\"2\"><s xmlns=\"urn:d\"></s><a:t><u></u></a:t></a:r>"
        );
    }
}
