// One dial of a peer by WebRTC through a relay, with a limit on its handshake. The library takes a handshake that failed for one that
// goes on, and waits; so a dial that got as far as exchanging addresses and then hangs is ended early, at first after a few seconds.
import type { Libp2p } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { Timers } from '../../../ports/index.ts';
import { FIRST_HANDSHAKE_MS } from '../limits.ts';

export interface DialLimits {
  readonly timers: Timers;
  readonly signal: AbortSignal;
}

/** `tries` counts the tries that failed before. Rejects where no connection was made. */
export async function dialPeer(node: Libp2p, addresses: Multiaddr[], tries: number, { timers, signal }: DialLimits): Promise<void> {
  const handshake = new AbortController();
  let cancelTimer: () => void = () => undefined;
  try {
    await node.dial(addresses, {
      signal: AbortSignal.any([signal, handshake.signal]),
      onProgress: ({ type }: { readonly type: string }) => {
        if (type !== 'webrtc:read-ice-candidates') return;
        cancelTimer();
        cancelTimer = timers.after(FIRST_HANDSHAKE_MS * 2 ** Math.min(tries, 3), () => {
          handshake.abort(new Error('the handshake hangs'));
        });
      },
    });
  } finally {
    cancelTimer();
  }
}
