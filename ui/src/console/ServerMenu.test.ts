import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import App from './App.svelte';
import { Fake } from '../test/fake';

beforeEach(() => localStorage.clear());

test('the server’s menu offers Full Sync, diagnostics and another server from every page', async () => {
  const fake = new Fake().running();
  render(App, { backend: fake });
  await fireEvent.click(await screen.findByTestId('nav-activity'));
  await fireEvent.click(screen.getByTestId('menu-server'));
  await fireEvent.click(screen.getByTestId('menu-sync'));
  expect((await screen.findByTestId('sync-report')).dataset['faults']).toBe('0');

  await fireEvent.click(screen.getByTestId('menu-server'));
  await fireEvent.click(screen.getByTestId('menu-diagnostics'));
  await fireEvent.click(screen.getByTestId('write-diagnostics'));
  expect((await screen.findByTestId('diagnostics-path')).textContent).toContain('sekisho-diagnostics');
  await fireEvent.click(screen.getByTestId('close-diagnostics'));

  await fireEvent.click(screen.getByTestId('menu-server'));
  await fireEvent.keyDown(screen.getByTestId('menu-server'), { key: 'Escape' });
  expect(screen.queryByTestId('menu-turn')).toBeNull();
  await fireEvent.click(screen.getByTestId('menu-server'));
  await fireEvent.click(screen.getByTestId('menu-turn'));
  expect(await screen.findByTestId('managed')).toBeTruthy();
});

test('the tray says how the server is, and what is chosen there is done in the window', async () => {
  const fake = new Fake().running();
  render(App, { backend: fake });
  await screen.findByTestId('menu-server');
  await expect.poll(() => fake.trayWords?.state).toMatch(/^sso1: /);
  fake.tell('tray.sync_all');
  expect(await screen.findByTestId('dialog-sync-all')).toBeTruthy();
  await fireEvent.click(screen.getByTestId('cancel-sync-all'));
  fake.tell('tray.full_sync');
  expect((await screen.findByTestId('sync-report')).dataset['faults']).toBe('0');

  expect(fake.trayWords?.keep).toBe(false);
  await fireEvent.click(screen.getByTestId('nav-settings'));
  await fireEvent.click(await screen.findByTestId('keep-in-tray'));
  await expect.poll(() => fake.trayWords?.keep).toBe(true);
});

test('a save is watched for ten minutes, and its undoing waits in the draft', async () => {
  const fake = new Fake().running();
  fake.watched = {
    revision: 2,
    before: 1,
    ends: 1_790_000_000,
    accepted: 3,
    refused: [{ code: 'saml.audience', count: 2 }],
  };
  render(App, { backend: fake });
  const card = await screen.findByTestId('watched-save');
  expect([card.dataset['accepted'], card.dataset['refused']]).toEqual(['3', '2']);
  await fireEvent.click(screen.getByTestId('undo-save'));
  await fireEvent.click(screen.getByTestId('confirm-undo-save'));
  expect(await screen.findByTestId('review')).toBeTruthy();
});
