//! Writes XML. Nothing that is written here is read back for a decision.

use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use sekisho_fault::{Fault, Result};

use crate::codes;

/// An XML document in the making.
pub(crate) struct Build(Writer<Vec<u8>>);

impl Build {
    pub(crate) fn new() -> Self {
        Self(Writer::new(Vec::new()))
    }

    fn event(&mut self, event: Event<'_>) -> Result<()> {
        self.0.write_event(event).map_err(|_| Fault::new(codes::NOT_XML))
    }

    /// An element with what `inside` writes into it.
    pub(crate) fn element(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        inside: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        self.event(Event::Start(start(name, attributes)))?;
        inside(self)?;
        self.event(Event::End(BytesEnd::new(name)))
    }

    /// An element without content.
    pub(crate) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<()> {
        // Written with an end tag: that is its canonical form already.
        self.element(name, attributes, |_| Ok(()))
    }

    /// An element with text.
    pub(crate) fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> Result<()> {
        self.element(name, attributes, |build| build.event(Event::Text(BytesText::new(text))))
    }

    /// The document.
    pub(crate) fn finish(self) -> Result<String> {
        String::from_utf8(self.0.into_inner()).map_err(|_| Fault::new(codes::NOT_XML))
    }
}

fn start<'a>(name: &'a str, attributes: &[(&'a str, &'a str)]) -> BytesStart<'a> {
    let mut element = BytesStart::new(name);
    for (name, value) in attributes {
        element.push_attribute((*name, *value));
    }
    element
}
