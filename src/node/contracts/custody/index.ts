// contracts/custody: which clinic keeps a record, and how it goes to another (transferMedical, P1-19). Its only door.
export { type CustodyEntry } from './entries.ts';
export { changeCustody, custodyOf } from './change-custody.ts';
