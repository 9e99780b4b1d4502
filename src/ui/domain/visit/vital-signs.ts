// The vital signs of the visit form: unit, usual range of an adult at rest, and the bounds beyond which a number is a slip of
// the hand. Ranges are hints beside the field, never a diagnosis.
import type { VisitForm } from '../../node.ts';

export type VitalSignKey = keyof VisitForm['vitalSigns'];

export interface VitalSign {
  readonly key: VitalSignKey;
  readonly label: string;
  readonly unit: string;
  /** Usual range; null where none makes sense (weight, height). */
  readonly usual: readonly [low: number, high: number] | null;
  readonly possible: readonly [low: number, high: number];
}

export const VITAL_SIGNS: readonly VitalSign[] = [
  { key: 'systolicMmHg', label: 'Systolic blood pressure', unit: 'mmHg', usual: [90, 140], possible: [30, 300] },
  { key: 'diastolicMmHg', label: 'Diastolic blood pressure', unit: 'mmHg', usual: [60, 90], possible: [10, 200] },
  { key: 'heartRatePerMin', label: 'Heart rate', unit: '/min', usual: [60, 100], possible: [10, 350] },
  { key: 'temperatureC', label: 'Body temperature', unit: '°C', usual: [36.1, 37.8], possible: [20, 45] },
  { key: 'oxygenSaturationPercent', label: 'Oxygen saturation', unit: '%', usual: [95, 100], possible: [30, 100] },
  { key: 'weightKg', label: 'Weight', unit: 'kg', usual: null, possible: [0.2, 500] },
  { key: 'heightCm', label: 'Height', unit: 'cm', usual: null, possible: [15, 280] },
];

export interface VitalSignJudgement {
  /** Null for an empty field and for what is no number. */
  readonly value: number | null;
  readonly flag: 'high' | 'low' | null;
  readonly error: string | undefined;
}

/** Reads what was typed, with a point or a comma. An impossible value is an error, an unusual one is only flagged. */
export function judgeVitalSign(sign: VitalSign, typed: string): VitalSignJudgement {
  const text = typed.trim().replace(',', '.');
  if (text === '') return { value: null, flag: null, error: undefined };
  if (!/^\d{1,4}(\.\d{1,2})?$/.test(text)) return { value: null, flag: null, error: `Enter a number in ${sign.unit}.` };
  const value = Number(text);
  const [least, most] = sign.possible;
  if (value < least || value > most) return { value: null, flag: null, error: `Not possible: enter ${least} to ${most} ${sign.unit}.` };
  const flag = sign.usual === null ? null : value < sign.usual[0] ? 'low' : value > sign.usual[1] ? 'high' : null;
  return { value, flag, error: undefined };
}

export function usualText(sign: VitalSign): string {
  return sign.usual === null ? `in ${sign.unit}` : `usual ${sign.usual[0]}–${sign.usual[1]} ${sign.unit}`;
}
