// Backup and restore of an archive member's folder, or of a whole demonstration. A copied or rolled-back vote journal makes a member
// vote twice (R3, R14), so an ordinary backup leaves the journal and the voting key out: what is restored from it keeps and serves
// everything and observes until a new key is certified. `move` takes them along and destroys them where they were, so that the
// one that is restored is the newest there is. Every file's digest is checked before anything is put in place.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isDemonstration, memberFolders } from './demonstration.ts';
import type { ArchiveHost } from './host.ts';
import { Trouble } from './report.ts';
import { type TarSource, packTar, unpackTar } from './tar.ts';

const CONTENTS_FILE = 'backup.json';
const FILES_FOLDER = 'files';
const FORMAT = 'clinicord-backup-1';

interface Contents {
  readonly format: typeof FORMAT;
  readonly kind: 'copy' | 'move';
  readonly createdAt: string;
  /** SHA-256 by name below the folder. */
  readonly digests: Readonly<Record<string, string>>;
}

export interface BackupResult {
  readonly files: number;
  readonly kind: 'copy' | 'move';
}

/** Folders of the members that a folder holds: itself, or those of a demonstration. Throws Trouble. */
async function membersIn(host: ArchiveHost, folder: string): Promise<readonly string[]> {
  if (await host.exists(folder)) return [folder];
  if (await isDemonstration(folder)) {
    const there = await Promise.all(memberFolders(folder).map(async (member) => ((await host.exists(member)) ? [member] : [])));
    return there.flat();
  }
  throw new Trouble(`There is no member in ${folder}.`, 'Name the folder of an archive member or of a demonstration.');
}

/** Runs `work` while nobody else can open these members. Throws Trouble where one is running. */
async function whileStopped<T>(host: ArchiveHost, members: readonly string[], work: () => Promise<T>): Promise<T> {
  const held = [];
  try {
    for (const member of members) {
      const lock = host.lock(member);
      if (!(await lock.acquire())) throw new Trouble(`The member in ${member} is running.`, 'Stop it and try again.');
      held.push(lock);
    }
    return await work();
  } finally {
    for (const lock of held) await lock.release();
  }
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

const isBelow = (name: string, top: string): boolean => name === top || name.startsWith(`${top}/`);

/** Names of paths of every member, relative to the folder that is backed up. */
function pathsOfMembers(folder: string, members: readonly string[], paths: readonly string[]): readonly string[] {
  return members.flatMap((member) => paths.map((entry) => path.relative(folder, path.join(member, entry)).split(path.sep).join('/')));
}

async function writeArchive(file: string, folder: string, contents: Contents): Promise<void> {
  const sources: TarSource[] = [
    { name: CONTENTS_FILE, content: Buffer.from(JSON.stringify(contents)) },
    ...Object.keys(contents.digests).map((name) => ({ name: `${FILES_FOLDER}/${name}`, content: path.join(folder, name) })),
  ];
  await pipeline(packTar(sources), createWriteStream(file, { mode: 0o600 }));
  const handle = await open(file, 'r+');
  await handle.sync();
  await handle.close();
}

/** Writes a backup of `folder` to `file`, which must not exist yet. Throws Trouble. */
export async function backup(host: ArchiveHost, folder: string, file: string, kind: 'copy' | 'move'): Promise<BackupResult> {
  if (await exists(file)) throw new Trouble(`${file} exists already.`, 'Name a new file.');
  const members = await membersIn(host, folder);
  return whileStopped(host, members, async () => {
    const voting = pathsOfMembers(folder, members, host.votingPaths);
    const left = [...pathsOfMembers(folder, members, [host.lockPath]), ...(kind === 'copy' ? voting : [])];
    const names = (await filesBelow(folder)).filter((name) => !left.some((top) => isBelow(name, top)));
    const digests: Record<string, string> = {};
    for (const name of names) digests[name] = await digestOf(path.join(folder, name));
    const part = `${file}.part`;
    await writeArchive(part, folder, { format: FORMAT, kind, createdAt: new Date().toISOString(), digests });
    // The file gets its name only once the keys are in no other place.
    if (kind === 'move') for (const name of voting) await rm(path.join(folder, name), { recursive: true, force: true });
    await rename(part, file);
    return { files: names.length, kind };
  });
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null)) !== null;
}

async function readContents(folder: string): Promise<Contents> {
  try {
    const contents = JSON.parse(await readFile(path.join(folder, CONTENTS_FILE), 'utf8')) as Partial<Contents>;
    if (contents.format === FORMAT && (contents.kind === 'copy' || contents.kind === 'move') && contents.digests !== undefined) {
      return contents as Contents;
    }
  } catch {
    // Said below.
  }
  throw new Trouble('This file is no backup that this version can read.', 'Use a file that `npm run archive -- backup` wrote.');
}

async function check(folder: string, contents: Contents): Promise<void> {
  const names = await filesBelow(folder);
  const expected = Object.keys(contents.digests).sort();
  if (names.join('\n') !== expected.join('\n'))
    throw new Trouble('The backup is damaged: files are missing or too many.', 'Use another backup.');
  for (const name of names) {
    if ((await digestOf(path.join(folder, name))) !== contents.digests[name])
      throw new Trouble(`The backup is damaged: ${name}.`, 'Use another backup.');
  }
}

/** Restores a backup into `folder`, which must not exist or be empty. Nothing is in place before all of it is checked. Throws Trouble. */
export async function restore(file: string, folder: string): Promise<BackupResult> {
  if (!(await exists(file))) throw new Trouble(`There is no file ${file}.`, 'Name the backup to restore.');
  if ((await exists(folder)) && (await readdir(folder)).length > 0)
    throw new Trouble(`${folder} is not empty.`, 'Name a new folder, or move the old one away first.');
  const scratch = `${path.resolve(folder)}.restoring`;
  await rm(scratch, { recursive: true, force: true });
  try {
    await unpackTar(createReadStream(file) as AsyncIterable<Buffer>, scratch);
    const contents = await readContents(scratch);
    const files = path.join(scratch, FILES_FOLDER);
    await check(files, contents);
    // A second restore would be a second voter with the same key.
    if (contents.kind === 'move') await rename(file, `${file}.restored`);
    await mkdir(path.dirname(path.resolve(folder)), { recursive: true });
    await rm(folder, { recursive: true, force: true });
    await rename(files, folder);
    return { files: Object.keys(contents.digests).length, kind: contents.kind };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
