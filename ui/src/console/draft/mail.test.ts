import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { Fake, fault } from '../../test/fake';
import App from '../App.svelte';

async function type(name: string, value: string): Promise<void> {
  const input = await screen.findByTestId<HTMLInputElement>(name);
  await fireEvent.input(input, { target: { value } });
  await fireEvent.change(input);
}

async function open(fake: Fake): Promise<void> {
  render(App, { backend: fake });
  await fireEvent.click(await screen.findByTestId('nav-configuration'));
  await screen.findByTestId('more');
}

test('mails are set up in the form, and the password is not shown again', async () => {
  const fake = new Fake().running();
  await open(fake);
  expect(screen.queryByTestId('mail-test')).toBeNull();
  await type('field-mail_server', 'ｓｍｔｐ.example.com:587');
  expect((await screen.findByTestId<HTMLInputElement>('field-mail_server')).value).toBe(
    'smtp.example.com:587',
  );
  await screen.findByTestId('field-mail_from');
  expect(screen.queryByTestId('field-mail_password')).toBeNull();
  await type('field-mail_user', 'sekisho');
  await type('field-mail_password', 'secret');
  await waitFor(() => expect(fake.mailPassword).toBe('secret'));
  const password = await screen.findByTestId<HTMLInputElement>('field-mail_password');
  await waitFor(() => expect(password.value).toBe(''));
  await waitFor(() => expect(password.placeholder).not.toBe(''));
});

test('a test mail says what the mail server answers, until another one is entered', async () => {
  const fake = new Fake().running();
  const refused = fault('service.mail_refused', undefined, {
    host: 'smtp.example.com',
    answer: '550 unknown user',
  });
  fake.replies['mail.test'] = () => ({
    server: 'smtp.example.com:587',
    answer: '250 OK',
    to: ['a@example.com'],
    refused: [refused],
    milliseconds: 12,
  });
  await open(fake);
  await type('field-mail_server', 'smtp.example.com');
  await fireEvent.click(await screen.findByTestId('mail-test'));
  expect((await screen.findByTestId('mail-took')).textContent).toContain('250 OK');
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('service.mail_refused');

  fake.refusals['mail.test'] = fault('service.mail_sign_in', 'mail_server', {
    host: 'smtp.example.com',
    answer: '535 Incorrect authentication data',
  });
  await fireEvent.click(screen.getByTestId('mail-test'));
  await waitFor(() => expect(screen.getByTestId('notice').dataset['code']).toBe('service.mail_sign_in'));
  expect(screen.getByTestId('notice').textContent).toContain('535 Incorrect authentication data');
  expect(screen.queryByTestId('mail-took')).toBeNull();

  await type('field-mail_server', 'smtp.other.example');
  await waitFor(() => expect(screen.queryByTestId('notice')).toBeNull());
});
