import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { toBase64Url } from '../bytes';
import { empty, type Content, type Login } from './record';
import Records from './Records.svelte';
import { Refused, type Row } from './remote';
import { keysOf, type Keys, type Place } from './seal';
import { Vault, type Entry } from './vault.svelte';

// Node 20 has no `URL.parse`; the browsers that the page is for do.
URL.parse ??= (url) => (URL.canParse(url) ? new URL(url) : null);

const PLACE: Place = { organisation: 'org', connection: 'con', account: 'acc' };
const NOW = 1_700_000_000_000;

const login = (title: string, more: Partial<Login> = {}): Content => ({
  ...(empty('login') as Login),
  title,
  ...more,
});
const entry = (id: string, content: Content, more: Partial<Entry> = {}): Entry => ({
  id,
  rev: 1,
  content,
  created: NOW,
  changed: NOW,
  ...more,
});

let vault: Vault;
/** What the vault is told to do, and what comes of it. */
let save: ReturnType<typeof vi.fn<Vault['save']>>;
let bin: ReturnType<typeof vi.fn<Vault['bin']>>;
let purge: ReturnType<typeof vi.fn<Vault['purge']>>;

const put = (...changed: Entry[]): void => {
  const entries = new Map(vault.entries);
  for (const one of changed) entries.set(one.id, one);
  vault.entries = entries;
};

/** A vault that works with nobody: what is done to it is done at once. */
beforeEach(() => {
  vault = new Vault({} as Keys, PLACE, 'session', { now: () => NOW, renewed: () => undefined });
  vault.standing = 'current';
  let made = 0;
  save = vi.spyOn(vault, 'save').mockImplementation(async (content, id = `made-${(made += 1)}`) => {
    put(entry(id, content));
    return 'saved';
  });
  bin = vi.spyOn(vault, 'bin').mockImplementation(async (id, into) => {
    const { deleted: _, ...rest } = vault.entries.get(id)!;
    put({ ...rest, ...(into && { deleted: NOW }) });
  });
  purge = vi.spyOn(vault, 'purge').mockImplementation(async (ids) => {
    vault.entries = new Map([...vault.entries].filter(([id]) => !ids.includes(id)));
  });
});
afterEach(() => vi.unstubAllGlobals());

const show = (...entries: Entry[]) => {
  put(...entries);
  const onrefused = vi.fn<(refused: Refused) => void>();
  const { container } = render(Records, { vault, onrefused });
  return { onrefused, container };
};
const field = (name: string): HTMLInputElement => screen.getByTestId<HTMLInputElement>(name);
const click = (name: string): Promise<boolean> => fireEvent.click(screen.getByTestId(name));
const type = (name: string, value: string): Promise<boolean> =>
  fireEvent.input(field(name), { target: { value } });
const listed = (): (string | undefined)[] =>
  screen.queryAllByTestId('entry').map(({ dataset }) => dataset['title']);
const select = async (title: string): Promise<void> => {
  const found = screen.getAllByTestId('entry').find(({ dataset }) => dataset['title'] === title);
  await fireEvent.click(found!);
};
const only = (value: string): Promise<boolean> =>
  fireEvent.change(screen.getByTestId('only'), { target: { value } });
const told = async (): Promise<string | undefined> => (await screen.findByTestId('told')).dataset['told'];

test('an empty vault says so', () => {
  show();
  expect(screen.getByTestId('empty').textContent?.trim()).not.toBe('');
  expect(screen.getByTestId('count').dataset['count']).toBe('0');
});

test('a login is made of what was typed', async () => {
  show();
  await click('new-login');
  expect(screen.getByTestId<HTMLButtonElement>('save').disabled).toBe(true);
  await type('record-title', ' Shop ');
  await type('record-username', 'alice');
  await type('record-password', ' p w ');
  await type('record-addresses', 'shop.example\n\n  https://other.example ');
  await type('record-notes', 'line\nline');
  await type('record-folder', ' Work ');
  await click('add-field');
  await fireEvent.input(screen.getByLabelText('Name of the field'), { target: { value: 'PIN' } });
  await fireEvent.input(screen.getByLabelText('Value'), { target: { value: '1234' } });
  await click('add-field');
  await click('save');
  expect(await told()).toBe('saved');
  expect(save).toHaveBeenCalledExactlyOnceWith(
    login('Shop', {
      username: 'alice',
      password: ' p w ',
      addresses: ['shop.example', 'https://other.example'],
      notes: 'line\nline',
      folder: 'Work',
      fields: [{ name: 'PIN', value: '1234' }],
    }),
    expect.stringMatching(/^[0-9a-f]{32}$/),
    0,
  );
  expect(listed()).toEqual(['Shop']);
  expect(screen.queryByTestId('record-form')).toBeNull();
});

test.each(['login', 'note', 'card', 'totp'] as const)('a record of the type %s can be made', async (sort) => {
  show();
  await click(`new-${sort}`);
  await type('record-title', 'Title');
  if (sort === 'totp') await type('record-totp', 'JBSWY3DPEHPK3PXP');
  await click('save');
  expect(save.mock.calls[0]?.[0]).toMatchObject({ type: sort, title: 'Title' });
});

test('a password that is made is long, shown, and another one each time', async () => {
  show();
  await click('new-login');
  expect(field('record-password').type).toBe('password');
  await click('generate');
  const first = field('record-password').value;
  expect(first).toHaveLength(20);
  expect(field('record-password').type).toBe('text');
  await click('generate');
  expect(field('record-password').value).not.toBe(first);
});

test('a search finds each of its words in whatever width and case, and looks into no secret', async () => {
  show(
    entry('1', login('Ｓｈｏｐ 東京', { username: 'alice', password: 'hunter2' })),
    entry('2', login('Bank', { addresses: ['https://shop.example'], folder: 'Work' })),
    entry('3', { ...empty('note'), title: 'Door', notes: 'shop', fields: [{ name: 'shop', value: 'shop' }] }),
  );
  const found = async (query: string): Promise<(string | undefined)[]> => {
    await type('search', query);
    return listed();
  };
  expect(await found('SHOP')).toEqual(['Bank', 'Ｓｈｏｐ 東京']);
  expect(await found('ｓｈｏｐ　Ａlice')).toEqual(['Ｓｈｏｐ 東京']);
  expect(await found('  work   example ')).toEqual(['Bank']);
  expect(await found('work alice')).toEqual([]);
  expect(screen.getByTestId('empty').textContent).toContain('Nothing');
  expect(await found('hunter2')).toEqual([]);
  expect(await found('')).toHaveLength(3);
});

test('the list is in the order of its titles, numbers as numbers, and by type where asked', async () => {
  show(
    ...['b 10', 'a', 'B 9'].map((title, at) => entry(`${at}`, login(title))),
    entry('n', { ...empty('note'), title: 'c' }),
  );
  expect(listed()).toEqual(['a', 'B 9', 'b 10', 'c']);
  await only('note');
  expect(listed()).toEqual(['c']);
});

test('a long list is shown in parts, and a new search begins at its first', async () => {
  show(...Array.from({ length: 450 }, (_, at) => entry(`${at}`, login(`note ${at}`))));
  expect([listed().length, screen.getByTestId('count').dataset['count']]).toEqual([200, '450']);
  await click('more');
  await click('more');
  expect(listed()).toHaveLength(450);
  expect(screen.queryByTestId('more')).toBeNull();
  await type('search', 'note');
  expect(listed()).toHaveLength(200);
});

test('a record is changed in a copy, and given up without a trace', async () => {
  const fields = [{ name: 'PIN', value: '1' }];
  show(entry('1', login('Shop', { username: 'alice', fields }), { rev: 7 }));
  await select('Shop');
  await click('edit');
  expect(field('record-username').value).toBe('alice');
  await type('record-username', 'bob');
  await click('cancel');
  expect(screen.getByTestId('value-username').textContent).toBe('alice');
  expect(save).not.toHaveBeenCalled();
  await click('edit');
  await type('record-username', 'carol');
  await click('save');
  expect(await told()).toBe('saved');
  expect(save).toHaveBeenCalledExactlyOnceWith(
    login('Shop', { username: 'carol', fields: [{ name: 'PIN', value: '1' }] }),
    '1',
    7,
  );
  expect((await screen.findByTestId('value-username')).textContent).toBe('carol');
});

test('a version that was saved beside another page’s is said to be, and neither is opened for the other', async () => {
  save.mockResolvedValue('copied');
  show(entry('1', login('Shop')));
  await select('Shop');
  await click('edit');
  await click('save');
  expect(await told()).toBe('copied');
  expect(screen.queryByTestId('opened-title')).toBeNull();
});

test.each(['away', 'wrong', 'stale'] as const)(
  'a save that fails (%s) keeps what was typed, and can be tried again',
  async (why) => {
    const { onrefused } = show(entry('1', login('Shop')));
    await select('Shop');
    await click('edit');
    await type('record-title', 'Market');
    await type('record-addresses', 'market.example');
    save.mockRejectedValueOnce(new Refused(why));
    await click('save');
    expect((await screen.findByTestId('failed-save')).dataset['why']).toBe(why);
    expect([field('record-title').value, field('record-addresses').value]).toEqual([
      'Market',
      'market.example',
    ]);
    expect(onrefused).not.toHaveBeenCalled();
    await click('save');
    expect(await told()).toBe('saved');
    expect(screen.queryByTestId('failed-save')).toBeNull();
    expect(save).toHaveBeenLastCalledWith(login('Market', { addresses: ['market.example'] }), '1', 1);
  },
);

test('a new record that is tried again is the same one, and the next new one is another', async () => {
  show();
  await click('new-note');
  await type('record-title', 'Door');
  save.mockRejectedValueOnce(new Refused('away'));
  await click('save');
  await screen.findByTestId('failed-save');
  await click('save');
  expect(await told()).toBe('saved');
  await click('new-note');
  await type('record-title', 'Gate');
  await click('save');
  await vi.waitFor(() => expect(listed()).toEqual(['Door', 'Gate']));
  const [first, second, other] = save.mock.calls.map(([, id]) => id);
  expect(first).toBe(second);
  expect(first).not.toBe(other);
  expect(save.mock.calls.map(([, , from]) => from)).toEqual([0, 0, 0]);
});

test.each(['closed', 'refused'] as const)(
  'a save that ends the vault (%s) is told to the page',
  async (why) => {
    const { onrefused } = show();
    await click('new-note');
    await type('record-title', 'Door');
    const refused = new Refused(why);
    save.mockRejectedValueOnce(refused);
    await click('save');
    await vi.waitFor(() => expect(onrefused).toHaveBeenCalledExactlyOnceWith(refused));
    expect(screen.queryByTestId('failed-save')).toBeNull();
  },
);

test('a record is not saved twice while it is on its way', async () => {
  let arrive = (): void => undefined;
  save.mockImplementation(() => new Promise((resolve) => (arrive = () => resolve('saved'))));
  show();
  await click('new-note');
  await type('record-title', 'Door');
  await click('save');
  expect(screen.getByTestId<HTMLButtonElement>('save').disabled).toBe(true);
  await fireEvent.submit(screen.getByTestId('record-form'));
  expect(save).toHaveBeenCalledOnce();
  arrive();
  expect(await told()).toBe('saved');
});

test('a record without a title, or with a seed that is none, cannot be saved', async () => {
  show();
  await click('new-totp');
  const button = screen.getByTestId<HTMLButtonElement>('save');
  await type('record-title', '  ');
  await type('record-totp', 'JBSWY3DPEHPK3PXP');
  expect(button.disabled).toBe(true);
  await type('record-title', 'Shop');
  expect(button.disabled).toBe(false);
  for (const seed of ['', 'JBSWY3DP 1', 'short', 'otpauth://hotp/x?secret=JBSWY3DPEHPK3PXP']) {
    await type('record-totp', seed);
    expect([seed, button.disabled]).toEqual([seed, true]);
  }
  expect(screen.getByRole('alert').textContent).toBeTruthy();
  expect(field('record-totp').getAttribute('aria-invalid')).toBe('true');
  await fireEvent.submit(screen.getByTestId('record-form'));
  expect(save).not.toHaveBeenCalled();
  await type('record-totp', ' jbsw y3dp-ehpk 3pxp ');
  expect(button.disabled).toBe(false);
  await click('save');
  expect(save.mock.calls[0]?.[0]).toMatchObject({ totp: 'jbsw y3dp-ehpk 3pxp' });
});

test('a record that is deleted is in the bin, and comes back where that is undone', async () => {
  show(entry('1', login('Shop')));
  await select('Shop');
  await click('delete');
  expect(await told()).toBe('binned');
  expect(bin).toHaveBeenLastCalledWith('1', true);
  expect(listed()).toEqual([]);
  expect(screen.queryByTestId('opened-title')).toBeNull();
  await click('undo');
  await vi.waitFor(() => expect(screen.getByTestId('told').dataset['told']).toBe('restored'));
  expect(bin).toHaveBeenLastCalledWith('1', false);
  expect(listed()).toEqual(['Shop']);
  expect(screen.queryByTestId('undo')).toBeNull();
});

test('the bin shows what is in it alone, and gives one back or removes one for good', async () => {
  show(
    entry('1', login('Shop'), { deleted: NOW }),
    entry('2', login('Bank'), { deleted: NOW }),
    entry('3', login('Post')),
  );
  expect(listed()).toEqual(['Post']);
  expect(screen.queryByTestId('empty-bin')).toBeNull();
  await only('bin');
  expect(listed()).toEqual(['Bank', 'Shop']);
  await select('Bank');
  expect(screen.queryByTestId('edit')).toBeNull();
  await click('restore');
  expect(await told()).toBe('restored');
  expect(listed()).toEqual(['Shop']);
  await select('Shop');
  await click('purge');
  expect(purge).not.toHaveBeenCalled();
  await click('purge-now');
  await vi.waitFor(() => expect(listed()).toEqual([]));
  expect(purge).toHaveBeenCalledExactlyOnceWith(['1']);
  await only('');
  expect(listed()).toEqual(['Bank', 'Post']);
});

test('the bin can be emptied as a whole, and only what is in it goes', async () => {
  const binned = Array.from({ length: 250 }, (_, at) => entry(`${at}`, login(`x ${at}`), { deleted: NOW }));
  show(...binned, entry('kept', login('Post')));
  await only('bin');
  await type('search', 'x 24');
  expect(listed()).toHaveLength(13);
  expect(screen.queryByTestId('empty-bin-now')).toBeNull();
  await click('empty-bin');
  expect(screen.getByRole('alert').textContent).toContain('250');
  // Asked, and not wanted.
  await click('empty-bin-not');
  expect(screen.queryByTestId('empty-bin-now')).toBeNull();
  await click('empty-bin');
  expect(purge).not.toHaveBeenCalled();
  await click('empty-bin-now');
  await vi.waitFor(() => expect(listed()).toEqual([]));
  await type('search', '');
  expect(listed()).toEqual([]);
  expect(purge).toHaveBeenCalledOnce();
  expect(new Set(purge.mock.calls[0]?.[0])).toEqual(new Set(binned.map(({ id }) => id)));
  expect([...vault.entries.keys()]).toEqual(['kept']);
});

test('what another page was faster with is told, and is not deleted', async () => {
  show(entry('1', login('Shop')));
  await select('Shop');
  bin.mockImplementationOnce(async () => {
    put(entry('1', login('Market'), { rev: 2 }));
    throw new Refused('stale');
  });
  await click('delete');
  expect((await screen.findByTestId('failed-save')).dataset['why']).toBe('stale');
  expect(screen.getByTestId('opened-title').textContent).toBe('Market');
});

test('secrets are hidden until they are shown, and hidden again on another record', async () => {
  const fields = [{ name: 'PIN', value: '4711' }];
  const { container } = show(
    entry('1', login('Shop', { username: 'alice', password: 'hunter2', fields })),
    entry('2', { ...empty('card'), title: 'Visa', number: '4111 1111 1111 1234', code: '987' } as Content),
  );
  await select('Shop');
  expect(container.textContent).not.toMatch(/hunter2|4711/);
  expect(screen.getByTestId('value-username').textContent).toBe('alice');
  await click('show-password');
  expect(screen.getByTestId('value-password').textContent).toBe('hunter2');
  expect(container.textContent).not.toContain('4711');
  await click('show-field-0');
  expect(screen.getByTestId('value-field-0').textContent).toBe('4711');
  await click('show-password');
  expect(container.textContent).not.toContain('hunter2');
  await click('show-password');
  await select('Visa');
  expect(container.textContent).not.toMatch(/4111|987/);
  expect(container.textContent).toContain('•••• 1234');
  await select('Shop');
  expect(container.textContent).not.toMatch(/hunter2|4711/);
});

test('a secret can be copied without being shown', async () => {
  const writeText = vi.fn<(text: string) => Promise<void>>(() => Promise.resolve());
  Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
  const { container } = show(entry('1', login('Shop', { password: 'hunter2' })));
  await select('Shop');
  await click('copy-password');
  expect(writeText).toHaveBeenCalledExactlyOnceWith('hunter2');
  expect(container.textContent).not.toContain('hunter2');
});

test('passwords and numbers are hidden in the form until they are shown', async () => {
  show(entry('1', login('Shop', { password: 'hunter2' })));
  await select('Shop');
  await click('edit');
  expect(field('record-password').type).toBe('password');
  await fireEvent.click(screen.getByRole('checkbox'));
  expect(field('record-password').type).toBe('text');
  await click('cancel');
  await click('new-card');
  expect([field('record-number').type, field('record-code').type]).toEqual(['password', 'password']);
});

test('an address that leads nowhere on the web is no link', async () => {
  show(
    entry('1', login('Shop', { addresses: ['shop.example/a', 'javascript:alert(1)', 'file:///etc/passwd'] })),
  );
  await select('Shop');
  const link = within(screen.getByTestId('line-address-0')).getByRole('link');
  expect(link.getAttribute('href')).toBe('https://shop.example/a');
  expect(link.getAttribute('rel')).toContain('noopener');
  for (const name of ['line-address-1', 'line-address-2'])
    expect(within(screen.getByTestId(name)).queryByRole('link')).toBeNull();
});

test('a seed gives its live code, and is not shown itself', async () => {
  const { container } = show(entry('1', login('Shop', { totp: 'JBSWY3DPEHPK3PXP' })));
  await select('Shop');
  await vi.waitFor(() => expect(screen.getByTestId('live-code').dataset['code']).toMatch(/^\d{6}$/));
  expect(container.textContent).not.toContain('JBSWY3DPEHPK3PXP');
});

test('while the hub is away, everything can be read and nothing changed', async () => {
  show(entry('1', login('Shop')), entry('2', login('Bank'), { deleted: NOW }));
  vault.standing = 'away';
  await tick();
  await select('Shop');
  const names = ['new-login', 'new-note', 'new-card', 'new-totp', 'edit', 'delete'];
  for (const name of names) expect(screen.getByTestId<HTMLButtonElement>(name).disabled).toBe(true);
  await only('bin');
  await select('Bank');
  for (const name of ['restore', 'purge', 'empty-bin'])
    expect(screen.getByTestId<HTMLButtonElement>(name).disabled).toBe(true);
});

test('a form that is open while the hub goes away keeps what was typed until it is back', async () => {
  show();
  await click('new-note');
  await type('record-title', 'Door');
  vault.standing = 'away';
  await tick();
  expect(screen.getByTestId<HTMLButtonElement>('save').disabled).toBe(true);
  expect(field('record-title').value).toBe('Door');
  vault.standing = 'current';
  await tick();
  await click('save');
  expect(await told()).toBe('saved');
});

test('what comes from another device is shown at once, and does not touch a form that is open', async () => {
  show(entry('1', login('Shop')));
  await select('Shop');
  put(entry('1', login('Market'), { rev: 2 }), entry('2', login('Bank')));
  await tick();
  expect(screen.getByTestId('opened-title').textContent).toBe('Market');
  expect(listed()).toEqual(['Bank', 'Market']);
  await click('edit');
  await type('record-username', 'alice');
  put(entry('1', login('Mall'), { rev: 3 }));
  await tick();
  expect([field('record-title').value, field('record-username').value]).toEqual(['Market', 'alice']);
});

test('another type of record that is begun while a form is open has a form of its own', async () => {
  show();
  await click('new-login');
  await click('new-card');
  expect(screen.queryByTestId('record-number')).not.toBeNull();
  expect(screen.queryByTestId('record-password')).toBeNull();
});

test('a new record that is begun while another is changed is no copy of it', async () => {
  show(entry('1', login('Shop', { password: 'hunter2' })));
  await select('Shop');
  await click('edit');
  await click('new-login');
  expect(field('record-title').value).toBe('');
});

test('what was typed into a form is not lost by a click beside it', async () => {
  show(entry('1', login('Shop')));
  await click('new-note');
  await type('record-title', 'Door');
  expect(screen.queryByTestId('leaving')).toBeNull();
  await select('Shop');
  expect(screen.queryByTestId('leaving')).not.toBeNull();
  expect(field('record-title').value).toBe('Door');
  await click('stay');
  expect(screen.queryByTestId('leaving')).toBeNull();
  expect(field('record-title').value).toBe('Door');
  await click('new-login');
  expect(screen.queryByTestId('record-password')).toBeNull();
  await click('save');
  expect(await told()).toBe('saved');
  expect(save.mock.calls[0]?.[0]).toMatchObject({ type: 'note', title: 'Door' });
  expect(screen.queryByTestId('leaving')).toBeNull();
});

test('what was typed into a form is given up where the user says so, and leads to what was clicked', async () => {
  show(entry('1', login('Shop')), entry('2', login('Bank')));
  await click('new-note');
  await type('record-title', 'Door');
  await select('Shop');
  await select('Bank');
  await click('give-up');
  expect(screen.getByTestId('opened-title').textContent).toBe('Bank');
  expect(screen.queryByTestId('record-form')).toBeNull();
  // Nothing was typed into the next one.
  await click('edit');
  await select('Shop');
  expect(screen.getByTestId('opened-title').textContent).toBe('Shop');
  await click('new-note');
  expect(field('record-title').value).toBe('');
  expect(save).not.toHaveBeenCalled();
});

test('a record that another device removes while it is open leaves a way back', async () => {
  const { container } = show(entry('1', login('Shop')));
  await select('Shop');
  vault.entries = new Map();
  await tick();
  // On a phone, the list stands behind what is open.
  const isOpened = container.querySelector('.records')!.classList.contains('opened');
  expect(isOpened && screen.queryByTestId('back') === null).toBe(false);
});

test('what another device has written while a form was open is not written over', async () => {
  // A hub that keeps what it is given, and two devices on it.
  const rows = new Map<string, Omit<Row, 'body'> & { body: string }>();
  let head = 0;
  vi.stubGlobal('fetch', async (path: string, { body }: { body: string }): Promise<Response> => {
    const given = JSON.parse(body) as { after?: number; changes?: string };
    const changes = JSON.parse(given.changes ?? '[]') as { id: string; after: number; body: string }[];
    if (changes.some(({ id, after }) => (rows.get(id)?.rev ?? 0) !== after))
      return Response.json({}, { status: 412 });
    for (const { id, after, body: sealed } of changes)
      rows.set(id, { seq: (head += 1), id, rev: after + 1, body: sealed });
    const found = [...rows.values()].filter(({ seq }) => seq > (given.after ?? 0));
    const part = path === '/vault/records' ? { rows: found, head } : {};
    return Response.json({ ...part, session: 's', time: NOW / 1000, policies: {} });
  });
  const text = toBase64Url(new Uint8Array(32).fill(7));
  const keys = await keysOf(text, text);
  const [here, there] = [0, 1].map(
    () => new Vault(keys, PLACE, 's', { now: () => NOW, renewed: () => undefined }),
  ) as [Vault, Vault];
  await here.load();
  await here.save(login('Shop', { password: 'old' }));
  await there.load();
  const [id] = [...here.entries.keys()];
  render(Records, { vault: here, onrefused: vi.fn() });
  await select('Shop');
  await click('edit');
  await there.save(login('Shop', { password: 'changed there' }), id);
  // As the page does every half minute.
  await here.sync(false);
  await type('record-username', 'typed here');
  await click('save');
  await told();
  const passwords = [...here.entries.values()].map(
    ({ content }) => content.type === 'login' && content.password,
  );
  expect(passwords).toContain('changed there');
});
