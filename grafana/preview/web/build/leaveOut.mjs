// Leaves out what the panels never show: code editors, maps, the editor of queries.
import { resolve } from 'node:path';

const LEFT_OUT = /ReactMonacoEditor|CodeMirrorEditor\.mjs|OpenLayersProvider|^monaco-editor|^@monaco-editor|^ol(\/|$)/;

export function leaveOut(root) {
  const nothing = resolve(root, 'build/nothing.mjs');
  return {
    name: 'leave-out',
    enforce: 'pre',
    resolveId: (id) => (LEFT_OUT.test(id) ? nothing : undefined),
  };
}
