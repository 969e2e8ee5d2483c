import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import type { Entry } from '../../lib/backend/types/Entry';
import { Fake } from '../../test/fake';
import Activity from './Activity.svelte';

const entry = (number: number, more: Partial<Entry> = {}): Entry => ({
  number,
  time: 1_800_000_000 + number,
  kind: 'sign_in',
  who: `user${number % 3}@example.com`,
  host: null,
  reference: null,
  refusal: null,
  facts: [],
  ...more,
});

/** An activity with so many entries, as the service reads it. */
const show = (all: Entry[]): void => {
  const backend = new Fake();
  vi.spyOn(backend, 'call').mockImplementation((async (
    _: string,
    { before, limit, find }: { before: number | null; limit: number; find?: string },
  ) =>
    all
      .filter(({ number }) => before === null || number < before)
      .filter(({ who, reference }) => !find || who === find || reference === find)
      .sort((one, other) => other.number - one.number)
      .slice(0, limit)) as never);
  render(Activity, { backend });
};
const rows = (): number => screen.queryAllByTestId('entry').length;

test('what is about one user, or has a reference number, is found, and older ones on demand', async () => {
  show(Array.from({ length: 250 }, (_, at) => entry(at + 1, at === 7 ? { reference: 'AB12' } : {})));
  await vi.waitFor(() => expect(rows()).toBe(100));
  await fireEvent.click(screen.getByTestId('older-activity'));
  await vi.waitFor(() => expect(rows()).toBe(200));
  await fireEvent.click(screen.getByTestId('older-activity'));
  await vi.waitFor(() => expect(rows()).toBe(250));
  expect(screen.queryByTestId('older-activity')).toBeNull();
  const find = screen.getByTestId('find-activity');
  await fireEvent.input(find, { target: { value: 'user1@example.com' } });
  await vi.waitFor(() => expect(rows()).toBe(84));
  await fireEvent.input(find, { target: { value: ' AB12 ' } });
  await vi.waitFor(() => expect(rows()).toBe(1));
  await fireEvent.input(find, { target: { value: 'nobody@example.com' } });
  expect(await screen.findByTestId('no-activity')).toBeTruthy();
});

test('what is known of a sign-in that went well is shown, its role before all', async () => {
  show([entry(1, { facts: [['@role', 'Staff (sales)']] }), entry(2)]);
  await fireEvent.click(await screen.findByTestId('explain-1'));
  expect(screen.getByTestId('facts').textContent).toContain('Staff (sales)');
  expect(screen.queryByTestId('explain-2')).toBeNull();
});
