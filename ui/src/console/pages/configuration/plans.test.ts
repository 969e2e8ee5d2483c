import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import { Fake, fault } from '../../../test/fake';
import App from '../../App.svelte';

beforeEach(() => localStorage.clear());

const click = async (name: string): Promise<void> => {
  await fireEvent.click(await screen.findByTestId(name));
};

const changed = async (fake: Fake): Promise<void> => {
  await fake.call('draft.set', { field: 'skew_seconds', value: '120' });
  render(App, { backend: fake });
  await screen.findByTestId('revision');
  await click('nav-configuration');
};

const park = async (name: string): Promise<void> => {
  await click('park');
  await fireEvent.input(screen.getByTestId('field-plan'), { target: { value: name } });
  await click('confirm-park');
};

test('a draft is parked under a name and taken up again', async () => {
  const fake = new Fake().running();
  await changed(fake);
  await park('Sunday night');
  const plan = await screen.findByTestId('plan');
  expect(plan.textContent).toContain('Sunday night');
  await waitFor(() => expect(screen.getByTestId('unsaved').dataset['count']).toBe('0'));
  await click('take-plan');
  expect((await screen.findByTestId('plan-taken')).dataset['conflicts']).toBe('0');
  await waitFor(() => expect(screen.getByTestId('unsaved').dataset['count']).toBe('1'));
  expect(screen.queryByTestId('plan')).toBeNull();
});

test('what others have changed meanwhile is named when a plan is taken up', async () => {
  const fake = new Fake().running();
  fake.conflicts = [{ field: 'skew_seconds', base: '60', theirs: '30', ours: '120' }];
  await changed(fake);
  await park('Sunday night');
  await click('take-plan');
  expect((await screen.findByTestId('plan-taken')).textContent).toContain('Clock');
});

test('a plan is thrown away by a second word, and a refused one says why', async () => {
  const fake = new Fake().running();
  await changed(fake);
  fake.refusals['plans.park'] = fault('service.plan_known', 'plan', { name: 'x' });
  await park('x');
  await waitFor(() => expect(document.querySelector('[data-code="service.plan_known"]')).toBeTruthy());
  delete fake.refusals['plans.park'];
  await click('confirm-park');
  await click('discard-plan');
  expect(fake.plans.length).toBe(1);
  await click('discard-plan-for-good');
  await waitFor(() => expect(screen.queryByTestId('plan')).toBeNull());
});
