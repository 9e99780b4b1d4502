// care/: the care workflow between participant and runtime. Its only door.
export * from './access.ts';
export * from './api.ts';
export { createCare } from './care.ts';
export type { Guardians } from './guardians.ts';
export * from './key-request.ts';
export { type Box, type LetterId, type LetterTools, type OpenedLetter, box, openLetter } from './letter.ts';
export { REQUEST_KINDS, collect, collected, discard } from './requests.ts';
