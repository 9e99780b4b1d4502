// codec/: canonical bytes. Its only door.
export * from './codec.ts';
