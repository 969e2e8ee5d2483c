import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import type { IdpDifference } from '../../lib/backend/types/IdpDifference';
import { certificate, Fake, fault, NOW } from '../../test/fake';
import App from '../App.svelte';

beforeEach(() => localStorage.clear());

const URL = 'https://login.example.com/metadata';
const other = { ...certificate(['next']), sha256: 'AA:BB', sha1: 'CC:DD' };
const difference = (changes: Partial<IdpDifference> = {}): IdpDifference => ({
  same: false,
  entity_id: null,
  addresses: [
    {
      used_for: 'sign_in',
      binding: 'redirect',
      from: 'https://old.example/sso',
      to: 'https://new.example/sso',
    },
    { used_for: 'logout', binding: 'post', from: null, to: 'https://new.example/slo' },
  ],
  certificates: [
    { fate: 'added', certificate: other },
    { fate: 'kept', certificate: certificate(['now']) },
  ],
  wants_signed_requests: true,
  name_id_formats: null,
  ...changes,
});

const click = async (name: string): Promise<void> => {
  await fireEvent.click(await screen.findByTestId(name));
};
const fates = (name: string): (string | undefined)[][] =>
  screen
    .getAllByTestId(`${name}-certificate`)
    .map((one) => [one.dataset['fate'], one.dataset['sha256']?.slice(0, 5)]);

const open = async (fake: Fake): Promise<Fake> => {
  render(App, { backend: fake });
  await screen.findByTestId('revision');
  return fake;
};

test('metadata in the draft is told in words before it is saved', async () => {
  const fake = new Fake().running();
  fake.replies['draft.metadata'] = () => {
    const draft = fake.draftNow;
    draft.changes = [{ field: 'idp_metadata', from: 'old', to: 'new' }];
    return draft;
  };
  fake.replies['idp.differences'] = () => ({ draft: difference(), held: null });
  await open(fake);
  await click('nav-configuration');
  await screen.findByTestId('idp');
  expect(screen.queryByTestId('draft-differs')).toBeNull();
  await click('metadata-url');
  await fireEvent.input(screen.getByTestId('metadata-address'), { target: { value: URL } });
  await click('metadata-take');
  await screen.findByTestId('draft-differs');
  expect(fates('draft')).toEqual([
    ['added', 'AA:BB'],
    ['kept', '9A:41'],
  ]);
  expect(screen.getByTestId('draft-differs').textContent).toContain('CC:DD');
  expect(screen.getByTestId('draft-sign_in-redirect').textContent).toContain('https://new.example/sso');
  expect(screen.getByTestId('draft-logout-post').textContent).toContain('https://new.example/slo');
  expect(screen.getByTestId('draft-requests').textContent).toContain('from now on');
  // The same stands beside what is signed.
  await click('review');
  await screen.findByTestId('review-differs');
  expect(fates('review')).toEqual(fates('draft'));
});

test('what a refresh holds back is compared where it is told, and is taken into the draft from there', async () => {
  const fake = new Fake().running();
  const held = fault('service.metadata_held', undefined, { url: URL });
  fake.status = { ...fake.status, warnings: [{ ...held, severity: 'warning' }] };
  const entity_id = { from: 'https://a.example', to: 'https://b.example' };
  fake.replies['idp.differences'] = () => ({
    draft: null,
    held: { url: URL, fetched: NOW, difference: difference({ entity_id }) },
  });
  await open(fake);
  await screen.findByTestId('held-differs');
  expect(screen.getByTestId('held-entity-id').textContent).toContain('https://b.example');
  fake.refusals['draft.metadata'] = fault('service.fetch');
  await click('take-held');
  expect((await screen.findByTestId('fault-held')).dataset['code']).toBe('service.fetch');
  await click('take-held');
  // It goes on where the draft is looked through and saved.
  await waitFor(() => expect(screen.getByTestId('idp')).toBeTruthy());
  expect(fake.calls).toContainEqual(['draft.metadata', { from: 'url', url: URL }]);
});

test('a file that says the same is told to be the same', async () => {
  const fake = new Fake().running();
  const same = difference({ same: true, addresses: [], wants_signed_requests: null, certificates: [] });
  fake.replies['draft.get'] = () => ({
    ...fake.draftNow,
    changes: [{ field: 'idp_metadata', from: 'old', to: 'new' }],
  });
  fake.replies['idp.differences'] = () => ({ draft: same, held: null });
  await open(fake);
  await click('nav-configuration');
  expect((await screen.findByTestId('difference-draft')).dataset['same']).toBe('true');
});
