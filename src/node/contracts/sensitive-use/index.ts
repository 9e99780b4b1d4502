// contracts/sensitive-use: uses of sensitive data that a committee has to approve (P1-18). Its only door.
export { type CommitteeEntry, type UsageEntry, type UseEntry, useTable } from './entries.ts';
export { useSensitively } from './use-sensitively.ts';
