// @vitest-environment node
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import { afterEach, expect, test, vi } from 'vitest';
import { fromBase64Url, toBase64Url } from './bytes';
import { challengeOf, infoBytes, type Info } from './handover';
import { takeDirect } from './sign-in';

type Body = Record<'handle' | 'code_challenge' | 'page_key' | 'state' | 'code' | 'code_verifier', string>;

const suite = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

/** What the service seals for whoever has asked. */
const sealed = async (asked: Body): Promise<object> => {
  const info: Info = {
    organisation: 'org',
    connection: 'con',
    subject: 'alice@example.com',
    redirect_uri: 'https://sso.example/vault/',
    flow: asked.state,
  };
  const key = await suite.kem.importKey('raw', fromBase64Url(asked.page_key).buffer, true);
  const inside = new TextEncoder().encode(JSON.stringify({ email: 'alice@example.com' }));
  const { enc, ct } = await suite.seal({ recipientPublicKey: key, info: infoBytes(info) }, inside);
  return { enc: toBase64Url(new Uint8Array(enc)), ciphertext: toBase64Url(new Uint8Array(ct)), info };
};

/** A service with something under the handle `h`. */
const service = () => {
  const asked: [string, Body][] = [];
  const replaceState = vi.fn();
  vi.stubGlobal('location', { origin: 'https://sso.example', pathname: '/vault/' });
  vi.stubGlobal('history', { replaceState });
  vi.stubGlobal('fetch', async (path: string, { body }: { body: string }): Promise<Response> => {
    const said = JSON.parse(body) as Body;
    asked.push([path, said]);
    if (path === '/vault/redeem') return Response.json(await sealed(asked[0]![1]));
    return said.handle === 'h' ? Response.json({ code: 'c' }) : new Response('{}', { status: 403 });
  });
  return { asked, replaceState };
};

afterEach(() => vi.unstubAllGlobals());

test('what waits is asked for with a key and a challenge of this page’s own, and opened by it', async () => {
  const { asked, replaceState } = service();
  expect(await takeDirect('h')).toMatchObject({ kind: 'user', user: { email: 'alice@example.com' } });
  const [[first, direct], [second, redeem]] = asked as [[string, Body], [string, Body]];
  expect([first, second, redeem.code]).toEqual(['/vault/direct', '/vault/redeem', 'c']);
  expect(direct.code_challenge).toBe(await challengeOf(redeem.code_verifier));
  expect(replaceState).toHaveBeenCalledWith(null, '', '/vault/');
});

test('two pages that ask have nothing in common', async () => {
  const { asked } = service();
  await takeDirect('none');
  await takeDirect('none');
  const [one, other] = asked.map(([, body]) => body);
  for (const name of ['code_challenge', 'page_key', 'state'] as const) {
    expect(one![name]).not.toBe(other![name]);
  }
});

test('where nothing waits, nothing is redeemed', async () => {
  const { asked } = service();
  expect(await takeDirect('none')).toBeUndefined();
  expect(asked.map(([path]) => path)).toEqual(['/vault/direct']);
});
