// contracts/copyright: who made a work of medical data, who owns it, who may use it (P1-18). Its only door.
export { type LicenceEntry, type WorkEntry, fingerprintTable, licenceTable, workTable } from './entries.ts';
export { dataSetFingerprint } from './fingerprint.ts';
export { workOnCopyright } from './work-on-copyright.ts';
