// Who acts, as the rules see it: a party whose certificate holds at block time.
import type { PartyId, Rejection } from '../base/index.ts';
import type { Moment } from './roster.ts';
import type { Action, ActionKind, Certificate, Role } from './slip.ts';
import type { State } from './state.ts';

export interface Author {
  readonly party: PartyId;
  readonly role: Role;
  readonly certificate: Certificate;
  readonly at: Moment;
}

/** The state after an action, or why it has no effect. */
export type Judgement = State | Rejection;

export type ActionOf<Kind extends ActionKind> = Extract<Action, { readonly kind: Kind }>;
