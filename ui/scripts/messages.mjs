// Writes src/lib/messages/generated.ts from messages/<area>/{en,ja}.json at the repository's root.
// With --check it writes nothing and fails when that file is stale or the two languages differ.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const messages = join(here, '../../messages');
const target = join(here, '../src/lib/messages/generated.ts');

const read = (language) => {
  const texts = {};
  for (const area of readdirSync(messages).sort()) {
    const flat = JSON.parse(readFileSync(join(messages, area, `${language}.json`), 'utf8'));
    for (const [key, text] of Object.entries(flat)) texts[`${area}.${key}`] = text;
  }
  return texts;
};

const names = (text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join(' ');

const [en, ja] = [read('en'), read('ja')];
const faults = [];
for (const key of new Set([...Object.keys(en), ...Object.keys(ja)])) {
  if (!(key in en)) faults.push(`${key}: no English text`);
  else if (!(key in ja)) faults.push(`${key}: no Japanese text`);
  else if (names(en[key]) !== names(ja[key])) faults.push(`${key}: the arguments differ`);
}
if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}

const record = (name, texts) => `export const ${name} = ${JSON.stringify(texts, null, 2)} as const;\n`;
const file = `// Written by scripts/messages.mjs from messages/. Do not edit.\n${record('en', en)}${record('ja', ja)}`;

if (process.argv.includes('--check')) {
  let old = '';
  try {
    old = readFileSync(target, 'utf8');
  } catch {
    // A missing file is stale.
  }
  if (old !== file) {
    console.error('src/lib/messages/generated.ts is stale: npm run messages');
    process.exit(1);
  }
} else {
  writeFileSync(target, file);
}
