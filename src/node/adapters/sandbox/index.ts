// adapters/sandbox: where contracts of a consortium run. Its door in a tab; a Node.js process takes node-machine.ts.
export { createScriptMachine } from './browser-machine.ts';
