// Emergency access on the ledger (design, step 9): stated with a reason, released by others, reviewed once.
import { describe, expect, test } from 'vitest';
import type { Action } from '../index.ts';
import { emergencyTable } from '../index.ts';
import { Consortium, Person, START_MS, people, recordAction } from '../../ledger/consortium.ts';
import { type Step, checkCases, itemNamed, play } from '../../../../tests/contracts/steps.ts';
import { recordNamed } from '../../ledger/consortium.ts';

type Deed = Extract<Action, { kind: 'emergency' }>['deed'];

const HOUR_MS = 3_600_000;
const [author, asker, one, two] = people('clinic', 4) as [Person, Person, Person, Person];
const ann = new Person('ann', 'patient');
const lab = new Person('lab', 'data-user');
const authority = new Person('authority', 'authority');
const channel = () => new Consortium({ archives: people('archive', 1), others: [author, asker, one, two, ann, lab] });

const record = recordNamed('r');
const act = (deed: Deed, name = 'e'): Action => ({ kind: 'emergency', emergency: itemNamed(name), deed });
const asking = {
  kind: 'ask' as const,
  record,
  version: 1,
  cause: 'unconscious' as const,
  words: 'brought in after a fall',
  untilMs: START_MS + 4 * HOUR_MS,
};
const release = act({ kind: 'release' });
const review = act({ kind: 'review', verdict: 'accepted', words: 'plausible' });
const written: Step = [author, recordAction('r', ann), ann];
const asked: readonly Step[] = [written, [asker, act(asking)]];
const erased: Step = [ann, { kind: 'erasure', record, deed: { kind: 'order' } }];

describe('an emergency', () => {
  checkCases(channel, [
    ['is stated by a clinic, with its cause and words', [written], [asker, act(asking)], 'done'],
    ['not by who wrote the record', [written], [author, act(asking)], 'own-record'],
    ['not by a data user', [written], [lab, act(asking)], 'not-a-clinic'],
    ['not by a patient', [written], [ann, act(asking)], 'not-a-clinic'],
    ['once', asked, [asker, act(asking)], 'known-emergency'],
    ['about a record that is there', [], [asker, act(asking)], 'unknown-record'],
    ['about a version that is there', [written], [asker, act({ ...asking, version: 2 })], 'unknown-version'],
    ['not about an erased record', [written, erased], [asker, act(asking)], 'erased'],
    ['for a day at most', [written], [asker, act({ ...asking, untilMs: START_MS + 30 * HOUR_MS })], 'bad-period'],
    ['without words is malformed', [written], [asker, act({ ...asking, words: ' ' })], 'left out'],
    ['is released by others', asked, [one, release], 'done'],
    ['each once', [...asked, [one, release]], [one, release], 'already-said'],
    ['by several', [...asked, [one, release]], [two, release], 'done'],
    ['not by who asked', asked, [asker, release], 'own-emergency'],
    ['not by a patient', asked, [ann, release], 'no-keyholder'],
    ['not before it was stated', [written], [one, release], 'unknown-emergency'],
    ['not after the record was erased', [...asked, erased], [one, release], 'erased'],
    ['is reviewed by the authority', asked, [authority, review], 'done'],
    ['by nobody else', asked, [one, review], 'not-the-authority'],
    ['once', [...asked, [authority, review]], [authority, review], 'already-reviewed'],
    ['a review without words is malformed', asked, [authority, act({ kind: 'review', verdict: 'contested', words: '' })], 'left out'],
  ]);

  test('is over at its time, and reviewed all the same', () => {
    const on = channel();
    play(asked, on);
    on.nowMs = asking.untilMs;
    expect(on.do(one, release)).toBe('emergency-over');
    expect(on.do(authority, act({ kind: 'review', verdict: 'contested', words: 'nobody was there' }))).toBe('done');
    expect(emergencyTable.get(on.ledger.state, itemNamed('e'))).toMatchObject({ review: 'contested', releases: [] });
  });
});
