// grouped-paper/: paper 000 to the letter, for comparison. Its only door.
export { type PaperState } from './state.ts';
export { groupedPaper } from './grouped-paper.ts';
export { type PaperCount, paperLabel, paperMessages } from './label.ts';
export { primariesOf } from './primaries.ts';
export { paperCertificateChecks, paperSignatureChecks } from './checks.ts';
