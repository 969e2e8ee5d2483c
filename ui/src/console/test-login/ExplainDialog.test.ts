import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import type { SamlMessage } from '../../lib/backend/types/SamlMessage';
import type { TestReport } from '../../lib/backend/types/TestReport';
import { Fake, fault } from '../../test/fake';
import ExplainDialog from './ExplainDialog.svelte';

const refused: TestReport = {
  time: 1_795_000_000,
  refusal: fault('saml.audience'),
  who: null,
  subject: null,
  attributes: [],
  signed: [],
  encrypted: false,
  signing_key: '',
  clock: 0,
  warnings: [],
};
const open = (fake: Fake): void => void render(ExplainDialog, { backend: fake, onclose: () => undefined });
const explain = (): HTMLButtonElement => screen.getByTestId<HTMLButtonElement>('explain');

test('a message is judged as of when it was sent, unless now is asked for', async () => {
  const fake = new Fake().running();
  fake.report = refused;
  open(fake);
  expect(explain().disabled).toBe(true);
  await fireEvent.input(screen.getByRole('textbox'), { target: { value: 'PHNhbWxw' } });
  await fireEvent.click(explain());
  expect((await screen.findByTestId('test-report')).dataset['code']).toBe('saml.audience');
  await fireEvent.click(screen.getByDisplayValue('now'));
  await fireEvent.click(explain());
  const asked = fake.calls.filter(([method]) => method === 'saml.explain').map(([, params]) => params);
  expect(asked).toEqual([
    { text: 'PHNhbWxw', as_of: 'sent' },
    { text: 'PHNhbWxw', as_of: 'now' },
  ] satisfies SamlMessage[]);
});

test('a draft that cannot judge says why', async () => {
  const fake = new Fake().running();
  fake.replies['saml.explain'] = () => {
    throw fault('config.missing');
  };
  open(fake);
  await fireEvent.input(screen.getByRole('textbox'), { target: { value: 'x' } });
  await fireEvent.click(explain());
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('config.missing');
});
