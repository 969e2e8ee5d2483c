import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { language } from '../../lib/messages/language.svelte';
import { Fake } from '../../test/fake';
import App from '../App.svelte';

test('the program is told whether notices are wanted, in the language on screen, and a click leads to their page', async () => {
  const fake = new Fake().running();
  const before = language.current;
  render(App, { backend: fake });
  await screen.findByTestId('menu-server');
  await expect.poll(() => fake.noticesWish).toEqual({ on: true, language: before });
  language.choose('ja');
  await expect.poll(() => fake.noticesWish?.language).toBe('ja');
  language.choose(before);

  fake.tell('tray.page.settings');
  await fireEvent.click(await screen.findByTestId('desktop-notices'));
  await expect.poll(() => fake.noticesWish?.on).toBe(false);
  fake.tell('tray.page.certificates');
  await expect.poll(() => screen.getByTestId('nav-certificates').getAttribute('aria-current')).toBe('page');
  fake.tell('tray.page.nowhere');
  expect(screen.getByTestId('nav-certificates').getAttribute('aria-current')).toBe('page');
});

test('the tray says how much there is to look at', async () => {
  const fake = new Fake().running();
  fake.status.warnings = [{ code: 'service.drained', severity: 'warning', args: {} }];
  render(App, { backend: fake });
  await screen.findByTestId('menu-server');
  await expect.poll(() => fake.trayWords?.state).toMatch(/\(1\)$/);
});
