// A draft survives a reload, says what is missing, and hands the node only what was filled in.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { KeptDraft, PartyId, RecordId, VisitForm } from '../../node.ts';
import { VisitDraft } from './visit-draft.svelte.ts';

const PATIENT = 'ab'.repeat(16) as PartyId;
const RECORD = 'cd'.repeat(16) as RecordId;
const NOW_MS = new Date(2026, 10, 14, 9, 30).getTime();

function memoryNode() {
  let kept: KeptDraft | null = null;
  return {
    saves: 0,
    async saveDraft(_patient: PartyId, form: VisitForm, corrects: RecordId | null = null) {
      this.saves += 1;
      kept = structuredClone({ ...form, corrects });
    },
    loadDraft: async () => kept,
    discardDraft: async () => {
      kept = null;
    },
  };
}

function draftOf(node: ReturnType<typeof memoryNode>, corrects: RecordId | null = null) {
  return new VisitDraft({ node, patient: PATIENT, nowMs: NOW_MS, corrects });
}

describe('a draft of a visit', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    return () => vi.useRealTimers();
  });

  it('is saved once, a moment after the last key', async () => {
    const node = memoryNode();
    const draft = draftOf(node);
    draft.reason = 'Cough';
    draft.touch();
    draft.touch();
    await vi.runAllTimersAsync();
    expect(node.saves).toBe(1);
    expect(draft.savedMs).not.toBeNull();
  });

  it('comes back whole after a reload', async () => {
    const node = memoryNode();
    const draft = draftOf(node);
    draft.reason = 'Cough';
    draft.addDiagnosis();
    draft.diagnoses[0]!.text = 'Bronchitis';
    draft.allergyState = 'none-known';
    draft.vitalSigns.temperatureC = '38,2';
    await draft.save();
    const again = draftOf(node);
    await again.load();
    expect(again.form()).toEqual(draft.form());
    expect(again.diagnoses[0]).toMatchObject({ text: 'Bronchitis' });
    expect(again.vitalSigns.temperatureC).toBe('38.2');
  });

  it('leaves out empty rows, and allergies that are not listed', () => {
    const draft = draftOf(memoryNode());
    draft.addMedication();
    draft.addAllergy();
    draft.allergies[0]!.substance = 'Penicillin';
    expect(draft.form()).toMatchObject({ medication: [], allergies: { state: 'not-asked', list: [] } });
    draft.allergyState = 'listed';
    expect(draft.form().allergies).toEqual({ state: 'listed', list: [{ substance: 'Penicillin', reaction: '' }] });
  });

  it('says what stands in the way, and nothing once it is complete', () => {
    const draft = draftOf(memoryNode());
    expect(draft.fault).toMatch(/reason/);
    draft.reason = 'Check-up';
    expect(draft.fault).toBeNull();
    draft.vitalSigns.heartRatePerMin = '9999';
    expect(draft.fault).toMatch(/vital signs/);
    draft.vitalSigns.heartRatePerMin = '72';
    draft.allergyState = 'listed';
    expect(draft.fault).toMatch(/allergy/);
  });

  it('of a new visit never turns up in a correction by itself: the person decides', async () => {
    const node = memoryNode();
    const visit = draftOf(node);
    visit.reason = 'Cough';
    await visit.save();
    const correction = draftOf(node, RECORD);
    await correction.load();
    expect(correction.reason).toBe('');
    expect(correction.other?.reason).toBe('Cough');
    correction.settleOther(true);
    await correction.save();
    expect(correction.reason).toBe('Cough');
    expect((await node.loadDraft())?.corrects).toBe(RECORD);
  });

  it('of a correction begins with the version that it corrects, unless something stands in it', async () => {
    const old = draftOf(memoryNode());
    old.reason = 'Cough';
    const fresh = draftOf(memoryNode(), RECORD);
    fresh.offer(old.form());
    await fresh.load();
    expect(fresh.reason).toBe('Cough');
    const typed = draftOf(memoryNode(), RECORD);
    await typed.load();
    typed.reason = 'Fever';
    typed.touch();
    typed.offer(old.form());
    expect(typed.reason).toBe('Fever');
    typed.flush();
  });

  it('tells when the node could not keep it', async () => {
    const node = {
      ...memoryNode(),
      saveDraft: () => Promise.reject(Object.assign(new Error('Storage is full.'), { remedy: 'Free some.' })),
    };
    const draft = draftOf(node);
    await draft.save();
    expect(draft.problem).toEqual({ message: 'Storage is full.', remedy: 'Free some.' });
    expect(draft.savedMs).toBeNull();
  });
});
