//! How long metadata may be used and kept. The role, the entity and all groups around it may say so; the strictest counts
//! (SAML metadata 2.3.1, 2.3.2 and 2.4.1).

use sekisho_fault::Result;
use uppsala::NodeId;

use crate::UnixTime;
use crate::time::duration_seconds;
use crate::xml::Xml;

/// The earliest `validUntil`. Code: `TIME`.
pub(super) fn valid_until(xml: &Xml<'_>, path: &[NodeId], role: NodeId) -> Result<Option<UnixTime>> {
    strictest(xml, path, role, "validUntil", UnixTime::parse)
}

/// The shortest `cacheDuration`. Code: `TIME`.
pub(super) fn cache_seconds(xml: &Xml<'_>, path: &[NodeId], role: NodeId) -> Result<Option<i64>> {
    strictest(xml, path, role, "cacheDuration", duration_seconds)
}

fn strictest<T: Ord>(
    xml: &Xml<'_>,
    path: &[NodeId],
    role: NodeId,
    name: &str,
    read: impl Fn(&str) -> Result<T>,
) -> Result<Option<T>> {
    let said = path.iter().copied().chain([role]).filter_map(|id| xml.attribute(id, name));
    Ok(said.map(read).collect::<Result<Vec<T>>>()?.into_iter().min())
}
