// Leaves out what the panels never show (code editors, maps) and the addresses of fonts that only Grafana's server has.
import { resolve } from 'node:path';

const LEFT_OUT = /ReactMonacoEditor|CodeMirrorEditor\.mjs|OpenLayersProvider|^monaco-editor|^@monaco-editor|^ol(\/|$)|^\.\/fonts\.mjs$/;

export function leaveOut(root) {
  const nothing = resolve(root, 'build/nothing.mjs');
  return {
    name: 'leave-out',
    enforce: 'pre',
    resolveId: (id) => (LEFT_OUT.test(id) ? nothing : undefined),
    // Grafana's components measure their texts in a font of this name.
    transform: (code, id) => (id.endsWith('/inter/wght.css') ? code.replaceAll('Inter Variable', 'Inter') : undefined),
  };
}
