// Prints the fingerprint of the vault page as it is built: SHA-256 over its files, each behind its length in eight octets. The service says
// the same of the page that it serves (`sekisho status`).
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const ui = new URL('..', import.meta.url);
const files = [
  'dist-vault/vault.html',
  'dist-vault/vault.js',
  'dist-vault/vault.css',
  'src/vault/offline/worker.js',
];
const hash = createHash('sha256');
for (const file of files) {
  const octets = readFileSync(new URL(file, ui));
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(octets.length));
  hash.update(length).update(octets);
}
console.log(hash.digest('hex'));
