import { expect, test } from 'vitest';
import type { Backend } from '../lib/backend/backend';
import type { Status } from '../lib/backend/types/Status';
import { Fake, fault } from '../test/fake';
import { DraftOnScreen } from './draft/draft.svelte';
import { StatusWatch } from './status.svelte';

/** A backend whose answers come when the test gives them. */
class Slow implements Backend {
  readonly waiting: { method: string; give: (reply: unknown) => void; refuse: (fault: unknown) => void }[] =
    [];
  call = (method: string): Promise<never> =>
    new Promise((give, refuse) =>
      this.waiting.push({ method, give: give as (reply: unknown) => void, refuse }),
    );
  subscribe = (): Promise<void> => Promise.resolve();

  /** The call that waits longest. */
  async next(): Promise<(typeof this.waiting)[number]> {
    await new Promise((resolve) => setTimeout(resolve));
    const next = this.waiting.shift();
    if (!next) throw new Error('nothing is asked');
    return next;
  }
}

const named = (server_name: string): Status => ({ ...new Fake().running().status, server_name });

test('what the service before answers after another one was turned to is nobody’s', async () => {
  const slow = new Slow();
  const watch = new StatusWatch(slow);
  const before = watch.read();
  const asked = await slow.next();
  watch.turn();
  const now = watch.read();
  (await slow.next()).give(named('b'));
  await now;
  asked.give(named('a'));
  await before;
  expect([watch.status?.server_name, watch.last?.server_name]).toEqual(['b', 'b']);

  const late = watch.read();
  const silent = await slow.next();
  watch.turn();
  silent.refuse(fault('admin-api.closed'));
  await late;
  expect([watch.status, watch.last, watch.fault]).toEqual([undefined, undefined, undefined]);
  watch.stop();
});

test('what it said last stays while it is silent', async () => {
  const slow = new Slow();
  const watch = new StatusWatch(slow);
  const first = watch.read();
  (await slow.next()).give(named('a'));
  await first;
  const second = watch.read();
  (await slow.next()).refuse(fault('admin-api.unreachable'));
  await second;
  expect([watch.status, watch.last?.server_name]).toEqual([undefined, 'a']);
  watch.stop();
});

test('what waits for an answer of the service before is not said to the next one', async () => {
  const slow = new Slow();
  let meant = true;
  const store = new DraftOnScreen(slow, () => meant);
  const first = store.set('advertised_host', 'a.example.co.jp');
  const second = store.set('advertised_port', '8443');
  const asked = await slow.next();
  meant = false;
  asked.refuse(fault('admin-api.closed'));
  expect(await Promise.all([first, second])).toEqual([false, false]);
  expect(slow.waiting).toEqual([]);
});
