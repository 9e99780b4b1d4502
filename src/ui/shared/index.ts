// shared/: widgets, formatters and small reactive helpers. Knows nothing of the node.
export * from './format/index.ts';
export * from './state/index.ts';
export * from './widgets/index.ts';
