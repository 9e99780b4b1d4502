// One IndexedDB database per profile: the vote journal, the member key beside it, the ledger, notes. Every write is one
// transaction with strict durability (R3): it is on the disk when it is done. Source: https://w3c.github.io/IndexedDB/
import { type DBSchema, type IDBPDatabase, deleteDB, openDB } from 'idb';
import { AppError } from '../../base/index.ts';
import { guarded } from './trouble.ts';

export interface StoredBytes {
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, and of what names them. */
  readonly sum: string;
}

export interface ProfileSchema extends DBSchema {
  journal: { key: string; value: StoredBytes & { readonly revision: number } };
  keys: { key: string; value: { readonly privateKey: CryptoKey; readonly publicKey: Uint8Array } };
  heads: { key: string; value: number };
  blocks: { key: [channel: string, height: number]; value: StoredBytes };
  /** Height up to which no block is missing; no row where none is. */
  filled: { key: string; value: number };
  snapshots: { key: [channel: string, part: number]; value: StoredBytes & { readonly height: number } };
  notes: { key: [table: string, key: string]; value: Uint8Array };
}

const SCHEMA_VERSION = 2;
const TABLES = ['journal', 'keys', 'heads', 'blocks', 'notes', 'filled', 'snapshots'] as const;
/** What every writing transaction asks for. */
export const STRICT = { durability: 'strict' } as const;

export interface ProfileDatabase {
  /** The open database. Throws AppError `storage-closed` after it was closed or taken away. */
  use(): IDBPDatabase<ProfileSchema>;
  close(): void;
}

/** Opens or makes the database of a profile. Throws AppError `storage-failed`, `storage-busy`. */
export async function openProfileDatabase(name: string): Promise<ProfileDatabase> {
  let database: IDBPDatabase<ProfileSchema> | null = null;
  const lose = () => {
    database?.close();
    database = null;
  };
  database = await guarded(
    () =>
      new Promise<IDBPDatabase<ProfileSchema>>((answer, refuse) => {
        openDB<ProfileSchema>(name, SCHEMA_VERSION, {
          upgrade(made) {
            for (const store of TABLES) if (!made.objectStoreNames.contains(store)) made.createObjectStore(store);
          },
          blocked: () => refuse(busy()),
          // A newer version or an erasure wants in: give way, the holder of the lock decides what happens.
          blocking: lose,
          terminated: lose,
        }).then(answer, refuse);
      }),
  );
  return {
    use() {
      if (database === null) throw closed();
      return database;
    },
    close: lose,
  };
}

/** Destroys everything that a profile keeps here. */
export async function eraseProfileDatabase(name: string): Promise<void> {
  await guarded(() => deleteDB(name));
}

function closed(): AppError {
  return new AppError({
    code: 'storage-closed',
    message: 'This tab’s storage was closed.',
    remedy: 'Reload this tab.',
  });
}

function busy(): AppError {
  return new AppError({
    code: 'storage-busy',
    message: 'Another tab holds an older version of this profile’s storage.',
    remedy: 'Close the other tabs of Clinicord, then reload.',
  });
}
