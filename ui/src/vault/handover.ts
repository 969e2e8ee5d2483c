// The hand-over of a user's key to this page: RFC 9180 HPKE with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256,
// AES-256-GCM. The service seals to the key that this page made; nobody between them can open it.
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import { fromBase64Url, joined, toBase64Url } from './bytes';

const suite = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

/** What the sealed key is bound to. */
export interface Info {
  organisation: string;
  connection: string;
  subject: string;
  redirect_uri: string;
  flow: string;
}

/** The answer of `/vault/redeem`. */
export interface Sealed {
  enc: string;
  ciphertext: string;
  info: Info;
}

/** What was inside, and where it belongs. */
export interface User {
  user_key: string;
  /** The seed of the key that signs changes of the vault. */
  hub_seed: string;
  organisation: string;
  connection: string;
  /** The account: that key's public half, in hexadecimal. */
  account: string;
  /** What this page shows when it asks for records. */
  vault_session: string;
  email: string;
  first_name: string;
  last_name: string;
  /** The handle of the session at the identity provider, for the logout. */
  session_id: string;
  /** What this page answers to when sessions end. */
  session_marks: string[];
  /** What the user's role enforces. */
  policies: Policies;
}

/** What a role enforces. */
export interface Policies {
  /** The role's name; none where no role is in force. */
  role: string | null;
  two_factor: boolean;
  import: boolean;
  extension: string | null;
  onboarding: boolean;
  /** Minutes without use until the vault closes. */
  session_minutes: number;
}

/** What counts where nothing is said. */
const NO_POLICIES: Policies = {
  role: null,
  two_factor: false,
  import: true,
  extension: null,
  onboarding: true,
  session_minutes: 60,
};

/** Why a hand-over was not taken. */
export class HandoverRefused extends Error {}

/** The HPKE `info`. */
export const infoBytes = (info: Info): Uint8Array<ArrayBuffer> =>
  joined('sekisho-handover-v1', [
    info.organisation,
    info.connection,
    info.subject,
    info.redirect_uri,
    info.flow,
  ]);

/** Makes the page's key pair. The private key cannot be taken out of the browser. */
export const makeKeyPair = (): Promise<CryptoKeyPair> =>
  crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']);

/** The public key as the login URL carries it: 65 bytes, uncompressed, base64url. */
export const publicKeyOf = async (pair: CryptoKeyPair): Promise<string> =>
  toBase64Url(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));

/** A PKCE verifier or a state: 32 random bytes, base64url. */
export const randomText = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(32)));

/** The S256 challenge of a PKCE verifier (RFC 7636, 4.2). */
export const challengeOf = async (verifier: string): Promise<string> =>
  toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));

/** Opens what the service sealed, if it was sealed for this page and for this sign-in. */
export const open = async (
  sealed: Sealed,
  pair: CryptoKeyPair,
  expected: { redirectUri: string; flow: string },
): Promise<User> => {
  if (sealed.info.redirect_uri !== expected.redirectUri || sealed.info.flow !== expected.flow) {
    throw new HandoverRefused('meant for another page or another sign-in');
  }
  const plain = await suite.open(
    { recipientKey: pair, enc: fromBase64Url(sealed.enc), info: infoBytes(sealed.info) },
    fromBase64Url(sealed.ciphertext),
  );
  // A server of the version before says nothing of policies.
  const { organisation, connection } = sealed.info;
  const inside = JSON.parse(new TextDecoder().decode(plain)) as Partial<User>;
  return { policies: NO_POLICIES, ...inside, organisation, connection } as User;
};

/** Eight hexadecimal digits of the key's hash, to compare with. */
export const checkOf = async (userKey: string): Promise<string> => {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', fromBase64Url(userKey)));
  return [...hash.slice(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
};
