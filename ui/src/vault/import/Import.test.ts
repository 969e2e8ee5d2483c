import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import { empty, type Content, type Login } from '../records/record';
import { Refused } from '../records/remote';
import type { Keys } from '../records/seal';
import { Vault, type Entry } from '../records/vault.svelte';
import Import from './Import.svelte';

const HEADER = 'name,url,username,password,note';
const ROWS = [
  'Shop,https://shop.example,alice,pw1,',
  'Bank,https://bank.example,alice,pw2,mine',
  'Post,https://post.example,bob,pw3,',
];
const NOW = 1_700_000_000_000;

const login = (title: string, address: string, username: string, password: string): Content => ({
  ...(empty('login') as Login),
  title,
  addresses: [address],
  username,
  password,
});

let vault: Vault;
let add: ReturnType<typeof vi.fn<Vault['add']>>;
let sync: ReturnType<typeof vi.fn<Vault['sync']>>;
let made = 0;

const put = (contents: Content[], more: Partial<Entry> = {}): void => {
  const entries = new Map(vault.entries);
  for (const content of contents) {
    const id = `made-${(made += 1)}`;
    entries.set(id, { id, rev: 1, content, created: NOW, changed: NOW, ...more });
  }
  vault.entries = entries;
};

/** A vault that takes what it is given. */
beforeEach(() => {
  const place = { organisation: 'org', connection: 'con', account: 'acc' };
  vault = new Vault({} as Keys, place, 'session', { now: () => NOW, renewed: () => undefined });
  add = vi.spyOn(vault, 'add').mockImplementation(async (contents, told) => {
    put(contents);
    told(contents.length);
  });
  sync = vi.spyOn(vault, 'sync').mockResolvedValue();
});

const show = () => {
  const [onrefused, ondone] = [vi.fn<(refused: Refused) => void>(), vi.fn<() => void>()];
  render(Import, { vault, onrefused, ondone });
  return { onrefused, ondone };
};
const give = (file: File): Promise<boolean> =>
  fireEvent.change(screen.getByTestId('import-file'), { target: { files: [file] } });
const choose = async (text: string | Uint8Array<ArrayBuffer>, name = 'export.csv'): Promise<void> => {
  await give(new File([text], name));
  await screen.findByTestId('import-vendor');
};
const totals = (): (string | undefined)[] =>
  ['new', 'duplicate', 'error'].map((kind) => screen.getByTestId(`total-${kind}`).dataset['count']);
const problem = async (): Promise<string | undefined> =>
  (await screen.findByTestId('import-problem')).dataset['why'];
const bring = (): Promise<boolean> => fireEvent.click(screen.getByTestId('bring'));
const given = (): string[] => (add.mock.lastCall?.[0] ?? []).map(({ title }) => title);
const csv = (...rows: string[]): string => [HEADER, ...rows].join('\r\n');

test('what would come of a file is shown before anything is written', async () => {
  put([login('Shop', 'https://shop.example', 'alice', 'pw1')]);
  show();
  await choose(csv(...ROWS, 'Broken,https://x.example', 'Stray,"a"b,c,d,', ',,,,'));
  const vendor = screen.getByTestId('import-vendor');
  expect(vendor.dataset['vendor']).toBe('chrome');
  expect(vendor.textContent).toContain('export.csv');
  expect(totals()).toEqual(['2', '1', '3']);
  const errors = screen.getAllByTestId('error-line').map(({ dataset }) => [dataset['line'], dataset['code']]);
  expect(errors).toEqual([
    ['5', 'cells'],
    ['6', 'quote'],
    ['7', 'empty'],
  ]);
  const preview = screen.getByTestId('preview').textContent!;
  expect(preview).toContain('Bank');
  expect(preview).not.toContain('Shop');
  expect(preview).not.toContain('pw2');
  expect(add).not.toHaveBeenCalled();
});

test('a file in Shift_JIS is read, and a file that is damaged is said to be', async () => {
  show();
  const name = [0x93, 0x8c, 0x8b, 0x9e];
  const rest = [...new TextEncoder().encode(',https://shop.example,alice,pw,')];
  await choose(new Uint8Array([...new TextEncoder().encode(`${HEADER}\n`), ...name, ...rest]));
  expect(screen.getByTestId('preview').textContent).toContain('東京');
  expect(screen.getByTestId('import-vendor').textContent).toContain('shift_jis');
  expect(screen.queryByRole('alert')).toBeNull();
  const mark = [0xef, 0xbb, 0xbf];
  await choose(new Uint8Array([...mark, ...new TextEncoder().encode(`${HEADER}\nShop`), 0xff, ...rest]));
  expect((await screen.findByRole('alert')).textContent).toContain('cannot be read');
});

test('a file with nothing in it, or one that is too large, is not taken', async () => {
  show();
  await give(new File([''], 'empty.csv'));
  expect(await problem()).toBe('empty');
  const large = new File(['x'], 'large.csv');
  Object.defineProperty(large, 'size', { value: 20 * 1024 * 1024 + 1 });
  await give(large);
  await vi.waitFor(async () => expect(await problem()).toBe('large'));
  expect(screen.queryByTestId('bring')).toBeNull();
  await choose(csv(...ROWS));
  expect(screen.queryByTestId('import-problem')).toBeNull();
});

test('another mapping makes another plan', async () => {
  show();
  await choose('service,who,code word\nShop,alice,pw1\nBank,alice,pw2');
  expect(screen.getByTestId('import-vendor').dataset['vendor']).toBe('generic');
  const targets = (): string[] =>
    [0, 1, 2].map((at) => screen.getByTestId<HTMLSelectElement>(`target-${at}`).value);
  const proposed = targets();
  expect(proposed).toEqual(['title', 'field', 'field']);
  const preview = (): string => screen.getByTestId('preview').textContent!;
  expect(preview()).not.toContain('alice');
  await fireEvent.change(screen.getByTestId('target-1'), { target: { value: 'username' } });
  await fireEvent.change(screen.getByTestId('target-2'), { target: { value: 'password' } });
  expect(targets()).toEqual(['title', 'username', 'password']);
  expect(preview()).toContain('alice');
  await bring();
  await screen.findByTestId('imported');
  const bare = { ...(empty('login') as Login), username: 'alice' };
  expect(add.mock.calls[0]?.[0]).toEqual([
    { ...bare, title: 'Shop', password: 'pw1' },
    { ...bare, title: 'Bank', password: 'pw2' },
  ]);
});

test('a mapping by which nothing can come brings nothing', async () => {
  show();
  await choose('service,who\nShop,alice');
  for (const at of [0, 1])
    await fireEvent.change(screen.getByTestId(`target-${at}`), { target: { value: 'ignore' } });
  expect(totals()).toEqual(['0', '0', '1']);
  expect(screen.getByTestId<HTMLButtonElement>('bring').disabled).toBe(true);
});

test('only what is new is brought, and what is in the bin counts as new', async () => {
  put([login('Shop', 'https://shop.example', 'alice', 'pw1')]);
  put([login('Post', 'https://post.example', 'bob', 'pw3')], { deleted: NOW });
  const { ondone } = show();
  await choose(csv(...ROWS, ROWS[1]!, 'Broken,x'));
  expect(totals()).toEqual(['2', '2', '1']);
  await bring();
  const imported = await screen.findByTestId('imported');
  expect([imported.dataset['added'], imported.dataset['left']]).toEqual(['2', '1']);
  expect(given()).toEqual(['Bank', 'Post']);
  expect(ondone).toHaveBeenCalledOnce();
  expect(screen.queryByTestId('bring')).toBeNull();
});

test('what is there already comes, too, where that is asked for', async () => {
  put([login('Shop', 'https://shop.example', 'alice', 'pw1')]);
  show();
  await choose(csv(ROWS[0]!));
  expect(screen.getByTestId<HTMLButtonElement>('bring').disabled).toBe(true);
  await fireEvent.click(screen.getByTestId('twice'));
  await bring();
  await screen.findByTestId('imported');
  expect(given()).toEqual(['Shop']);
});

test('a file that was brought once has nothing new in it', async () => {
  show();
  await choose(csv(...ROWS));
  await bring();
  await screen.findByTestId('imported');
  await choose(csv(...ROWS));
  expect(totals()).toEqual(['0', '3', '0']);
});

test('it is told how far it is, and no other file can be chosen meanwhile', async () => {
  let go = (_done: number): void => undefined;
  let end = (): void => undefined;
  add.mockImplementation(
    (contents, told) =>
      new Promise((resolve) => {
        go = (done) => {
          put(contents.slice(0, done));
          told(done);
        };
        end = () => resolve();
      }),
  );
  show();
  await choose(csv(...ROWS));
  await bring();
  await vi.waitFor(() => expect(add).toHaveBeenCalledOnce());
  go(2);
  await vi.waitFor(() => expect(screen.getByRole<HTMLProgressElement>('progressbar').value).toBe(2));
  expect(screen.getByRole<HTMLProgressElement>('progressbar').max).toBe(3);
  expect(screen.getByTestId<HTMLInputElement>('import-file').disabled).toBe(true);
  end();
  expect((await screen.findByTestId('imported')).dataset['added']).toBe('3');
});

/** The vault takes so many records, and then the hub is away. */
const cutOff = (after: number): void =>
  void add.mockImplementationOnce(async (contents, told) => {
    put(contents.slice(0, after));
    told(after);
    throw new Refused('away');
  });

test('an import that is cut off says so, and a second try brings only the rest', async () => {
  const { onrefused, ondone } = show();
  await choose(csv(...ROWS));
  cutOff(2);
  await bring();
  expect(await problem()).toBe('away');
  expect([onrefused.mock.calls, ondone.mock.calls]).toEqual([[], []]);
  expect(totals()).toEqual(['1', '2', '0']);
  await bring();
  expect((await screen.findByTestId('imported')).dataset['added']).toBe('1');
  expect(given()).toEqual(['Post']);
  expect([...vault.entries.values()].map(({ content }) => content.title).sort()).toEqual([
    'Bank',
    'Post',
    'Shop',
  ]);
});

test('what the service does not take is not said to be cut off', async () => {
  show();
  await choose(csv(...ROWS));
  add.mockRejectedValueOnce(new Refused('wrong'));
  await bring();
  expect(await problem()).toBe('wrong');
  expect(screen.getByTestId('import-problem').textContent?.trim()).not.toContain('vault.import');
});

test('a vault that is closed meanwhile is told to the page', async () => {
  const { onrefused } = show();
  await choose(csv(...ROWS));
  const refused = new Refused('closed');
  add.mockRejectedValueOnce(refused);
  await bring();
  await vi.waitFor(() => expect(onrefused).toHaveBeenCalledExactlyOnceWith(refused));
});

test('the lines that were not taken can be saved as a file, before the import and after it', async () => {
  const saved: Blob[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
  URL.createObjectURL = (blob) => `blob:${saved.push(blob as Blob)}`;
  URL.revokeObjectURL = () => undefined;
  show();
  await choose(csv(...ROWS, 'Broken,https://x.example', ROWS[0]!));
  await fireEvent.click(screen.getByTestId('save-rest'));
  await bring();
  await screen.findByTestId('imported');
  await fireEvent.click(screen.getByTestId('save-rest'));
  expect(saved).toHaveLength(2);
  for (const blob of saved) expect(await blob.text()).toBe(`${HEADER}\r\nBroken,https://x.example\r\n`);
});

test('what has come through unseen, or from another device, is known before it is brought', async () => {
  show();
  await choose(csv(...ROWS));
  sync.mockImplementationOnce(async () => put([login('Shop', 'https://shop.example', 'alice', 'pw1')]));
  await bring();
  expect((await screen.findByTestId('imported')).dataset['added']).toBe('2');
  expect(sync).toHaveBeenCalledExactlyOnceWith(true);
  expect(given()).toEqual(['Bank', 'Post']);
});

test('where all of it has come through unseen, nothing is brought', async () => {
  show();
  await choose(csv(ROWS[0]!));
  sync.mockImplementationOnce(async () => put([login('Shop', 'https://shop.example', 'alice', 'pw1')]));
  await bring();
  await vi.waitFor(() => expect(totals()).toEqual(['0', '1', '0']));
  expect(add).not.toHaveBeenCalled();
});

test('once a second try has come through, it is not said any more that it was cut off', async () => {
  show();
  await choose(csv(...ROWS));
  cutOff(2);
  await bring();
  await problem();
  await bring();
  await screen.findByTestId('imported');
  expect(screen.queryByTestId('import-problem')).toBeNull();
});

test('a file that is not taken does not leave the one before it to be brought', async () => {
  show();
  await choose(csv(...ROWS));
  await give(new File([''], 'empty.csv'));
  await problem();
  expect(screen.queryByTestId('bring')).toBeNull();
});
