import type { Draft } from '../../../lib/backend/types/Draft';
import type { IdpStep } from '../../../lib/backend/types/IdpStep';
import { namedText, t } from '../../../lib/messages/language.svelte';
import { idpName } from '../../draft/names';
import { authoritySheet } from '../sheets/authority';
import { block } from '../sheets/block';
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
  /** What the identity provider's administrator has to do; empty as long as it is not known. */
  steps: IdpStep[];
}

const valueOf = (facts: SheetFacts, field: string): string =>
  facts.draft?.fields.find((one) => one.field === field)?.value || OPEN;

/** Steps as a numbered list, with a block for what is to be pasted. */
const numbered = (steps: IdpStep[]): string =>
  steps
    .map((step, at) => {
      const text = `${at + 1}. ${namedText(step.key, step.values)}\n`;
      return step.paste ? `${text}\n   ${block('', step.paste).trimEnd().replaceAll('\n', '\n   ')}\n` : text;
    })
    .join('');

const forIdp = (facts: SheetFacts): string => {
  const provider = facts.draft?.service_provider;
  const type = valueOf(facts, 'idp_type');
  const idp = type === 'default' ? 'IdP' : idpName(type);
  const values = t('console.sheet.idp', {
    idp,
    entity_id: provider?.entity_id ?? OPEN,
    acs: provider?.acs ?? OPEN,
    login: provider?.login ?? OPEN,
    logout: provider?.logout ?? OPEN,
    first: valueOf(facts, 'attribute_first'),
    last: valueOf(facts, 'attribute_last'),
    email: valueOf(facts, 'attribute_email'),
  });
  const steps =
    facts.steps.length > 0
      ? `${t('console.sheet.idp_steps', { idp })}\n\n${numbered(facts.steps)}`
      : `${t('console.sheet.idp_without_steps')}\n`;
  const main = `${values}\n\n${steps}`;
  return facts.metadata ? `${main}\n${t('console.sheet.metadata')}\n\n${block('xml', facts.metadata)}` : main;
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
      return authoritySheet(host, facts.answers.request);
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
