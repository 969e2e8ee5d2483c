// What a security key is asked, and its answers as the service reads them (Web Authentication Level 3).
import { fromBase64Url, toBase64Url } from '../bytes';

/** What the service asks. */
export interface Question {
  challenge: string;
  /** The name that keys are bound to. */
  host: string;
  /** By their COSE numbers. */
  algorithms: number[];
}

const text = (buffer: ArrayBuffer): string => toBase64Url(new Uint8Array(buffer));
const named = (ids: string[]): PublicKeyCredentialDescriptor[] =>
  ids.map((id) => ({ type: 'public-key', id: fromBase64Url(id) }));

/** Whether this browser knows security keys. */
export const isKnown = (): boolean => typeof PublicKeyCredential !== 'undefined';

/** Makes a key. Throws what the browser throws: the user has said no, or has none. */
export const makeKey = async (
  { challenge, host, algorithms }: Question,
  user: { account: Uint8Array<ArrayBuffer>; email: string; name: string },
  known: string[],
): Promise<{ client_data: string; attestation: string }> => {
  const made = await navigator.credentials.create({
    publicKey: {
      rp: { id: host, name: 'Sekisho' },
      user: { id: user.account, name: user.email, displayName: user.name || user.email },
      challenge: fromBase64Url(challenge),
      pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: named(known),
      authenticatorSelection: { residentKey: 'discouraged', userVerification: 'discouraged' },
      attestation: 'none',
      timeout: 120_000,
    },
  });
  const { response } = made as PublicKeyCredential & { response: AuthenticatorAttestationResponse };
  return { client_data: text(response.clientDataJSON), attestation: text(response.attestationObject) };
};

/** Asks the user's keys. Throws what the browser throws. */
export const askKey = async (
  { challenge, host }: Question,
  known: string[],
): Promise<{ id: string; client_data: string; authenticator_data: string; signature: string }> => {
  const answer = await navigator.credentials.get({
    publicKey: {
      rpId: host,
      challenge: fromBase64Url(challenge),
      allowCredentials: named(known),
      userVerification: 'discouraged',
      timeout: 120_000,
    },
  });
  const { rawId, response } = answer as PublicKeyCredential & { response: AuthenticatorAssertionResponse };
  return {
    id: text(rawId),
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData),
    signature: text(response.signature),
  };
};
