// Writes a hash of the sources beside what is built of them: a test compares the two (grafana/preview/built.py).
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const FILES = ['index.html', 'package-lock.json', 'package.json', 'tsconfig.json', 'vite.config.mjs'];
const FOLDERS = ['build', 'src'];

export function manifest(root) {
  return {
    name: 'manifest',
    generateBundle() {
      const source = `${JSON.stringify({ sources: hashOf(root) }, null, 2)}\n`;
      this.emitFile({ type: 'asset', fileName: 'manifest.json', source });
    },
  };
}

// sha256 over the lines "sha256 path" of every source, sorted by path.
function hashOf(root) {
  const below = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length)),
  );
  const paths = [...FILES, ...below].sort();
  const sha256 = (data) => createHash('sha256').update(data).digest('hex');
  return sha256(paths.map((path) => `${sha256(readFileSync(join(root, path)))}  ${path}\n`).join(''));
}
