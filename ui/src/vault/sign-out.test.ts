// @vitest-environment node
import { expect, test } from 'vitest';
import { onEnd } from './sign-out';

test('a page ends with its own session, and with no other', async () => {
  const heard: string[] = [];
  const stops = ['a', 'b'].map((mark) => onEnd([mark], () => heard.push(mark)));
  const last = new Promise<void>((resolve) => stops.push(onEnd(['last'], resolve)));
  const pages = new BroadcastChannel('sekisho-sessions');
  for (const message of ['a', { marks: ['a'] }, ['b', 'c'], ['last']]) pages.postMessage(message);
  await last;
  expect(heard).toEqual(['b']);
  for (const stop of stops) stop();
  pages.close();
});
