// The demonstration: founded once, opened afterwards, founded anew when asked or when the first founding was interrupted.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEMONSTRATION_MEMBERS, memberFolders, startDemonstration } from './demonstration.ts';
import { type MemoryHost, createMemoryHost } from './memory-host.ts';
import type { Report } from './report.ts';

let folder = '';
let host: MemoryHost;
let reports: Report[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'demonstration-'));
  host = createMemoryHost();
  reports = [];
});
afterEach(() => rm(folder, { recursive: true }));

const begin = (fresh = false) => startDemonstration(host, { folder, relay: '/relay', fresh, report: (report) => reports.push(report) });

test('founds with seven archive members that alone reach the quorum, all approved by the supervision centre (P0-02, R17)', async () => {
  const { invitation, members } = await begin();
  expect(members).toHaveLength(DEMONSTRATION_MEMBERS);
  expect(members.every(({ view }) => view.identity.seat.kind === 'voting')).toBe(true);
  expect(host.settings).toMatchObject({ archiveQuorum: true, copies: 2, silenceMs: 60_000 });
  expect([...host.attested.keys()]).toEqual(members.map(({ view }) => view.identity.party));
  expect(new Set([...host.attested.values()].map(({ place }) => JSON.stringify(place))).size).toBe(DEMONSTRATION_MEMBERS);
  expect(invitation.relays).toEqual(['/relay']);
  expect(reports.at(-1)).toEqual({ kind: 'progress', text: '7 of 7 archive members vote' });
});

test('opens what is there the second time', async () => {
  await (await begin()).stop();
  const running = await begin();
  expect(host.founded).toBe(1);
  expect(running.members).toHaveLength(DEMONSTRATION_MEMBERS);
});

test.each(['founded', 'opened'])(
  "who asks for an archive member's seat later waits for a person, in a demonstration that was %s",
  async (how) => {
    let running = await begin();
    if (how === 'opened') await running.stop();
    if (how === 'opened') running = await begin();
    const visitor = await host.join({ folder: path.join(folder, 'visitor'), name: 'Visitor', relays: [], invitation: running.invitation });
    expect(visitor.view.identity.standing.kind).toBe('applied');
  },
);

test('founds anew when asked, and after a founding that was interrupted', async () => {
  await (await begin()).stop();
  await (await begin(true)).stop();
  expect(host.founded).toBe(2);
  host.join = () => Promise.reject(new Error('power cut'));
  await expect(begin(true)).rejects.toThrow('power cut');
  host.join = createMemoryHost().join;
  expect(host.founded).toBe(3);
  host = createMemoryHost();
  await begin();
  expect(host.founded).toBe(1);
});

test.each([false, true])('does not touch a running demonstration, to be founded anew or not: %s (R16)', async (fresh) => {
  await begin();
  await expect(begin(fresh)).rejects.toThrow('running already');
  expect(host.running.size).toBe(DEMONSTRATION_MEMBERS);
  expect(memberFolders(folder).every((member) => existsSync(path.join(member, 'profile.json')))).toBe(true);
});

test('starts with a member that is barred for good (R14)', async () => {
  await (await begin()).stop();
  await rm(path.join(folder, 'member-3', 'journal', 'member-key'));
  const running = await begin();
  expect(running.members[2]?.view.identity.seat.kind).toBe('barred');
});

test('stops everything where it fails', async () => {
  host.join = () => Promise.reject(new Error('no room'));
  await expect(begin()).rejects.toThrow('no room');
  expect(host.running.size).toBe(0);
});
