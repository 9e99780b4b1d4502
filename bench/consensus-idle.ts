// What a link carries while nothing happens: what the engine says (nothing, counted in the simulator), and the product's heartbeats in
// both directions, by their real encoding. What the transport adds below frames is not in it.
import type { ChannelId } from '../src/node/base/index.ts';
import { encodeFrame } from '../src/node/runtime/frames.ts';
import { createCluster } from '../tests/sim/cluster.ts';
import { everybody, sizesOf } from '../tests/sim/layout.ts';
import { standInSignatures } from '../tests/sim/signer.ts';

/** As in `src/node/runtime/conversation.ts`: a heartbeat carries the height, and one bit for each voter that was heard. */
const HEARTBEAT_MS = 15_000;
const MEMBERS = 100;
const GROUPS = 10;
const MINUTES = 3;

export function idleBytesPerLinkMinute(): number {
  const status = encodeFrame({
    kind: 'status',
    channel: 'c0'.repeat(32) as ChannelId,
    height: 1_000_000,
    heard: new Uint8Array(Math.ceil(MEMBERS / 8)),
  });
  const heartbeats = (2 * 60_000) / HEARTBEAT_MS;
  return heartbeats * (status.byteLength + FRAME_BYTES) + engineBytes();
}
/** The length in front of each frame. */
const FRAME_BYTES = 4;

/** Messages of an idle channel in some minutes, all links together: there must be none. */
function engineBytes(): number {
  const cluster = createCluster({
    seed: 1,
    engine: 'grouped',
    members: MEMBERS,
    epochs: [everybody(MEMBERS, sizesOf('grouped', MEMBERS, GROUPS))],
    faulty: new Map(),
    unreliable: new Set(),
    twins: new Set(),
    net: 'wan',
    persistMs: 1,
    batching: { requests: 100, waitMs: 50, cut: 64 },
    baseTimeoutMs: 4_000,
    signatures: standInSignatures(1),
    charge: null,
  });
  for (const member of cluster.members) member.start();
  cluster.clock.run(MINUTES * 60_000, () => false);
  if (cluster.network.total > 0) throw new Error('an idle channel speaks');
  return 0;
}
