// The demonstration consortium: seven archive members in this process, real participants over WebRTC, and a supervision centre that
// certifies whoever asks (P0-02). Founded once; later starts open what is there. All seven belong to one operator, which R0
// forbids elsewhere: the page says so.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ArchiveHost, Attested, FoundingSettings, Invitation, Member } from './host.ts';
import { type Reporter, Trouble } from './report.ts';
import { until } from './until.ts';

/** Seven members tolerate two faults and let three visitors vote (R17). */
export const DEMONSTRATION_MEMBERS = 7;
/** From the start of this program; a slow machine needs a while for seven nodes. */
const READY_LIMIT_MS = 120_000;
const STATE_FILE = 'demonstration.json';

const SETTINGS: FoundingSettings = {
  name: 'Clinicord demonstration',
  copies: 2,
  archiveQuorum: true,
  silenceMs: 60_000,
  // A visitor becomes a voter within 10 s.
  epochMinMs: 4_000,
  // Three visitors who left silently may have to lead in turn: no record waits longer than 30 s for that (R17).
  baseTimeoutMs: 3_000,
};

/** Invented: seven towns between a lake and the mountains, and how their members are rated. */
const ATTESTED: readonly Attested[] = [
  { place: { xMetres: 121_400, yMetres: 66_200 }, rating: 910_000 },
  { place: { xMetres: 98_700, yMetres: 41_900 }, rating: 870_000 },
  { place: { xMetres: 143_050, yMetres: 88_300 }, rating: 865_000 },
  { place: { xMetres: 61_800, yMetres: 73_600 }, rating: 940_000 },
  { place: { xMetres: 176_900, yMetres: 52_450 }, rating: 790_000 },
  { place: { xMetres: 84_200, yMetres: 112_700 }, rating: 820_000 },
  { place: { xMetres: 32_600, yMetres: 18_100 }, rating: 880_000 },
];

export interface Demonstration {
  readonly invitation: Invitation;
  readonly members: readonly Member[];
  stop(): Promise<void>;
}

export interface DemonstrationOptions {
  /** Holds the members' folders. */
  readonly folder: string;
  readonly relay: string;
  /** Forgets what is there and founds anew. */
  readonly fresh: boolean;
  readonly report: Reporter;
}

const memberFolder = (folder: string, number: number): string => path.join(folder, `member-${number}`);

/** Folders of the members below a demonstration's folder, whether or not they exist. */
export function memberFolders(folder: string): readonly string[] {
  return Array.from({ length: DEMONSTRATION_MEMBERS }, (_, index) => memberFolder(folder, index + 1));
}

/** Whether a folder holds a demonstration. */
export async function isDemonstration(folder: string): Promise<boolean> {
  return (await readState(folder)) !== null;
}

async function readState(folder: string): Promise<{ readonly complete: boolean } | null> {
  try {
    const state: unknown = JSON.parse(await readFile(path.join(folder, STATE_FILE), 'utf8'));
    return { complete: typeof state === 'object' && state !== null && 'complete' in state && state.complete === true };
  } catch {
    return null;
  }
}

async function writeState(folder: string, complete: boolean): Promise<void> {
  const file = path.join(folder, STATE_FILE);
  await writeFile(`${file}.new`, `${JSON.stringify({ members: DEMONSTRATION_MEMBERS, complete })}\n`);
  await rename(`${file}.new`, file);
}

/** Refuses while another process uses the folder (R16): a second set of the same members would only look on. */
async function refuseRunning(host: ArchiveHost, folder: string): Promise<void> {
  for (const member of memberFolders(folder)) {
    const lock = host.lock(member);
    if (!(await lock.acquire()))
      throw new Trouble(`The demonstration in ${folder} is running already.`, 'Stop it, or name another folder with --data.');
    await lock.release();
  }
}

/** Deletes nothing but the members' folders and the state. */
async function clear(folder: string): Promise<void> {
  await rm(path.join(folder, STATE_FILE), { force: true });
  for (const member of memberFolders(folder)) await rm(member, { recursive: true, force: true });
}

async function foundOrOpen(host: ArchiveHost, options: DemonstrationOptions, started: Member[]): Promise<Member> {
  const folder = memberFolder(options.folder, 1);
  const place = { folder, relays: [options.relay], autoApprove: true };
  const known = await host.exists(folder);
  options.report({ kind: 'progress', text: known ? 'Opening the demonstration' : 'Founding the demonstration' });
  const authority = known ? await host.open(place) : await host.found({ ...place, name: 'Archive 1', settings: SETTINGS });
  started.push(authority);
  return authority;
}

/** Members two to seven: each opens its folder or applies with keys of its own. */
async function others(host: ArchiveHost, options: DemonstrationOptions, invitation: Invitation, started: Member[]): Promise<void> {
  for (const [index, folder] of memberFolders(options.folder).entries()) {
    if (index === 0) continue;
    const place = { folder, relays: [options.relay] };
    const member = (await host.exists(folder))
      ? await host.open(place)
      : await host.join({ ...place, name: `Archive ${index + 1}`, invitation });
    started.push(member);
  }
}

/**
 * While the demonstration is founded nobody but its own members can know of it, so whoever asks to be an archive member is one of
 * them. Afterwards nobody becomes one without a person: an archive member counts towards the quorum.
 */
function certifyArchives(authority: Member, report: Reporter): () => void {
  const asked = new Set<string>();
  const look = (): void => {
    for (const { id, role, state } of authority.view.applications) {
      if (role !== 'archive' || state !== 'open' || asked.has(id)) continue;
      asked.add(id);
      authority.approveApplication(id).catch((error: unknown) => {
        report({ kind: 'progress', text: `A member could not be certified yet: ${error instanceof Error ? error.message : 'unknown'}` });
        asked.delete(id);
        look();
      });
    }
  };
  look();
  return authority.subscribe(look);
}

/** Says where the members are and how they are rated. */
async function attestAll(authority: Member, members: readonly Member[]): Promise<void> {
  await Promise.all(
    members.map(async ({ view: { identity } }, index) => {
      const attested = ATTESTED[index];
      if (attested !== undefined) await authority.attestParty(identity.party, attested);
    }),
  );
}

/** What an archive member lacks to vote, in words; null once it votes or can never vote again. */
function waitsFor({ view: { identity } }: Member): string | null {
  const { standing, seat } = identity;
  if (standing.kind === 'refused' || standing.kind === 'revoked')
    throw new Trouble(`A member was ${standing.kind}: ${standing.reason}.`, 'Found the demonstration anew with --fresh.');
  if (seat.kind === 'voting' || seat.kind === 'barred') return null;
  return standing.kind === 'certified' ? 'a seat' : 'a certificate';
}

/** Resolves once every member votes, or is barred for good while the others reach the quorum without it (R14). */
async function allVote(started: readonly Member[], report: Reporter): Promise<void> {
  let said = '';
  const ready = (): boolean => {
    const waiting = started.flatMap((member) => waitsFor(member) ?? []);
    const text = `${started.length - waiting.length} of ${started.length} archive members vote`;
    if (text !== said) report({ kind: 'progress', text });
    said = text;
    return waiting.length === 0;
  };
  const subscribe = (listener: () => void): (() => void) => {
    const ends = started.map((member) => member.subscribe(listener));
    return () => ends.forEach((end) => end());
  };
  if (await until(ready, subscribe, READY_LIMIT_MS)) return;
  throw new Trouble(
    `The members of the demonstration did not come together within ${READY_LIMIT_MS / 1000} s.`,
    'Try again; if that does not help, found it anew with --fresh.',
  );
}

/** Founds or opens the demonstration; resolves when its members vote. On failure everything is stopped. */
export async function startDemonstration(host: ArchiveHost, options: DemonstrationOptions): Promise<Demonstration> {
  await mkdir(options.folder, { recursive: true });
  await refuseRunning(host, options.folder);
  // A founding that was interrupted is begun again: nobody has joined it yet.
  const state = await readState(options.folder);
  if (options.fresh || state?.complete === false) await clear(options.folder);
  if ((await readState(options.folder)) === null) await writeState(options.folder, false);
  const started: Member[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((member) => member.stop()));
  };
  try {
    const authority = await foundOrOpen(host, options, started);
    const founding = (await readState(options.folder))?.complete === false;
    const endCertifying = founding ? certifyArchives(authority, options.report) : () => undefined;
    await others(host, options, authority.invitation(), started);
    await allVote(started, options.report);
    endCertifying();
    if (founding) await attestAll(authority, started);
    await writeState(options.folder, true);
    return { invitation: authority.invitation(), members: started, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
