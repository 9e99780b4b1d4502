// care/: the care workflow between participant and runtime. Its only door.
export * from './access.ts';
export * from './api.ts';
export { createCare } from './care.ts';
