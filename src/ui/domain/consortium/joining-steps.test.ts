// A newcomer sees how far it has come, what it waits for, and why it goes no further.
import { describe, expect, it } from 'vitest';
import type { NodeView, Seat, Standing } from '../../node.ts';
import { hasJoined, joiningSteps } from './joining-steps.ts';

function view(standing: Standing, seat: Seat, role = 'clinic', connected = true): NodeView {
  return { identity: { role, standing, seat }, network: { relay: { address: '', connected } } } as unknown as NodeView;
}

const states = (shown: NodeView) => joiningSteps(shown).map(({ state }) => state);
const CERTIFIED: Standing = { kind: 'certified' };

describe('the steps of joining', () => {
  it('wait for the relay, then for the application, then for the certificate', () => {
    expect(states(view({ kind: 'connecting' }, { kind: 'none' }, 'clinic', false))).toEqual([
      'done',
      'now',
      'next',
      'next',
      'next',
      'next',
      'next',
    ]);
    expect(states(view({ kind: 'connecting' }, { kind: 'none' }))).toEqual(['done', 'done', 'now', 'next', 'next', 'next', 'next']);
    expect(states(view({ kind: 'applied', sinceMs: 0 }, { kind: 'none' }))).toEqual([
      'done',
      'done',
      'done',
      'now',
      'next',
      'next',
      'next',
    ]);
  });

  it('go on to synchronising, asking and voting', () => {
    const catching = view(CERTIFIED, { kind: 'synchronising', height: 3, target: 9 });
    expect(states(catching)).toEqual(['done', 'done', 'done', 'done', 'now', 'next', 'next']);
    expect(joiningSteps(catching)[4]?.detail).toBe('block 3 of 9');
    expect(states(view(CERTIFIED, { kind: 'asked' }))).toEqual(['done', 'done', 'done', 'done', 'done', 'done', 'now']);
    expect(states(view(CERTIFIED, { kind: 'voting' })).every((state) => state === 'done')).toBe(true);
  });

  it('end for an observer, with the reason', () => {
    const observing = view(CERTIFIED, { kind: 'observing', reason: 'Three tabs vote already (R17).' });
    expect(joiningSteps(observing).at(-1)).toEqual({ name: 'Observing', state: 'done', detail: 'Three tabs vote already (R17).' });
    expect(hasJoined(observing)).toBe(true);
  });

  it('stop where the supervision centre refused, and where the key is barred', () => {
    const refused = view({ kind: 'refused', reason: 'Unknown clinic' }, { kind: 'none' });
    expect(joiningSteps(refused)[3]).toEqual({ name: 'Certified', state: 'failed', detail: 'Unknown clinic' });
    expect(hasJoined(refused)).toBe(false);
    expect(joiningSteps(view(CERTIFIED, { kind: 'barred', reason: 'Vote row lost (R14)' })).at(-1)?.state).toBe('failed');
  });

  it('end with the certificate for a patient, who holds no seat', () => {
    const patient = view(CERTIFIED, { kind: 'none' }, 'patient');
    expect(states(patient)).toEqual(['done', 'done', 'done', 'done']);
    expect(hasJoined(patient)).toBe(true);
  });
});
