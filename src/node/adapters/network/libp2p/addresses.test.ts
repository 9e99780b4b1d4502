// Which relay addresses are taken.
import { multiaddr } from '@multiformats/multiaddr';
import { expect, test } from 'vitest';
import { behindRelay, isPeerId, parseRelay } from './addresses.ts';

const PEER = '12D3KooWDw7CJiyTh1ETsEMizJKkdPnMELEnhMNrdTogLYXy33nc';

test.each([
  '/ip4/127.0.0.1/tcp/9090/ws',
  `/ip4/127.0.0.1/tcp/9090/ws/p2p/${PEER}`,
  '/ip6/::1/tcp/9090/ws',
  '/dns4/relay.example/tcp/443/wss',
  '/dns/relay.example/tcp/443/tls/ws',
  '/dns4/relay.example/tcp/443/tls/sni/relay.example/ws',
])('takes %s', (text) => {
  expect(parseRelay(text).toString()).toBe(text);
});

test.each(['', 'http://relay.example', '/ip4/127.0.0.1/tcp/9090', '/ip4/127.0.0.1/udp/9090/webrtc-direct', '/ip4/999.0.0.1/tcp/1/ws'])(
  'refuses %s',
  (text) => {
    expect(() => parseRelay(text)).toThrow(expect.objectContaining({ code: 'bad-relay-address' }) as Error);
  },
);

test('refuses an address that only a third party could resolve', () => {
  expect(() => parseRelay(`/dnsaddr/relay.example/p2p/${PEER}`)).toThrow();
});

test('reaches a peer by WebRTC through the relay', () => {
  const relay = multiaddr(`/ip4/127.0.0.1/tcp/9090/ws/p2p/${PEER}`);
  expect(behindRelay(relay, PEER).toString()).toBe(`${relay.toString()}/p2p-circuit/webrtc/p2p/${PEER}`);
});

test('knows a peer id when it sees one', () => {
  expect([isPeerId(PEER), isPeerId(''), isPeerId('peer-1'), isPeerId(`${PEER}x`)]).toEqual([true, false, false, false]);
});
