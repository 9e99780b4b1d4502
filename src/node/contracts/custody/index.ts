// contracts/custody: which clinic keeps a record, and how it goes to another (transferMedical, P1-19). Its only door.
export { custodyTable } from './entries.ts';
export { changeCustody } from './change-custody.ts';
