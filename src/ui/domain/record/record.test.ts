// The record's way, who can see it, and what happened around it, as the screen tells it.
import { describe, expect, it } from 'vitest';
import type { GrantView, NodeView, RecordView, RecordWay } from '../../node.ts';
import { timelineOf } from './timeline.ts';
import { waySteps } from './way-steps.ts';
import { whoCanSee } from './who-can-see.ts';

const NOW_MS = 1_000_000;

function way(times: Partial<Record<RecordWay['stages'][number]['stage'], number | null>>): RecordWay {
  const stages = Object.entries(times).map(([stage, atMs]) => ({ stage, detail: '', atMs }));
  return { record: 'r', version: 1, stages, trouble: null } as unknown as RecordWay;
}

const states = (shown: RecordWay, status: RecordView['status']) => waySteps(shown, status).map(({ state }) => state);

describe("the record's way", () => {
  it('shows what was reached, what is under way and what is to come', () => {
    expect(states(way({ sealed: 1, stored: 2, awaiting: null }), 'awaiting-patient')).toEqual([
      'done',
      'done',
      'now',
      'next',
      'next',
      'next',
      'next',
    ]);
  });

  it('counts a stage as passed where a later one was reached', () => {
    expect(states(way({ sealed: 1, final: 9 }), 'confirmed').every((state) => state === 'done')).toBe(true);
  });

  it('says that the clinic signed alone where the patient did not', () => {
    expect(waySteps(way({ final: 9 }), 'unconfirmed')[3]?.name).toBe('Signed by the clinic alone');
  });

  it('stops where the patient disputes', () => {
    expect(states(way({ sealed: 1, stored: 2, awaiting: 3 }), 'disputed')).toEqual([
      'done',
      'done',
      'done',
      'failed',
      'next',
      'next',
      'next',
    ]);
  });
});

describe('who can see a record', () => {
  const record = { record: 'r1', patientName: 'Maria', clinicName: 'North' } as unknown as RecordView;
  const grant = (change: Partial<Record<keyof GrantView, unknown>>): GrantView =>
    ({
      grant: 'g',
      record: 'r1',
      granteeName: 'South',
      ended: 'no',
      untilMs: NOW_MS + 1,
      height: 7,
      purpose: 'Operation',
      ...change,
    }) as unknown as GrantView;
  const names = (...grants: readonly GrantView[]) => whoCanSee(record, grants, NOW_MS, false).map(({ who }) => who);

  it('is the patient, the author and whoever holds a grant, with the block that it stands in', () => {
    expect(whoCanSee(record, [grant({})], NOW_MS, false).at(-1)).toMatchObject({
      who: 'South',
      right: 'Grant of block 7',
      purpose: 'Operation',
    });
    expect(whoCanSee(record, [], NOW_MS, true)[0]?.who).toBe('You');
  });

  it('is nobody whose grant was revoked, has run out, or is about another record', () => {
    expect(names(grant({ ended: 'revoked' }), grant({ untilMs: NOW_MS - 1 }), grant({ record: 'r2' }))).toEqual(['Maria', 'North']);
  });
});

describe('the timeline', () => {
  it('holds versions, grants and reads of one patient, newest first', () => {
    const version = (number: number, timestampMs: number) => ({ version: number, timestampMs, height: number, status: 'confirmed' });
    const view = {
      records: [
        { record: 'r1', patient: 'p1', clinicName: 'North', versions: [version(1, 10), version(2, 30)] },
        { record: 'r2', patient: 'p2', clinicName: 'North', versions: [version(1, 20)] },
      ],
      grants: [{ grant: 'g1', record: 'r1', granteeName: 'South', fromMs: 40, height: 4 }],
      reads: [{ record: 'r1', version: 2, reader: 'south', readerName: 'South', timestampMs: 50, height: 5 }],
    } as unknown as NodeView;
    expect(timelineOf(view, 'p1', true).map(({ what }) => what)).toEqual([
      'Version 2 read',
      'Access granted',
      'Record corrected: version 2',
      'Record written',
    ]);
  });
});
