// The commands of `npm run archive`: what a person may type, and what becomes of it. Knows no node: the host is passed in.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { backup, restore } from './backup.ts';
import { isDemonstration, memberFolders, startDemonstration } from './demonstration.ts';
import type { ArchiveHost, Invitation } from './host.ts';
import { startMember } from './join.ts';
import { type Reporter, Trouble } from './report.ts';

export const HELP = `npm run archive -- COMMAND

  demonstration --data DIR --relay MULTIADDR [--fresh]
      Seven archive members and a supervision centre that approves whoever applies, in this process.
      --fresh founds the consortium anew and forgets the old one.

  join --invitation FILE|LINK --name NAME --data DIR [--relay MULTIADDR]
      One archive member for a consortium. The first time it applies to the supervision centre; later it opens what is in DIR.

  backup DIR FILE.tar [--move]
      Everything in DIR but the voting key and the vote journal: a member restored from it keeps and serves all records, and votes
      again when the supervision centre has certified a new key for it. With --move these two go along and are destroyed in DIR:
      use it to move a member to another machine.

  restore FILE.tar DIR
      Checks a backup and puts it into DIR, which must be empty.

  words --data DIR
      The 24 words of the demonstration's supervision centre (or of the member in DIR). Whoever has them has its keys.

Backups hold keys: keep them as you keep the folder. docs/operations.md says more.
`;

/** What keeps the program running; null where the command is done. */
export interface Running {
  stop(): Promise<void>;
}

export interface Surroundings {
  readonly host: ArchiveHost;
  readonly report: Reporter;
  /** Writes to standard output. */
  print(text: string): void;
}

const usage = (what: string): Trouble => new Trouble(what, 'See `npm run archive -- --help`.');

function required(value: string | undefined, name: string): string {
  if (value === undefined || value === '') throw usage(`${name} is missing.`);
  return value;
}

async function demonstration(values: Values, { host, report }: Surroundings): Promise<Running> {
  const relay = required(values.relay, '--relay');
  const folder = path.resolve(required(values.data, '--data'));
  const running = await startDemonstration(host, { folder, relay, fresh: values.fresh, report });
  const height = Math.max(...running.members.map((member) => member.view.ledger.height));
  report({ kind: 'ready', invitation: running.invitation, height });
  return running;
}

/** A file is read; anything else is taken for the invitation itself. */
async function readInvitation(host: ArchiveHost, source: string): Promise<Invitation> {
  const text = await readFile(source, 'utf8').catch(() => source);
  const invitation = host.parseInvitation(text.trim());
  if (invitation === null)
    throw new Trouble('This is no invitation.', 'Copy the whole link, or save what the supervision centre sent as a file and name it.');
  return invitation;
}

async function join(values: Values, { host, report }: Surroundings): Promise<Running> {
  const folder = path.resolve(required(values.data, '--data'));
  const relays = values.relay === undefined ? [] : [values.relay];
  if (await host.exists(folder)) return startMember(await host.open({ folder, relays }), report);
  const invitation = await readInvitation(host, required(values.invitation, '--invitation'));
  const name = required(values.name, '--name');
  return startMember(await host.join({ folder, name, invitation, relays: relays.length > 0 ? relays : invitation.relays }), report);
}

async function makeBackup([folder, file]: readonly string[], { move }: Values, { host, print }: Surroundings): Promise<null> {
  const result = await backup(
    host,
    path.resolve(required(folder, 'DIR')),
    path.resolve(required(file, 'FILE.tar')),
    move ? 'move' : 'copy',
  );
  const note = move ? 'The voting key moved with it: this folder votes no more.' : 'The voting key and the vote journal stay here.';
  print(`${result.files} files. ${note} The file holds other keys: keep it as you keep the folder.\n`);
  return null;
}

async function restoreBackup([file, folder]: readonly string[], { print }: Surroundings): Promise<null> {
  const result = await restore(path.resolve(required(file, 'FILE.tar')), path.resolve(required(folder, 'DIR')));
  print(`${result.files} files.\n`);
  print(
    result.kind === 'copy'
      ? 'Without its voting key this member observes: ask the supervision centre to certify a new key for it (R14).\n'
      : 'This is now the only copy of its voting key. The backup was renamed, so that it is not restored a second time.\n',
  );
  return null;
}

async function words(values: Values, { host, print }: Surroundings): Promise<null> {
  const folder = path.resolve(required(values.data, '--data'));
  const holder = (await isDemonstration(folder)) ? (memberFolders(folder)[0] ?? folder) : folder;
  if (!(await host.exists(holder)))
    throw new Trouble(`There is no member in ${folder}.`, 'Name the folder that --data named when it was started.');
  print(`${await host.words(holder)}\n`);
  return null;
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        data: { type: 'string' },
        relay: { type: 'string' },
        fresh: { type: 'boolean', default: false },
        invitation: { type: 'string' },
        name: { type: 'string' },
        move: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : 'The options cannot be read.');
  }
}
type Values = ReturnType<typeof parse>['values'];

/** Runs one command; resolves with what keeps running. Throws Trouble for what a person can mend. */
export async function runCommand(argv: readonly string[], surroundings: Surroundings): Promise<Running | null> {
  const { values, positionals } = parse(argv);
  const [command, ...rest] = positionals;
  if (values.help || command === undefined) {
    surroundings.print(HELP);
    return null;
  }
  switch (command) {
    case 'demonstration':
      return demonstration(values, surroundings);
    case 'join':
      return join(values, surroundings);
    case 'backup':
      return makeBackup(rest, values, surroundings);
    case 'restore':
      return restoreBackup(rest, surroundings);
    case 'words':
      return words(values, surroundings);
    default:
      throw usage(`There is no command ${command}.`);
  }
}
