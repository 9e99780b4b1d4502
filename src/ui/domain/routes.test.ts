// Addresses survive a round trip, and what nobody meant is "unknown".
import { describe, expect, it } from 'vitest';
import { readPlace } from '../shared/state/place.ts';
import { href, isPublic, readRoute } from './routes.ts';

const route = (hash: string) => readRoute(readPlace(hash));

describe('routes', () => {
  it('read what the links spell', () => {
    expect(route(href.start)).toEqual({ name: 'start' });
    expect(route('')).toEqual({ name: 'start' });
    expect(route(href.enrol('patient'))).toEqual({ name: 'enrol', pane: 'patient' });
    expect(route(href.patients)).toEqual({ name: 'patients' });
    expect(route(href.register)).toEqual({ name: 'register' });
    expect(route(href.patient('ab12'))).toEqual({ name: 'patient', patient: 'ab12' });
    expect(route(href.visit('ab12'))).toEqual({ name: 'visit', patient: 'ab12', replaces: null });
    expect(route(href.import('ab12', 'cd34'))).toEqual({ name: 'import', patient: 'ab12', replaces: 'cd34' });
    expect(route(href.record('cd34'))).toEqual({ name: 'record', record: 'cd34' });
    expect(route(href.records)).toEqual({ name: 'records' });
    expect(route(href.block(12))).toEqual({ name: 'block', height: 12 });
  });

  it('take an invitation whole, whatever is in it', () => {
    expect(route('#/join/eyJhIjoxfQ/x?y=%zz')).toEqual({ name: 'invited' });
  });

  it('call everything else unknown', () => {
    for (const hash of ['#/nowhere', '#/ledger/-1', '#/ledger/1e9', '#/patients/ab/undress', '#/%zz'])
      expect(route(hash).name).toBe('unknown');
  });

  it('show without keys only what is on the ledger anyway', () => {
    expect(isPublic(route(href.block(1)))).toBe(true);
    expect(isPublic(route(href.patient('ab12')))).toBe(false);
    expect(isPublic(route(href.centre))).toBe(false);
  });
});
