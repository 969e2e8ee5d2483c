//! Changes of genuine messages that know their structure, read from octets so that a fuzzer can steer them.

/// As many changes at once; more make nothing that fewer do not.
const MOST: usize = 6;

/// A change of a document. Places are parts of its whole: of its characters, or of its elements.
#[derive(Clone, Debug)]
pub enum Change {
    /// Another character.
    Character(u16, char),
    /// Something more.
    Insert(u16, &'static str),
    /// So many characters less.
    Remove(u16, u8),
    /// One element to another's place.
    Move(u16, u16),
    /// One element a second time.
    Copy(u16, u16),
    /// Without an element.
    Drop(u16),
    /// Another name for the same element.
    Rename(u16, &'static str),
    /// An element around it.
    Wrap(u16, &'static str),
    /// One attribute's value for another's.
    Value(u16, u16),
}

const PIECES: [&str; 14] = [
    "<!---->",
    "<![CDATA[x]]>",
    "<?x?>",
    "&#0;",
    "&amp;",
    "\0",
    "<x/>",
    " ID=\"_a\"",
    " xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"",
    "<!DOCTYPE x>",
    "<saml:NameID>admin@example.com</saml:NameID>",
    "admin@example.com",
    "<ds:DigestValue/>",
    "\r\n",
];
const NAMES: [&str; 8] = [
    "saml:Assertion",
    "samlp:Response",
    "ds:Signature",
    "ds:Object",
    "saml:Advice",
    "samlp:Extensions",
    "saml:NameID",
    "x",
];

/// The changes that these octets stand for; octets that are left over stand for none.
pub fn read(octets: &[u8]) -> Vec<Change> {
    octets.chunks_exact(5).take(MOST).map(|five| Change::read([five[0], five[1], five[2], five[3], five[4]])).collect()
}

/// The document after all of these changes.
pub fn apply(document: &str, changes: &[Change]) -> String {
    changes.iter().fold(document.to_owned(), |document, change| change.apply(&document))
}

/// The span of an element: from its start tag to behind its end tag.
type Span = (usize, usize);

/// The elements of a well-formed document, found without a parser; of another one, some.
fn elements(document: &str) -> Vec<Span> {
    let (mut open, mut found) = (Vec::new(), Vec::new());
    for (at, _) in document.match_indices('<') {
        let Some(length) = document[at..].find('>') else { break };
        let end = at + length + 1;
        match &document[at + 1..end - 1] {
            tag if tag.starts_with('/') => found.extend(open.pop().map(|start| (start, end))),
            tag if tag.starts_with(['!', '?']) => {}
            tag if tag.ends_with('/') => found.push((at, end)),
            _ => open.push(at),
        }
    }
    found
}

/// The spans of attributes' values.
fn values(document: &str) -> Vec<Span> {
    let starts = document.match_indices("=\"").map(|(at, _)| at + 2);
    starts.filter_map(|start| document[start..].find('"').map(|length| (start, start + length))).collect()
}

fn pick(spans: &[Span], part: u16) -> Option<Span> {
    spans.get(usize::from(part) % spans.len().max(1)).copied()
}

impl Change {
    fn read([kind, a, b, c, d]: [u8; 5]) -> Self {
        let (one, two) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        match kind % 9 {
            0 => Self::Character(one, char::from_u32(u32::from(two)).unwrap_or('\u{fffd}')),
            1 => Self::Insert(one, PIECES[usize::from(two) % PIECES.len()]),
            2 => Self::Remove(one, c % 40 + 1),
            3 => Self::Move(one, two),
            4 => Self::Copy(one, two),
            5 => Self::Drop(one),
            6 => Self::Rename(one, NAMES[usize::from(two) % NAMES.len()]),
            7 => Self::Wrap(one, NAMES[usize::from(two) % NAMES.len()]),
            _ => Self::Value(one, two),
        }
    }

    fn apply(&self, document: &str) -> String {
        self.applied(document).unwrap_or_else(|| document.to_owned())
    }

    fn applied(&self, document: &str) -> Option<String> {
        let replaced = |span: Span, with: &str| {
            let mut changed = document.to_owned();
            changed.replace_range(span.0..span.1, with);
            changed
        };
        let character = |part: u16| {
            let at = usize::from(part) * document.len() / (usize::from(u16::MAX) + 1);
            (0..=at).rev().find(|at| document.is_char_boundary(*at)).unwrap_or_default()
        };
        let all = elements(document);
        Some(match self {
            Self::Character(part, to) => {
                let at = character(*part);
                let length = document[at..].chars().next()?.len_utf8();
                replaced((at, at + length), &to.to_string())
            }
            Self::Insert(part, piece) => replaced((character(*part), character(*part)), piece),
            Self::Remove(part, length) => {
                let end: usize =
                    document[character(*part)..].chars().take(usize::from(*length)).map(char::len_utf8).sum();
                replaced((character(*part), character(*part) + end), "")
            }
            Self::Move(from, to) => {
                let (from, to) = (pick(&all, *from)?, pick(&all, *to)?.0);
                let moved = &document[from.0..from.1];
                let mut changed = document.to_owned();
                if to >= from.1 {
                    changed.insert_str(to, moved);
                    changed.replace_range(from.0..from.1, "");
                } else if to <= from.0 {
                    changed.replace_range(from.0..from.1, "");
                    changed.insert_str(to, moved);
                }
                changed
            }
            Self::Copy(from, to) => {
                let (from, to) = (pick(&all, *from)?, pick(&all, *to)?.0);
                replaced((to, to), &document[from.0..from.1])
            }
            Self::Drop(at) => replaced(pick(&all, *at)?, ""),
            Self::Rename(at, name) => {
                let span = pick(&all, *at)?;
                let old = document[span.0 + 1..].split([' ', '>', '/']).next()?;
                let element = document[span.0..span.1].replacen(&format!("<{old}"), &format!("<{name}"), 1);
                let end = format!("</{old}>");
                replaced(span, &element.strip_suffix(&end).map_or(element.clone(), |start| format!("{start}</{name}>")))
            }
            Self::Wrap(at, name) => {
                let span = pick(&all, *at)?;
                replaced(span, &format!("<{name}>{}</{name}>", &document[span.0..span.1]))
            }
            Self::Value(from, to) => {
                let all = values(document);
                let (from, to) = (pick(&all, *from)?, pick(&all, *to)?);
                replaced(to, &document[from.0..from.1])
            }
        })
    }
}
