// What the state holds of works: the owner, the fingerprint that was registered first, licences with their number of uses.
import { type Digest, type ItemId } from '../../base/index.ts';
import { type Decoded, nullable, struct, uint } from '../../codec/index.ts';
import { digest, itemId, partyId } from '../fields.ts';
import { table } from '../table.ts';

const work = struct({
  owner: partyId,
  fingerprint: digest,
  registeredAtHeight: uint(),
  /** To whom the owner wants to give it. */
  offeredTo: nullable(partyId),
});
export type WorkEntry = Decoded<typeof work>;

const fingerprint = struct({ work: itemId });

const licence = struct({
  work: itemId,
  licensee: partyId,
  fromMs: uint(),
  untilMs: uint(),
  endedAtHeight: nullable(uint()),
  uses: uint(),
});
export type LicenceEntry = Decoded<typeof licence>;

export const workTable = table<ItemId, WorkEntry>('work', work);
export const fingerprintTable = table<Digest, Decoded<typeof fingerprint>>('fingerprint', fingerprint);
export const licenceTable = table<ItemId, LicenceEntry>('licence', licence);
