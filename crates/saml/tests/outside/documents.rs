//! Random documents with everything that canonicalization cares for: namespaces declared, declared again and taken back,
//! attributes in any order, white space, references, sections and comments.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use proptest::prelude::*;

const PREFIXES: [&str; 4] = ["", "a", "b", "c"];
/// No ampersand in them: libxml2 writes it unescaped, and what it writes is no XML then.
const URIS: [&str; 4] = ["urn:one", "urn:two", "https://example.com/three?x=1", ""];
const NAMES: [&str; 4] = ["x", "y", "Zed", "w-1.2"];
/// The last one not in attributes: a line break there is the business of the parser, not of canonicalization.
const VALUES: [&str; 8] = [
    "",
    "plain",
    " two  spaces ",
    "&lt;&amp;&gt;",
    "&quot;'",
    "&#9;&#10;&#13;",
    "\u{e4}\u{4e2d}\u{1f600}",
    "line\n\tbreak",
];

/// An element in the making.
#[derive(Clone, Debug)]
pub struct Element {
    prefix: usize,
    name: usize,
    declared: Vec<(usize, usize)>,
    attributes: Vec<(usize, usize, usize)>,
    inside: Vec<Inside>,
}

#[derive(Clone, Debug)]
enum Inside {
    Element(Element),
    Text(usize),
    Section(usize),
    Comment(bool),
}

/// Elements of some depth.
pub fn elements() -> impl Strategy<Value = Element> {
    let leaf =
        (0..4_usize, 0..4_usize, declarations(), attributes()).prop_map(|(prefix, name, declared, attributes)| {
            Element { prefix, name, declared, attributes, inside: Vec::new() }
        });
    leaf.prop_recursive(4, 24, 5, |inner| {
        let inside = prop_oneof![
            3 => inner.prop_map(Inside::Element),
            2 => (0..8_usize).prop_map(Inside::Text),
            1 => (0..8_usize).prop_map(Inside::Section),
            1 => any::<bool>().prop_map(Inside::Comment),
        ];
        (0..4_usize, 0..4_usize, declarations(), attributes(), prop::collection::vec(inside, 0..5)).prop_map(
            |(prefix, name, declared, attributes, inside)| Element { prefix, name, declared, attributes, inside },
        )
    })
}

fn declarations() -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((0..4_usize, 0..4_usize), 0..3)
}

fn attributes() -> impl Strategy<Value = Vec<(usize, usize, usize)>> {
    prop::collection::vec((0..5_usize, 0..4_usize, 0..7_usize), 0..4)
}

impl Element {
    /// As XML. `comments`: with the comments in it.
    pub fn to_xml(&self, comments: bool) -> String {
        let mut text = String::new();
        self.write(&mut text, &BTreeMap::new(), comments);
        text
    }

    fn write(&self, text: &mut String, around: &BTreeMap<usize, usize>, comments: bool) {
        let mut scope = around.clone();
        let mut declared = BTreeMap::new();
        for (prefix, uri) in &self.declared {
            // Only the default namespace can be taken back.
            if *prefix == 0 || !URIS[*uri].is_empty() {
                declared.insert(*prefix, *uri);
            }
        }
        scope.extend(&declared);
        let known = |prefix: usize| if scope.contains_key(&prefix) { PREFIXES[prefix] } else { "" };
        let qualified =
            |prefix: &str, name: &str| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}:{name}") };
        let name = qualified(known(self.prefix), NAMES[self.name]);
        write!(text, "<{name}").unwrap();
        let mut seen = BTreeSet::new();
        for (place, (prefix, name, value)) in self.attributes.iter().enumerate() {
            let (prefix, uri) = match prefix {
                4 => ("xml", "xml"),
                0 => ("", ""),
                prefix if scope.contains_key(prefix) => (PREFIXES[*prefix], URIS[scope[prefix]]),
                _ => ("", ""),
            };
            let name = if prefix == "xml" { "lang" } else { NAMES[*name] };
            if seen.insert((uri, name)) {
                let value = VALUES[*value];
                let quote = if value.contains('\'') { '"' } else { ['"', '\''][place % 2] };
                write!(text, " {}={quote}{value}{quote}", qualified(prefix, name)).unwrap();
            }
        }
        for (prefix, uri) in &declared {
            let colon = if *prefix == 0 { "" } else { ":" };
            write!(text, "\n  xmlns{colon}{}=\"{}\"", PREFIXES[*prefix], URIS[*uri]).unwrap();
        }
        text.push('>');
        for inside in &self.inside {
            match inside {
                Inside::Element(element) => element.write(text, &scope, comments),
                Inside::Text(value) => text.push_str(VALUES[*value]),
                Inside::Section(value) => write!(text, "<![CDATA[{}]]>", VALUES[*value]).unwrap(),
                Inside::Comment(long) if comments => {
                    text.push_str(if *long { "<!-- c & d -->" } else { "<!---->" });
                }
                Inside::Comment(_) => {}
            }
        }
        write!(text, "</{name} >").unwrap();
    }
}
