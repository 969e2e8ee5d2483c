import type { CertificateRequest } from '../../../lib/backend/types/CertificateRequest';
import { t } from '../../../lib/messages/language.svelte';
import { block } from './block';

/** The sheet for whoever issues certificates, in Markdown, in the language on screen. */
export const authoritySheet = (host: string, request: CertificateRequest | undefined): string => {
  const main = t('console.sheet.ca', { host: request?.names.join(', ') ?? host });
  return request ? `${main}\n\n${block('', request.pem)}` : `${main}\n${t('console.sheet.ca_no_request')}\n`;
};
