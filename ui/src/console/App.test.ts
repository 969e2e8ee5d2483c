import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import type { Backend } from '../lib/backend/backend';
import type { Methods } from '../lib/backend/methods';
import App from './App.svelte';

const answering = (answers: { [M in keyof Methods]?: () => Methods[M]['reply'] }): Backend => ({
  call: (method) => {
    const answer = answers[method];
    if (answer) return Promise.resolve(answer());
    const args = { endpoint: { type: 'text' as const, value: '/run/x.sock' } };
    return Promise.reject({ code: 'admin-api.unreachable', severity: 'error', args });
  },
  subscribe: () => Promise.resolve(),
});

test('a service that does not answer is told with its reason and its remedy', async () => {
  render(App, { backend: answering({}) });
  expect(await screen.findByText(/does not answer \(\/run\/x\.sock\)/)).toBeTruthy();
  expect(screen.getByText('Start the service, then try again.')).toBeTruthy();
});

test('the language changes at once', async () => {
  render(App, { backend: answering({}) });
  await fireEvent.change(screen.getByTestId('language'), { target: { value: 'ja' } });
  expect(screen.getByText('概要')).toBeTruthy();
  expect(document.documentElement.lang).toBe('ja');
  await fireEvent.change(screen.getByTestId('language'), { target: { value: 'en' } });
});

test('a stopped service says why and what to do', async () => {
  const reason = { code: 'admin-api.closed', severity: 'error' as const, args: {} };
  const status = {
    state: { state: 'stopped' as const, reason },
    warnings: [],
    version: '0.1.0',
    server_name: 'sso1',
    listening: null,
    login_url: null,
    revision: null,
    synced: null,
    membership: null,
    hub: { hub: 'unknown' as const },
    users: 0,
    domains: [],
    vault_page: '',
  };
  render(App, { backend: answering({ 'status.get': () => status }) });
  expect(await screen.findByText('The service ended the connection before it answered.')).toBeTruthy();
  expect(screen.getAllByText('Stopped').length).toBe(2);
});
