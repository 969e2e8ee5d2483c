import type { Field } from '../../lib/backend/types/Field';
import type { IdpType } from '../../lib/backend/types/IdpType';
import { t } from '../../lib/messages/language.svelte';
import { en } from '../../lib/messages/generated';
import type { Key } from '../../lib/messages/texts';

/** The products' own names, in the order of the on-prem product's list. Old names are search words. */
export const IDP_TYPES: [IdpType, string][] = [
  ['f5', 'F5 BIG-IP'],
  ['google', 'Google Workspace'],
  ['okta', 'Okta'],
  ['ad_fs', 'AD FS'],
  ['entra', 'Microsoft Entra ID (Azure AD)'],
  ['one_login', 'OneLogin'],
  ['aws_sso', 'AWS IAM Identity Center (AWS SSO)'],
  ['centrify', 'Idaptive (Centrify)'],
  ['duo', 'Duo'],
  ['ibm', 'IBM Verify'],
  ['jump_cloud', 'JumpCloud'],
  ['ping', 'PingFederate'],
  ['ping_one', 'PingOne'],
  ['rsa', 'RSA SecurID'],
  ['secure_auth', 'SecureAuth'],
  ['thales', 'Thales SafeNet'],
  ['auth0', 'Auth0'],
  ['cas', 'CAS'],
  ['shibboleth', 'Shibboleth'],
];

const SWITCHES: string[] = [
  'encrypted_assertions',
  'sign_metadata',
  'force_authn',
  'single_logout',
  'unsolicited_direct',
  'metadata_additions',
  'allow_sha1',
  'just_in_time',
  'client_protocol',
] satisfies Field[];

const isKey = (key: string): key is Key => Object.hasOwn(en, key);

/** A text without arguments, if there is one. */
export const textIfAny = (key: string): string | undefined =>
  isKey(key) ? (t as (key: Key) => string)(key) : undefined;

/** A field as the form names it. A field of a newer version is shown by its own name. */
export const fieldName = (field: string): string => textIfAny(`console.field.${field}.label`) ?? field;

/** The identity provider's name. */
export const idpName = (type: string): string =>
  IDP_TYPES.find(([one]) => one === type)?.[1] ?? t('console.choice.idp_type.default');

/** A value as the form shows it. */
export const valueText = (field: string, value: string): string => {
  if (value === '') return t('console.none');
  if (field === 'idp_type') return idpName(value);
  if (SWITCHES.includes(field)) return textIfAny(`console.choice.switch.${value}`) ?? value;
  return textIfAny(`console.choice.${field}.${value}`) ?? value;
};
