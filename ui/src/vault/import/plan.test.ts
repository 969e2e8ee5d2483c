// @vitest-environment node
import { expect, test } from 'vitest';
import { empty, type Content } from '../records/record';
import { notTaken, plan, type Plan } from './plan';
import { readExport } from './vendors';

const planOf = (text: string, existing: Content[] = []): Plan => {
  const { table, mapping } = readExport(text);
  return plan(table, mapping, existing);
};

const HEADER = 'title,url,username,password,totp,notes,department';

/** The plan of one row under the header above. */
const one = (row: string): Plan['rows'][number] => planOf(`${HEADER}\n${row}`).rows[0]!;

test('a row that the vault has, or the file before it, is a duplicate', () => {
  const had = {
    ...empty('login'),
    title: 'Shop ',
    username: 'alice',
    password: 'pw',
    addresses: ['https://shop.example', 'https://other.example'],
  } as Content;
  const rows = [
    'Shop,https://shop.example,alice,pw,,other notes,',
    'Shop,https://shop.example,alice,"pw ",,,',
    ' Shop ,https://shop.example,alice,"pw ",,,',
    'Shop,https://shop.example,bob,pw,,,',
  ];
  const { rows: planned, totals } = planOf([HEADER, ...rows].join('\n'), [had]);
  expect(planned.map((row) => (row.kind === 'duplicate' ? row.of : row.kind))).toEqual([
    'vault',
    'new',
    3,
    'new',
  ]);
  expect(totals).toEqual({ new: 2, duplicate: 2, error: 0 });
});

test('a file that was taken once has nothing new', () => {
  const text = `${HEADER}\n,,,pw,,,\nDoor,,,,,1234,\nCode,,alice,,jbsw y3dp-ehpk 3pxp,,\nShop,shop.example,alice,pw,,,`;
  const taken = planOf(text).rows.flatMap((row) => (row.kind === 'new' ? [row.content] : []));
  expect(taken.map(({ type }) => type)).toEqual(['login', 'note', 'totp', 'login']);
  expect(planOf(text, taken).totals).toEqual({ new: 0, duplicate: 4, error: 0 });
});

test('notes and cards with one title are the same only with the same text and numbers', () => {
  expect(
    planOf('title,notes,card number\nA,x,\nA,y,\nA,x,\nB,,1\nB,,2').rows.map(({ kind }) => kind),
  ).toEqual(['new', 'new', 'duplicate', 'new', 'new']);
});

test('passwords are left as they are, and all else is trimmed', () => {
  expect(one(' Shop , https://shop.example , alice , pw ,, n , d ')).toMatchObject({
    kind: 'new',
    content: {
      title: 'Shop',
      addresses: ['https://shop.example'],
      username: 'alice',
      password: ' pw ',
      notes: 'n',
      fields: [{ name: 'department', value: 'd' }],
    },
  });
});

test('a row without a title is named by its address, its user, or its line', () => {
  expect(one(',https://user@www.shop.example:8443/a,alice,pw,,,')).toMatchObject({
    content: { title: 'www.shop.example' },
  });
  expect(one(',shop.example/login,,pw,,,')).toMatchObject({ content: { title: 'shop.example' } });
  expect(one(',/odd,,pw,,,')).toMatchObject({ content: { title: '/odd' } });
  expect(one(',,alice,pw,,,')).toMatchObject({ content: { title: 'alice' } });
  expect(one(',,,pw,,,')).toMatchObject({ content: { type: 'login', title: '#2' } });
  expect(one(',,,,,text,')).toMatchObject({ content: { type: 'note', title: '#2' } });
});

test('a row with nothing in it is reported', () => {
  expect(one(', ,,,,,')).toEqual({ kind: 'error', line: 2, code: 'empty', args: {}, raw: ', ,,,,,' });
});

test('a seed is base32 or an address of its own, or else it is reported', () => {
  for (const seed of [
    'JBSWY3DPEHPK3PXP',
    'jbsw y3dp-ehpk 3pxp',
    'JBSWY3DPEHPK3===',
    'otpauth://totp/a?secret=JBSWY3DPEHPK3PXP',
  ]) {
    expect(one(`A,,alice,pw,${seed},,`)).toMatchObject({ kind: 'new', content: { totp: seed } });
  }
  for (const seed of [
    '123456',
    'otpauth:',
    '---',
    'JBSWY3DP====',
    'JBSWY3DPEHPK',
    'JBSWY3DPEHPK3PX1',
    'otpauth://totp/a?secret=JBSWY3DP',
    'otpauth://totp/a',
  ]) {
    expect(one(`A,,alice,pw,${seed},,`)).toMatchObject({
      kind: 'error',
      code: 'totp',
      args: { column: 'totp' },
    });
  }
});

test('a seed whose codes are not made here is kept as a field', () => {
  for (const seed of ['steam://JBSWY3DPEHPK3PXP', 'otpauth://hotp/a?secret=JBSWY3DPEHPK3PXP'])
    expect(one(`A,,alice,pw,${seed},,`)).toMatchObject({
      kind: 'new',
      content: { password: 'pw', totp: '', fields: [{ name: 'totp', value: seed }] },
    });
});

test('a value is as long as a record can hold, and reported with its column where it is longer', () => {
  expect(one(`A,,,${'p'.repeat(20_000)},,${'n'.repeat(30_000)},`).kind).toBe('new');
  expect(one(`A,,,,,${'n'.repeat(60_001)},`)).toMatchObject({
    code: 'long',
    args: { column: 'notes', limit: 60_000 },
  });
});

test('a record that is too long as a whole is reported with its longest column', () => {
  // Octets, not letters: each of these is three.
  const names = Array.from({ length: 20 }, (_, at) => `extra ${at}`);
  const row = (letters: number): string =>
    `A,${names.map((_, at) => '東'.repeat(at === 3 ? letters + 1 : letters)).join(',')}`;
  const planned = (letters: number): Plan['rows'][number] =>
    planOf(`title,${names.join(',')}\n${row(letters)}`).rows[0]!;
  expect(planned(900)).toMatchObject({ kind: 'new' });
  const long = planned(1100);
  expect(long).toMatchObject({
    kind: 'error',
    line: 2,
    code: 'long',
    args: { column: 'extra 3', limit: 60_000 },
    raw: row(1100),
  });
  expect(long.kind === 'error' && Number((long.args as { length?: number }).length)).toBeGreaterThan(60_000);
});

test('the rows that are not taken are a file with the header, as they stood', () => {
  const text = `${HEADER}\r\nShop,,alice,pw,,,\r\nA,,,pw,?,"x\r\ny",\r\nB,"C\r\n,,,,,,\r\n`;
  const { table, mapping } = readExport(text);
  const planned = plan(table, mapping, []);
  expect(planned.totals).toEqual({ new: 1, duplicate: 0, error: 3 });
  expect(notTaken(planned, table)).toBe(`${HEADER}\r\nA,,,pw,?,"x\r\ny",\r\nB,"C\r\n,,,,,,\r\n`);
});

test('a thousand lines with faults: each is in one place, and the errors have their lines', () => {
  const wrong = new Map<number, string>();
  const lines = Array.from({ length: 1000 }, (_, at) => {
    const [line, title] = [at + 2, `Shop ${at}`];
    const fault = (code: string, text: string): string => {
      wrong.set(line, code);
      return text;
    };
    if (at % 50 === 7) return fault('cells', `${title},https://shop.example,alice`);
    if (at % 50 === 11) return fault('cells', `${title},,,pw,,,,,more`);
    if (at % 50 === 13) return fault('quote', `"${title}","https://shop.example","alice`);
    if (at % 50 === 17) return fault('quote', `${title},,al"ice,pw,,,`);
    if (at % 50 === 19) return fault('empty', ',,,,,,');
    if (at % 50 === 23) return fault('totp', `${title},,alice,pw,??,,`);
    if (at % 50 === 29) return fault('long', `${title},,alice,${'x'.repeat(60_001)},,,`);
    if (at % 50 === 31) return 'Same,https://shop.example,alice,pw,,,';
    return `"${title}","https://shop.example","alice","p""w ${at}",,,`;
  });
  const { rows, totals } = planOf([HEADER, ...lines].join('\r\n'));
  expect(totals).toEqual({ new: 1000 - 20 * 8 + 1, duplicate: 19, error: 140 });
  expect(totals.new + totals.duplicate + totals.error).toBe(lines.length);
  expect(rows.map(({ line }) => line)).toEqual(lines.map((_, at) => at + 2));
  expect(rows.flatMap((row) => (row.kind === 'error' ? [[row.line, row.code]] : []))).toEqual([...wrong]);
  const first = rows.find(({ kind }) => kind === 'duplicate');
  expect(first).toMatchObject({ line: 83, of: 33 });
});

test('ten thousand lines are planned at once', () => {
  const lines = Array.from(
    { length: 10_000 },
    (_, at) => `"Shop ${at % 9000}",https://shop.example,alice,"p,w",,"a\nb",x`,
  );
  const text = [HEADER, ...lines].join('\n');
  const began = performance.now();
  const { totals, rows } = planOf(text);
  expect(performance.now() - began).toBeLessThan(3000);
  expect(totals).toEqual({ new: 9000, duplicate: 1000, error: 0 });
  expect(rows.at(-1)?.line).toBe(20_000);
});
