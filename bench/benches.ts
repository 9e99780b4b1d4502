// Which benchmarks there are. Each is loaded only when it is run; what it measures and prints is said in its own file.
import type { Bench } from './bench.ts';
import * as firstLoad from './first-load.ts';

export const BENCHES: ReadonlyMap<string, Bench> = new Map<string, Bench>([
  ['first-load', { about: 'what a browser fetches before the page appears, in compressed kB', run: firstLoad.run }],
]);
