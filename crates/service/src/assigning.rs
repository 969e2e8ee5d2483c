//! Roles, nodes and groups of the draft.

use aws_lc_rs::rand;
use data_encoding::HEXLOWER;
use sekisho_admin_api::draft::Draft as View;
use sekisho_admin_api::roles::RoleStep;
use sekisho_fault::{Fault, Result};

use crate::lifecycle::House;
use crate::users::placed;
use crate::{codes, draft};

impl House {
    /// Changes roles, nodes and groups in the draft. What administrators have given users does not go from under them.
    ///
    /// Codes: those of the roles of the configuration, `ROLE_GIVEN`, `NODE_GIVEN`, `FILE`, `DATABASE`, `RANDOM`.
    pub(crate) async fn change_roles(&self, step: RoleStep) -> Result<View> {
        let mut fresh = [0; 4];
        rand::fill(&mut fresh).map_err(|_| Fault::new(codes::RANDOM))?;
        let fresh = HEXLOWER.encode(&fresh);
        let (gone, code) = match &step {
            RoleStep::RemoveRole { id } => (Some(id.clone()), codes::ROLE_GIVEN),
            RoleStep::RemoveNode { id } => (Some(id.clone()), codes::NODE_GIVEN),
            _ => (None, codes::ROLE_GIVEN),
        };
        let given = match &gone {
            Some(id) => placed(&self.connected, id).await?,
            None => 0,
        };
        self.change_draft(async |draft| {
            let document = &draft.document;
            let role = |id| document.role(id).map(|role| role.name.clone());
            let node = |id| document.node(id).map(|node| node.name.clone());
            let name = gone.as_deref().and_then(|id| role(id).or_else(|| node(id)));
            draft::change_roles(&mut draft.document, step, &fresh)?;
            match name {
                Some(name) if given > 0 => Err(Fault::new(code).with("name", name).with("count", given)),
                _ => Ok(()),
            }
        })
        .await
    }
}
