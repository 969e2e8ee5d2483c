// @vitest-environment node
import { expect, test } from 'vitest';
import { read, rest, SEPARATORS, textOf, type Separator } from './csv';

/** Random numbers below a bound that are the same in each run. */
const seeded = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

const PIECES = [
  'a',
  'Z',
  '"',
  '""',
  ',',
  ';',
  '\t',
  '\n',
  '\r',
  '\r\n',
  ' ',
  '\\',
  '\\"',
  '鍵',
  '😀',
  '=1',
  '',
];

const randomText = (below: (bound: number) => number): string =>
  Array.from({ length: below(8) }, () => PIECES[below(PIECES.length)]).join('');

const written = (rows: string[][], separator: Separator, end: string, always: () => boolean): string =>
  rows
    .map((row) =>
      row
        .map((cell) =>
          always() || /[",;\t\r\n]/.test(cell) || (row.length === 1 && cell === '')
            ? `"${cell.replaceAll('"', '""')}"`
            : cell,
        )
        .join(separator),
    )
    .join(end);

test('any table that is written as CSV comes back cell by cell, with each separator', () => {
  const below = seeded(20250101);
  for (let turn = 0; turn < 600; turn += 1) {
    const separator = SEPARATORS[turn % SEPARATORS.length]!;
    const width = 1 + below(6);
    const header = Array.from({ length: width }, (_, at) => `column ${at}`);
    const cells = Array.from({ length: below(12) }, () =>
      Array.from({ length: width }, () => randomText(below)),
    );
    const end = ['\n', '\r\n', '\r'][below(3)]!;
    const text = written([header, ...cells], separator, end, () => below(3) === 0) + (below(2) ? end : '');
    const table = read(text);
    expect(table.errors).toEqual([]);
    expect(table.header).toEqual(header);
    expect(table.rows.map((row) => row.cells)).toEqual(cells);
    if (width > 1) expect(table.separator).toBe(separator);
    let at = table.head.length;
    for (const { line, raw } of table.rows) {
      at = text.indexOf(raw, at);
      expect(line).toBe(text.slice(0, at).split(/\r\n|\n|\r/).length);
      at += raw.length;
    }
  }
});

test('a header of any names comes back where the separator is given', () => {
  const below = seeded(7);
  for (let turn = 0; turn < 300; turn += 1) {
    const separator = SEPARATORS[turn % SEPARATORS.length]!;
    const rows = Array.from({ length: 4 }, () => Array.from({ length: 3 }, () => randomText(below)));
    const table = read(
      written(rows, separator, '\r\n', () => false),
      { separator },
    );
    expect([table.header, ...table.rows.map(({ cells }) => cells)]).toEqual(rows);
  }
});

test('every text is read, and each of its lines is in one place', () => {
  const below = seeded(99);
  for (let turn = 0; turn < 600; turn += 1) {
    const text = `a,b\n${Array.from({ length: 12 }, () => randomText(below)).join('')}`;
    const { head, rows, errors } = read(text, { separator: ',' });
    const raws = [...rows, ...errors].sort((one, other) => one.line - other.line).map(({ raw }) => raw);
    const visible = (part: string): string => part.replaceAll(/[\r\n]/g, '');
    expect(visible([head, ...raws].join(''))).toBe(visible(text));
  }
});

test('rows are numbered by the lines of the file, with blank lines and lines within quotes', () => {
  const text = '\uFEFFa,b\r\n\r\n1,"x\r\ny\r\nz"\r\n\r\n2,3\r\n';
  const { header, rows } = read(text);
  expect(header).toEqual(['a', 'b']);
  expect(rows).toEqual([
    { line: 3, cells: ['1', 'x\r\ny\r\nz'], raw: '1,"x\r\ny\r\nz"' },
    { line: 7, cells: ['2', '3'], raw: '2,3' },
  ]);
});

test('old line breaks and doubled ones are read', () => {
  expect(read('a,b\r1,2\r3,4').rows.map(({ line }) => line)).toEqual([2, 3]);
  expect(read('a,b\r\r\n1,2\r\r\n3,4').rows.map(({ cells }) => cells)).toEqual([
    ['1', '2'],
    ['3', '4'],
  ]);
});

test('the separator is the one of the header, or the one that a line before it names', () => {
  expect(read('name;url\n"a,b";c').rows[0]?.cells).toEqual(['a,b', 'c']);
  expect(read('"name,url"\tuser\nx\ty').header).toEqual(['name,url', 'user']);
  expect(read('sep=;\na,b;c\n1;2')).toMatchObject({
    header: ['a,b', 'c'],
    rows: [{ line: 3, cells: ['1', '2'] }],
  });
});

test('a row with too many or too few cells is reported and kept', () => {
  const { rows, errors } = read('a,b\n1,2\n1,2,3\nx\n\n5,6');
  expect(rows.map(({ line }) => line)).toEqual([2, 6]);
  expect(errors).toEqual([
    { line: 3, code: 'cells', args: { expected: 2, found: 3 }, raw: '1,2,3' },
    { line: 4, code: 'cells', args: { expected: 2, found: 1 }, raw: 'x' },
  ]);
});

test('a quote that is not closed costs one row, not the rest of the file', () => {
  const { rows, errors } = read('a,b\n"1","2\n"3","4"\n5,"6\n7,8\n9,10');
  expect(rows.map(({ line }) => line)).toEqual([3, 5, 6]);
  expect(errors).toEqual([
    { line: 2, code: 'quote', args: { kind: 'unclosed' }, raw: '"1","2' },
    { line: 4, code: 'quote', args: { kind: 'unclosed' }, raw: '5,"6' },
  ]);
});

test('a quote that is not closed is reported with the line where it was opened', () => {
  const { errors } = read('a,b\n"1\n2","3\n4,5');
  expect(errors).toEqual([{ line: 3, code: 'quote', args: { kind: 'unclosed' }, raw: '"1\n2","3' }]);
});

test('a quote within a cell, and text after one, are reported and kept', () => {
  const { rows, errors } = read('a,b\n1,x"y\n"2"z,3\n4,5');
  expect(rows.map(({ line }) => line)).toEqual([4]);
  expect(errors.map(({ line, code, args, raw }) => [line, code, args, raw])).toEqual([
    [2, 'quote', { kind: 'stray' }, '1,x"y'],
    [3, 'quote', { kind: 'stray' }, '"2"z,3'],
  ]);
});

test('what was not read is a file of its own, which has the same faults when it is read again', () => {
  const table = read('"a","b"\r\n1,2\r\n1,2,3\r\nx"y,1\r\n"z\n');
  expect(rest(table)).toBe('"a","b"\r\n1,2,3\r\nx"y,1\r\n"z\r\n');
  expect(read(rest(table)).errors.map(({ code }) => code)).toEqual(['cells', 'quote', 'quote']);
});

test('a header that cannot be read leaves the whole file to be saved', () => {
  const table = read('"a,b\n1,2\n');
  expect(table).toMatchObject({ header: [], head: '', rows: [] });
  expect(rest(table)).toBe('"a,b\r\n1,2\r\n');
});

test('an empty file has nothing', () => {
  expect(read('')).toMatchObject({ header: [], rows: [], errors: [] });
  expect(read('\uFEFF\r\n\r\n')).toMatchObject({ header: [], rows: [], errors: [] });
});

test('ten thousand lines are read at once, and as many quotes that nothing closes', () => {
  const lines = Array.from(
    { length: 10_000 },
    (_, at) => `"name ${at}","https://${at}.example/","a ""b"" ${at}"`,
  );
  const began = performance.now();
  const table = read(['name,url,password', ...lines].join('\n'));
  const broken = read(['name,url', ...lines.map((_, at) => `"${at},x`)].join('\n'));
  expect(performance.now() - began).toBeLessThan(3000);
  expect(table.rows).toHaveLength(10_000);
  expect(table.rows.at(-1)).toMatchObject({
    line: 10_001,
    cells: ['name 9999', 'https://9999.example/', 'a "b" 9999'],
  });
  expect(broken.errors).toHaveLength(10_000);
  expect(broken.errors.at(-1)?.line).toBe(10_001);
});

const utf16 = (text: string, little: boolean): Uint8Array => {
  const bytes = new Uint8Array(2 * text.length);
  for (let at = 0; at < text.length; at += 1)
    new DataView(bytes.buffer).setUint16(2 * at, text.charCodeAt(at), little);
  return bytes;
};

test('the encoding is told by the mark, or by what is valid', () => {
  const text = 'name,パスワード';
  expect(textOf(new TextEncoder().encode(text))).toEqual({ text, encoding: 'utf-8', damaged: false });
  expect(textOf(new TextEncoder().encode(`\uFEFF${text}`)).text).toBe(text);
  expect(textOf(utf16(`\uFEFF${text}`, true))).toEqual({ text, encoding: 'utf-16le', damaged: false });
  expect(textOf(utf16(`\uFEFF${text}`, false))).toEqual({ text, encoding: 'utf-16be', damaged: false });
});

test('what a Japanese spreadsheet writes is read, with the characters that only Windows has', () => {
  const bytes = Uint8Array.of(0x83, 0x81, 0x83, 0x82, 0x2c, 0x87, 0x40, 0xfb, 0xfc, 0x5c, 0xb1);
  expect(textOf(bytes)).toEqual({ text: 'メモ,①髙\\ｱ', encoding: 'shift_jis', damaged: false });
});

test('bytes that are neither are those of a western spreadsheet', () => {
  expect(textOf(Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x0a))).toMatchObject({
    text: 'café\n',
    encoding: 'windows-1252',
  });
});

test('a file that is not what its mark says is called damaged', () => {
  expect(textOf(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xff))).toEqual({
    text: 'a\uFFFD',
    encoding: 'utf-8',
    damaged: true,
  });
});
