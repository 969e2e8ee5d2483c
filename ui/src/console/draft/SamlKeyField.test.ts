import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { certificate, Fake } from '../../test/fake';
import { en } from '../../lib/messages/generated';
import { DraftOnScreen } from './draft.svelte';
import SamlKeyField from './SamlKeyField.svelte';

const shown = async (next: boolean | undefined, unsaved: boolean): Promise<Fake> => {
  const fake = new Fake().running();
  const store = new DraftOnScreen(fake);
  await store.read();
  const second = next === undefined ? null : { is_next: next, certificate: certificate(['second']) };
  const changes = unsaved ? [{ field: 'saml_second', from: '', to: 'second' }] : [];
  if (store.draft) store.draft = { ...store.draft, base: 1, saml_second: second, changes };
  render(SamlKeyField, { store });
  return fake;
};

test.each([
  [true, false, 'console.rollover.give_up', 'rollover-switch'],
  [false, false, 'console.rollover.back', 'rollover-finish'],
  [true, true, 'console.rollover.undo', 'rollover-switch'],
  [undefined, true, 'console.rollover.undo', 'rollover-prepare'],
] as const)(
  'a change of the key has its way back (next: %s, not saved: %s)',
  async (next, unsaved, text, on) => {
    const fake = await shown(next, unsaved);
    expect(screen.getByTestId(on)).toBeTruthy();
    const back = screen.getByTestId('rollover-back');
    expect(back.textContent?.trim()).toBe(en[text]);
    await fireEvent.click(back);
    expect(fake.calls.at(-1)).toEqual(['draft.saml_rollover', 'back']);
  },
);

test('without a change of the key there is no way back', async () => {
  await shown(undefined, false);
  expect(screen.queryByTestId('rollover-back')).toBeNull();
});
