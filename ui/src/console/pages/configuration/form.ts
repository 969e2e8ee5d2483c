import type { Field } from '../../../lib/backend/types/Field';

/** The fields that are rarely needed, and folded away. */
export const RARE = [
  'signing',
  'encrypted_assertions',
  'sign_metadata',
  'attribute_subject',
  'name_id_format',
  'request_binding',
  'authn_context',
  'force_authn',
  'single_logout',
  'unsolicited_direct',
  'metadata_additions',
  'allow_sha1',
  'skew_seconds',
  'just_in_time',
  'client_protocol',
  'trusted_proxies',
  'webhook',
  'mail_server',
  'mail_security',
  'mail_user',
  'mail_from',
  'mail_to',
  'mail_language',
  'mail_authorities',
  'entity_id',
  'proxy',
  'resolver',
  'authorities',
  'acme_port',
  'acme_hook',
] as const satisfies readonly Field[];

/** The fields that the form shows as text, in its order (flows 3, rows 1 to 16). */
const FIELDS: readonly string[] = [
  'advertised_host',
  'advertised_port',
  'private_ip',
  'private_port',
  'saml_key',
  'idp_type',
  'attribute_first',
  'attribute_last',
  'attribute_email',
  ...RARE,
] satisfies Field[];

/** Certificates and metadata, which come as files, and what is never shown. */
const APART: readonly string[] = ['tls', 'saml', 'idp', 'idp_metadata', 'idp_metadata_url', 'mail_password'];

/** Whether a check of this field is shown at the field; all others stand at the top. */
export const isOnTheForm = (field: string | undefined): boolean =>
  field !== undefined && (FIELDS.includes(field) || APART.includes(field));
