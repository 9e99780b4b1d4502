// A clinic asks for a serial number (P2-05): name and identity number are normalised and blinded in this tab, as many holders as the key
// needs evaluate, each answer is checked as it comes, and what they add up to is unblinded here. Name and number never leave the tab.
import { AppError, type Digest, type PartyId, type Rejection, isRejection, present } from '../base/index.ts';
import type { BlindedInput, SerialNumber } from '../crypto/index.ts';
import type { Addressee } from './desk.ts';
import { SERIAL_REQUESTS, type SerialKey, evaluated, evaluation } from './serial-formats.ts';
import type { SerialKeys } from './serial-keys.ts';
import type { Workplace } from './workplace.ts';

const SEED_BYTES = 32;

/** A serial number, and the key that it belongs to. */
export interface AskedSerial {
  readonly serial: SerialNumber;
  readonly key: Digest;
}

/** Holders of a key, reached or not. */
export interface HolderReach {
  readonly party: PartyId;
  readonly addressee: Addressee | null;
}

/** Whom of a key's holders this node can ask now, itself among them where it is one. */
export function holdersOf(work: Workplace, { plan }: SerialKey): readonly HolderReach[] {
  const { channel, party: self } = work.environment;
  const peers = new Map(channel.peers().map(({ party, peer }) => [party, peer]));
  return plan.holders.map((party) => {
    const peer = party === self ? null : peers.get(party);
    return { party, addressee: peer === undefined ? null : { party, peer } };
  });
}

/** Throws AppError: `bad-name`, `bad-identity-number`, `no-serial-key`, `serial-holders-missing`, `rate-limited`. */
export async function askSerial(work: Workplace, keys: SerialKeys, name: string, identityNumber: string): Promise<AskedSerial> {
  const { schemes, randomness } = work.environment;
  const request = await schemes.call('serialBlind', { name, identityNumber, seed: randomness.bytes(SEED_BYTES) }).done;
  if (isRejection(request)) throw badInput(request);
  await keys.learn();
  const current = keys.current();
  if (current === null) throw noKey();
  const parts = await gather(work, current.key, current.label, request);
  const { commitments } = current.key;
  const serial = await schemes.call('serialFinishFromParts', { commitments, request, parts }).done;
  if (isRejection(serial))
    throw new AppError({ code: serial.reason, message: 'The holders’ answers do not fit together.', remedy: 'Try again.' });
  return { serial, key: current.label };
}

/** Asks as many holders as are needed at once, and others in place of those that fail. */
async function gather(work: Workplace, key: SerialKey, label: Digest, request: BlindedInput): Promise<readonly Uint8Array[]> {
  const { threshold } = key.plan;
  const reach = holdersOf(work, key);
  const waiting = reach.flatMap(({ addressee }) => (addressee === null ? [] : [addressee]));
  if (waiting.length < threshold) throw missing(work, key, reach, []);
  const parts: Uint8Array[] = [];
  const failures: { readonly party: PartyId; readonly error: AppError }[] = [];
  while (parts.length < threshold && waiting.length > 0) {
    const asked = waiting.splice(0, threshold - parts.length);
    const answers = await Promise.all(asked.map((holder) => askOne(work, key, label, request, holder)));
    for (const [index, answer] of answers.entries()) {
      if (answer instanceof AppError) failures.push({ party: present(asked[index], 'who was asked').party, error: answer });
      else parts.push(answer);
    }
  }
  if (parts.length >= threshold) return parts;
  throw (
    failures.find(({ error }) => error.code === 'rate-limited')?.error ??
    missing(
      work,
      key,
      reach,
      failures.map(({ party }) => party),
    )
  );
}

async function askOne(
  work: Workplace,
  key: SerialKey,
  label: Digest,
  { blinded }: BlindedInput,
  holder: Addressee,
): Promise<Uint8Array | AppError> {
  const { log, schemes } = work.environment;
  try {
    const { part } = await work.desk.ask(holder, SERIAL_REQUESTS.evaluate, evaluation, evaluated, { label, blinded });
    // The number inside is the holder's own: a part of somebody else's would count twice.
    const number = key.plan.holders.indexOf(holder.party) + 1;
    const refused = part[0] === number ? await schemes.call('serialCheckPart', { commitments: key.commitments, blinded, part }).done : null;
    if (part[0] === number && refused === null) return part;
    log.warn('serial-part-refused', { holder: holder.party, reason: refused?.reason ?? 'foreign-part' });
    return new AppError({
      code: 'oprf-proof',
      message: 'A holder did not use its share of the key.',
      remedy: 'Tell the supervision centre.',
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.debug('serial-not-evaluated', { code: error.code });
    return error;
  }
}

/** Who is missing for a serial number, in words; null while enough holders are reached. */
export function missingHolders(work: Workplace, key: SerialKey, reach: readonly HolderReach[], failed: readonly PartyId[]): string | null {
  const { threshold } = key.plan;
  const gone = reach.filter(({ party, addressee }) => addressee === null || failed.includes(party)).map(({ party }) => party);
  const there = reach.length - gone.length;
  if (there >= threshold) return null;
  const names = gone.map((party) => work.facts.nameOf(party)).join(', ');
  return `A serial number needs ${threshold} of ${reach.length} holders of the key; ${there} ${there === 1 ? 'answers' : 'answer'}. Missing: ${names}.`;
}

function missing(work: Workplace, key: SerialKey, reach: readonly HolderReach[], failed: readonly PartyId[]): AppError {
  return new AppError({
    code: 'serial-holders-missing',
    message: missingHolders(work, key, reach, failed) ?? 'Too few holders of the key have answered.',
    remedy: 'Wait until they are connected, or register the patient by her code.',
  });
}

function noKey(): AppError {
  return new AppError({
    code: 'no-serial-key',
    message: 'This consortium has no key for serial numbers yet.',
    remedy: 'The supervision centre sets it up on its page. Until then register the patient by her code.',
  });
}

const ABOUT_NAMES = ['bad-text', 'name-length', 'empty-name'];

function badInput({ reason, detail }: Rejection): AppError {
  return new AppError({
    code: ABOUT_NAMES.includes(reason) ? 'bad-name' : 'bad-identity-number',
    message: `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`,
    remedy: 'Copy it from the identity document.',
  });
}
