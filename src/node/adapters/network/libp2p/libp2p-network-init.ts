// What a libp2p network is made from.
import type { PrivateKey } from '@libp2p/interface';
import type { Clock, Log, PeerId, Timers } from '../../../ports/index.ts';

export interface Libp2pNetworkInit {
  readonly self: PeerId;
  readonly privateKey: PrivateKey;
  readonly relays: readonly string[];
  /** For each new WebRTC connection. */
  readonly rtcConfiguration: () => RTCConfiguration;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}
