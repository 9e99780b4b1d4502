// Capsules of part keys (P3-10): the writing clinic seals each part's key to the patient's published reading key; before she signs, the
// patient looks whether every capsule holds the very key of its part. So what proxies will turn for a reader opens what she signed, and a
// capsule that was copied from another record is never signed.
import { type PartyId, type Rejection, isRejection, reject } from '../base/index.ts';
import { equalBytes } from '../codec/index.ts';
import { type Manifest, type RecordVersion, capsuleContext, refusesCapsules } from '../records/index.ts';
import type { ReadingKeys } from './reading-keys.ts';
import { type CapsuleSealer, fetchEnvelope, partKeyOf } from './sealing.ts';
import type { Workplace } from './workplace.ts';

const SEED_BYTES = 32;

/** Null where the patient has published no reading keys. */
export function sealerFor({ environment, facts }: Pick<Workplace, 'environment' | 'facts'>, patient: PartyId): CapsuleSealer | null {
  const epoch = facts.readingEpoch(patient);
  const entry = epoch === null ? null : facts.readingKeys(patient, epoch);
  if (epoch === null || entry === null) return null;
  return {
    epoch,
    seal: async (key, of, partClass) => {
      const { schemes, randomness } = environment;
      const sealed = await schemes.call('umbralSeal', {
        delegatingKey: entry.keys[partClass],
        secret: key,
        context: capsuleContext(of, partClass, epoch),
        seed: randomness.bytes(SEED_BYTES),
      }).done;
      // The ledger takes no key that is no point.
      if (isRejection(sealed)) throw new TypeError(sealed.detail);
      return { class: partClass, capsule: sealed.capsule, sealedKey: sealed.ciphertext };
    },
  };
}

/** By the patient: why the capsules are not those of the parts that she opens with her own keys, or null. */
export async function refusesOwnCapsules(
  work: Workplace,
  keys: ReadingKeys,
  manifest: Manifest,
  of: RecordVersion,
): Promise<Rejection | null> {
  const { environment, facts } = work;
  const found = await fetchEnvelope(environment.blobs, manifest);
  if (isRejection(found)) return found;
  const { capsules } = manifest;
  const stray = refusesCapsules(capsules, found.envelope);
  if (stray !== null || capsules === null) return stray;
  if (facts.readingKeys(of.patient, capsules.epoch) === null) return reject('unknown-epoch', 'the keys are sealed to no epoch of hers');
  for (const { class: partClass, capsule, sealedKey } of capsules.parts) {
    const own = await partKeyOf(environment.keyWrap, manifest, of, partClass, work.person());
    if (own === null || isRejection(own)) return own ?? reject('hidden-part', 'a part is not sealed for the patient');
    const { secretKey } = await keys.pairOf(partClass, capsules.epoch);
    const context = capsuleContext(of, partClass, capsules.epoch);
    const key = await environment.schemes.call('umbralOpenOwn', { secretKey, capsule, ciphertext: sealedKey, context }).done;
    if (isRejection(key) || !equalBytes(key, own)) return reject('bad-capsule', `the capsule of the ${partClass} part holds another key`);
  }
  return null;
}
