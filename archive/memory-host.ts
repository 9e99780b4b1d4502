// A host for tests: members agree at once and keep their folders on disk as real ones do, but there is no network and no ledger
// behind them. One channel per host.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ArchiveHost, FoundingSettings, Invitation, Member, MemberOptions, MemberView } from './host.ts';

type State = 'applied' | 'certified' | 'voting' | 'barred' | 'refused';

interface MemoryMember extends Member {
  readonly folder: string;
  readonly name: string;
}

export interface MemoryHost extends ArchiveHost {
  readonly running: ReadonlyMap<string, MemoryMember>;
  readonly settings: FoundingSettings | null;
  readonly founded: number;
  /** Certifies and seats the member of a folder, as a supervision centre and the next epoch do. */
  approve(folder: string): void;
}

export function createMemoryHost(): MemoryHost {
  const running = new Map<string, MemoryMember>();
  const listeners = new Set<() => void>();
  const states = new Map<string, State>();
  const locked = new Set<string>();
  const changed = (): void => [...listeners].forEach((listener) => listener());

  const invitation = (relays: readonly string[]): Invitation => ({ channel: 'c0', name: 'Test', relays, peers: ['peer-1'] });

  function viewOf(folder: string): MemberView {
    const state = states.get(folder) ?? 'applied';
    const standing =
      state === 'refused'
        ? ({ kind: 'refused', reason: 'unknown' } as const)
        : ({ kind: state === 'applied' ? 'applied' : 'certified' } as const);
    const seat =
      state === 'barred'
        ? ({ kind: 'barred', reason: 'its vote row is lost' } as const)
        : ({ kind: state === 'voting' ? 'voting' : 'asked' } as const);
    const network = { relay: { connected: true }, members: [...states.values()].map((other) => ({ voting: other === 'voting' })) };
    return { identity: { standing, seat }, network, ledger: { height: states.size } };
  }

  function start({ folder, relays }: MemberOptions, name: string): MemoryMember {
    locked.add(folder);
    const member: MemoryMember = {
      folder,
      name,
      get view() {
        return viewOf(folder);
      },
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      invitation: () => invitation(relays),
      async stop() {
        running.delete(folder);
        locked.delete(folder);
        if (running.size === 0) approving = false;
      },
    };
    running.set(folder, member);
    changed();
    return member;
  }

  function create(options: MemberOptions, name: string, state: State): MemoryMember {
    mkdirSync(path.join(options.folder, 'journal'), { recursive: true });
    mkdirSync(path.join(options.folder, 'blocks'));
    writeFileSync(path.join(options.folder, 'profile.json'), JSON.stringify({ name }));
    writeFileSync(path.join(options.folder, 'journal/row'), `votes of ${name}`);
    writeFileSync(path.join(options.folder, 'member-key'), `key of ${name}`);
    writeFileSync(path.join(options.folder, 'blocks/0'), 'block');
    states.set(options.folder, state === 'applied' && approving ? 'voting' : state);
    return start(options, name);
  }

  let approving = false;
  let settings: FoundingSettings | null = null;
  let founded = 0;
  const host: MemoryHost = {
    running,
    get settings() {
      return settings;
    },
    get founded() {
      return founded;
    },
    approve(folder) {
      states.set(folder, 'voting');
      changed();
    },
    exists: async (folder) => existsSync(path.join(folder, 'profile.json')),
    async found(options) {
      settings = options.settings;
      founded += 1;
      states.clear();
      approving = options.autoApprove === true;
      return create(options, options.name, 'voting');
    },
    join: async (options) => create(options, options.name, 'applied'),
    async open(options) {
      approving ||= options.autoApprove === true;
      const { name } = JSON.parse(readFileSync(path.join(options.folder, 'profile.json'), 'utf8')) as { name: string };
      if (!existsSync(path.join(options.folder, 'member-key'))) states.set(options.folder, 'barred');
      return start(options, name);
    },
    words: async (folder) => `words of ${path.basename(folder)}`,
    parseInvitation: (text) => (text.startsWith('{') ? (JSON.parse(text) as Invitation) : null),
    lock: (folder) => ({
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
    }),
    votingPaths: ['journal', 'member-key'],
    lockPath: 'lock',
  };
  return host;
}
