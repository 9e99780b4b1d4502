// A slip as text, field by field, for the ledger page. There are no secrets on the ledger: what is sealed is shown as its
// size. Times are UTC, so that everybody reads the same.
import { toHex } from '../base/index.ts';
import {
  type Action,
  type Authorship,
  type Proof,
  type Slip,
  type SummaryItem,
  authorshipOf,
  slipIdOf,
  slotOf,
} from '../contracts/index.ts';

export type SlipField = readonly [name: string, value: string];

const DAY_MS = 86_400_000;
/** 9999-12-31: beyond it a time is shown in milliseconds. */
const LAST_SHOWN_MS = 253_402_300_799_999;

/** Every field of a slip in its order. */
export function describeSlip(slip: Slip): readonly SlipField[] {
  const { body } = slip;
  const hidden = authorshipOf(slip);
  return [
    ['slip', slipIdOf(slip)],
    hidden === null ? ['author', body.author] : ['author', `a member that is not named, one-time tag ${body.author}`],
    ['counter', String(body.counter)],
    ['dated', utcText(body.timestampMs)],
    ...describeAction(body.action),
    ...(hidden === null ? [['signature', toHex(slip.signature)] as const] : hiddenFields(hidden)),
    ...(slip.consent === null ? [] : [['consent', toHex(slip.consent)] as const]),
  ];
}

function hiddenFields(hidden: Authorship): readonly SlipField[] {
  const { epoch, slot } = slotOf(hidden);
  const { term, groupSignature, recordKey, recordSignature } = hidden;
  return [...fieldsOf({ term, epoch, slot, groupSignature, recordKey, recordSignature })];
}

function describeAction(action: Action): readonly SlipField[] {
  switch (action.kind) {
    case 'found':
      return settingsFields(action.settings);
    case 'certify':
      return fieldsOf(action.certificate);
    case 'attest':
      return attested(action);
    case 'seat':
      return [['synchronised to height', String(action.height)]];
    case 'leave':
      return [];
    case 'open-channel':
      return [['opened', action.opened], ...settingsFields(action.settings), ['members', action.members.join(', ')]];
    case 'anchor':
      return anchorFields(action);
    case 'summary':
      return [['channel', action.opened], ...action.blocks.flatMap(({ height, items }) => items.map((item) => itemField(height, item)))];
    case 'join-channel':
    case 'leave-channel':
      return fieldsOf(action);
    case 'accuse':
      return [['culprit', action.culprit], ...proofFields(action.proof)];
    case 'reading-keys':
      return fieldsOf({ epoch: action.epoch, signer: action.signer, ...curveKeys(action.keys) });
    case 'receiving-key':
    case 'revoke':
    case 'countersign':
    case 'absent':
    case 'record':
    case 'verdict':
    case 'withdraw':
    case 'request':
    case 'decline':
    case 'grant':
    case 'end-grant':
    case 'search-key':
    case 'read':
      return fieldsOf(action);
    case 'institutions': {
      const { deed } = action;
      const { kind, ...about } = 'shares' in deed ? { ...deed, shares: `${deed.shares.length}, each sealed to its opener` } : deed;
      return [['deed', kind], ...fieldsOf(about)];
    }
    case 'custody':
    case 'emergency':
    case 'erasure':
    case 'policy':
    case 'copyright':
    case 'sensitive-use':
    case 'script': {
      const { deed, ...about } = action;
      return [...fieldsOf(about), ['deed', deed.kind.replaceAll('-', ' ')], ...fieldsOf(deed)];
    }
  }
}

function anchorFields({ opened, headers, certificate }: Extract<Action, { kind: 'anchor' }>): readonly SlipField[] {
  const [first, last] = [headers[0]?.height ?? 0, headers.at(-1)?.height ?? 0];
  return [
    ['channel', opened],
    ['blocks', `${first} to ${last}`],
    ['newest', certificate.digest],
    ['signatures', String(certificate.votes.length)],
  ];
}

function itemField(height: number, { index, leaf, patient, commitment }: SummaryItem): SlipField {
  return ['item', `block ${height}, slip ${index}, ${leaf}, patient ${patient}, commitment ${commitment}`];
}

function settingsFields({ kind, ...settings }: Extract<Action, { kind: 'found' }>['settings']): readonly SlipField[] {
  return [...fieldsOf(settings), ['chain', kind]];
}

function curveKeys(keys: Extract<Action, { kind: 'reading-keys' }>['keys']): Readonly<Record<string, Uint8Array>> {
  return Object.fromEntries(Object.entries(keys).map(([name, key]) => [name.replace('-', ' '), key]));
}

function attested({ party, place, rating }: Extract<Action, { kind: 'attest' }>): readonly SlipField[] {
  return [
    ['party', party],
    ['place', place === null ? 'none' : `${place.xMetres} m east, ${place.yMetres} m north`],
    ['rating', valueText('rating', rating)],
  ];
}

/** The two statements that contradict each other (R15). */
function proofFields(proof: Proof): readonly SlipField[] {
  if (proof.kind === 'lane') {
    const { epoch, group, localView, sequence, phase, first, second } = proof;
    const place = { epoch, group, localView, sequence, phase };
    return [...fieldsOf(place), ['first statement', first.digest], ['second statement', second.digest]];
  }
  const said = ({ phase, view, digest, lockedView }: typeof proof.first): string =>
    `${phase}, view ${view}, ${digest ?? 'no digest'}${lockedView === null ? '' : `, locked in view ${lockedView}`}`;
  const { epoch, height, first, second } = proof;
  return [...fieldsOf({ epoch, height }), ['first statement', said(first)], ['second statement', said(second)]];
}

type Value = string | number | boolean | null | Uint8Array | readonly string[];

function fieldsOf(value: Readonly<Record<string, Value>>): readonly SlipField[] {
  return Object.entries(value).flatMap(([name, field]): SlipField[] => (name === 'kind' ? [] : [[spaced(name), valueText(name, field)]]));
}

function valueText(name: string, value: Value): string {
  if (value === null) return 'none';
  if (name === 'bytes' && value instanceof Uint8Array) return `${value.byteLength} bytes`;
  if (value instanceof Uint8Array) return name.startsWith('sealed') ? `sealed, ${value.byteLength} bytes` : toHex(value);
  if (name === 'durationMs') return `${Number(value) / 1000} s`;
  if (typeof value === 'number') return name.endsWith('Ms') ? utcText(value) : String(value);
  return typeof value === 'object' ? value.join(', ') : String(value);
}

/** `unconfirmedReason` to "unconfirmed reason"; `untilMs`, whose value is shown as a date, to "until". */
function spaced(name: string): string {
  return name.replace(/(from|until|notBefore|notAfter|duration)Ms$/u, '$1').replace(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);
}

/**
 * "2026-11-21 02:41:07.123 UTC". By hand, for the pure layers have no dates.
 * Source of the calendar: Howard Hinnant, chrono-compatible low-level date algorithms, civil_from_days.
 */
export function utcText(timestampMs: number): string {
  if (timestampMs > LAST_SHOWN_MS) return `${timestampMs} ms after 1970`;
  const days = Math.floor(timestampMs / DAY_MS) + 719_468;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const restMs = timestampMs % DAY_MS;
  const clock = [3_600_000, 60_000, 1_000].map((unitMs, i) => padded(Math.floor(restMs / unitMs) % (i === 0 ? 24 : 60), 2)).join(':');
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)} ${clock}.${padded(restMs % 1_000, 3)} UTC`;
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
