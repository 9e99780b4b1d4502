// What is asked and answered to catch up (R11): blocks, and for whoever is far behind a checkpoint, the epochs that lead to it, and the
// state in ranges. Bounded each; what is answered proves itself, so it may come from anybody.
import { MAX_BULK_FRAME_BYTES } from '../base/index.ts';
import { boundedBytes, fixedBytes, list, struct, uint } from '../codec/index.ts';
import { channelId } from '../contracts/index.ts';
import { MAX_EPOCH_LINK_BYTES, MAX_FINAL_BLOCK_BYTES } from '../ledger/index.ts';

export const askedBlocks = struct({ channel: channelId, from: uint(), count: uint(256) });
export const givenBlocks = struct({ blocks: list(boundedBytes(MAX_FINAL_BLOCK_BYTES), 256) });
export const wholeChannel = struct({ channel: channelId });

/** Epoch links in one answer. */
export const LINKS_PER_ANSWER = 32;

export const askedCheckpoint = struct({ channel: channelId, above: uint() });
export const askedEpochs = struct({ channel: channelId, from: uint(), count: uint(LINKS_PER_ANSWER) });
export const givenEpochs = struct({ links: list(boundedBytes(MAX_EPOCH_LINK_BYTES), LINKS_PER_ANSWER) });
/** `from` is where the range before ended. */
export const askedRange = struct({ channel: channelId, height: uint(), from: fixedBytes(32) });

/** A request is small. */
export const MAX_ASKED_BYTES = 200;
export const MAX_GIVEN_BYTES = MAX_BULK_FRAME_BYTES;
/** An answer is cut when it grows beyond this; at least one item is in it. */
export const ANSWER_BYTES = MAX_BULK_FRAME_BYTES / 2;

/** The first of these that fit into one answer; at least one. */
export function withinAnswer(all: readonly Uint8Array[]): readonly Uint8Array[] {
  let sizeBytes = 0;
  return all.filter((bytes, index) => {
    sizeBytes += bytes.byteLength;
    return index === 0 || sizeBytes <= ANSWER_BYTES;
  });
}
