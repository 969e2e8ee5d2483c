//! What a document is looked at for before the parser sees it: how much the parser would allocate for or compare, and
//! white space in attributes, which it leaves as it is.

use std::borrow::Cow;

use memchr::{memchr_iter, memchr3};
use sekisho_fault::Result;

use crate::xml::shape;

/// One element has this many attributes at most, namespace declarations among them: the parser is quadratic in them.
const ATTRIBUTES: usize = 64;
/// An attribute is at least so long: `a=""`.
const SHORTEST: usize = 4;

/// Refuses a document with more than `nodes` elements, or an element with too many attributes.
///
/// What is not well-formed is left to the parser. Code: `SHAPE`.
pub(crate) fn bounded(text: &str, nodes: usize) -> Result<()> {
    if is_small(text.as_bytes(), nodes) { Ok(()) } else { counted(text, nodes) }
}

/// Whether it is enough to count characters: no more `<` than the limit allows, and between each and the next no room
/// for more attributes than an element may have, or no more equals signs. The parser never gets over a `<` within a tag.
fn is_small(text: &[u8], nodes: usize) -> bool {
    let (mut left, mut start) = (nodes.saturating_mul(2), 0);
    for end in memchr_iter(b'<', text).chain([text.len()]) {
        let piece = &text[start..end];
        if piece.len() > ATTRIBUTES * SHORTEST && memchr_iter(b'=', piece).count() > ATTRIBUTES {
            return false;
        }
        start = end;
        match left.checked_sub(1) {
            Some(fewer) => left = fewer,
            None => return false,
        }
    }
    true
}

fn counted(text: &str, nodes: usize) -> Result<()> {
    let mut left = nodes.saturating_mul(2);
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        // Every element costs two of these, or one and another character.
        left = left.checked_sub(1).ok_or_else(|| shape("too many elements"))?;
        rest = &rest[at + 1..];
        rest = match after_other(rest) {
            Some(after) => after,
            None => tag(rest)?,
        };
    }
    Ok(())
}

/// What follows a comment, a section or an instruction, if this is one.
fn after_other(markup: &str) -> Option<&str> {
    let end =
        [("!--", "-->"), ("![CDATA[", "]]>"), ("?", "?>")].into_iter().find(|(start, _)| markup.starts_with(start));
    end.map(|(_, end)| markup.find(end).map_or("", |at| &markup[at..]))
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

/// The document with line ends as one character, and with each tab and line end in an attribute's value as a space, as a
/// parser has to tell them (XML 1.0, 2.11 and 3.3.3): the signer hashed them so.
pub(crate) fn normalized(text: &str) -> Cow<'_, str> {
    if memchr3(b'\t', b'\n', b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    if text.contains('\r') {
        let lines = text.replace("\r\n", "\n").replace('\r', "\n");
        return Cow::Owned(attributes_on_one_line(&lines).into_owned());
    }
    attributes_on_one_line(text)
}

fn attributes_on_one_line(text: &str) -> Cow<'_, str> {
    const BREAKS: [char; 2] = ['\t', '\n'];
    let mut normal = String::new();
    // All before this place is in `normal`.
    let mut copied = 0;
    let mut rest = text;
    'tags: while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(after) = after_other(rest) {
            rest = after;
            continue;
        }
        loop {
            // No tag ends any more: to look for it from each further `<` would take a time that grows with the square.
            let Some(at) = memchr3(b'"', b'\'', b'>', rest.as_bytes()) else { break 'tags };
            let open = rest.as_bytes()[at];
            let inside = &rest[at + 1..];
            let end = inside.find(char::from(open)).filter(|_| open != b'>');
            let Some(end) = end else {
                rest = inside;
                break;
            };
            let value = &inside[..end];
            if value.contains(BREAKS) {
                let start = text.len() - inside.len();
                normal.push_str(&text[copied..start]);
                normal.push_str(&value.replace(BREAKS, " "));
                copied = start + end;
            }
            rest = &inside[end + 1..];
        }
    }
    if copied == 0 { Cow::Borrowed(text) } else { Cow::Owned(normal + &text[copied..]) }
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
    fn an_element_has_as_many_attributes_as_it_may_and_not_one_more() {
        for (number, fits_in) in [(64, true), (65, false)] {
            let attributes = |value: &str| format!(" a={value}").repeat(number);
            for text in [format!("<a{}/>", attributes("''")), format!("<a b='=='{}/>", " =''".repeat(number - 1))] {
                assert_eq!(fits(&text), fits_in, "{text}");
            }
            // A `<` in a value is an end for the parser, and for nobody else.
            assert_eq!(counted(&format!("<a{}/>", attributes("'<'")), 5).is_ok(), fits_in);
        }
    }

    #[test]
    fn what_does_not_end_is_left_to_the_parser() {
        for text in ["<", "<!--", "<![CDATA[", "<?", "<a b='", "<a b=\"<a", "plain", ""] {
            assert!(fits(text), "{text}");
        }
    }

    #[test]
    fn line_ends_are_one_character_and_in_attributes_a_space() {
        assert_eq!(normalized("<a b='1\n2\t3\r\n4\r5' c=\"\n\">\n\t</a>"), "<a b='1 2 3 4 5' c=\" \">\n\t</a>");
        assert_eq!(normalized("<a>\r\n\r<![CDATA[\r\n]]></a>\r"), "<a>\n\n<![CDATA[\n]]></a>\n");
        assert_eq!(normalized("<!-- ' --><a b='\n'/>'\n'<a b='>\n'/>"), "<!-- ' --><a b=' '/>'\n'<a b='> '/>");
    }

    #[test]
    fn what_never_ends_is_looked_at_once() {
        for piece in ["<a ", "<a '", "<a \"<a '", "<", "<a b='", "<!-", "<a >'"] {
            let started = std::time::Instant::now();
            let text = format!("{0}\t{0}", piece.repeat(30_000));
            let _ = normalized(&text);
            let _ = bounded(&text, usize::MAX);
            assert!(started.elapsed() < std::time::Duration::from_secs(5), "{piece}: {:?}", started.elapsed());
        }
    }

    #[test]
    fn white_space_elsewhere_stays() {
        for text in [
            "<a>\n'\n'\t</a>",
            "<a\n\tb='1'\n>",
            "<!-- '\n' -->",
            "<![CDATA[<a b='\n'>]]>",
            "<a b='\n",
            "<a b='&#10;'/>\n",
            "<a b=\"'\"\n c=\"'\"/>",
        ] {
            assert_eq!(normalized(text), text);
        }
    }
}
