import { t } from '../../../lib/messages/language.svelte';
import { block } from '../sheets/block';
import type { Person } from './answers';

/** What the sheets are made from. */
export interface SheetFacts {
  from: string;
  to: string;
  port: number;
  /** The Entity ID, which stays. */
  entityId: string;
  /** Where the identity provider's answers arrive under each of the names. */
  oldAcs: string;
  newAcs: string;
  /** Whether the identity provider holds one address alone. */
  one: boolean;
  /** The service provider's metadata, with all addresses. */
  metadata: string;
}

const forIdp = (facts: SheetFacts): string => {
  const args = {
    from: facts.from,
    to: facts.to,
    entity_id: facts.entityId,
    old: facts.oldAcs,
    new: facts.newAcs,
  };
  if (facts.one) return `${t('console.move.sheet.idp_one', args)}\n`;
  const main = t('console.move.sheet.idp', args);
  return facts.metadata
    ? `${main}\n\n${t('console.sheet.metadata')}\n\n${block('xml', facts.metadata)}`
    : `${main}\n`;
};

/** One person's sheet, in Markdown, in the language on screen. */
export const moveSheet = (person: Exclude<Person, 'ca'>, facts: SheetFacts): string => {
  if (person === 'idp') return forIdp(facts);
  const { from, to, port } = facts;
  return `${t(`console.move.sheet.${person}`, { from, to, port })}\n`;
};
