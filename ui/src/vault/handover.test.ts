// @vitest-environment node
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import { expect, test } from 'vitest';
import { toBase64Url } from './bytes';
import { infoBytes, makeKeyPair, open, type Info, type Sealed } from './handover';

const info: Info = {
  organisation: 'org',
  connection: 'con',
  subject: 'alice',
  redirect_uri: 'https://sso.example/vault/',
  flow: 'state',
};
const expected = { redirectUri: info.redirect_uri, flow: info.flow };

const seal = async (to: CryptoKey, inside: object): Promise<Sealed> => {
  const suite = new CipherSuite({
    kem: new DhkemP256HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });
  const sealed = await suite.seal(
    { recipientPublicKey: to, info: infoBytes(info) },
    new TextEncoder().encode(JSON.stringify(inside)),
  );
  return {
    enc: toBase64Url(new Uint8Array(sealed.enc)),
    ciphertext: toBase64Url(new Uint8Array(sealed.ct)),
    info,
  };
};

test('a key that was sealed to this page is opened', async () => {
  const pair = await makeKeyPair();
  const sealed = await seal(pair.publicKey, { email: 'alice@example.com' });
  expect((await open(sealed, pair, expected)).email).toBe('alice@example.com');
});

test('the page’s private key cannot be exported', async () => {
  const pair = await makeKeyPair();
  await expect(crypto.subtle.exportKey('pkcs8', pair.privateKey)).rejects.toThrow();
});

test('a key that was sealed for another sign-in is refused', async () => {
  const pair = await makeKeyPair();
  const sealed = await seal(pair.publicKey, {});
  await expect(open(sealed, pair, { ...expected, flow: 'other' })).rejects.toThrow('another sign-in');
  await expect(open(sealed, pair, { ...expected, redirectUri: 'https://evil.example/' })).rejects.toThrow();
});

test('a context that was changed on the way does not open', async () => {
  const pair = await makeKeyPair();
  const sealed = await seal(pair.publicKey, {});
  const changed = { ...sealed, info: { ...info, subject: 'bob' } };
  await expect(open(changed, pair, expected)).rejects.toThrow();
});
