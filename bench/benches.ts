// Which benchmarks there are. Each is loaded only when it is run; what it measures and prints is said in its own file.
import type { Bench } from './bench.ts';

export const BENCHES: ReadonlyMap<string, Bench> = new Map<string, Bench>([
  [
    'main',
    {
      about: 'the main job in real tabs: signature to final, rate, bytes, memory (--tabs 4,8 --records 20)',
      run: async (options) => (await import('./main-job.ts')).run(options),
    },
  ],
  [
    'crypto',
    {
      about: 'the schemes beside the fastest builds of the same, batches, search among 10,000 records',
      run: async (options) => (await import('./crypto.ts')).run(options),
    },
  ],
  [
    'responsive',
    {
      about: 'the longest task of the page while 1,000 records are searched (Long Tasks API)',
      run: async (options) => (await import('./responsive.ts')).run(options),
    },
  ],
  [
    'first-load',
    {
      about: 'what a browser fetches before the page appears, in compressed kB',
      run: async (options) => (await import('./first-load.ts')).run(options),
    },
  ],
  [
    'messages',
    {
      about: 'messages for one request, counted on the wire of the simulator, formulas beside them (--members n --groups k)',
      run: async (options) => (await import('./messages.ts')).run(options),
    },
  ],
  [
    'capture',
    {
      about: 'how likely b randomly placed faulty members break safety, by engine; the figures and tables of paper 000',
      run: async (options) => (await import('./capture.ts')).run(options),
    },
  ],
  [
    'consensus',
    {
      about: 'rate of groups against flat PBFT where bytes and signatures are charged, under faults, and idle',
      run: async (options) => (await import('./consensus.ts')).run(options),
    },
  ],
  [
    'sandbox',
    {
      about: 'a contract that the consortium wrote, in the metered machine, beside a built-in one that does the same',
      run: async (options) => (await import('./sandbox.ts')).run(options),
    },
  ],
  [
    'ledger',
    {
      about: 'slips per second of every engine with real signatures and simulated, offered rates, proofs, storage, catching up',
      run: async (options) => (await import('./ledger.ts')).run(options),
    },
  ],
]);
