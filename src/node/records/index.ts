// records/: sealed records and what is in them, as functions of data. Its only door.
export * from './bundle.ts';
export * from './classes.ts';
export * from './classify.ts';
export * from './split.ts';
export * from './contexts.ts';
export * from './cid.ts';
export * from './envelope.ts';
export * from './files/index.ts';
export * from './photos/index.ts';
export * from './manifest.ts';
export * from './sealing.ts';
export * from './visit.ts';
export * from './visit-form.ts';
export type { ReadableRow, ReadableSection } from './readable-row.ts';
export * from './readable.ts';
export * from './summary.ts';
export { MAX_SAMPLE_VISITS, type SampleOptions, samplePatient } from './sample.ts';
