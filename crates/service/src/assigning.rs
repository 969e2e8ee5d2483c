//! Roles, nodes and groups of the draft.

use aws_lc_rs::rand;
use data_encoding::HEXLOWER;
use sekisho_admin_api::draft::Draft as View;
use sekisho_admin_api::roles::RoleStep;
use sekisho_fault::{Fault, Result};

use crate::lifecycle::House;
use crate::{codes, draft};

impl House {
    /// Changes roles, nodes and groups in the draft.
    ///
    /// Codes: those of the roles of the configuration, `FILE`, `RANDOM`.
    pub(crate) async fn change_roles(&self, step: RoleStep) -> Result<View> {
        let mut fresh = [0; 4];
        rand::fill(&mut fresh).map_err(|_| Fault::new(codes::RANDOM))?;
        let fresh = HEXLOWER.encode(&fresh);
        self.change_draft(async |draft| draft::change_roles(&mut draft.document, step, &fresh)).await
    }
}
