// Archive members for a story of a consortium that is not the demonstration: founded by the first, which certifies whoever asks, all
// in this process. One can be stopped, as a server that is switched off, and started again from its folder.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ArchiveHost, Member } from '../../archive/host.ts';
import { createNodeHost } from '../../archive/node-host.ts';
import { until } from '../../archive/until.ts';
import { invitationLink } from '../../src/node/index.ts';
import type { World } from './world.ts';

const VOTING_LIMIT_MS = 120_000;

const SETTINGS = {
  name: 'Four valleys',
  engine: 'grouped',
  groupCount: 4,
  epochLengthMs: 0,
  copies: 2,
  archiveQuorum: false,
  silenceMs: 900_000,
  epochMinMs: 4_000,
  baseTimeoutMs: 4_000,
} as const;

export interface Archives {
  readonly names: readonly string[];
  /** For tabs: opens the page with the invitation in it. */
  link(): string;
  /** As the supervision centre: these clinics are the best rated, in four places, so that their tabs are elected with the next epoch. */
  rate(clinics: readonly string[]): Promise<void>;
  stopOne(name: string): Promise<void>;
  startAgain(name: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startArchives(world: World, count: number): Promise<Archives> {
  const host: ArchiveHost = createNodeHost();
  const root = await mkdtemp(path.join(tmpdir(), 'clinicord-archives-'));
  const names = Array.from({ length: count }, (_, index) => `Archive ${index + 1}`);
  const members = new Map<string, Member>();
  const place = (name: string) => ({ folder: path.join(root, name.replace(' ', '-')), relays: [world.relayAddress] });
  const [first = ''] = names;
  const founder = await host.found({ ...place(first), name: first, settings: SETTINGS, autoApprove: true });
  members.set(first, founder);
  const unsubscribe = certifyAll(founder);
  for (const name of names.slice(1)) members.set(name, await host.join({ ...place(name), name, invitation: founder.invitation() }));
  for (const member of members.values()) await votes(member);
  unsubscribe();
  return {
    names,
    link: () => invitationLink(founder.invitation() as Parameters<typeof invitationLink>[0], world.url),
    rate: (clinics) => rateBest(founder, clinics),
    stopOne: async (name) => members.get(name)?.stop(),
    startAgain: async (name) => {
      const member = await host.open(place(name));
      members.set(name, member);
      await votes(member);
    },
    stop: async () => {
      await Promise.all([...members.values()].map((member) => member.stop().catch(() => undefined)));
      await rm(root, { recursive: true, force: true });
    },
  };
}

interface Named {
  readonly party: string;
  readonly name: string;
}

async function rateBest(centre: Member, clinics: readonly string[]): Promise<void> {
  const members = centre.view.network.members as unknown as readonly Named[];
  for (const [index, clinic] of clinics.entries()) {
    const party = members.find(({ name }) => name === clinic)?.party;
    if (party === undefined) throw new Error(`${clinic} is no member`);
    await centre.attestParty(party, { place: { xMetres: 300_000 * (index % 4), yMetres: 1_000 * index }, rating: 1_000_000 });
  }
}

/** Nobody becomes an archive member without a person: here everybody who asks does, until the story begins. */
function certifyAll(centre: Member): () => void {
  const asked = new Set<string>();
  return centre.subscribe(() => {
    for (const { id, role, state } of centre.view.applications) {
      if (role !== 'archive' || state !== 'open' || asked.has(id)) continue;
      asked.add(id);
      centre.approveApplication(id).catch(() => asked.delete(id));
    }
  });
}

async function votes(member: Member): Promise<void> {
  const voting = (): boolean => member.view.identity.seat.kind === 'voting';
  if (!(await until(voting, (listener) => member.subscribe(listener), VOTING_LIMIT_MS))) throw new Error('an archive member does not vote');
}
