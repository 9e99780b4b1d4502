// Builds the page (index.html) into dist/. The node is a chunk of its own that the page fetches when it is needed;
// fixture.html is a development page and no input of the build.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  // Works wherever it is served from; routes live behind the hash.
  base: './',
  plugins: [svelte()],
  build: { target: 'es2023', outDir: 'dist', emptyOutDir: true, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 4096 },
  worker: { format: 'es' },
  server: { host: '127.0.0.1' },
  preview: { host: '127.0.0.1' },
});
