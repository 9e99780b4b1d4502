// A draft survives a reload, says what is missing, and hands the node only what was filled in.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { PartyId, VisitForm } from '../../node.ts';
import { VisitDraft } from './visit-draft.svelte.ts';

const PATIENT = 'ab'.repeat(16) as PartyId;
const NOW_MS = new Date(2026, 10, 14, 9, 30).getTime();

function memoryNode() {
  let kept: VisitForm | null = null;
  return {
    saves: 0,
    async saveDraft(_patient: PartyId, form: VisitForm) {
      this.saves += 1;
      kept = structuredClone(form);
    },
    loadDraft: async () => kept,
    discardDraft: async () => {
      kept = null;
    },
  };
}

describe('a draft of a visit', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    return () => vi.useRealTimers();
  });

  it('is saved once, a moment after the last key', async () => {
    const node = memoryNode();
    const draft = new VisitDraft(node, PATIENT, NOW_MS);
    draft.reason = 'Cough';
    draft.touch();
    draft.touch();
    await vi.runAllTimersAsync();
    expect(node.saves).toBe(1);
    expect(draft.savedMs).not.toBeNull();
  });

  it('comes back whole after a reload', async () => {
    const node = memoryNode();
    const draft = new VisitDraft(node, PATIENT, NOW_MS);
    draft.reason = 'Cough';
    draft.addDiagnosis();
    draft.diagnoses[0]!.text = 'Bronchitis';
    draft.allergyState = 'none-known';
    draft.vitalSigns.temperatureC = '38,2';
    await draft.save();
    const again = new VisitDraft(node, PATIENT, NOW_MS + 60_000);
    await again.load();
    expect(again.form()).toEqual(draft.form());
    expect(again.diagnoses[0]).toMatchObject({ text: 'Bronchitis' });
    expect(again.vitalSigns.temperatureC).toBe('38.2');
  });

  it('leaves out empty rows, and allergies that are not listed', () => {
    const draft = new VisitDraft(memoryNode(), PATIENT, NOW_MS);
    draft.addMedication();
    draft.addAllergy();
    draft.allergies[0]!.substance = 'Penicillin';
    expect(draft.form()).toMatchObject({ medication: [], allergies: { state: 'not-asked', list: [] } });
    draft.allergyState = 'listed';
    expect(draft.form().allergies).toEqual({ state: 'listed', list: [{ substance: 'Penicillin', reaction: '' }] });
  });

  it('says what stands in the way, and nothing once it is complete', () => {
    const draft = new VisitDraft(memoryNode(), PATIENT, NOW_MS);
    expect(draft.fault).toMatch(/reason/);
    draft.reason = 'Check-up';
    expect(draft.fault).toBeNull();
    draft.vitalSigns.heartRatePerMin = '9999';
    expect(draft.fault).toMatch(/vital signs/);
    draft.vitalSigns.heartRatePerMin = '72';
    draft.allergyState = 'listed';
    expect(draft.fault).toMatch(/allergy/);
  });

  it('tells when the node could not keep it', async () => {
    const node = { ...memoryNode(), saveDraft: () => Promise.reject(Object.assign(new Error('Storage is full.'), { remedy: 'Free some.' })) };
    const draft = new VisitDraft(node, PATIENT, NOW_MS);
    await draft.save();
    expect(draft.problem).toEqual({ message: 'Storage is full.', remedy: 'Free some.' });
    expect(draft.savedMs).toBeNull();
  });
});
