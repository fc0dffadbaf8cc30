import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';

import { leaveOut } from './build/leaveOut.mjs';
import { licences } from './build/licences.mjs';
import { manifest } from './build/manifest.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));

export default {
  root,
  base: '/public/',
  plugins: [leaveOut(root), react(), licences(), manifest(root)],
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 4000,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { output: { entryFileNames: 'preview.js', chunkFileNames: '[name]-[hash].js', assetFileNames: '[name][extname]' } },
  },
};
