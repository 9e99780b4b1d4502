// The words of the ways in.
import type { StartPane, WishPurpose } from '../../domain/index.ts';

interface PaneWords {
  /** On the first page's button. */
  readonly title: string;
  /** Under it, and over the form. */
  readonly lead: string;
  /** On the form's button. */
  readonly deed: string;
}

export const PANE_WORDS: Readonly<Record<StartPane, PaneWords>> = {
  clinic: {
    title: 'Join the demonstration as a clinic',
    lead: 'This tab becomes a member: it votes, keeps encrypted records and writes visits.',
    deed: 'Join as a clinic',
  },
  patient: {
    title: 'Open as a patient',
    lead: 'You hold your own keys in this browser: confirm records, decide who may read them, see every read.',
    deed: 'Open as a patient',
  },
  found: {
    title: 'Found a consortium',
    lead: 'This tab becomes its supervision centre and its first clinic. Others join by your invitation.',
    deed: 'Found the consortium',
  },
  invitation: {
    title: 'Join by invitation',
    lead: 'With a link that a consortium gave you, as a clinic or as a patient.',
    deed: 'Join',
  },
  restore: {
    title: 'Restore with 24 words',
    lead: 'Brings your keys back into an emptied or new browser.',
    deed: 'Restore',
  },
};

export const WISH_WORDS: Readonly<Record<WishPurpose, PaneWords>> = {
  guardians: {
    title: 'Recover with guardians',
    lead: 'When words, passphrase and devices are lost: the guardians that you chose bring your keys back together.',
    deed: 'Make the request',
  },
  device: {
    title: 'Add this device',
    lead: 'Your keys come over from a browser in which you are unlocked.',
    deed: 'Make the request',
  },
};

export const ROLE_CHOICES = [
  { value: 'clinic', label: 'A clinic' },
  { value: 'patient', label: 'A patient' },
] as const;
