// How a browser reaches the relay that served its page: under the name and port in its own address bar, which is what a certificate
// is for. Source of the form: https://github.com/multiformats/multiaddr/blob/master/protocols.csv
import { isIP } from 'node:net';

/**
 * Multiaddr of a relay for whoever reached it as `host`, a Host header with or without a port. `fallback` is the relay's own
 * multiaddr, which also tells its peer; it is returned where the header says nothing usable.
 */
export function relayAddressFor(host: string, secure: boolean, fallback: string): string {
  const peer = /\/p2p\/[^/]+$/u.exec(fallback)?.[0] ?? '';
  const url = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : null;
  const plain = url !== null && url.username === '' && url.pathname === '/' && url.search === '' && url.hash === '';
  if (url === null || !plain || host === '' || !/^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])$/u.test(url.hostname)) return fallback;
  const name = url.hostname.replace(/^\[|\]$/gu, '');
  const kind = { 4: 'ip4', 6: 'ip6' }[isIP(name)] ?? 'dns';
  // URL drops port 80, the default of http; over TLS no port means 443.
  const port = /:\d+$/u.test(host) ? (/:(\d+)$/u.exec(host)?.[1] ?? '') : secure ? '443' : '80';
  return `/${kind}/${name}/tcp/${port}/${secure ? 'tls/ws' : 'ws'}${peer}`;
}
