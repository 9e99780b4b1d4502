// A host for tests: members agree at once and keep their folders on disk as real ones do, but there is no network and no ledger
// behind them. One channel per host.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ArchiveHost, Attested, FolderLock, FoundingSettings, Invitation, Member, MemberOptions, MemberView } from './host.ts';

type State = 'applied' | 'voting' | 'barred';

/** What all members of one host share. */
interface Channel {
  readonly running: Map<string, Member>;
  readonly listeners: Set<() => void>;
  readonly states: Map<string, State>;
  readonly locked: Set<string>;
  /** By member: its folder. */
  readonly attested: Map<string, Attested>;
}

export interface MemoryHost extends ArchiveHost {
  readonly running: ReadonlyMap<string, Member>;
  readonly settings: FoundingSettings | null;
  readonly founded: number;
  readonly attested: ReadonlyMap<string, Attested>;
  /** Certifies and seats the member of a folder, as a supervision centre and the next epoch do. */
  approve(folder: string): void;
}

function changed(channel: Channel): void {
  for (const listener of [...channel.listeners]) listener();
}

/** Certifies and seats, as a supervision centre and the next epoch do. */
function seat(channel: Channel, folder: string): void {
  channel.states.set(folder, 'voting');
  changed(channel);
}

function viewOf({ states }: Channel, folder: string): MemberView {
  const state = states.get(folder) ?? 'applied';
  const standing = { kind: state === 'applied' ? 'applied' : 'certified' } as const;
  const seat =
    state === 'barred'
      ? ({ kind: 'barred', reason: 'its vote row is lost' } as const)
      : ({ kind: state === 'voting' ? 'voting' : 'none' } as const);
  const network = { relay: { connected: true }, members: [...states.values()].map((other) => ({ voting: other === 'voting' })) };
  const applications = [...states].flatMap(([id, other]) => (other === 'applied' ? [{ id, role: 'archive', state: 'open' as const }] : []));
  return { identity: { party: folder, standing, seat }, network, ledger: { height: states.size }, applications };
}

function start(channel: Channel, { folder, relays }: MemberOptions): Member {
  channel.locked.add(folder);
  const member: Member = {
    get view() {
      return viewOf(channel, folder);
    },
    subscribe(listener) {
      channel.listeners.add(listener);
      return () => channel.listeners.delete(listener);
    },
    invitation: () => ({ channel: 'c0', name: 'Test', relays, peers: ['peer-1'] }),
    approveApplication: async (applicant) => seat(channel, applicant),
    attestParty: async (party, attested) => {
      channel.attested.set(party, attested);
    },
    async stop() {
      channel.running.delete(folder);
      channel.locked.delete(folder);
    },
  };
  channel.running.set(folder, member);
  changed(channel);
  return member;
}

function create(channel: Channel, options: MemberOptions & { readonly name: string }, state: State): Member {
  const { folder, name } = options;
  mkdirSync(path.join(folder, 'journal'), { recursive: true });
  mkdirSync(path.join(folder, 'blocks'));
  writeFileSync(path.join(folder, 'profile.json'), JSON.stringify({ name }));
  writeFileSync(path.join(folder, 'journal/row'), `votes of ${name}`);
  writeFileSync(path.join(folder, 'journal/member-key'), `key of ${name}`);
  writeFileSync(path.join(folder, 'blocks/0'), 'block');
  channel.states.set(folder, state);
  return start(channel, options);
}

function lockOf({ locked }: Channel, folder: string): FolderLock {
  return {
    async acquire() {
      if (locked.has(folder)) return false;
      locked.add(folder);
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, 'lock'), '');
      return true;
    },
    async release() {
      locked.delete(folder);
      rmSync(path.join(folder, 'lock'), { force: true });
    },
  };
}

export function createMemoryHost(): MemoryHost {
  const channel: Channel = { running: new Map(), listeners: new Set(), states: new Map(), locked: new Set(), attested: new Map() };
  let settings: FoundingSettings | null = null;
  let founded = 0;
  return {
    running: channel.running,
    attested: channel.attested,
    get settings() {
      return settings;
    },
    get founded() {
      return founded;
    },
    approve: (folder) => seat(channel, folder),
    exists: async (folder) => existsSync(path.join(folder, 'profile.json')),
    async found(options) {
      settings = options.settings;
      founded += 1;
      channel.states.clear();
      return create(channel, options, 'voting');
    },
    join: async (options) => create(channel, options, 'applied'),
    async open(options) {
      if (!existsSync(path.join(options.folder, 'journal/member-key'))) channel.states.set(options.folder, 'barred');
      return start(channel, options);
    },
    words: async (folder) => `words of ${(JSON.parse(readFileSync(path.join(folder, 'profile.json'), 'utf8')) as { name: string }).name}`,
    parseInvitation: (text) => (text.startsWith('{') ? (JSON.parse(text) as Invitation) : null),
    lock: (folder) => lockOf(channel, folder),
    votingPaths: ['journal'],
    lockPath: 'lock',
  };
}
