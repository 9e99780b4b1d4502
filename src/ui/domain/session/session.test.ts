// This tab: the node's code is fetched only when there is a reason, a reload goes on with the same profile, and a tab that
// nobody touches locks itself.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClinicordNode, NodeDoor, NodeView, ProfileSummary } from '../../node.ts';
import { watchIdle } from './idle-lock.ts';
import { Session } from './session.svelte.ts';

const PROFILE = { slot: 's1', role: 'clinic', label: 'North', channelName: 'Demo' } as unknown as ProfileSummary;

function memoryStorage(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as unknown as Storage;
}

function fakeNode(locked = true) {
  const view = { identity: { locked, readOnly: false, role: 'clinic' }, records: [], ways: [], parties: [] } as unknown as NodeView;
  const node = { view, subscribe: () => () => undefined, unlock: vi.fn(async () => undefined), stop: vi.fn(async () => undefined) };
  return node as unknown as ClinicordNode & typeof node;
}

function doorOf(node: ClinicordNode, change: Partial<NodeDoor> = {}) {
  const door = {
    listProfiles: async () => [PROFILE],
    listKeyWishes: async () => [],
    missingFeatures: () => [],
    startNode: vi.fn(async () => node),
    removeProfile: vi.fn(),
    ...change,
  };
  const open = vi.fn(async () => door as unknown as NodeDoor);
  return { door, open };
}

const settled = (session: Session) => expect.poll(() => session.starting.busy).toBe(false);

describe('a tab', () => {
  let databases: { name: string }[];
  beforeEach(() => {
    databases = [];
    vi.stubGlobal('isSecureContext', true);
    vi.stubGlobal('RTCPeerConnection', () => undefined);
    vi.stubGlobal('indexedDB', { databases: async () => databases });
    vi.stubGlobal('navigator', { locks: {} });
    vi.stubGlobal('sessionStorage', memoryStorage());
  });
  afterEach(() => vi.unstubAllGlobals());

  it('fetches nothing of the node on a first visit to a browser that has everything', async () => {
    const { open } = doorOf(fakeNode());
    const session = new Session(open);
    session.begin();
    await settled(session);
    expect(open).not.toHaveBeenCalled();
  });

  it('asks the node what is missing where the page is not secure', async () => {
    vi.stubGlobal('isSecureContext', false);
    const missing = [{ feature: 'a secure page', remedy: 'https' }];
    const session = new Session(doorOf(fakeNode(), { missingFeatures: () => missing }).open);
    session.begin();
    await settled(session);
    expect(session.missing).toEqual(missing);
    expect(session.profiles).toEqual([]);
  });

  it('offers the profiles of this browser, and after a reload goes on with its own', async () => {
    databases = [{ name: 'clinicord' }];
    const { door, open } = doorOf(fakeNode());
    const session = new Session(open);
    session.begin();
    await settled(session);
    expect(session.profiles).toEqual([PROFILE]);
    expect(door.startNode).not.toHaveBeenCalled();
    await session.start('s1');
    const reloaded = new Session(open);
    reloaded.begin();
    await settled(reloaded);
    expect(reloaded.live?.slot).toBe('s1');
    await reloaded.close();
    expect(reloaded.live).toBeNull();
    const closed = new Session(open);
    closed.begin();
    await settled(closed);
    expect(closed.live).toBeNull();
  });

  it('unlocks a profile that was just made, with the passphrase that was just typed', async () => {
    const node = fakeNode();
    const session = new Session(doorOf(node).open);
    await session.start('s1', 'seven blue lakes');
    expect(node.unlock).toHaveBeenCalledWith('seven blue lakes');
  });

  it('tries again to fetch the node after a failed try', async () => {
    const { door } = doorOf(fakeNode());
    const open = vi.fn(async (): Promise<NodeDoor> => door as unknown as NodeDoor).mockRejectedValueOnce(new TypeError('Failed to fetch'));
    const session = new Session(open);
    await session.start('s1');
    expect(session.starting.problem?.message).toMatch(/could not be loaded/);
    await session.start('s1');
    expect(session.live).not.toBeNull();
  });
});

describe('a tab that nobody touches', () => {
  const touched = new Set<() => void>();
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('localStorage', memoryStorage());
    vi.stubGlobal('addEventListener', (_kind: string, listener: () => void) => touched.add(listener));
    vi.stubGlobal('removeEventListener', (_kind: string, listener: () => void) => touched.delete(listener));
    return () => {
      vi.useRealTimers();
      vi.unstubAllGlobals();
    };
  });

  it('locks after the set time, ten minutes unless chosen otherwise, counted from the last touch', () => {
    const lock = vi.fn();
    const end = watchIdle(lock);
    vi.advanceTimersByTime(9 * 60_000);
    for (const touch of touched) touch();
    vi.advanceTimersByTime(9 * 60_000);
    expect(lock).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2 * 60_000);
    expect(lock).toHaveBeenCalled();
    end();
    expect(touched.size).toBe(0);
  });
});
