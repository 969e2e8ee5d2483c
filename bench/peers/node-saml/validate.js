// node-saml behind the bench's orders: validates the messages of a task, line by line.
//
// The request is checked against a cache that keeps it, so that the same message can be validated again.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const task = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { idp, sp, messages } = task;

const library = await import('@node-saml/node-saml').catch((error) => {
  console.log(error.message.split('\n')[0]);
  process.exit(1);
});

const cacheProvider = {
  saveAsync: async () => null,
  getAsync: async (id) => (id === task.request_id ? new Date().toISOString() : null),
  removeAsync: async () => null,
};

const serviceProvider = (kind) =>
  new library.SAML({
    issuer: sp.entity_id,
    audience: sp.entity_id,
    callbackUrl: sp.acs,
    entryPoint: `${idp.entity_id}/sso`,
    idpIssuer: idp.entity_id,
    idpCert: idp.certificate,
    decryptionPvk: sp.key,
    wantAssertionsSigned: kind !== 'response',
    wantAuthnResponseSigned: kind === 'response',
    validateInResponseTo: library.ValidateInResponseTo.always,
    cacheProvider,
    acceptedClockSkewMs: 60_000,
  });

const known = Object.fromEntries(Object.keys(messages).map((kind) => [kind, serviceProvider(kind)]));

const validate = async (kind) => {
  const { profile } = await known[kind].validatePostResponseAsync({ SAMLResponse: messages[kind].form_value });
  if (profile?.nameID !== task.user || profile.email !== task.user) {
    throw new Error('another user');
  }
};

console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const [kind, count] = line.split(' ');
  try {
    for (let number = 0; number < Number(count); number += 1) {
      await validate(kind);
    }
    console.log('accepted');
  } catch (error) {
    console.log(`refused: ${error.message}`.split('\n')[0]);
  }
}
