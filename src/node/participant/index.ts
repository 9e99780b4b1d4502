// participant/: one pure machine per node and channel. Its only door.
export { decidedOf } from './decided.ts';
export { type ParticipantStep, createParticipant, stepParticipant } from './participant.ts';
export type { Content, ParticipantEffect, ParticipantInit, ParticipantInput, ParticipantState } from './state.ts';
export { type Opened, decodeBatch, headerOf, openValue, rebuild } from './cut.ts';
