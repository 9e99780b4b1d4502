// clinic/: the clinician's views.
export { default as ImportBundle } from './ImportBundle.svelte';
export { default as Patient } from './Patient.svelte';
export { default as Patients } from './Patients.svelte';
export { default as Register } from './Register.svelte';
export { default as Visit } from './Visit.svelte';
