// consensus/dmdl/: endorse, order, commit by different members (P1-02 to P1-09). The engine, and around it the pure parts: policies,
// endorsements, conflicts. Its only door.
export { dmdl, type DmdlState } from './dmdl.ts';
export {
  type Policy,
  type PolicyVerdict,
  MAX_POLICY_BYTES,
  MAX_POLICY_LEAVES,
  canonicalPolicy,
  describePolicy,
  judgePolicy,
  policy,
  policyRefusal,
} from './policy.ts';
export { parsePolicy } from './policy-text.ts';
export {
  type Effects,
  type Endorsed,
  type Endorser,
  type EndorsementRequest,
  type EndorsementStatement,
  MAX_ENDORSED_BYTES,
  endorsed,
  endorsementBytes,
  endorsementChecks,
  endorsementRequest,
  isSatisfied,
} from './endorsement.ts';
export {
  type Applied,
  type Change,
  type Read,
  type Transaction,
  type Version,
  type Versions,
  commitInOrder,
  effectsRefusal,
} from './conflicts.ts';
