// crypto/search/: finding records by keyword without showing keywords (P3-11, P3-12, P3-28, P3-32, T20). Its door.
export {
  type FoundRecord,
  LOOK_UP_PROOF_BYTES,
  type LookUpEvidence,
  type TagPlace,
  findRecord,
  keeperKeyOf,
  refusesFinding,
} from './evidence.ts';
export {
  type KeeperPart,
  type KeeperParts,
  MAX_QUERY_BYTES,
  MAX_QUERY_KEYWORDS,
  MAX_QUERY_SCOPES,
  type ReaderPart,
  type SearchQuery,
  answerQuery,
  decodeKeeperPart,
  decodeReaderPart,
  decodeSearchQuery,
  encodeSearchPart,
  encodeSearchQuery,
  searchQuery,
  splitScopeKey,
} from './grant.ts';
export { type Keyword, MAX_KEYWORD_CHARS, keywordOf } from './keyword.ts';
export {
  PEKS_CIPHERTEXT_BYTES,
  PEKS_TRAPDOOR_BYTES,
  type PeksCiphertext,
  type PeksKeyPair,
  decodePeksCiphertext,
  decodePeksTrapdoor,
  encodePeksCiphertext,
  guessKeyword,
  peksEncrypt,
  peksKeyPair,
  peksTest,
  peksTrapdoor,
} from './peks.ts';
export {
  SEARCH_KEY_BYTES,
  type ScopeKey,
  type SearchKeyPair,
  type SearchScope,
  decodeSearchPublicKey,
  encodeSearchPublicKey,
  scopeIdOf,
  scopeKeyOf,
  searchKeyPair,
  searchKeyPairOf,
} from './scope.ts';
export { MAX_OCCURRENCES, MAX_TAG_GAP, type TagIndex, addTags, emptyTagIndex, recordsWith, removeTags, tagsOfRecord } from './tag-index.ts';
export {
  MAX_KEYWORDS,
  MAX_TAGS,
  MAX_TAG_SET_BYTES,
  TAG_BYTES,
  type TagSet,
  type WordKey,
  tagSetCodec,
  tagSetCommitment,
  tagsOf,
  wordKeyOf,
} from './tags.ts';
