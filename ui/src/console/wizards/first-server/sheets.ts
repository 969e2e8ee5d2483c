import type { Draft } from '../../../lib/backend/types/Draft';
import { t } from '../../../lib/messages/language.svelte';
import { idpName } from '../../draft/names';
import type { Answers } from './answers';
import type { Person } from './waiting';

const OPEN = '…';

/** What the sheets are made from. */
export interface SheetFacts {
  draft: Draft | undefined;
  answers: Answers;
  server: string;
  address: string;
  /** The service provider's metadata, where it belongs on the sheet. */
  metadata: string;
}

const valueOf = (facts: SheetFacts, field: string): string =>
  facts.draft?.fields.find((one) => one.field === field)?.value || OPEN;

const block = (kind: string, text: string): string => `\`\`\`${kind}\n${text.trimEnd()}\n\`\`\`\n`;

const assignment = (type: string): string => {
  switch (type) {
    case 'entra':
    case 'ad_fs':
    case 'okta':
    case 'google':
      return t(`console.sheet.assign.${type}`);
    default:
      return t('console.sheet.assign.default');
  }
};

const forIdp = (facts: SheetFacts): string => {
  const provider = facts.draft?.service_provider;
  const type = valueOf(facts, 'idp_type');
  const main = t('console.sheet.idp', {
    idp: type === 'default' ? 'IdP' : idpName(type),
    entity_id: provider?.entity_id ?? OPEN,
    acs: provider?.acs ?? OPEN,
    login: provider?.login ?? OPEN,
    logout: provider?.logout ?? OPEN,
    first: valueOf(facts, 'attribute_first'),
    last: valueOf(facts, 'attribute_last'),
    email: valueOf(facts, 'attribute_email'),
    assign: assignment(type),
  });
  return facts.metadata ? `${main}\n${t('console.sheet.metadata')}\n\n${block('xml', facts.metadata)}` : main;
};

const forAuthority = (facts: SheetFacts): string => {
  const main = t('console.sheet.ca', { host: valueOf(facts, 'advertised_host') });
  const { request } = facts.answers;
  return request ? `${main}\n${block('', request.pem)}` : `${main}\n${t('console.sheet.ca_no_request')}\n`;
};

/** One person's sheet, in Markdown, in the language on screen. */
export const sheet = (person: Person, facts: SheetFacts): string => {
  const host = valueOf(facts, 'advertised_host');
  const port = valueOf(facts, 'advertised_port');
  const own = facts.draft?.fields.find((one) => one.field === 'private_port')?.value || port;
  const { server, address, answers } = facts;
  switch (person) {
    case 'idp':
      return forIdp(facts);
    case 'ca':
      return forAuthority(facts);
    case 'dns':
      return t(answers.topology === 'none' ? 'console.sheet.dns' : 'console.sheet.dns_balancer', {
        host,
        address,
      });
    case 'firewall':
      return t('console.sheet.firewall', { host, port, server, address, own, hub: answers.hub || OPEN });
    case 'balancer':
      return t(
        answers.topology === 'terminated' ? 'console.sheet.terminated' : 'console.sheet.pass_through',
        {
          host,
          port,
          server,
          address,
          own,
        },
      );
  }
};
