// Where a member without the machine for contracts waits (decision 0053): at the verify stage, which everything passes before it is executed.
import { describe, expect, test } from 'vitest';
import { createVerifier } from '../adapters/node.ts';
import { AppError } from '../base/index.ts';
import { type Action, provideScriptMachine } from '../contracts/index.ts';
import { Consortium, Person, people } from '../ledger/consortium.ts';
import type { ScriptMachine } from '../ports/index.ts';
import { itemNamed } from '../../../tests/contracts/steps.ts';
import { createVerification } from './verify.ts';

const north = new Person('north', 'clinic');
const call: Action = {
  kind: 'script',
  script: itemNamed('s'),
  version: 1,
  deed: { kind: 'call', method: 'f', argument: '1', steps: 1 },
};

/** A machine that cannot be loaded until `arrives`. */
function lateMachine(): { readonly machine: ScriptMachine; readonly loads: () => number; arrives(): void } {
  let loads = 0;
  let here = false;
  const machine: ScriptMachine = {
    load: () => {
      loads += 1;
      return here ? Promise.resolve() : Promise.reject(new AppError({ code: 'no-script-machine', message: '', remedy: '' }));
    },
    run: () => ({ kind: 'done', writes: [], answer: 'null', steps: 1 }),
  };
  return { machine, loads: () => loads, arrives: () => (here = true) };
}

describe('the verify stage', () => {
  test('lets no call of a contract through before the machine is there, and then the same slip', async () => {
    const { machine, arrives } = lateMachine();
    provideScriptMachine(machine);
    const on = new Consortium({ archives: people('archive', 1), others: [north] });
    const verification = createVerification(createVerifier());
    const slip = on.slip(north, call);
    await expect(verification.slip(on.ledger, slip)).rejects.toBeInstanceOf(AppError);
    await expect(verification.slip(on.ledger, slip)).rejects.toBeInstanceOf(AppError);
    arrives();
    await expect(verification.slip(on.ledger, slip)).resolves.toBeNull();
  });

  test('loads it for nothing else, nor for a call that nobody signed', async () => {
    const { machine, loads } = lateMachine();
    provideScriptMachine(machine);
    const on = new Consortium({ archives: people('archive', 1), others: [north] });
    const verification = createVerification(createVerifier());
    const other = on.slip(north, {
      kind: 'request',
      request: itemNamed('q') as never,
      patient: north.party,
      record: itemNamed('r') as never,
      purpose: '',
      untilMs: 1,
    });
    await expect(verification.slip(on.ledger, other)).resolves.toBeNull();
    const forged = { ...on.slip(north, call), signature: new Uint8Array(64) };
    await expect(verification.slip(on.ledger, forged)).resolves.toMatchObject({ reason: 'bad-signature' });
    expect(loads()).toBe(0);
  });
});
