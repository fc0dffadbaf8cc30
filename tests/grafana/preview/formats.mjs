// Writes values in every format with the preview's own code and with Grafana's, for test_formats.py.
// Of standard input, JSON: { packages, scenes, preview, out, cases: [{ format, args, name, value }] }.
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const asked = JSON.parse(readFileSync(0, 'utf8'));
const require = createRequire(`${asked.packages}/`);
const entry = `${asked.out}/formats-entry.ts`;
writeFileSync(
  entry,
  `export { formatRegistry } from ${JSON.stringify(asked.scenes)};\nexport { formatted } from ${JSON.stringify(asked.preview)};\n`
);
const outfile = `${asked.out}/formats-bundle.mjs`;
await require('esbuild').build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  nodePaths: [asked.packages],
  logLevel: 'error',
  loader: { '.svg': 'empty', '.css': 'empty' },
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
});
globalThis.window ??= { location: { origin: 'http://127.0.0.1', href: 'http://127.0.0.1/' }, addEventListener() {} };
const { formatRegistry, formatted } = await import(pathToFileURL(outfile).href);
const told = asked.cases.map(({ format, args, name, value }) => {
  const formats = formatRegistry.getIfExists(format);
  return {
    grafana: formats ? formats.formatter(value, args, { state: { name } }) : null,
    preview: formatted(name, value, format, args),
  };
});
process.stdout.write(JSON.stringify({ formats: formatRegistry.list().map((one) => one.id), told }));
