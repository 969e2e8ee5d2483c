// @vitest-environment node
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fromBase64Url, toBase64Url } from '../bytes';
import type { Policies } from '../handover';
import type { Kept } from './cache';
import { empty, type Content } from './record';
import { Refused, type Renewed, type Row } from './remote';
import { keysOf, newId, open, progressId, seal, type Keys, type Place } from './seal';
import { BIN, Vault, type Entry } from './vault.svelte';

/** What browsers keep, by account; without it, they keep nothing. */
const browser = vi.hoisted(() => ({ kept: undefined as Map<string, Kept> | undefined }));
vi.mock('./cache', async (original) => {
  const real = await original<typeof import('./cache')>();
  return {
    read: async (account: string): Promise<Kept> =>
      browser.kept ? (browser.kept.get(account) ?? { rows: [], head: 0 }) : real.read(account),
    write: async (account: string, rows: Row[], head: number): Promise<void> => {
      if (!browser.kept) return real.write(account, rows, head);
      const byId = new Map((browser.kept.get(account)?.rows ?? []).map((row) => [row.id, row]));
      for (const row of rows) byId.set(row.id, row);
      browser.kept.set(account, { rows: [...byId.values()], head });
    },
  };
});

const START = 1_700_000_000_000;
const DAY = 24 * 60 * 60 * 1000;
const PLACE: Place = { organisation: 'org', connection: 'con', account: 'acc' };
const POLICIES: Policies = {
  role: null,
  two_factor: false,
  import: true,
  extension: null,
  onboarding: true,
  session_minutes: 60,
};

type Stored = Omit<Row, 'body'> & { body: string };
interface Written {
  session: string;
  changes: string;
  time: number;
  signature: string;
}
/** What becomes of a request: without a word, what the hub does. */
type Fate = 'away' | 'lost' | Response;

/** The hub behind its service, with one vault. */
class Hub {
  rows = new Map<string, Stored>();
  head = 0;
  /** Rows in one answer. */
  part = 1000;
  /** Seconds by which its clock is ahead. */
  ahead = 0;
  reads: { session: string; after: number; used: boolean }[] = [];
  writes: Written[] = [];
  #session = 0;
  fate: (path: string) => Fate | undefined = () => undefined;
  /** Changes what it says of a vault. */
  says: (part: { rows: Stored[]; head: number }) => { rows: Stored[]; head: number } = (part) => part;

  readonly fetch = async (path: string, { body }: { body: string }): Promise<Response> => {
    const fate = this.fate(path);
    if (fate instanceof Response) return fate;
    if (fate === 'away') throw new TypeError('Failed to fetch');
    const answer =
      path === '/vault/records'
        ? this.#read(JSON.parse(body) as Hub['reads'][number])
        : this.#write(JSON.parse(body) as Written);
    if (fate === 'lost') throw new TypeError('Failed to fetch');
    return answer;
  };

  #renewed(): Renewed {
    this.#session += 1;
    const time = Math.floor(now / 1000) + this.ahead;
    return { session: `session-${this.#session}`, time, policies: POLICIES };
  }

  #read(asked: Hub['reads'][number]): Response {
    this.reads.push(asked);
    if (this.reads.length > 200) return Response.json({ code: 'test.endless' }, { status: 403 });
    const rows = [...this.rows.values()]
      .filter(({ seq }) => seq > asked.after)
      .sort((one, other) => one.seq - other.seq);
    const part = this.says({ rows: rows.slice(0, this.part), head: this.head });
    return Response.json({ ...part, ...this.#renewed() });
  }

  #write(written: Written): Response {
    this.writes.push(written);
    const changes = changesOf(written);
    const isStale = changes.some(({ id, after }) => (this.rows.get(id)?.rev ?? 0) !== after);
    if (isStale) return Response.json({ code: 'signin.vault_stale' }, { status: 412 });
    for (const { id, after, body } of changes) {
      this.head += 1;
      this.rows.set(id, { seq: this.head, id, rev: after + 1, body });
    }
    return Response.json(this.#renewed());
  }

  /** As it stands, to go back to. */
  state(): Pick<Hub, 'rows' | 'head'> {
    return { rows: new Map(this.rows), head: this.head };
  }
}

const changesOf = ({ changes }: Written): { id: string; after: number; body: string }[] =>
  JSON.parse(changes) as { id: string; after: number; body: string }[];

let hub: Hub;
let keys: Keys;
let now: number;
let renewed: Renewed[];

beforeEach(async () => {
  browser.kept = undefined;
  now = START;
  renewed = [];
  hub = new Hub();
  keys = await keysOf(toBase64Url(new Uint8Array(32).fill(7)), toBase64Url(new Uint8Array(32).fill(9)));
  vi.stubGlobal('fetch', hub.fetch);
});
afterEach(() => vi.unstubAllGlobals());

/** A vault on one more device. */
const device = (): Vault =>
  new Vault(keys, PLACE, 'session-0', { now: () => now, renewed: (one) => void renewed.push(one) });
const opened = async (): Promise<Vault> => {
  const vault = device();
  await vault.load();
  return vault;
};
const note = (title: string, notes = ''): Content => ({ ...empty('note'), title, notes });
const titles = (vault: Vault, deleted = false): string[] =>
  [...vault.entries.values()]
    .filter((entry) => (entry.deleted !== undefined) === deleted)
    .map(({ content }) => content.title)
    .sort();
const entry = (vault: Vault, title: string): Entry => {
  const found = [...vault.entries.values()].find(({ content }) => content.title === title);
  if (!found) throw new Error(`no ${title}`);
  return found;
};
const away = (): void => void (hub.fate = () => 'away');
const back = (): void => void (hub.fate = () => undefined);

test('a record that is saved is shown, and is there on another device', async () => {
  const vault = await opened();
  expect(await vault.save(note('Door', '1234'))).toBe('saved');
  const saved = entry(vault, 'Door');
  expect(saved).toMatchObject({ rev: 1, created: START, changed: START, content: note('Door', '1234') });
  expect(saved.deleted).toBeUndefined();
  expect([...(await opened()).entries]).toEqual([[saved.id, saved]]);
  expect(vault.standing).toBe('current');
});

test('a record that is changed keeps its name and the moment it was made', async () => {
  const vault = await opened();
  await vault.save(note('Door'));
  const { id } = entry(vault, 'Door');
  now += DAY;
  expect(await vault.save(note('Gate'), id)).toBe('saved');
  expect([...vault.entries.values()]).toEqual([
    { id, rev: 2, created: START, changed: START + DAY, content: note('Gate') },
  ]);
});

test('what goes over the wire has nothing readable in it, and is signed', async () => {
  const vault = await opened();
  await vault.save(note('Door', 'under the mat'));
  const [written] = hub.writes;
  const [change] = changesOf(written!);
  const text = new TextDecoder('latin1').decode(fromBase64Url(change!.body));
  expect(text + written!.changes).not.toMatch(/Door|mat|note/);
  expect(fromBase64Url(written!.signature)).toHaveLength(64);
});

test('a vault of many parts is read to its end', async () => {
  const vault = await opened();
  await vault.add(
    Array.from({ length: 25 }, (_, at) => note(`note ${at}`)),
    () => undefined,
  );
  hub.part = 10;
  hub.reads = [];
  expect((await opened()).entries.size).toBe(25);
  expect(hub.reads.map(({ after }) => after)).toEqual([0, 10, 20]);
});

test('each request shows what the answer before has brought, and says whether the user is at it', async () => {
  const vault = await opened();
  await vault.save(note('Door'));
  await vault.sync(false);
  expect(hub.reads.map(({ session, used }) => [session, used])).toEqual([
    ['session-0', true],
    ['session-2', false],
  ]);
  expect(hub.writes[0]!.session).toBe('session-1');
  expect(renewed.map(({ session }) => session)).toEqual(['session-1', 'session-2', 'session-3']);
  expect(renewed[0]!.policies).toEqual(POLICIES);
});

test('two changes that are asked for at once come one after the other', async () => {
  const vault = await opened();
  await vault.save(note('Door'));
  const { id } = entry(vault, 'Door');
  const saved = await Promise.all([vault.save(note('Gate'), id), vault.save(note('Wall'), id)]);
  expect(saved).toEqual(['saved', 'saved']);
  expect([...vault.entries.values()]).toMatchObject([{ rev: 3, content: { title: 'Wall' } }]);
});

test('a change that fails does not keep the next one back', async () => {
  const vault = await opened();
  away();
  await expect(vault.save(note('Door'))).rejects.toMatchObject({ why: 'away' });
  back();
  expect(await vault.save(note('Gate'))).toBe('saved');
  expect(titles(vault)).toEqual(['Gate']);
});

test('where two devices have changed a record, both versions stay', async () => {
  const one = await opened();
  await one.save(note('Door', '1111'));
  const two = await opened();
  const { id } = entry(one, 'Door');
  await one.save(note('Door', 'of one'), id);
  now += DAY;
  expect(await two.save(note('Door', 'of two'), id)).toBe('copied');
  await one.sync(true);
  for (const vault of [one, two, await opened()]) {
    expect([...vault.entries.values()].map(({ content }) => content.notes).sort()).toEqual([
      'of one',
      'of two',
    ]);
    expect(vault.entries.get(id)).toMatchObject({ content: { notes: 'of one' }, created: START });
    expect(vault.doubtful).toBe(false);
  }
});

test('a change of what another device has put into the bin takes it out', async () => {
  const one = await opened();
  await one.save(note('Door'));
  const two = await opened();
  const { id } = entry(one, 'Door');
  await one.bin(id, true);
  expect(await two.save(note('Door', 'new'), id)).toBe('saved');
  await one.sync(true);
  for (const vault of [one, two])
    expect([...vault.entries.values()]).toEqual([
      expect.objectContaining({ id, rev: 3, content: note('Door', 'new') }),
    ]);
  expect(titles(one, true)).toEqual([]);
});

test('a change of what another device has removed for good brings it back', async () => {
  const one = await opened();
  await one.save(note('Door'));
  const two = await opened();
  const { id } = entry(one, 'Door');
  await one.bin(id, true);
  await one.purge([id]);
  expect(await two.save(note('Door', 'new'), id)).toBe('saved');
  await one.sync(true);
  expect(one.entries.get(id)).toMatchObject({ rev: 4, content: { notes: 'new' } });
  expect(one.doubtful).toBe(false);
});

test('the bin takes a record and gives it back as it was', async () => {
  const vault = await opened();
  await vault.save(note('Door'));
  const before = entry(vault, 'Door');
  now += DAY;
  await vault.bin(before.id, true);
  expect(vault.entries.get(before.id)).toEqual({ ...before, rev: 2, deleted: START + DAY });
  await vault.bin(before.id, false);
  expect(vault.entries.get(before.id)).toEqual({ ...before, rev: 3 });
});

test('a record that another device has changed does not go into the bin unseen', async () => {
  const one = await opened();
  await one.save(note('Door'));
  const two = await opened();
  const { id } = entry(one, 'Door');
  await one.save(note('Gate'), id);
  await expect(two.bin(id, true)).rejects.toMatchObject({ why: 'stale' });
  expect(titles(two)).toEqual(['Gate']);
  await two.bin(id, true);
  expect(titles(two, true)).toEqual(['Gate']);
});

test('what is removed for good leaves a sealed word that it is gone, and other devices drop it', async () => {
  const one = await opened();
  await one.save(note('Door', 'x'.repeat(1000)));
  await one.save(note('Gate'));
  const { id } = entry(one, 'Door');
  await one.bin(id, true);
  const two = await opened();
  await one.purge([id]);
  expect(titles(one)).toEqual(['Gate']);
  expect(titles(one, true)).toEqual([]);
  const row = hub.rows.get(id)!;
  expect(row.rev).toBe(3);
  const body = fromBase64Url(row.body);
  expect((await open(keys, PLACE, id, 3, body)).content).toEqual({ type: 'gone' });
  expect(body).toHaveLength(1 + 12 + 256 + 16);
  expect(titles(two, true)).toEqual(['Door']);
  await two.sync(true);
  expect(two.entries.has(id)).toBe(false);
  expect([one.doubtful, two.doubtful]).toEqual([false, false]);
});

test('what is not in the bin is not removed for good', async () => {
  const vault = await opened();
  await vault.save(note('Door'));
  await vault.purge([entry(vault, 'Door').id, 'ffffffffffffffffffffffffffffffff']);
  expect(titles(vault)).toEqual(['Door']);
  expect(hub.writes).toHaveLength(1);
});

test('a record that is gone does not come back with an older revision', async () => {
  const vault = await opened();
  await vault.save(note('Door'));
  const { id } = entry(vault, 'Door');
  const older = hub.rows.get(id)!;
  await vault.bin(id, true);
  await vault.purge([id]);
  hub.says = ({ head }) => ({ rows: [{ ...older, seq: head + 1 }], head: head + 1 });
  await vault.sync(true);
  expect(vault.entries.size).toBe(0);
  expect(vault.doubtful).toBe(true);
});

test('a thousand records go in parts, and it is told how far it is', async () => {
  const vault = await opened();
  const told: number[] = [];
  await vault.add(
    Array.from({ length: 1000 }, (_, at) => note(`note ${at}`)),
    (done) => told.push(done),
  );
  expect(hub.writes.map((written) => changesOf(written).length)).toEqual([400, 400, 200]);
  expect(told).toEqual([400, 800, 1000]);
  expect([vault.entries.size, hub.rows.size]).toEqual([1000, 1000]);
  expect((await opened()).entries.size).toBe(1000);
});

test('records that are long go in more parts, none of them above 180 KiB', async () => {
  const vault = await opened();
  const told: number[] = [];
  const sizes = [10, 9_000, 30_000, 100];
  const contents = Array.from({ length: 100 }, (_, at) => note(`note ${at}`, 'x'.repeat(sizes[at % 4]!)));
  await vault.add(contents, (done) => told.push(done));
  const octets = hub.writes.map((written) =>
    changesOf(written).reduce((sum, { body }) => sum + fromBase64Url(body).length, 0),
  );
  expect(octets.length).toBeGreaterThan(5);
  for (const one of octets) expect(one).toBeLessThanOrEqual(180 * 1024);
  // What is sent is text, and stays below what services take by habit.
  for (const { changes } of hub.writes) expect(changes.length).toBeLessThanOrEqual(256 * 1024);
  expect(told).toHaveLength(octets.length);
  expect([told.at(-1), vault.entries.size]).toEqual([100, 100]);
});

test('an addition that is cut off keeps what has come through', async () => {
  const vault = await opened();
  const told: number[] = [];
  hub.fate = (path) => (path === '/vault/changes' && hub.writes.length === 2 ? 'away' : undefined);
  const contents = Array.from({ length: 1000 }, (_, at) => note(`note ${at}`));
  await expect(vault.add(contents, (done) => told.push(done))).rejects.toMatchObject({ why: 'away' });
  expect(told).toEqual([400, 800]);
  expect([vault.entries.size, hub.rows.size]).toEqual([800, 800]);
  expect(titles(vault)).toEqual(
    contents
      .slice(0, 800)
      .map(({ title }) => title)
      .sort(),
  );
});

/** A vault with two records, of which one is at its second revision, and what the hub had before. */
const withTwo = async (): Promise<{ vault: Vault; id: string; first: Stored; other: Stored }> => {
  const vault = await opened();
  await vault.save(note('Door', 'old'));
  await vault.save(note('Gate'));
  const { id } = entry(vault, 'Door');
  const first = hub.rows.get(id)!;
  await vault.save(note('Door', 'new'), id);
  return { vault, id, first, other: hub.rows.get(entry(vault, 'Gate').id)! };
};

test.each<[string, (now: Stored, first: Stored, other: Stored) => Stored]>([
  ['an older revision', (_, first) => first],
  ['an older revision under the number of a newer one', ({ rev }, first) => ({ ...first, rev: rev + 1 })],
  ['another record under its name', ({ id, rev }, _, other) => ({ ...other, id, rev: rev + 1 })],
  ['the other record’s name for it', (row, _, { id }) => ({ ...row, id, rev: row.rev + 1 })],
  ['a changed body', (row) => ({ ...row, body: `${row.body.slice(0, 60)}AAAA${row.body.slice(64)}` })],
  ['a body that is cut off', (row) => ({ ...row, body: row.body.slice(0, 40) })],
  ['an empty body', (row) => ({ ...row, body: '' })],
])('a hub that gives %s is doubted, and nothing that is shown changes', async (_, made) => {
  const { vault, id, first, other } = await withTwo();
  await vault.sync(true);
  expect(vault.doubtful).toBe(false);
  const before = [...vault.entries];
  hub.says = ({ head }) => ({
    rows: [{ ...made(hub.rows.get(id)!, first, other), seq: head + 1 }],
    head: head + 1,
  });
  await vault.sync(true);
  expect(vault.doubtful).toBe(true);
  expect([...vault.entries]).toEqual(before);
});

test('a hub that says it has had less than before is doubted', async () => {
  const { vault } = await withTwo();
  await vault.sync(true);
  const before = [...vault.entries];
  hub.says = ({ head }) => ({ rows: [], head: head - 1 });
  await vault.sync(true);
  expect(vault.doubtful).toBe(true);
  expect([...vault.entries]).toEqual(before);
});

test('what does not open keeps nothing else back, and a doubt is not forgotten', async () => {
  const { id } = await withTwo();
  hub.says = ({ rows, head }) => ({
    rows: rows.map((row) => (row.id === id ? { ...row, body: '' } : row)),
    head,
  });
  const vault = await opened();
  expect(titles(vault)).toEqual(['Gate']);
  hub.says = (part) => part;
  await vault.sync(true);
  expect(vault.doubtful).toBe(true);
});

test('what another user has sealed is doubted', async () => {
  const vault = await opened();
  const theirs = await keysOf(toBase64Url(new Uint8Array(32).fill(8)), toBase64Url(new Uint8Array(32)));
  const id = '0'.repeat(32);
  const body = await seal(theirs, PLACE, id, 1, { content: note('Trap'), created: 1, changed: 1 });
  hub.says = () => ({ rows: [{ seq: 1, id, rev: 1, body: toBase64Url(body) }], head: 1 });
  await vault.sync(true);
  expect([vault.entries.size, vault.doubtful]).toEqual([0, true]);
});

test('where the browser keeps nothing and the hub is away, the vault is empty and says so', async () => {
  await (await opened()).save(note('Door'));
  away();
  const vault = await opened();
  expect([vault.standing, vault.loaded, vault.entries.size]).toEqual(['away', true, 0]);
  back();
  await vault.sync(true);
  expect([vault.standing, titles(vault)]).toEqual(['current', ['Door']]);
});

test('what the browser has kept is readable while the hub is away, and is sealed there', async () => {
  browser.kept = new Map();
  const first = await opened();
  await first.save(note('Door', 'under the mat'));
  await first.sync(true);
  const kept = browser.kept.get(PLACE.account)!;
  expect(kept).toMatchObject({ head: 1, rows: [{ rev: 1 }] });
  expect(new TextDecoder('latin1').decode(kept.rows[0]!.body)).not.toMatch(/Door|mat/);
  away();
  const vault = await opened();
  expect([vault.standing, vault.loaded]).toEqual(['away', true]);
  expect(entry(vault, 'Door')).toMatchObject({ rev: 1, content: { notes: 'under the mat' } });
  await expect(vault.save(note('Gate'))).rejects.toMatchObject({ why: 'away' });
  expect(titles(vault)).toEqual(['Door']);
});

test('a record that was just written is kept at once', async () => {
  browser.kept = new Map();
  await (await opened()).save(note('Door'));
  away();
  expect(titles(await opened())).toEqual(['Door']);
});

test('a vault that was kept is asked only for what is new', async () => {
  browser.kept = new Map();
  await (await opened()).save(note('Door'));
  await (await opened()).save(note('Gate'));
  hub.reads = [];
  expect(titles(await opened())).toEqual(['Door', 'Gate']);
  expect(hub.reads.map(({ after }) => after)).toEqual([1]);
});

test('a hub that goes back to an older state is doubted after a reload, too', async () => {
  browser.kept = new Map();
  const first = await opened();
  await first.save(note('Door', 'old'));
  const before = hub.state();
  await first.save(note('Door', 'new'), entry(first, 'Door').id);
  await first.sync(true);
  Object.assign(hub, before);
  const vault = await opened();
  expect(vault.doubtful).toBe(true);
  expect(entry(vault, 'Door').content.notes).toBe('new');
});

test('a vault that is closed is no vault that is away', async () => {
  const vault = await opened();
  await vault.save(note('Door'));
  hub.fate = () => Response.json({ code: 'signin.vault_closed' }, { status: 401 });
  const asking = [() => vault.sync(true), () => vault.save(note('Gate')), () => device().load()];
  for (const ask of asking) {
    const error: unknown = await ask().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Refused);
    expect(error).toMatchObject({ why: 'closed', code: 'signin.vault_closed' });
  }
  expect(vault.standing).toBe('current');
  expect(titles(vault)).toEqual(['Door']);
});

test.each([
  [400, 'wrong'],
  // A proxy's own page, and no word of the service.
  [401, 'away'],
  [403, 'away'],
  [413, 'wrong'],
  [500, 'away'],
  [502, 'away'],
  [503, 'away'],
])('a save that is answered with %i throws: %s', async (status, why) => {
  const vault = await opened();
  hub.fate = () => new Response('no JSON', { status });
  await expect(vault.save(note('Door'))).rejects.toMatchObject({ why, code: '' });
  expect(vault.entries.size).toBe(0);
});

test('the service closes a vault by its code alone', async () => {
  const vault = await opened();
  hub.fate = () => Response.json({ code: 'signin.locked' }, { status: 403 });
  await expect(vault.save(note('Door'))).rejects.toMatchObject({ why: 'refused', code: 'signin.locked' });
});

test('a step is noted once', async () => {
  const vault = await opened();
  await vault.step('import');
  await vault.step('import');
  expect(vault.steps).toEqual(['import']);
  expect(hub.writes).toHaveLength(1);
  expect([...hub.rows.keys()]).toEqual([await progressId(keys)]);
  expect(vault.entries.size).toBe(0);
});

test('the steps of two devices come together', async () => {
  const [one, two] = [await opened(), await opened()];
  await one.step('import');
  await two.step('factor');
  await one.step('finished');
  await two.sync(true);
  for (const vault of [one, two, await opened()])
    expect([...vault.steps].sort()).toEqual(['factor', 'finished', 'import']);
  expect(hub.rows.size).toBe(1);
});

test('a step that cannot be noted is not done', async () => {
  const vault = await opened();
  away();
  await expect(vault.step('import')).rejects.toMatchObject({ why: 'away' });
  expect(vault.steps).toEqual([]);
});

test('the bin is emptied only of what is in it for more than thirty days', async () => {
  const vault = await opened();
  for (const title of ['old', 'new', 'kept']) await vault.save(note(title));
  await vault.bin(entry(vault, 'old').id, true);
  now += 1;
  await vault.bin(entry(vault, 'new').id, true);
  now = START + BIN;
  await vault.empty();
  expect(titles(vault, true)).toEqual(['new', 'old']);
  now += 1;
  await vault.empty();
  expect([titles(vault, true), titles(vault)]).toEqual([['new'], ['kept']]);
  hub.writes = [];
  await vault.empty();
  expect(hub.writes).toEqual([]);
});

test('what is signed bears the time of the service, not that of a computer whose clock is wrong', async () => {
  hub.ahead = -86_400;
  const vault = await opened();
  now += 5_000;
  await vault.save(note('Door'));
  expect(hub.writes[0]!.time).toBe(START / 1000 + 5 - 86_400);
});

test('a clock that is wrong does not empty the bin', async () => {
  const vault = await opened();
  await vault.save(note('Door'));
  await vault.bin(entry(vault, 'Door').id, true);
  now += 400 * DAY;
  hub.ahead = -400 * 86_400;
  await vault.sync(true);
  await vault.empty();
  expect(titles(vault, true)).toEqual(['Door']);
});

test('a record bears the time of the service, not that of a computer whose clock is wrong', async () => {
  hub.ahead = -86_400;
  const vault = await opened();
  await vault.save(note('Door'));
  expect(entry(vault, 'Door')).toMatchObject({ created: START - DAY, changed: START - DAY });
});

test('what another part of the page was given is shown from then on', async () => {
  const vault = await opened();
  vault.show('session-of-another-part');
  await vault.sync(true);
  expect(hub.reads.at(-1)?.session).toBe('session-of-another-part');
});

test('a connection that is deleted takes nothing, and its vault stays open', async () => {
  const vault = await opened();
  hub.fate = () => Response.json({ code: 'signin.detached' }, { status: 403 });
  await expect(vault.save(note('Door'))).rejects.toMatchObject({ why: 'wrong', code: 'signin.detached' });
});

test('a save whose answer was lost can be tried again without a copy', async () => {
  const vault = await opened();
  await vault.save(note('Door'));
  const { id } = entry(vault, 'Door');
  hub.fate = () => 'lost';
  await expect(vault.save(note('Gate'), id)).rejects.toMatchObject({ why: 'away' });
  back();
  await vault.save(note('Gate'), id);
  expect(titles(vault)).toEqual(['Gate']);
});

test('a new record whose answer was lost can be tried again without a copy', async () => {
  const vault = await opened();
  const id = newId();
  hub.fate = () => 'lost';
  await expect(vault.save(note('Door'), id, 0)).rejects.toMatchObject({ why: 'away' });
  expect(hub.rows.size).toBe(1);
  back();
  expect(await vault.save(note('Door'), id, 0)).toBe('saved');
  await vault.sync(true);
  expect(titles(vault)).toEqual(['Door']);
  expect([...hub.rows.values()]).toMatchObject([{ id, rev: 1 }]);
});

test('a new record whose answer was lost, and which has come since, is no copy when it is tried again', async () => {
  const vault = await opened();
  const id = newId();
  hub.fate = () => 'lost';
  await expect(vault.save(note('Door'), id, 0)).rejects.toMatchObject({ why: 'away' });
  back();
  await vault.sync(false);
  hub.writes = [];
  expect(await vault.save(note('Door'), id, 0)).toBe('saved');
  expect(hub.writes).toEqual([]);
  expect(titles(vault)).toEqual(['Door']);
});

test('a save from a revision that is not here any more stays beside what has come since', async () => {
  const [one, two] = [await opened(), await opened()];
  await one.save(note('Door', 'old'));
  const { id, rev } = entry(one, 'Door');
  await two.sync(true);
  await two.save(note('Door', 'of two'), id);
  await one.sync(false);
  expect(await one.save(note('Door', 'of one'), id, rev)).toBe('copied');
  expect(one.entries.get(id)?.content.notes).toBe('of two');
  expect([...one.entries.values()].map(({ content }) => content.notes).sort()).toEqual(['of one', 'of two']);
});

test('what an addition has written is shown, though the answer to its last part was lost', async () => {
  const vault = await opened();
  hub.fate = (path) => (path === '/vault/changes' && hub.writes.length === 1 ? 'lost' : undefined);
  const contents = Array.from({ length: 500 }, (_, at) => note(`note ${at}`));
  await expect(vault.add(contents, () => undefined)).rejects.toMatchObject({ why: 'away' });
  expect(hub.rows.size).toBe(500);
  expect(vault.entries.size).toBe(500);
});

test('another version of a revision that is known is doubted, also after a reload', async () => {
  browser.kept = new Map();
  const one = await opened();
  await one.save(note('Door'));
  const { id } = entry(one, 'Door');
  const before = hub.state();
  await one.save(note('Door', 'of one'), id);
  await one.sync(true);
  expect(one.doubtful).toBe(false);
  const kept = new Map(browser.kept);
  Object.assign(hub, before);
  // Another computer, which has seen nothing of it.
  browser.kept = new Map();
  const two = await opened();
  await two.save(note('Gate'));
  // Beyond the place up to which the first one has read: it asks for no more than that.
  await two.save(note('Door', 'of two'), id);
  expect(hub.rows.get(id)).toMatchObject({ rev: 2, seq: 3 });
  browser.kept = kept;
  const again = await opened();
  await one.sync(true);
  for (const vault of [one, again]) {
    expect(vault.doubtful).toBe(true);
    expect(entry(vault, 'Door').content.notes).toBe('of one');
  }
});

test('a record of which the hub has an older state than this device can still be changed', async () => {
  const vault = await opened();
  await vault.save(note('Door', 'old'));
  const { id } = entry(vault, 'Door');
  const before = hub.state();
  await vault.save(note('Door', 'new'), id);
  await vault.sync(true);
  Object.assign(hub, before);
  await vault.sync(true);
  expect(await vault.save(note('Door', 'newer'), id)).toBe('saved');
  await vault.bin(id, true);
});

test('a doubt is not forgotten by a reload', async () => {
  browser.kept = new Map();
  const first = await opened();
  await first.save(note('Door', 'old'));
  const before = hub.state();
  await first.save(note('Door', 'new'), entry(first, 'Door').id);
  await first.sync(true);
  Object.assign(hub, before);
  expect((await opened()).doubtful).toBe(true);
  expect((await opened()).doubtful).toBe(true);
});

test('what did not open is asked for again after a reload', async () => {
  browser.kept = new Map();
  const first = await opened();
  await first.save(note('Door'));
  browser.kept = new Map();
  hub.says = ({ rows, head }) => ({ rows: rows.map((row) => ({ ...row, body: '' })), head });
  expect((await opened()).doubtful).toBe(true);
  hub.says = (part) => part;
  const vault = await opened();
  expect(vault.doubtful || titles(vault).includes('Door')).toBe(true);
});

test('a hub whose places do not go on is not asked without end', async () => {
  const vault = await opened();
  await vault.save(note('Door'));
  const [row] = [...hub.rows.values()];
  hub.says = () => ({ rows: [row!], head: 10 });
  hub.reads = [];
  await vault.sync(true).catch(() => undefined);
  expect(hub.reads.length).toBeLessThan(10);
});

test('an answer that is not the service’s counts as none', async () => {
  const vault = await opened();
  hub.fate = () => new Response('<h1>Please sign in to the guest network</h1>');
  await vault.sync(true);
  expect(vault.standing).toBe('away');
});
