// consensus/trust/: Table 1 of paper 001, the ranking by formulas (2) and (3), and who endorses, orders and commits by it. Pure,
// integers alone. Its only door.
export { type Indicator, type Measure, type Process, INDICATORS, PROCESSES } from './indicators.ts';
export { type TrustEvent, type TrustHistory, type TrustRow, emptyTrust, withTrustEvent, endTrustEpoch } from './history.ts';
export { type Fitted, type Standing, type TrustRules, DEFAULT_TRUST_RULES, fit, standingIn } from './formulas.ts';
export { type TrustCandidate, type Roles, type RankedFor, type RoleCounts, chooseRoles, roleCounts } from './roles.ts';
export { type RoleExplanation, explainRole } from './explain.ts';
