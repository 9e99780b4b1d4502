// `npm run bench -- NAME`: what is claimed about speed and size, measured.
import { BENCHES } from './benches.ts';
import { dispatch } from './dispatch.ts';
import { runMain } from '../scripts/toolchain.mjs';

await runMain(() =>
  dispatch(process.argv.slice(2), BENCHES, {
    say: (line) => process.stderr.write(`${line}\n`),
    print: (text) => process.stdout.write(text),
  }),
);
