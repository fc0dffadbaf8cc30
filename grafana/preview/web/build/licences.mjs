// Writes the licences of everything that is in the bundle beside it.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export function licences() {
  return {
    name: 'licences',
    generateBundle(_, bundle) {
      const folders = new Set();
      for (const file of Object.values(bundle)) {
        for (const id of Object.keys(file.modules ?? {})) {
          const folder = /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1];
          if (folder) folders.add(folder);
        }
        for (const name of file.originalFileNames ?? []) {
          const folder = /((?:\.\.\/|\/)?.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(name)?.[1];
          if (folder && existsSync(join(folder, 'package.json'))) folders.add(folder);
        }
      }
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source: text([...folders]) });
    },
  };
}

// The packages of one licence text under each other, then the text once.
function text(folders) {
  const byText = new Map();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((one) => /^(licen[cs]e|copying)/i.test(one));
    const words = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license}`;
    byText.set(words, [...(byText.get(words) ?? []), `${name} ${version} (${license})`]);
  }
  return [...byText]
    .map(([words, names]) => `${[...new Set(names)].sort().join('\n')}\n\n${words}\n`)
    .sort()
    .join(`\n${'-'.repeat(80)}\n\n`);
}
