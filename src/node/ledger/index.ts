// ledger/: blocks, proofs, state. Its only door.
export * from './block.ts';
