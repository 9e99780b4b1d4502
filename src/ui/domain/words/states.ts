// The words for every state of a node, a record, a request and a grant: one wording everywhere, with a tone and never by
// colour alone.
import type { GrantView, RecordStatus, RequestView, Role, Seat, SensitivityClass, Standing } from '../../node.ts';
import type { Tone } from '../../shared/index.ts';

export interface StateWords {
  readonly text: string;
  readonly tone: Tone;
  /** A sentence more, where one helps. */
  readonly more?: string;
}

export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  authority: 'Supervision centre',
  archive: 'Archive member',
  clinic: 'Clinic',
  patient: 'Patient',
  'data-user': 'Data user',
};

export function standingWords(standing: Standing): StateWords {
  switch (standing.kind) {
    case 'connecting':
      return { text: 'Connecting', tone: 'info', more: 'Looking for the consortium through its relay.' };
    case 'applied':
      return { text: 'Awaiting certificate', tone: 'info', more: 'The supervision centre has not answered yet.' };
    case 'refused':
      return { text: 'Refused', tone: 'alarm', more: standing.reason };
    case 'certified':
      return { text: 'Certified', tone: 'ok' };
    case 'revoked':
      return { text: 'Certificate revoked', tone: 'alarm', more: standing.reason };
    case 'expired':
      return { text: 'Certificate expired', tone: 'alarm', more: 'Ask the supervision centre for a new one.' };
  }
}

export function seatWords(seat: Seat): StateWords | null {
  switch (seat.kind) {
    case 'none':
      return null;
    case 'synchronising':
      return { text: `Synchronising ${seat.height} of ${seat.target}`, tone: 'info' };
    case 'asked':
      return { text: 'Seat asked for', tone: 'info', more: 'It votes from the next epoch on.' };
    case 'voting':
      return { text: 'Voting member', tone: 'ok' };
    case 'observing':
      return { text: 'Observer', tone: 'plain', more: seat.reason };
    case 'barred':
      return { text: 'Never votes again', tone: 'alarm', more: seat.reason };
  }
}

const STATUS: Readonly<Record<RecordStatus, StateWords>> = {
  sealing: { text: 'Being sealed', tone: 'info' },
  'awaiting-patient': { text: 'Awaiting the patient', tone: 'warn' },
  disputed: { text: 'Disputed by the patient', tone: 'alarm' },
  proposed: { text: 'Proposed', tone: 'info' },
  confirmed: { text: 'Final, confirmed', tone: 'ok' },
  unconfirmed: { text: 'Final, unconfirmed', tone: 'warn' },
  'entered-in-error': { text: 'Entered in error', tone: 'alarm' },
  erased: { text: 'Erased', tone: 'plain' },
};

/** `forPatient` speaks to her: "Awaiting you". */
export function statusWords(status: RecordStatus, forPatient: boolean): StateWords {
  if (forPatient && status === 'awaiting-patient') return { text: 'Awaiting you', tone: 'warn' };
  if (forPatient && status === 'erased') return { text: 'Erased by you', tone: 'plain' };
  if (forPatient && status === 'disputed') return { text: 'Disputed by you', tone: 'alarm' };
  return STATUS[status];
}

export const CLASS_WORDS: Readonly<Record<SensitivityClass, { readonly name: string; readonly hint: string }>> = {
  identity: { name: 'Identity', hint: 'Name, birth date, address, numbers of the person' },
  general: { name: 'General', hint: 'Ordinary findings, measurements, medication' },
  restricted: { name: 'Restricted', hint: 'Sensitive: mental health, substance use, sexual health and the like' },
  'very-restricted': { name: 'Very restricted', hint: 'Most sensitive: for example violence, HIV, psychotherapy' },
};

export function classList(classes: readonly SensitivityClass[]): string {
  return classes.map((name) => CLASS_WORDS[name].name).join(', ');
}

export function grantWords(grant: GrantView): StateWords {
  if (grant.ended === 'revoked') return { text: 'Revoked', tone: 'plain' };
  if (grant.ended === 'erased') return { text: 'Record erased', tone: 'plain' };
  if (grant.ended === 'expired') return { text: 'Expired', tone: 'plain' };
  return grant.delivered ? { text: 'May read', tone: 'ok' } : { text: 'Keys being handed over', tone: 'info' };
}

export function requestWords(request: RequestView, forPatient: boolean): StateWords {
  if (request.answer === 'granted') return { text: 'Approved', tone: 'ok' };
  if (request.answer === 'declined') return { text: 'Declined', tone: 'plain' };
  return { text: forPatient ? 'Awaiting you' : 'Awaiting the patient', tone: 'warn' };
}

/** What a member was caught at, by its own signatures (R15). */
export const FAULT_WORDS: Readonly<Record<string, string>> = {
  'two-digests': 'voted for two different blocks in one round',
  'two-proposals': 'proposed two different blocks in one round',
  'commit-below-lock': 'hid a vote when it asked for another leader',
  'invalid-value': 'voted for a block that breaks the rules',
};
