import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { Fake, fault } from '../../test/fake';
import { DraftOnScreen } from './draft.svelte';
import Relink from './Relink.svelte';

const shown = async (strangers: boolean): Promise<[Fake, DraftOnScreen]> => {
  const fake = new Fake().running();
  const store = new DraftOnScreen(fake);
  await store.read();
  const checks = strangers ? [fault('config.users_become_strangers', 'idp_metadata')] : [];
  if (store.draft) store.draft = { ...store.draft, checks };
  render(Relink, { store });
  return [fake, store];
};

test('as long as users keep their names there is nothing to decide', async () => {
  await shown(false);
  expect(screen.queryByTestId('relink')).toBeNull();
});

test('users who would become strangers are recognised for the days that are chosen, and no longer', async () => {
  const [fake] = await shown(true);
  await fireEvent.change(screen.getByTestId('relink-days'), { target: { value: '30' } });
  await fireEvent.click(screen.getByTestId('relink-open'));
  expect(fake.calls.at(-1)).toEqual(['draft.relink', { days: 30 }]);
  const close = await screen.findByTestId('relink-close');
  expect(screen.getByTestId('relink').textContent).toContain('https://idp.example.com/');
  await fireEvent.click(close);
  expect(fake.calls.at(-1)).toEqual(['draft.relink', { days: null }]);
});

test('a window that is refused says why', async () => {
  const [fake] = await shown(true);
  fake.refusals['draft.relink'] = fault('config.relink_nobody', 'relink');
  await fireEvent.click(screen.getByTestId('relink-open'));
  expect(await screen.findByTestId('fault-relink-refused')).toBeTruthy();
});
