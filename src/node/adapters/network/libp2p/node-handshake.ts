// WebRTC on Node.js without a race in its handshake. libdatachannel tells its ICE agent the answer before it notes the answer's
// fingerprint; on a fast network the other end, which knows our addresses already, completes ICE and DTLS in between, and the
// certificate is refused for want of a fingerprint (one dial in five on a busy machine). So our addresses are told only after the
// answer is in place. Not for the browser, whose own WebRTC has no such race.
import { PeerConnection } from 'node-datachannel';
import type { IceServer } from '../init.ts';

/** Configuration for each new connection: one with a native connection inside that holds back its addresses. */
export function steadyConfiguration(iceServers: readonly IceServer[]): RTCConfiguration {
  // The wrapper around it takes a ready native connection; the type knows only the browser's fields.
  return { iceServers: [], peerConnection: steadyConnection(iceServers) } as RTCConfiguration;
}

function steadyConnection(iceServers: readonly IceServer[]): PeerConnection {
  const connection = new PeerConnection('clinicord', { iceServers: iceServers.map(nativeUrl) });
  const tellDescription = connection.setRemoteDescription.bind(connection);
  const onCandidate = connection.onLocalCandidate.bind(connection);
  const held: (() => void)[] = [];
  let described = false;
  const setRemoteDescription: PeerConnection['setRemoteDescription'] = (sdp, type) => {
    tellDescription(sdp, type);
    described = true;
    for (const tell of held.splice(0)) tell();
  };
  const onLocalCandidate: PeerConnection['onLocalCandidate'] = (listener) => {
    onCandidate((candidate, mid) => {
      const tell = (): void => {
        listener(candidate, mid);
      };
      if (described) tell();
      else held.push(tell);
    });
  };
  // The native prototype is read-only: own properties in front of it.
  Object.defineProperties(connection, {
    setRemoteDescription: { value: setRemoteDescription },
    onLocalCandidate: { value: onLocalCandidate },
  });
  return connection;
}

/** libdatachannel takes the credentials of a TURN server inside its URL. */
function nativeUrl({ urls, username, credential }: IceServer): string {
  if (username === undefined || credential === undefined) return urls;
  const [scheme = '', ...rest] = urls.split(':');
  return `${scheme}:${encodeURIComponent(username)}:${encodeURIComponent(credential)}@${rest.join(':')}`;
}
