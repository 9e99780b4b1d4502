// records/files/: large files beside a record's parts: how they are cut, bound, padded and listed. Its door.
export * from './chunks.ts';
export * from './file-list.ts';
export * from './file-key.ts';
export * from './file-link.ts';
