// What a node does with group signatures: those that are asked for together go to the worker as one batch, and a worker that is busy or gone
// is no reason to refuse a good slip.
import { beforeAll, expect, test, vi } from 'vitest';
import { HiddenChannel } from '../../../tests/contracts/hidden.ts';
import { createVerifier } from '../adapters/index.ts';
import { AppError } from '../base/index.ts';
import type { Slip } from '../contracts/index.ts';
import { type SchemeCalls, SCHEME_CALLS } from '../crypto/index.ts';
import { Person, people, recordAction } from '../ledger/consortium.ts';
import type { SchemeWorker } from '../ports/index.ts';
import { createGroupSignatures } from './group-signatures.ts';
import { createVerification } from './verify.ts';

const ann = new Person('ann', 'patient');
const north = new Person('north', 'clinic');
const south = new Person('south', 'clinic');
let channel: HiddenChannel;
let slips: readonly Slip[];

// Pairings take a while on a loaded machine.
const PATIENCE_MS = 90_000;
vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });

beforeAll(() => {
  channel = new HiddenChannel({ archives: people('archive', 1), others: [north, south, ann] }).opened().enrolled(north, south);
  slips = [north, south].map((clinic) => channel.slip(clinic, recordAction(`visit at ${clinic.name}`, ann), { consent: ann }));
});

/** A worker that counts what it is asked; `fails` as one that is gone. */
function worker(fails = false): { readonly schemes: SchemeWorker<SchemeCalls>; readonly asked: number[] } {
  const asked: number[] = [];
  const call = (_name: string, input: { readonly items: readonly unknown[] }) => {
    asked.push(input.items.length);
    const done = fails
      ? Promise.reject(new AppError({ code: 'worker-failed', message: 'The worker ended.', remedy: 'None.' }))
      : Promise.resolve(SCHEME_CALLS.groupVerify(input as never, () => undefined));
    return { done, abort: () => undefined };
  };
  return { schemes: { call, close: () => undefined } as unknown as SchemeWorker<SchemeCalls>, asked };
}

test('the slips of a block are verified as one batch, and each only once', async () => {
  const { schemes, asked } = worker();
  const verification = createVerification(createVerifier(), createGroupSignatures(schemes));
  expect(await verification.slips(channel.on.ledger, slips)).toEqual([true, true]);
  expect(await verification.slips(channel.on.ledger, slips)).toEqual([true, true]);
  expect(asked).toEqual([2]);
});

test('a false signature in a batch is found, and the good one beside it is taken', async () => {
  const [good, other] = slips as readonly [Slip, Slip];
  const signature = other.signature.slice();
  signature.set(good.signature.subarray(300, 340), 300);
  const verification = createVerification(createVerifier(), createGroupSignatures(worker().schemes));
  expect(await verification.slips(channel.on.ledger, [good, { ...other, signature }])).toEqual([true, false]);
});

test('without a worker that answers this thread verifies', async () => {
  for (const schemes of [worker(true).schemes, null]) {
    const verification = createVerification(createVerifier(), createGroupSignatures(schemes));
    expect(await verification.slips(channel.on.ledger, slips)).toEqual([true, true]);
  }
});

test('a consent that the patient did not give is refused', async () => {
  const [slip] = slips as readonly [Slip];
  const verification = createVerification(createVerifier(), createGroupSignatures(null));
  const consent = slip.consent?.map((byte, index) => (index === 40 ? byte ^ 1 : byte)) ?? null;
  expect(await verification.slips(channel.on.ledger, [{ ...slip, consent }])).toEqual([false]);
});
