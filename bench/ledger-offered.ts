// Invoke and query at offered rates, as paper 001 measured them (P1-21): its network had one orderer and tolerated no fault (T12); here
// four members agree, one of whom may be faulty, and every one of them verifies everything. And queries from a member's own state.
import { createSeedSigners, createVerifier } from '../src/node/adapters/node.ts';
import { MAX_SLIPS_PER_BLOCK, type RecordId, isRejection } from '../src/node/base/index.ts';
import { recordIn, versionIn } from '../src/node/contracts/index.ts';
import { encodeFinalBlock, proveFinalSlip, slipProofBytes } from '../src/node/ledger/index.ts';
import { Consortium, people } from '../src/node/ledger/consortium.ts';
import { slipsOf } from './ledger-rates.ts';
import { ProductSeat } from './ledger-seats.ts';
import { Wire } from './ledger-wire.ts';

export interface OfferedRate {
  readonly offered: number;
  readonly invokePerSecond: number;
  readonly queryPerSecond: number;
}

const SECONDS = 3;
const QUERIES = 50_000;

/** So many a second, evenly, for some seconds; what became final in that time and what it took to finish. */
export async function offeredRate(offered: number): Promise<OfferedRate> {
  const archives = people('archive', 4);
  const clinics = people('clinic', 4);
  const [patient] = people('patient', 1);
  if (patient === undefined) throw new Error('there is no patient');
  const on = new Consortium({ archives, others: [...clinics, patient], settings: { archiveQuorum: false } });
  const count = offered * SECONDS;
  const slips = slipsOf(on, clinics, patient, count);
  const wire = new Wire();
  const signers = createSeedSigners();
  const seats: ProductSeat[] = [];
  for (const { party, memberSeed } of archives) {
    if (memberSeed === null) continue;
    const keyed = { party, wire, send: wire.sender(party), verifier: createVerifier(), signer: await signers.signerOf(memberSeed) };
    const memberKey = keyed.signer.publicKey;
    const init = {
      self: party,
      memberKey,
      wantsSeat: true,
      ledger: on.ledger,
      projection: on.projection,
      last: on.founding,
      row: null,
      barred: null,
    };
    const seat = new ProductSeat(keyed, init, on.nowMs + 10_000);
    seats.push(seat);
    wire.seats.set(party, seat);
    await seat.start();
  }
  let queried = 0;
  const startMs = performance.now();
  for (let given = 0; given < count;) {
    const due = Math.min(count, Math.floor(((performance.now() - startMs) * offered) / 1000) + 1);
    if (due === given) await new Promise((resolve) => setTimeout(resolve, 1));
    else {
      const next = slips.slice(given, due);
      await Promise.all(seats.map((seat) => seat.give(next)));
      await wire.run(due, () => undefined);
      for (const slip of next) if (slip.body.action.kind === 'record' && seats[0]?.knows(slip.body.action.record) === true) queried += 1;
      given = due;
    }
  }
  const seconds = Math.max(SECONDS, (performance.now() - startMs) / 1000);
  return { offered, invokePerSecond: count / seconds, queryPerSecond: queried / seconds };
}

export interface LocalFigures {
  readonly queryPerSecond: number;
  readonly bytesPerSlip: number;
  readonly slipProofBytes: number;
}

/** Queries for records and their versions in a state of some thousand; what a slip takes in a full block; what its proof takes. */
export function localFigures(): LocalFigures {
  const clinics = people('clinic', 4);
  const [patient] = people('patient', 1);
  if (patient === undefined) throw new Error('there is no patient');
  const on = new Consortium({ archives: people('archive', 4), others: [...clinics, patient], settings: { archiveQuorum: false } });
  const slips = slipsOf(on, clinics, patient, 8 * MAX_SLIPS_PER_BLOCK);
  for (let first = 0; first < slips.length; first += MAX_SLIPS_PER_BLOCK) on.final(slips.slice(first, first + MAX_SLIPS_PER_BLOCK));
  const records = slips.flatMap(({ body }): readonly RecordId[] => (body.action.kind === 'record' ? [body.action.record] : []));
  const startMs = performance.now();
  let found = 0;
  for (let query = 0; query < QUERIES; query += 1) {
    const record = records[(query * 7919) % records.length];
    if (record !== undefined && recordIn(on.ledger.state, record) !== null && versionIn(on.ledger.state, record, 1) !== null) found += 1;
  }
  const queryPerSecond = (found * 1000) / (performance.now() - startMs);
  const full = on.blocks.at(-1);
  const proof = full === undefined ? undefined : proveFinalSlip(full, MAX_SLIPS_PER_BLOCK - 1);
  if (full === undefined || proof === undefined || isRejection(proof)) throw new Error('there is no proof');
  return {
    queryPerSecond,
    bytesPerSlip: encodeFinalBlock(full).byteLength / full.block.slips.length,
    slipProofBytes: slipProofBytes(proof),
  };
}
