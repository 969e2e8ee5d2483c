//! Roles, nodes and groups as a difference shows them. Names are quoted: two lists that differ are never shown alike.

use std::fmt;

use serde_json::{Map, Value};

use super::{Groups, Node, Role};

/// In full, as all that is compared: what is off is not written, and what is not known is.
fn told(f: &mut fmt::Formatter<'_>, unknown: &[&Map<String, Value>]) -> fmt::Result {
    for map in unknown.iter().filter(|map| !map.is_empty()) {
        write!(f, " · {}", serde_json::to_string(map).unwrap_or_default())?;
    }
    Ok(())
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policies = &self.policies;
        write!(f, "{:?} (#{})", self.name, self.id.as_str())?;
        for (on, word) in
            [(policies.two_factor, "two_factor"), (policies.import, "import"), (policies.onboarding, "onboarding")]
        {
            if on {
                write!(f, " · {word}")?;
            }
        }
        if let Some(extension) = &policies.extension {
            write!(f, " · {extension}")?;
        }
        write!(f, " · {} min", policies.session_minutes)?;
        told(f, &[&policies.unknown, &self.unknown])
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} (#{})", self.name, self.id.as_str())?;
        if let Some(parent) = &self.parent {
            write!(f, " ↑ #{}", parent.as_str())?;
        }
        if let Some(role) = &self.role {
            write!(f, " → #{}", role.as_str())?;
        }
        told(f, &[&self.unknown])
    }
}

impl fmt::Display for Groups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.attribute)?;
        for one in &self.roles {
            write!(f, " · {:?} → #{}", one.group, one.role.as_str())?;
            told(f, &[&one.unknown])?;
        }
        told(f, &[&self.unknown])
    }
}
