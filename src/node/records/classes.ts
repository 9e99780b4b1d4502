// Sensitivity classes (P0-08): their order, and what HL7's confidentiality code of each is. The strictest class that
// anything in a resource asks for is the resource's class.
import type { SensitivityClass } from '../contracts/index.ts';

/** From the least to the most protected. Identity comes first: it is what a general record must not show (P2-04). */
export const CLASS_ORDER: readonly SensitivityClass[] = ['identity', 'general', 'restricted', 'very-restricted'];

/** HL7 v3 Confidentiality. Source: http://terminology.hl7.org/CodeSystem/v3-Confidentiality */
export const CONFIDENTIALITY_CODE: Readonly<Record<SensitivityClass, 'N' | 'R' | 'V'>> = {
  identity: 'N',
  general: 'N',
  restricted: 'R',
  'very-restricted': 'V',
};

export function strictness(sensitivityClass: SensitivityClass): number {
  return CLASS_ORDER.indexOf(sensitivityClass);
}

export function stricter(a: SensitivityClass, b: SensitivityClass): SensitivityClass {
  return strictness(a) >= strictness(b) ? a : b;
}
