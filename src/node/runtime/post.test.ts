// Frames for parties: a link is opened where there is none, and what waits for it is bounded (R18).
import { beforeEach, expect, test } from 'vitest';
import type { PartyId } from '../base/index.ts';
import { MAX_WAITING_FRAMES, MAX_WAIT_MS, type Post, createPost } from './post.ts';

const party = 'aa'.repeat(16) as PartyId;
const frame = (byte: number): Uint8Array => Uint8Array.of(byte);

let nowMs: number;
let sent: string[];
let used: string[];
let post: Post;

beforeEach(() => {
  [nowMs, sent, used] = [0, [], []];
  post = createPost({
    network: { send: (peer, bytes) => sent.push(`${peer} ${bytes[0]}`) },
    clock: { nowMs: () => nowMs },
    peersOf: (of) => (of === party ? ['peer'] : []),
    partyOf: (peer) => (peer === 'peer' ? party : null),
    use: (peer) => used.push(peer),
  });
});

test('what is insisted on asks for a link and leaves when the other end reads it, in order', () => {
  post.send([party], frame(1), { insist: true });
  post.send([party], frame(2), { insist: true });
  expect([used, sent]).toEqual([['peer', 'peer'], []]);
  post.ready('peer');
  expect(sent).toEqual(['peer 1', 'peer 2']);
  post.send([party], frame(3), { insist: true });
  expect(sent).toEqual(['peer 1', 'peer 2', 'peer 3']);
});

test('a link that is gone has to be answered anew', () => {
  post.ready('peer');
  post.gone('peer');
  post.send([party], frame(1), { insist: true });
  expect(sent).toEqual([]);
});

test('what waits is bounded: the newest are kept, and none for long', () => {
  for (let byte = 0; byte < MAX_WAITING_FRAMES + 2; byte += 1) post.send([party], frame(byte), { insist: true });
  post.ready('peer');
  expect(sent).toHaveLength(MAX_WAITING_FRAMES);
  expect(sent[0]).toBe('peer 2');
  post.gone('peer');
  sent = [];
  post.send([party], frame(7), { insist: true });
  nowMs = MAX_WAIT_MS;
  post.ready('peer');
  expect(sent).toEqual([]);
});

test('without insisting nothing waits and no link is asked for', () => {
  post.send([party], frame(1), { insist: false });
  expect([used, sent]).toEqual([[], ['peer 1']]);
});
