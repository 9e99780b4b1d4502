// The relay's address as the page that it served can use it.
import { expect, test } from 'vitest';
import { relayAddressFor } from './relay-address.ts';

const own = '/ip4/0.0.0.0/tcp/8080/ws/p2p/12D3Koo';

test.each([
  ['localhost:8080', false, '/dns/localhost/tcp/8080/ws/p2p/12D3Koo'],
  ['192.168.1.5:8080', false, '/ip4/192.168.1.5/tcp/8080/ws/p2p/12D3Koo'],
  ['[fe80::1]:8080', false, '/ip6/fe80::1/tcp/8080/ws/p2p/12D3Koo'],
  ['clinic.example', true, '/dns/clinic.example/tcp/443/tls/ws/p2p/12D3Koo'],
  ['clinic.example', false, '/dns/clinic.example/tcp/80/ws/p2p/12D3Koo'],
  ['clinic.example:8443', true, '/dns/clinic.example/tcp/8443/tls/ws/p2p/12D3Koo'],
])('for %s (secure: %s) it is %s', (host, secure, address) => {
  expect(relayAddressFor(host, secure, own)).toBe(address);
});

test.each(['', 'a b', 'user@clinic.example', 'clinic.example/path', 'x:99999', 'a,b:80', '/ip4/1.2.3.4'])(
  'a header such as "%s" is not used',
  (host) => {
    expect(relayAddressFor(host, false, own)).toBe(own);
  },
);
