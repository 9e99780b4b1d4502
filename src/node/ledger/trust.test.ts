// What a client believes that executes nothing: followed from epoch to epoch by certificates and state proofs alone, and every lie
// on the way refused with its reason. Proofs of slips, of state, and their sizes.
import { expect, test } from 'vitest';
import { type Digest, type PartyId, type Rejection, isRejection } from '../base/index.ts';
import { concernCountTable, concernKey, concernTable, partyTable, proveEntry, provedEntry } from '../contracts/index.ts';
import { verifySync } from '../crypto/index.ts';
import type { FinalBlock } from './block.ts';
import { headerDigest } from './block.ts';
import { Consortium, grantAction, people, recordAction } from './consortium.ts';
import { openLedger } from './founding.ts';
import type { Ledger } from './ledger.ts';
import { certifiedHeaderOf, decodeSlipProof, encodeSlipProof, proveFinalSlip, slipProofBytes, slipProofRefusal } from './slip-proof.ts';
import {
  type EpochLink,
  type Trust,
  decodeEpochLink,
  decodeTrust,
  encodeEpochLink,
  encodeTrust,
  epochLinkOf,
  headerChecks,
  openTrust,
  withEpoch,
  withHead,
} from './trust.ts';

const reasonOf = (value: unknown): string => (isRejection(value) ? value.reason : 'none');

function good<T>(value: T | Rejection): T {
  if (isRejection(value)) throw new Error(`${value.reason}: ${value.detail}`);
  return value;
}

/** Why a certified header is not believed, signatures included. */
function headRefusal(trust: Trust, final: FinalBlock): string {
  const checks = headerChecks(trust, certifiedHeaderOf(final));
  if (isRejection(checks)) return checks.reason;
  return checks.every(({ publicKey, bytes, signature }) => verifySync(publicKey, bytes, signature)) ? 'none' : 'bad-signature';
}

/** A channel in whose heights 3 and 6 an archive member leaves, with the links that its epochs made. */
function followed() {
  const archives = people('archive', 7);
  const [clinic] = people('clinic', 1);
  const [patient, other] = people('patient', 2);
  const world = new Consortium({ archives, clinics: [clinic!], others: [patient!, other!], settings: { archiveQuorum: false } });
  const links: EpochLink[] = [];
  const trust = openTrust(good<Ledger>(openLedger(world.founding)));
  for (let height = 1; height <= 8; height += 1) {
    const slips = [world.slip(clinic!, recordAction(`record ${height}`, patient!), { consent: patient! })];
    if (height === 3) slips.push(world.slip(archives[6]!, { kind: 'leave' }));
    if (height === 6) slips.push(world.slip(archives[5]!, { kind: 'leave' }));
    if (height === 8) slips.push(world.slip(patient!, grantAction('grant', 'record 1', clinic!)));
    world.final(slips);
    const link = epochLinkOf(world.ledger);
    if (link !== null) links.push(good(decodeEpochLink(encodeEpochLink(link))));
  }
  expect(links).toHaveLength(2);
  return { world, trust, links, patient: patient!, other: other!, clinic: clinic! };
}

const throughAll = (trust: Trust, links: readonly EpochLink[]): Trust => links.reduce((known, link) => good(withEpoch(known, link)), trust);

test('is followed from the founding block through every epoch to the head, and keeps across a restart (R11, R13)', () => {
  const { world, trust, links } = followed();
  for (const [index, link] of links.entries()) {
    const before = throughAll(trust, links.slice(0, index));
    expect(isRejection(headerChecks(before, link.last))).toBe(false);
  }
  const known = throughAll(trust, links);
  const head = world.blocks.at(-1)!;
  expect(headRefusal(trust, head)).toBe('unknown-epoch');
  expect(headRefusal(known, head)).toBe('none');
  const kept = good(decodeTrust(encodeTrust(good(withHead(known, certifiedHeaderOf(head).header)))));
  expect(kept.head.height).toBe(8);
  for (const final of world.blocks.slice(1)) expect(headRefusal(kept, final)).toBe('none');
});

test('refuses links out of order, of another roster, and voters that the state does not name', () => {
  const { trust, links } = followed();
  const [first, second] = links as [EpochLink, EpochLink];
  expect(reasonOf(withEpoch(trust, second))).toBe('wrong-epoch');
  expect(reasonOf(withEpoch(trust, { ...first, roster: second.roster }))).toBe('wrong-state-proof');
  expect(reasonOf(withEpoch(trust, { ...first, keys: second.keys }))).toBe('wrong-state-proof');
  expect(reasonOf(withEpoch(trust, { ...first, keys: first.roster }))).toBe('wrong-state-proof');
  const invented = { ...first.keys, value: second.keys.value };
  expect(reasonOf(withEpoch(trust, { ...first, keys: invented }))).toBe('wrong-state-proof');
});

test('refuses a header that fewer than Q signed, one that was changed, and an older head (R6)', () => {
  const { world, trust, links } = followed();
  const known = throughAll(trust, links);
  const head = world.blocks.at(-1)!;
  const few = { ...head, certificate: { ...head.certificate!, votes: head.certificate!.votes.slice(0, 2) } };
  expect(headRefusal(known, few)).toBe('below-quorum');
  const [vote, ...votes] = head.certificate!.votes;
  const signature = vote!.signature.map((byte, index) => (index === 40 ? byte ^ 1 : byte));
  expect(headRefusal(known, { ...head, certificate: { ...head.certificate!, votes: [{ ...vote!, signature }, ...votes] } })).toBe(
    'bad-signature',
  );
  const header = { ...head.block.header, stateRoot: 'ab'.repeat(32) as Digest };
  expect(headRefusal(known, { ...head, block: { ...head.block, header } })).toBe('wrong-certificate');
  expect(headRefusal(known, { ...head, block: { ...head.block, header: { ...header, channel: 'cd'.repeat(32) as never } } })).toBe(
    'other-channel',
  );
  const newest = good(withHead(known, certifiedHeaderOf(head).header));
  expect(reasonOf(withHead(newest, certifiedHeaderOf(world.blocks[7]!).header))).toBe('old-head');
  expect(reasonOf(withHead(newest, { ...certifiedHeaderOf(head).header, stateRoot: 'ab'.repeat(32) as Digest }))).toBe('fork');
});

test('what concerns a patient is counted in the state: nothing of it can be left out, nothing added (P3-07)', () => {
  const { world, patient, other } = followed();
  const { state, head } = world.ledger;
  const ask = (party: PartyId) => provedEntry(concernCountTable, party, head.stateRoot, proveEntry(state, concernCountTable.key(party)));
  expect(ask(patient.party)).toEqual({ count: 9 });
  expect(ask(other.party)).toBeNull();
  for (let number = 0; number < 9; number += 1) {
    const key = concernKey(patient.party, number);
    const found = good(provedEntry(concernTable, key, head.stateRoot, proveEntry(state, concernTable.key(key))));
    expect(world.projection.slips.get(found!.slip)?.height).toBe(found!.height);
  }
  // An absence that is claimed of what is there, and a count of before, are refused.
  const absent = proveEntry(state, concernCountTable.key(other.party));
  expect(reasonOf(provedEntry(concernCountTable, patient.party, head.stateRoot, absent))).toBe('wrong-state-proof');
  const old = proveEntry(state, concernCountTable.key(patient.party));
  expect(reasonOf(provedEntry(concernCountTable, patient.party, world.blocks[4]!.block.header.stateRoot, old))).toBe('wrong-state-proof');
});

test('a state proof for another key is refused, present or absent', () => {
  const { world, patient, other, clinic } = followed();
  const { state, head } = world.ledger;
  const proof = proveEntry(state, partyTable.key(patient.party));
  expect(good(provedEntry(partyTable, patient.party, head.stateRoot, proof))?.certificate.subject).toBe(patient.party);
  for (const party of [other.party, clinic.party, 'ab'.repeat(16) as PartyId])
    expect(reasonOf(provedEntry(partyTable, party, head.stateRoot, proof))).toBe('wrong-state-proof');
});

test('proves a slip below 2 kB beside its certificate, with 64 members and full cuts as well (P3-07)', () => {
  const { world } = followed();
  const proof = good(proveFinalSlip(world.blocks[8]!, 0));
  const again = good(decodeSlipProof(encodeSlipProof(proof)));
  expect(slipProofRefusal(again)).toBeNull();
  expect(reasonOf(slipProofRefusal({ ...again, inclusion: { ...again.inclusion, index: 1 } }))).toBe('wrong-slip-proof');
  expect(reasonOf(slipProofRefusal({ ...again, slip: good(proveFinalSlip(world.blocks[7]!, 0)).slip }))).toBe('wrong-slip-proof');
  expect(slipProofBytes(proof)).toBeLessThan(2_000);

  const [clinic] = people('clinic', 1);
  const [patient] = people('patient', 1);
  const large = new Consortium({
    archives: people('archive', 60),
    clinics: [clinic!],
    others: [patient!],
    settings: { engine: 'grouped', archiveQuorum: false },
  });
  large.final();
  large.final(
    Array.from({ length: 100 }, (_, index) => large.slip(clinic!, recordAction(`record ${index}`, patient!), { consent: patient! })),
  );
  const full = large.blocks.at(-1)!;
  expect(full.block.slips).toHaveLength(100);
  const { header } = full.block;
  const cut = Array.from({ length: 64 }, (_, sequence) => ({ group: 0, localView: 0, sequence, digest: headerDigest(header) }));
  const wide = good(proveFinalSlip({ ...full, block: { ...full.block, header: { ...header, cut } } }, 99));
  expect(slipProofRefusal(wide)).toBeNull();
  expect(slipProofBytes(wide)).toBeLessThan(2_000);
});
