// contracts/emergency: access without the patient's device, for a reason, for hours, reviewed (design, step 9; T23). Its only door.
export { type EmergencyEntry, emergencyTable } from './entries.ts';
export { actInEmergency } from './act-in-emergency.ts';
