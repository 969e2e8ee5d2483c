//! One look over a document before the parser: bounds what the parser would allocate for or compare.

use sekisho_fault::Result;

use crate::xml::shape;

/// One element has this many attributes at most, namespace declarations among them: the parser is quadratic in them.
const ATTRIBUTES: usize = 64;

/// Refuses a document with more than `nodes` elements, or an element with too many attributes.
///
/// What is not well-formed is left to the parser. Code: `SHAPE`.
pub(crate) fn bounded(text: &str, nodes: usize) -> Result<()> {
    let mut left = nodes.saturating_mul(2);
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        // Every element costs two of these, or one and another character.
        left = left.checked_sub(1).ok_or_else(|| shape("too many elements"))?;
        rest = &rest[at + 1..];
        let after = |end: &str| rest.find(end).map_or("", |at| &rest[at..]);
        rest = if rest.starts_with("!--") {
            after("-->")
        } else if rest.starts_with("![CDATA[") {
            after("]]>")
        } else if rest.starts_with('?') {
            after("?>")
        } else {
            tag(rest)?
        };
    }
    Ok(())
}

/// What follows a tag. Each attribute has one equals sign outside of quotes.
fn tag(text: &str) -> Result<&str> {
    let (mut quote, mut attributes) = (None, 0);
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if open == byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'=') if attributes == ATTRIBUTES => return Err(shape("too many attributes")),
            (None, b'=') => attributes += 1,
            (None, b'>') => return Ok(&text[at..]),
            _ => {}
        }
    }
    Ok("")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(text: &str) -> bool {
        bounded(text, 5).is_ok()
    }

    #[test]
    fn elements_are_counted_and_comments_with_them() {
        assert!(fits("<a><b/><b/><b/><b/></a>"));
        assert!(!fits(&"<a/>".repeat(11)));
        assert!(!fits(&"<!---->".repeat(11)));
    }

    #[test]
    fn attributes_are_counted_wherever_quotes_and_ends_of_tags_hide() {
        let with = |before: &str, value: &str| format!("{before}<a{}/>", format!(" a={value}").repeat(65));
        for before in ["", "'", "<!-- ' > -->", "<![CDATA[ \" < ]]>", "<?x ' ?>", "<b c='>'/>"] {
            for value in ["\"\"", "'>'", "\">\"", "\"'>\""] {
                assert!(!fits(&with(before, value)), "{before} {value}");
            }
            assert!(fits(&format!("{before}<a b='{}'/>", "=".repeat(100))), "{before}");
        }
    }

    #[test]
    fn what_does_not_end_is_left_to_the_parser() {
        for text in ["<", "<!--", "<![CDATA[", "<?", "<a b='", "<a b=\"<a", "plain", ""] {
            assert!(fits(text), "{text}");
        }
    }
}
