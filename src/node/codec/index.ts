// codec/: canonical bytes. Its only door.
export * from './codec.ts';
export * from './utf8.ts';
export * from './json.ts';
