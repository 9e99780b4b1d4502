// Slips a second of one engine at one size, in one process: real slips of several clinics with two signatures each, real keys of all
// members, and every member checks everything itself. What remains of a simulated wire is that handing over costs nothing.
import { createSeedSigners, createVerifier } from '../src/node/adapters/node.ts';
import { MAX_SLIPS_PER_BLOCK, type PartyId } from '../src/node/base/index.ts';
import type { Slip } from '../src/node/contracts/index.ts';
import { toConsensusConfiguration } from '../src/node/ledger/index.ts';
import { Consortium, type Person, people, recordAction } from '../src/node/ledger/consortium.ts';
import type { EngineName } from '../tests/sim/engines.ts';
import { configurationsOf, firstEpoch, partyOf, sizesOf, usualGroups } from '../tests/sim/layout.ts';
import { EngineSeat, ProductSeat } from './ledger-seats.ts';
import { Wire } from './ledger-wire.ts';

export interface RealRate {
  readonly slipsPerSecond: number;
  /** From being handed over to final at the first member, the median, all slips at once. */
  readonly latencyMs: number;
  readonly messages: number;
}

/** Authors: no pool takes more than some hundred slips of one. */
const AUTHORS = 4;

export function slipsOf(on: Consortium, clinics: readonly Person[], patient: Person, count: number): readonly Slip[] {
  return Array.from({ length: count }, (_, index) => {
    const clinic = clinics[index % clinics.length];
    if (clinic === undefined) throw new Error('there is no clinic');
    return on.slip(clinic, recordAction(`record ${index}`, patient), { consent: patient });
  });
}

export async function realRate(engine: EngineName, members: number, slips: number): Promise<RealRate> {
  const wire = new Wire();
  const { given, seats } =
    engine === 'pbft' || engine === 'grouped'
      ? await productSeats(wire, engine, members, slips)
      : await engineSeats(wire, engine, members, slips);
  const finalMs: number[] = [];
  const startMs = performance.now();
  const note = (): void => {
    const most = Math.max(...[...wire.seats.values()].map(({ finalSlips }) => finalSlips));
    while (finalMs.length < most) finalMs.push(performance.now() - startMs);
  };
  for (const seat of seats) await seat.start();
  await Promise.all(seats.map((seat) => seat.give(given(seat.party))));
  await wire.run(slips, note);
  note();
  const seconds = (performance.now() - startMs) / 1000;
  return { slipsPerSecond: slips / seconds, latencyMs: finalMs[Math.floor(finalMs.length / 2)] ?? seconds * 1000, messages: wire.messages };
}

type Given = (party: PartyId) => readonly Slip[];

async function productSeats(
  wire: Wire,
  engine: 'pbft' | 'grouped',
  members: number,
  slips: number,
): Promise<{ given: Given; seats: ProductSeat[] }> {
  const archives = people('archive', members);
  const clinics = people('clinic', AUTHORS);
  const [patient] = people('patient', 1);
  if (patient === undefined) throw new Error('there is no patient');
  const others = [...clinics, patient];
  const on = new Consortium({ archives, others, settings: { engine, archiveQuorum: false } });
  const all = slipsOf(on, clinics, patient, slips);
  const signers = createSeedSigners();
  const seats: ProductSeat[] = [];
  for (const person of archives) {
    const { party, memberSeed } = person;
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
  }
  const { groups } = toConsensusConfiguration(on.ledger);
  // With groups a slip goes through one lane; without, everybody has to know it.
  const share = (party: PartyId): readonly Slip[] => {
    const group = groups.findIndex((group) => group.includes(party));
    return group < 0
      ? all
      : all.filter((slip) => clinicIndex(clinics, slip) % groups.length === (group % AUTHORS) % groups.length && group < AUTHORS);
  };
  return { given: share, seats };
}

function clinicIndex(clinics: readonly Person[], slip: Slip): number {
  return clinics.findIndex(({ party }) => party === slip.body.author);
}

async function engineSeats(wire: Wire, engine: EngineName, members: number, slips: number): Promise<{ given: Given; seats: EngineSeat[] }> {
  const clinics = people('clinic', AUTHORS);
  const [patient] = people('patient', 1);
  if (patient === undefined) throw new Error('there is no patient');
  const on = new Consortium({ archives: people('archive', 4), others: [...clinics, patient], settings: { archiveQuorum: false } });
  const all = slipsOf(on, clinics, patient, slips);
  const keys = createSeedSigners();
  const signers = await Promise.all(
    Array.from({ length: members }, (_, index) => keys.signerOf(new Uint8Array(32).fill(index + 1).fill(7, 1, 2))),
  );
  const plan = firstEpoch(engine, members, sizesOf(engine, members, usualGroups(members)));
  const publicKey = (index: number): Uint8Array => signers[index]?.publicKey ?? new Uint8Array(32);
  const [configuration] = configurationsOf([plan], { seed: 1, baseTimeoutMs: 4_000, publicKey });
  if (configuration === undefined) throw new Error('there is no configuration');
  const under = { configuration, ledger: on.ledger, blockSlips: MAX_SLIPS_PER_BLOCK };
  const seats: EngineSeat[] = [];
  for (const index of [...plan.voters, ...(plan.observers ?? [])]) {
    const party = partyOf(index);
    const signer = signers[index];
    if (signer === undefined) continue;
    const seat = new EngineSeat({ party, wire, send: wire.sender(party), verifier: createVerifier(), signer }, engine, under);
    seats.push(seat);
    wire.seats.set(party, seat);
  }
  return { given: () => all, seats };
}
