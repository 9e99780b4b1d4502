// domain/: what the page knows of clinics, patients, records and the consortium, for all views.
export * from './consortium/index.ts';
export * from './ledger/index.ts';
export * from './patient/index.ts';
export * from './record/index.ts';
export * from './routes.ts';
export * from './session/index.ts';
export * from './visit/index.ts';
export * from './words/index.ts';
