// Coming in: nothing is made before the form is right, and what cannot be met is said with a remedy.
import { describe, expect, it, vi } from 'vitest';
import type { Session, StartPane } from '../../domain/index.ts';
import type { Invitation, NodeDoor } from '../../node.ts';
import { Enrolment, plainWords } from './enrolment.svelte.ts';

const INVITATION = { channel: 'c', name: 'Demonstration', relays: ['/dns4/relay'], peers: [] } as unknown as Invitation;

function enrolment(pane: StartPane, door: Partial<NodeDoor> = {}) {
  const create = vi.fn(async () => ({ slot: 's1', words: 'one two' }));
  const start = vi.fn(async () => undefined);
  const whole = { missingFeatures: () => [], demonstration: async () => INVITATION, ...door };
  const session = { create, start, starting: { problem: null }, door: async () => whole } as unknown as Session;
  const form = new Enrolment(pane, session);
  form.name = 'North Practice';
  form.clinician = 'Dr Lee';
  form.passphrase = 'seven blue lakes';
  form.again = 'seven blue lakes';
  return { form, create, start, settled: () => expect.poll(() => form.task.busy).toBe(false) };
}

describe('the form of a newcomer', () => {
  it('makes nothing while a field is missing, and says which only after a try', async () => {
    const { form, create, settled } = enrolment('clinic');
    form.clinician = ' ';
    form.again = 'other';
    expect(form.fault('clinician')).toBeUndefined();
    form.submit(() => undefined);
    expect(form.fault('clinician')).toBeDefined();
    expect(form.fault('again')).toBe('The two passphrases differ.');
    await settled();
    expect(create).not.toHaveBeenCalled();
  });

  it('refuses a passphrase under ten characters', () => {
    const { form } = enrolment('clinic');
    form.passphrase = form.again = 'too short';
    expect(form.faults.passphrase).toBe('At least 10 characters.');
  });

  it('joins the demonstration of this address', async () => {
    const { form, create, settled } = enrolment('clinic');
    form.submit(() => undefined);
    await settled();
    expect(create).toHaveBeenCalledWith(
      { role: 'clinic', name: 'North Practice', clinician: 'Dr Lee', passphrase: 'seven blue lakes' },
      { kind: 'invitation', invitation: INVITATION },
    );
    expect(form.made).toEqual({ slot: 's1', words: 'one two' });
  });

  it('says what to do where there is no demonstration', async () => {
    const { form, create, settled } = enrolment('patient', { demonstration: async () => null });
    form.submit(() => undefined);
    await settled();
    expect(form.task.problem).toEqual({
      message: 'This address serves no demonstration.',
      remedy: 'Join by an invitation link, or found a consortium of your own.',
    });
    expect(create).not.toHaveBeenCalled();
  });

  it('asks for the role where an invitation serves both, and passes on why a link is refused', async () => {
    const parseInvitation = () => ({ rejected: true as const, reason: 'bad-link', detail: 'The link is cut off.' });
    const { form, settled } = enrolment('invitation', { parseInvitation });
    form.invitation = 'https://example.org/#/join/abc';
    expect(form.faults.role).toBe('Choose one.');
    form.role = 'patient';
    form.submit(() => undefined);
    await settled();
    expect(form.task.problem?.message).toBe('The link is cut off.');
  });

  it('founds with the relays that were typed, else with those of this address', async () => {
    const typed = enrolment('found');
    typed.form.consortium = 'Valley';
    typed.form.relays = '/dns4/a /dns4/b';
    typed.form.submit(() => undefined);
    await typed.settled();
    expect(typed.create).toHaveBeenCalledWith(expect.anything(), {
      kind: 'found',
      consortiumName: 'Valley',
      relays: ['/dns4/a', '/dns4/b'],
    });
    const served = enrolment('found');
    served.form.consortium = 'Valley';
    served.form.submit(() => undefined);
    await served.settled();
    expect(served.create).toHaveBeenCalledWith(expect.anything(), expect.objectContaining({ relays: ['/dns4/relay'] }));
  });

  it('restores with 24 words, however they were written, and goes on without showing them', async () => {
    const { form, create, start, settled } = enrolment('restore');
    const done = vi.fn();
    form.role = 'patient';
    form.words = Array.from({ length: 24 }, (_, index) => `${index + 1}. Abandon,`).join('\n');
    form.submit(done);
    await settled();
    await expect.poll(() => done.mock.calls.length).toBe(1);
    expect(create).toHaveBeenCalledWith(
      expect.objectContaining({ words: Array(24).fill('abandon').join(' '), clinician: '' }),
      expect.anything(),
    );
    expect(start).toHaveBeenCalledWith('s1', 'seven blue lakes');
    expect(form.passphrase).toBe('');
    expect(plainWords('one two').length).toBe(2);
  });

  it('names the feature that a browser lacks', async () => {
    const missing = { feature: 'a secure page', remedy: 'Open it by https.' };
    const { form, settled } = enrolment('clinic', { missingFeatures: () => [missing] });
    form.submit(() => undefined);
    await settled();
    expect(form.task.problem).toEqual({ message: 'This browser lacks: a secure page.', remedy: 'Open it by https.' });
  });
});
