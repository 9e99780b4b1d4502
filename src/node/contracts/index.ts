// contracts/: the rules of sharing. Its only door.
export * from './slip.ts';
