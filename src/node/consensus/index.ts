// consensus/: agreement on opaque values. Its only door.
export * from './messages.ts';
export * from './engine.ts';
