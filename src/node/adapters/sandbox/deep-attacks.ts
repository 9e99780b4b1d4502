// A program for machine.test.ts: contracts that go as deep as they can, under the stack that the process was started with. It prints
// how each ended.
import { MAX_SCRIPT_STEPS } from '../../ports/index.ts';
import { createScriptMachine } from './node-machine.ts';

const SOURCES = [
  '('.repeat(9000),
  '({ f() { const o = { get x() { return this.x; } }; return o.x; } })',
  '({ f() { const g = () => [1].map(g); g(); } })',
  '({ f() { const g = () => g(); g(); } })',
  '({ f() { return JSON.parse("[".repeat(9000)); } })',
];

const machine = createScriptMachine();
await machine.load();
const endings = SOURCES.map((source) => {
  const result = machine.run({ source, method: 'f', argument: 'null', context: '{}', steps: MAX_SCRIPT_STEPS, read: () => null });
  return result.kind === 'done' ? result.kind : result.failure;
});
process.stdout.write(JSON.stringify(endings));
