import { afterEach, expect, test, vi } from 'vitest';
import { ask, nameOf, read } from './leads';

afterEach(() => vi.unstubAllGlobals());

test('of an e-mail address the domain alone is read, as a browser looks it up', () => {
  for (const [typed, domain] of [
    ['alice@example.com', 'example.com'],
    [' Alice.Ng+x@EXAMPLE.co.jp ', 'example.co.jp'],
    ['ａｌｉｃｅ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'example.com'],
    ['太郎@例え.jp', 'xn--r8jz45g.jp'],
    ['"a@b"@example.com', 'example.com'],
  ] as const) {
    expect(read(typed), typed).toEqual({ domain });
  }
});

test('what is neither an address nor a name is not asked for', () => {
  for (const typed of [
    '',
    '@',
    'alice@',
    '@example.com',
    'alice@localhost',
    'alice@a b',
    'alice@x.jp/y',
    'a@x.jp:8',
    'a/b',
    'ab',
  ]) {
    expect(read(typed), typed).toBeUndefined();
  }
  expect(read('Example-Tokyo')).toEqual({ name: 'example-tokyo' });
});

test('a deep link names the Enterprise Domain', () => {
  expect(nameOf('/to/example-tokyo')).toBe('example-tokyo');
  expect(nameOf('/to/example%2Dtokyo/')).toBe('example-tokyo');
  for (const path of ['/', '/to/', '/to/a/b', '/to/%E0%A4%A']) expect(nameOf(path), path).toBeUndefined();
});

const answers = (status: number, body: unknown) => {
  const fetched = vi.fn(async () => new Response(JSON.stringify(body), { status }));
  vi.stubGlobal('fetch', fetched);
  return fetched;
};

test('the hub is asked without cookies, and only a page by https is a lead', async () => {
  const lead = { vault: 'https://sso.example.com/vault/', idp: 'login.example.com' };
  const fetched = answers(200, lead);
  expect(await ask({ domain: 'example.com' })).toEqual({ kind: 'lead', lead });
  expect(fetched).toHaveBeenCalledWith(
    '/v1/leads?domain=example.com',
    expect.objectContaining({ credentials: 'omit' }),
  );
  for (const vault of ['http://sso.example.com/', 'javascript:alert(1)', 7]) {
    answers(200, { vault });
    expect(await ask({ name: 'a' })).toEqual({ kind: 'failed' });
  }
  answers(404, {});
  expect(await ask({ name: 'a' })).toEqual({ kind: 'unknown' });
  answers(500, {});
  expect(await ask({ name: 'a' })).toEqual({ kind: 'failed' });
});

test('a text with a dot is a mail domain first, and a name where nobody has that domain', async () => {
  const lead = { vault: 'https://sso.example.com/vault/' };
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (address: string) => {
    asked.push(address);
    const known = address.includes('name=') || address.includes('domain=victim.example');
    return new Response(JSON.stringify(lead), { status: known ? 200 : 404 });
  });
  expect(await ask({ name: 'victim.example' })).toEqual({ kind: 'lead', lead });
  expect(asked).toEqual(['/v1/leads?domain=victim.example']);
  expect(await ask({ name: 'office.tokyo' })).toEqual({ kind: 'lead', lead });
  expect(asked.slice(1)).toEqual(['/v1/leads?domain=office.tokyo', '/v1/leads?name=office.tokyo']);
});
