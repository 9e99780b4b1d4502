// The schemes as a worker runs them: plain data in, plain data out, whole workflows of each scheme, through the port's memory twin, which
// clones what crosses as a worker would.
import { describe, expect, test } from 'vitest';
import { accepted } from '../../../../tests/vectors/accepted.ts';
import { testRandomness } from '../../../../tests/vectors/randomness.ts';
import { createInlineSchemeWorker, createInlineSearchIndex } from '../../adapters/memory.ts';
import type { GrantId, RecordId } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import type { SchemeCalls } from './index.ts';

const schemes = createInlineSchemeWorker();
const random = testRandomness('calls');
const seed = (): Uint8Array => random.bytes(32);

async function ask<Name extends keyof SchemeCalls>(name: Name, input: Parameters<SchemeCalls[Name]>[0]) {
  return accepted(await schemes.call(name, input).done);
}

describe('schemes as calls', () => {
  test('a part key goes from patient to reader through two of three proxies; a false fragment is named and does not count (P3-10)', async () => {
    const context = textToBytes('part 1');
    const patient = await ask('umbralReadingKey', { root: seed(), sensitivityClass: 'general', epoch: 1 });
    const [reader, signer] = [await ask('umbralKeys', { seed: seed() }), await ask('umbralKeys', { seed: seed() })];
    const secret = random.bytes(32);
    const sealed = await ask('umbralSeal', { delegatingKey: patient.publicKey, secret, context, seed: seed() });
    expect(await ask('umbralOpenOwn', { ...sealed, secretKey: patient.secretKey, context })).toEqual(secret);
    const delegation = { delegatingKey: patient.publicKey, receivingKey: reader.publicKey, verifyingKey: signer.publicKey };
    const order = { delegatingSecret: patient.secretKey, signerSecret: signer.secretKey, receivingKey: reader.publicKey };
    const fragments = await ask('umbralFragments', { ...order, threshold: 2, shares: 3, seed: seed() });
    const answers: Uint8Array[] = [];
    for (const fragment of fragments) {
      expect(await ask('umbralCheckFragment', { fragment, delegation })).toBeNull();
      answers.push(...(await ask('umbralReencrypt', { fragment, delegation, capsules: [sealed.capsule], seed: seed() })));
    }
    const wish = { ...sealed, readerSecret: reader.secretKey, delegation, context };
    const [first = secret, second = secret, third = secret] = answers;
    expect(await ask('umbralOpen', { ...wish, fragments: [first, third] })).toEqual({ secret, wrong: [] });
    const foreign = await ask('umbralSeal', { delegatingKey: patient.publicKey, secret, context, seed: seed() });
    const [stray = secret] = await ask('umbralReencrypt', {
      fragment: fragments[1] ?? secret,
      delegation,
      capsules: [foreign.capsule],
      seed: seed(),
    });
    expect(await ask('umbralOpen', { ...wish, fragments: [first, stray, second] })).toEqual({ secret, wrong: [1] });
    expect(await schemes.call('umbralOpen', { ...wish, fragments: [first, stray] }).done).toMatchObject({ reason: 'not-enough-fragments' });
    expect(await schemes.call('umbralFragments', { ...order, threshold: 4, shares: 3, seed: seed() }).done).toMatchObject({
      reason: 'bad-threshold',
    });
  });

  test('records are found by code through the index port, by patient and by a reader with a grant (P3-11)', async () => {
    const [writerRoot, patientRoot] = [seed(), seed()];
    const scope = {
      writerKey: await ask('searchPublicKey', { root: writerRoot }),
      patientKey: await ask('searchPublicKey', { root: patientRoot }),
      sensitivityClass: 'general',
      epoch: 1,
    };
    const { scopeKey, scopeId } = await ask('searchScopeKey', { root: writerRoot, scope });
    expect(await ask('searchScopeKey', { root: patientRoot, scope })).toEqual({ scopeKey, scopeId });
    expect(await schemes.call('searchScopeKey', { root: seed(), scope }).done).toMatchObject({ reason: 'foreign-scope' });
    const word = (code: string) => ask('searchKeyword', { system: 'http://loinc.org', code });
    const [common, rare] = [await word('718-7'), await word('4548-4')];
    const index = createInlineSearchIndex();
    const records = ['01', '02', '03'].map((name) => name.repeat(16) as RecordId);
    for (const [at, record] of records.entries()) {
      await index.add([accepted(await index.tagsFor(scopeKey, record, at === 1 ? [common, rare] : [common], seed()))]);
    }
    expect(await index.find([scopeKey], [common])).toEqual(records);
    expect(await index.find([scopeKey], [common, rare])).toEqual([records[1]]);
    const { readerPart, keeperPart } = await ask('searchSplit', { scopeKey, seed: seed() });
    const grant = 'ab'.repeat(16) as GrantId;
    const query = await ask('searchQuery', { grant, scopes: [{ scopeId, readerPart }], keywords: [rare, common] });
    expect(accepted(await index.scopesOf(query)).grant).toBe(grant);
    expect(await index.answer(query, [keeperPart])).toEqual([records[1]]);
    expect(await index.answer(query, [])).toMatchObject({ reason: 'no-search-grant' });
    expect(await index.answer(query.slice(1), [keeperPart])).toMatchObject({ rejected: true });
  });

  test('a member enrols, signs, is opened by two of three, and its tags are revoked (P2-11)', async () => {
    const label = random.bytes(32);
    const dealt = await Promise.all([1, 2, 3].map((dealer) => ask('groupDeal', { label, dealer, threshold: 2, openers: 3, seed: seed() })));
    const share = (holder: number) => dealt.map(({ shares }) => shares[holder - 1] ?? label);
    const [first] = dealt;
    const own = { holder: 2, share: first?.shares[1] ?? label };
    expect(await ask('groupCheckDealing', { label, threshold: 2, dealing: first?.dealing ?? label, own })).toBeNull();
    const issuerSeed = seed();
    const groupKey = await ask('groupKey', {
      label,
      slotsPerEpoch: 2,
      epochsPerPeriod: 10,
      openers: 3,
      threshold: 2,
      dealings: dealt.map(({ dealing }) => dealing),
      issuer: await ask('groupIssuer', { seed: issuerSeed }),
    });
    const applicant = textToBytes('certificate of a clinic');
    const enrolled = await ask('groupEnrol', { groupKey, applicant, seed: seed() });
    const { request, tagShares } = enrolled;
    expect(await ask('groupCheckEnrolment', { groupKey, applicant, request })).toBeNull();
    expect(await schemes.call('groupCheckEnrolment', { groupKey, applicant: label, request }).done).toMatchObject({
      reason: 'enrolment-proof',
    });
    expect(await ask('groupCheckTagShare', { groupKey, request, holder: 3, share: tagShares[2] ?? label })).toBeNull();
    const credential = await ask('groupIssue', { groupKey, issuerSeed, request, period: 0, seed: seed() });
    const member = { ...enrolled, credential, period: 0 };
    expect(await ask('groupAccept', { groupKey, ...member })).toBeNull();
    const message = textToBytes('a slip');
    const signed = await ask('groupSign', { groupKey, member, slot: { epoch: 3, slot: 1 }, message, seed: seed() });
    const good = { message, signature: signed.signature };
    const bad = { message: label, signature: signed.signature };
    const { epoch, slot, tag } = signed;
    expect(await ask('groupVerify', { groupKey, items: [good, bad, { message, signature: label }], revoked: [] })).toEqual([
      { epoch, slot, tag },
      expect.objectContaining({ reason: 'bad-group-signature' }),
      expect.objectContaining({ rejected: true }),
    ]);
    const parts: Uint8Array[] = [];
    for (const holder of [1, 3]) {
      const openerShare = await ask('groupOpenerShare', { received: share(holder) });
      parts.push(await ask('groupOpeningPart', { groupKey, ...good, holder, share: openerShare, seed: seed() }));
    }
    expect(await ask('groupOpen', { groupKey, ...good, parts })).toEqual(await ask('groupIdentity', { groupKey, request }));
    const revocation = await Promise.all(
      [1, 2].map((holder) =>
        ask('groupRevocationPart', { groupKey, request, epoch, holder, share: tagShares[holder - 1] ?? label, seed: seed() }),
      ),
    );
    const revoked = await ask('groupRevokedTags', { groupKey, request, epoch, parts: revocation });
    expect(revoked).toContain(tag);
    expect(await ask('groupVerify', { groupKey, items: [good], revoked })).toMatchObject([{ reason: 'revoked' }]);
  });

  test('two clinics get the same serial number, and a wrong key is noticed (P2-05)', async () => {
    const keys = await ask('serialKeys', { seed: seed() });
    const serials: string[] = [];
    for (let clinic = 0; clinic < 2; clinic += 1) {
      const request = await ask('serialBlind', { name: 'Carla Ruiz', identityNumber: '12-34 56', seed: seed() });
      const answer = await ask('serialEvaluate', { keys, blinded: request.blinded, seed: seed() });
      serials.push(await ask('serialFinish', { publicKey: keys.publicKey, request, answer }));
      const other = await ask('serialKeys', { seed: seed() });
      expect(await schemes.call('serialFinish', { publicKey: other.publicKey, request, answer }).done).toMatchObject({
        reason: 'oprf-proof',
      });
    }
    expect(serials[0]).toBe(serials[1]);
  });

  test('progress is told for each of many, and what is given up rejects', async () => {
    const keys = await ask('umbralKeys', { seed: seed() });
    const job = schemes.call('umbralKeys', { seed: seed() });
    job.abort();
    await expect(job.done).rejects.toMatchObject({ code: 'aborted' });
    const [reader, signer] = [await ask('umbralKeys', { seed: seed() }), await ask('umbralKeys', { seed: seed() })];
    const order = { delegatingSecret: keys.secretKey, signerSecret: signer.secretKey, receivingKey: reader.publicKey };
    const [fragment = reader.publicKey] = await ask('umbralFragments', { ...order, threshold: 1, shares: 1, seed: seed() });
    const sealed = await ask('umbralSeal', { delegatingKey: keys.publicKey, secret: seed(), context: seed(), seed: seed() });
    const delegation = { delegatingKey: keys.publicKey, receivingKey: reader.publicKey, verifyingKey: signer.publicKey };
    const told: number[] = [];
    const wish = { fragment, delegation, capsules: [sealed.capsule, sealed.capsule], seed: seed() };
    await schemes.call('umbralReencrypt', wish, (done, of) => told.push(done, of)).done;
    expect(told).toEqual([1, 2, 2, 2]);
  });
});
