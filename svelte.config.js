// Svelte: runes everywhere, TypeScript by erasing types.
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

export default {
  compilerOptions: { runes: true },
  preprocess: vitePreprocess({ script: false }),
  vitePlugin: {
    // Packages may still be written without runes.
    dynamicCompileOptions: ({ filename }) => (filename.includes('node_modules') ? { runes: undefined } : undefined),
  },
};
