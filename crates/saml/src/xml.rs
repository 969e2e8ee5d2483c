//! The one XML parser of this crate, behind limits, and small readers over its tree.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use memchr::memchr;
use sekisho_fault::{Fault, Result};
use uppsala::{Document, Element, NodeId, NodeKind, Parser};

use crate::names::{DS, XENC, XENC11};
use crate::{codes, scan};

/// Elements nest this deep at most.
const DEPTH: u32 = 40;

/// A parsed document that keeps to the limits below.
pub(crate) struct Xml<'a> {
    pub(crate) document: Document<'a>,
    pub(crate) root: NodeId,
}

/// A fault of shape, with what is wrong.
pub(crate) fn shape(detail: &str) -> Fault {
    Fault::new(codes::SHAPE).with("detail", detail)
}

impl<'a> Xml<'a> {
    /// Parses UTF-8 XML 1.0 without DTD, processing instructions, relative or emptied namespaces, comments within text.
    ///
    /// `nodes` bounds the elements. Codes: `NOT_XML`, `SHAPE`.
    pub(crate) fn parse(text: &'a str, nodes: usize) -> Result<Self> {
        Self::parsed(text, nodes, Self::uncut)
    }

    /// The same, but comments may stand within text: nobody's name is a text in metadata. Read it by `full_text`.
    ///
    /// Codes: `NOT_XML`, `SHAPE`.
    pub(crate) fn parse_metadata(text: &'a str, nodes: usize) -> Result<Self> {
        Self::parsed(text, nodes, |_, _| Ok(()))
    }

    fn parsed(text: &'a str, nodes: usize, comment: impl Fn(&Self, NodeId) -> Result<()>) -> Result<Self> {
        declaration(text)?;
        scan::bounded(text, nodes)?;
        let parser = Parser::new().with_forbid_dtd(true).with_forbid_entities(true).with_max_depth(DEPTH);
        let document = parser.parse(text).map_err(|_| Fault::new(codes::NOT_XML))?;
        let root = document.document_element().ok_or_else(|| Fault::new(codes::NOT_XML))?;
        let xml = Self { document, root };
        for id in xml.nodes(xml.document.root()) {
            match xml.document.node_kind(id) {
                Some(NodeKind::ProcessingInstruction(_)) => return Err(shape("processing instruction")),
                Some(NodeKind::Element(element)) => names(element)?,
                Some(NodeKind::Comment(_)) => comment(&xml, id)?,
                _ => {}
            }
        }
        Ok(xml)
    }

    /// A comment within text is a trap for readers of the first half.
    fn uncut(&self, comment: NodeId) -> Result<()> {
        let text = |id| self.document.text_content(id).is_some_and(|text| !blank(text));
        let beside = [self.document.previous_sibling(comment), self.document.next_sibling(comment)];
        if beside.into_iter().flatten().any(text) { Err(shape("a comment within text")) } else { Ok(()) }
    }

    /// Every identifier once, and nothing that looks like an identifier but is none (R: wrapping, pollution).
    pub(crate) fn unique_ids(&self) -> Result<()> {
        let mut seen = HashSet::new();
        for id in self.elements(self.root) {
            let Some(element) = self.document.element(id) else { continue };
            let signing = [DS, XENC, XENC11].iter().any(|ns| element.name.namespace_uri.as_deref() == Some(*ns));
            for attribute in &element.attributes {
                let name = &*attribute.name.local_name;
                if !name.eq_ignore_ascii_case("id") {
                    continue;
                }
                let expected = if signing { "Id" } else { "ID" };
                if attribute.name.namespace_uri.is_some() || name != expected {
                    return Err(shape("an attribute that looks like an ID"));
                }
                if attribute.value.is_empty() || !seen.insert(attribute.value.to_string()) {
                    return Err(shape("an ID used twice"));
                }
            }
        }
        Ok(())
    }

    /// The element and all elements below it, in document order.
    pub(crate) fn elements(&self, from: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.nodes(from).filter(|id| matches!(self.document.node_kind(*id), Some(NodeKind::Element(_))))
    }

    /// The node and all below it, in document order.
    fn nodes(&self, from: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(Some(from), move |id| self.after(*id, from))
    }

    /// The node that follows in document order, below `top`.
    fn after(&self, id: NodeId, top: NodeId) -> Option<NodeId> {
        if let Some(child) = self.document.first_child(id) {
            return Some(child);
        }
        let mut ended = id;
        while ended != top {
            if let Some(next) = self.document.next_sibling(ended) {
                return Some(next);
            }
            ended = self.document.parent(ended)?;
        }
        None
    }

    /// A document of nothing but this element, without this child of it.
    pub(crate) fn cut_out(mut self, top: NodeId, child: NodeId) -> Self {
        let root = self.document.root();
        self.document.detach(child);
        for outermost in self.document.children(root) {
            self.document.detach(outermost);
        }
        self.document.append_child(root, top);
        self.root = top;
        self
    }

    /// Whether both say the same to the letter, however many nodes hold one run of text.
    pub(crate) fn says(&self, other: &Xml<'_>) -> bool {
        self.said(self.root) == other.said(other.root)
    }

    fn said(&self, id: NodeId) -> String {
        let inside = || self.document.children_iter(id).map(|child| self.said(child)).collect::<String>();
        match self.document.node_kind(id) {
            Some(NodeKind::Element(element)) => format!("({element:?} {})", inside()),
            Some(NodeKind::Text(text)) => text.escape_unicode().to_string(),
            other => format!("({other:?})"),
        }
    }

    /// Whether the node is this element.
    pub(crate) fn is(&self, id: NodeId, namespace: &str, name: &str) -> bool {
        self.document.element(id).is_some_and(|element| element.matches_name_ns(namespace, name))
    }

    pub(crate) fn element(&self, id: NodeId) -> Option<&Element<'a>> {
        self.document.element(id)
    }

    /// The child elements. Text between them other than white space is refused.
    pub(crate) fn children(&self, id: NodeId) -> Result<Vec<NodeId>> {
        self.child_elements(id).collect()
    }

    fn child_elements(&self, id: NodeId) -> impl Iterator<Item = Result<NodeId>> + '_ {
        self.document.children_iter(id).filter_map(|child| match self.document.node_kind(child) {
            Some(NodeKind::Element(_)) => Some(Ok(child)),
            Some(NodeKind::Text(text)) if blank(text) => None,
            Some(NodeKind::Comment(_)) => None,
            _ => Some(Err(shape("text between elements"))),
        })
    }

    /// The child elements of this name.
    pub(crate) fn named(&self, id: NodeId, namespace: &str, name: &str) -> Result<Vec<NodeId>> {
        self.child_elements(id)
            .filter(|child| child.as_ref().map_or(true, |child| self.is(*child, namespace, name)))
            .collect()
    }

    /// The only child element of this name, if there is one; two are refused.
    pub(crate) fn only(&self, id: NodeId, namespace: &str, name: &str) -> Result<Option<NodeId>> {
        let mut only = None;
        for child in self.child_elements(id) {
            let child = child?;
            if self.is(child, namespace, name) && only.replace(child).is_some() {
                return Err(shape(&format!("{name} more than once")));
            }
        }
        Ok(only)
    }

    /// The only child element of this name.
    pub(crate) fn required(&self, id: NodeId, namespace: &str, name: &str) -> Result<NodeId> {
        self.only(id, namespace, name)?.ok_or_else(|| shape(&format!("{name} is missing")))
    }

    /// The text of an element that holds nothing but one run of text: no comment, CDATA or element may split it.
    pub(crate) fn text(&self, id: NodeId) -> Result<&str> {
        let Some(first) = self.document.first_child(id) else { return Ok("") };
        match self.document.node_kind(first) {
            _ if self.document.next_sibling(first).is_some() => Err(shape("text that is split")),
            Some(NodeKind::Text(text)) => Ok(text),
            _ => Err(shape("an element where text is expected")),
        }
    }

    /// The text of an element, whole, whatever comments and sections stand in it.
    pub(crate) fn full_text(&self, id: NodeId) -> Result<String> {
        let mut whole = String::new();
        for child in self.document.children_iter(id) {
            match self.document.node_kind(child) {
                Some(NodeKind::Text(text) | NodeKind::CData(text)) => whole.push_str(text),
                Some(NodeKind::Comment(_)) => {}
                _ => return Err(shape("an element where text is expected")),
            }
        }
        Ok(whole)
    }

    /// The value of an attribute without a namespace.
    pub(crate) fn attribute(&self, id: NodeId, name: &str) -> Option<&str> {
        let element = self.document.element(id)?;
        let found = element
            .attributes
            .iter()
            .find(|attribute| attribute.name.namespace_uri.is_none() && *attribute.name.local_name == *name)?;
        Some(&found.value)
    }

    /// The value of an attribute that has to be there.
    pub(crate) fn required_attribute(&self, id: NodeId, name: &str) -> Result<&str> {
        self.attribute(id, name).ok_or_else(|| shape(&format!("the attribute {name} is missing")))
    }
}

/// Names of one or two parts, and namespaces that cannot be read in two ways (Namespaces in XML, 2 to 4).
fn names(element: &Element<'_>) -> Result<()> {
    let attributes = element.attributes.iter().map(|attribute| &attribute.name);
    for name in std::iter::once(&element.name).chain(attributes) {
        if name.local_name.is_empty()
            || memchr(b':', name.local_name.as_bytes()).is_some()
            || name.prefix.as_deref() == Some("")
        {
            return Err(Fault::new(codes::NOT_XML));
        }
    }
    for (prefix, uri) in &element.namespace_declarations {
        if prefix.contains(':') {
            return Err(Fault::new(codes::NOT_XML));
        }
        if uri.is_empty() && !prefix.is_empty() {
            return Err(shape("emptied namespace prefix"));
        }
        if !uri.is_empty() && !absolute(uri) {
            return Err(shape("relative namespace URI"));
        }
    }
    Ok(())
}

/// White space of XML alone.
fn blank(text: &str) -> bool {
    text.bytes().all(|byte| b" \t\r\n".contains(&byte))
}

/// Only XML 1.0 in UTF-8, said or unsaid.
fn declaration(text: &str) -> Result<()> {
    let rest = text.strip_prefix("<?xml").filter(|rest| rest.starts_with([' ', '\t', '\r', '\n']));
    let Some(rest) = rest else { return Ok(()) };
    let (declared, _) = rest.split_once("?>").ok_or_else(|| Fault::new(codes::NOT_XML))?;
    let declared = declared.to_ascii_lowercase().replace('\'', "\"");
    let good_version = declared.contains("version=\"1.0\"");
    let good_encoding = !declared.contains("encoding") || declared.contains("encoding=\"utf-8\"");
    if good_version && good_encoding { Ok(()) } else { Err(Fault::new(codes::NOT_XML)) }
}

/// A URI with a scheme, of the characters of RFC 3986 but brackets. What is none, other canonicalizers give up on.
fn absolute(uri: &str) -> bool {
    let Some((scheme, rest)) = uri.split_once(':') else { return false };
    let scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let plain = rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=%".contains(&byte));
    let escaped = |after: &str| after.len() >= 2 && after.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    scheme && plain && rest.matches('#').count() < 2 && rest.split('%').skip(1).all(escaped)
}

/// Base64 with white space between the lines, padded as it has to be and with no bits left over: whatever is encoded has
/// one text.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    // Most have none: what decodes as it is needs no copy.
    STANDARD.decode(text).ok().or_else(|| {
        let packed: Vec<u8> = text.bytes().filter(|byte| !b" \t\r\n".contains(byte)).collect();
        STANDARD.decode(&packed).ok()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn base64_is_read_in_one_way_alone() {
        for text in ["QUI=", "Q\nU\tI\r =", " QUI= "] {
            assert_eq!(base64(text).as_deref(), Some(&b"AB"[..]), "{text:?}");
        }
        for text in ["QUI", "QUI==", "QUJ=", "QUI=QUI=", "QU=I", "Q-_=", "QUI=\u{a0}", "=", "Q"] {
            assert_eq!(base64(text), None, "{text:?}");
        }
        assert_eq!(base64(""), Some(Vec::new()));
    }

    proptest! {
        #[test]
        fn base64_is_what_another_library_says(octets in prop::collection::vec(any::<u8>(), 0..200), at in any::<usize>(), to in any::<char>()) {
            let text = data_encoding::BASE64.encode(&octets);
            prop_assert_eq!(base64(&text), Some(octets));
            // One character changed.
            let mut changed: Vec<char> = text.chars().collect();
            if let Some(place) = at.checked_rem(changed.len()) {
                changed[place] = to;
            }
            let changed: String = changed.into_iter().filter(|c| !" \t\r\n".contains(*c)).collect();
            // The other one also reads texts one after another.
            let one = !changed.trim_end_matches('=').contains('=');
            prop_assert_eq!(base64(&changed), data_encoding::BASE64.decode(changed.as_bytes()).ok().filter(|_| one));
        }
    }
}
