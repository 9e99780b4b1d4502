// What a projection that does not begin at the founding block can take in: slips that refer to nothing older. Decides nothing else.
import type { RecordId } from '../base/index.ts';
import type { Action } from '../contracts/index.ts';
import type { Projection } from './projection-rows.ts';

/** Whether all that the action refers to is in the projection. A whole one has everything. */
export function isWithin(projection: Projection, action: Action): boolean {
  if (projection.since === 0) return true;
  const { records, grants, requests, parties, emergencies } = projection;
  switch (action.kind) {
    case 'record':
      return action.version === 1 || records.get(action.record) !== undefined;
    case 'request':
    case 'certify':
      return true;
    case 'decline':
      return requests.get(action.request) !== undefined;
    case 'grant':
      return action.answers === null || requests.get(action.answers) !== undefined;
    case 'end-grant':
    case 'read':
      return grants.get(action.grant) !== undefined;
    case 'attest':
    case 'revoke':
      return parties.get(action.party) !== undefined;
    case 'accuse':
      return parties.get(action.culprit) !== undefined;
    case 'emergency':
      return action.deed.kind === 'ask' ? records.get(action.deed.record) !== undefined : emergencies.get(action.emergency) !== undefined;
    default: {
      const record = recordOf(action);
      return record === undefined || records.get(record) !== undefined;
    }
  }
}

/** Of every other action about a record, whatever its kind. */
function recordOf(action: Action): RecordId | undefined {
  const { record, deed } = action as { readonly record?: RecordId; readonly deed?: { readonly record?: RecordId } };
  return record ?? deed?.record;
}
