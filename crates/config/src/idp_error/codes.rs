//! The codes, by the makers' own names. Their texts take no arguments.

sekisho_fault::codes! {
    // Microsoft Entra ID: "Microsoft Entra authentication and authorization error codes".
    /// The ACS URL of the request is not among the Reply URLs.
    AADSTS50011 = "preset.aadsts50011";
    /// A guest of another tenant or a personal account, which is no user of this tenant.
    AADSTS50020 = "preset.aadsts50020";
    /// The federated server's SAML token failed validation.
    AADSTS50008 = "preset.aadsts50008";
    /// The user is not in the tenant.
    AADSTS50034 = "preset.aadsts50034";
    /// The user's account is disabled.
    AADSTS50057 = "preset.aadsts50057";
    /// The federated sign-in realm does not exist.
    AADSTS50107 = "preset.aadsts50107";
    /// The user is not assigned to the application.
    AADSTS50105 = "preset.aadsts50105";
    /// The claim that the NameID is made from is empty for this user.
    AADSTS501241 = "preset.aadsts501241";
    /// The application has no valid signing key of its own.
    AADSTS50146 = "preset.aadsts50146";
    /// A Conditional Access policy forbids it.
    AADSTS53003 = "preset.aadsts53003";
    /// Nobody has consented to the application.
    AADSTS65001 = "preset.aadsts65001";
    /// The application is set up wrongly, often its identifier.
    AADSTS650056 = "preset.aadsts650056";
    /// The application is disabled.
    AADSTS70001 = "preset.aadsts70001";
    /// No application has this Entity ID as its identifier.
    AADSTS700016 = "preset.aadsts700016";
    /// The request is no valid SAML.
    AADSTS75005 = "preset.aadsts75005";
    /// The request was sent to an address that does not expect it.
    AADSTS75008 = "preset.aadsts75008";
    /// The way in which the user signed in is not the one that was asked for.
    AADSTS75011 = "preset.aadsts75011";
    /// The NameID policy of the request is invalid.
    AADSTS75016 = "preset.aadsts75016";
    /// No SAML message where one has to be.
    AADSTS750054 = "preset.aadsts750054";
    /// No SAML response of a known kind.
    AADSTS7500514 = "preset.aadsts7500514";
    /// The XML of the request is broken.
    AADSTS7500525 = "preset.aadsts7500525";
    /// The application takes signed requests only.
    AADSTS76021 = "preset.aadsts76021";
    /// The request is too old.
    AADSTS76026 = "preset.aadsts76026";
    /// An invalid request of its own page, often a page that stood open too long.
    AADSTS165900 = "preset.aadsts165900";
    // AD FS: as its event log words them.
    /// The SAML message cannot be read.
    MSIS0018 = "preset.msis0018";
    /// No certificate to verify our requests.
    MSIS0037 = "preset.msis0037";
    /// The signature of our request is wrong.
    MSIS0038 = "preset.msis0038";
    /// The request failed.
    MSIS3127 = "preset.msis3127";
    /// The ACS URL is not among the endpoints.
    MSIS3200 = "preset.msis3200";
    /// The access control policy refuses the user.
    MSIS5007 = "preset.msis5007";
    /// The request is not compliant.
    MSIS7000 = "preset.msis7000";
    /// No relying party trust with this identifier.
    MSIS7007 = "preset.msis7007";
    /// An error while processing the request.
    MSIS7012 = "preset.msis7012";
    /// The same browser asked too often.
    MSIS7042 = "preset.msis7042";
    /// The RelayState is missing or invalid.
    MSIS7046 = "preset.msis7046";
    /// The logout did not complete.
    MSIS7054 = "preset.msis7054";
    /// Nothing answers at this path.
    MSIS7065 = "preset.msis7065";
    /// The NameID that was asked for is not issued.
    MSIS7070 = "preset.msis7070";
    /// The issuer of the request is not one that is accepted.
    MSIS7075 = "preset.msis7075";
    /// The client may not use the resource.
    MSIS9605 = "preset.msis9605";
}
