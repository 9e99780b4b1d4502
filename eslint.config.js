// ESLint: strict and type-aware, plus this project's own laws that a linter can see. Pure folders: no clock, no randomness, no
// waiting (docs/decisions, rule 1 of the style). Only adapters import the network and storage packages. Where folders may import from
// each other is checked by tests/code.
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const PURE = ['base', 'codec', 'ports', 'crypto', 'consensus', 'contracts', 'records', 'ledger', 'participant'].map(
  (folder) => `src/node/${folder}/**/*.ts`,
);
const TESTS = ['**/*.test.ts', '**/*.spec.ts'];

const IMPURE_GLOBALS = [
  ...['Date', 'performance', 'fetch', 'crypto', 'XMLHttpRequest', 'WebSocket', 'queueMicrotask'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'requestAnimationFrame', 'requestIdleCallback'],
  ...['window', 'document', 'navigator', 'localStorage', 'indexedDB', 'globalThis', 'process', 'Buffer'],
].map((name) => ({ name, message: 'The pure layers get time, randomness and the world as data (design.md, style rule 1).' }));

const WAITING = [
  { selector: 'AwaitExpression', message: 'The pure layers never wait: return an effect.' },
  { selector: 'ForOfStatement[await=true]', message: 'The pure layers never wait: return an effect.' },
  { selector: ':function[async=true]', message: 'The pure layers never wait: return an effect.' },
  { selector: 'NewExpression[callee.name="Promise"]', message: 'The pure layers never wait: return an effect.' },
];

const NO_DEFAULT_EXPORT = {
  selector: 'ExportDefaultDeclaration',
  message: 'Named exports only: one name for one thing everywhere.',
};

const WORLD_PACKAGES = {
  group: ['libp2p', '@libp2p/*', 'helia', '@helia/*', '@multiformats/*', 'idb', 'blockstore-*', 'datastore-*', 'comlink', 'node:*'],
  message: 'Only src/node/adapters touches the network, storage and the machine; ask for it through a port.',
};

/** What strict type-aware linting of this code base does not want, with the reason. */
const typedRules = {
  // A number in a template is what a message needs.
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  // A dispatcher returns what it calls.
  '@typescript-eslint/no-confusing-void-expression': 'off',
  // Memory twins of asynchronous ports have nothing to wait for.
  '@typescript-eslint/require-await': 'off',
  // Factories return closures, which need no `this`; the page's classes do (below).
  '@typescript-eslint/unbound-method': 'off',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  // `while (true)` with a way out reads better than a flag.
  '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
  '@typescript-eslint/no-dynamic-delete': 'error',
  eqeqeq: ['error', 'always'],
  'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT],
};

export default defineConfig(
  {
    ignores: [
      'node_modules/',
      'dist/',
      'data/',
      'coverage/',
      'test-results/',
      'playwright-report/',
      '.cache/',
      'public/',
      'src/node/records/definitions/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.mjs', '**/*.svelte'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.svelte'] } },
    rules: typedRules,
  },
  {
    // Plain JavaScript with JSDoc types; its JSON.parse gives any.
    files: ['**/*.mjs', '**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    extends: [svelte.configs.recommended],
    languageOptions: { globals: globals.browser, parserOptions: { parser: tseslint.parser } },
    rules: {
      // The page replaces whole views ($state.raw); what changes inside a Map or a Date is nothing it shows.
      'svelte/prefer-svelte-reactivity': 'off',
      // Props are declared with `let` as Svelte wants it.
      'prefer-const': 'off',
      'svelte/prefer-const': 'error',
      'svelte/no-at-html-tags': 'error',
      'svelte/require-each-key': 'error',
      'svelte/button-has-type': 'error',
      'svelte/no-target-blank': 'error',
    },
  },
  {
    // The parser does not resolve generic components; svelte-check does.
    files: ['**/*.svelte'],
    rules: Object.fromEntries(
      ['argument', 'assignment', 'call', 'member-access', 'return'].map((what) => [`@typescript-eslint/no-unsafe-${what}`, 'off']),
    ),
  },
  {
    files: ['src/ui/**'],
    ignores: TESTS,
    rules: { '@typescript-eslint/unbound-method': 'error' },
  },
  {
    files: ['src/**/*.ts', 'src/**/*.svelte'],
    ignores: TESTS,
    rules: { 'no-console': 'error' },
  },
  {
    files: ['src/**/*.ts', 'src/**/*.svelte'],
    ignores: [...TESTS, 'src/node/adapters*/**'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [WORLD_PACKAGES] }] },
  },
  {
    files: PURE,
    ignores: TESTS,
    rules: {
      'no-restricted-globals': ['error', ...IMPURE_GLOBALS],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'Randomness is a parameter.' }],
      'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT, ...WAITING],
    },
  },
  {
    // Tools demand default exports in their configuration.
    files: ['*.config.ts', '*.config.js'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: TESTS,
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
