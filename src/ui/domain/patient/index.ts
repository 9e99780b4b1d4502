// patient/: the person on the screen.
export { default as PatientBanner } from './PatientBanner.svelte';
export * from './find-patients.ts';
export * from './same-person.ts';
