// Vitest's projects: unit tests beside their files, one acceptance suite per port, the simulator's sample, the test of the
// code itself. Stories are Playwright's.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // A retry would hide a flake; a fault found must stay found.
    retry: 0,
    passWithNoTests: false,
    // Every core: without it one is left idle, and there may be only two.
    maxWorkers: '100%',
    projects: [
      {
        // Classes with runes are compiled as in the page.
        plugins: [svelte()],
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'relay/**/*.test.ts', 'archive/**/*.test.ts', 'bench/**/*.test.ts', 'scripts/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'acceptance',
          include: ['tests/acceptance/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Whole nodes mostly wait for their own timers: several files share a core.
          maxWorkers: 4,
        },
      },
      { test: { name: 'sim', include: ['tests/sim/**/*.test.ts'], testTimeout: 120_000 } },
      { test: { name: 'code', include: ['tests/code/**/*.test.ts'], testTimeout: 30_000 } },
    ],
  },
});
