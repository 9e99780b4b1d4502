// What a browser lacks is said in words, before anything is started.
import { afterEach, expect, test, vi } from 'vitest';
import { missingFeatures } from './browser.ts';

afterEach(() => vi.unstubAllGlobals());

const names = (): readonly string[] => missingFeatures().map(({ feature }) => feature);

function browserWith(change: Readonly<Record<string, unknown>> = {}): void {
  const whole = {
    isSecureContext: true,
    indexedDB: {},
    RTCPeerConnection: Object,
    navigator: { locks: {} },
    crypto: { subtle: {} },
    ...change,
  };
  for (const [name, value] of Object.entries(whole)) vi.stubGlobal(name, value);
}

test('a browser that has everything lacks nothing', () => {
  browserWith();
  expect(names()).toEqual([]);
});

test('a page that is not secure says so, and what to do, instead of naming what it cannot see', () => {
  browserWith({ isSecureContext: false, crypto: {}, navigator: {} });
  expect(names()).toEqual(['a secure page']);
  expect(missingFeatures()[0]?.remedy).toContain('--cert');
});

test.each([
  ['cryptography (WebCrypto)', { crypto: {} }],
  ['one instance per profile (Web Locks)', { navigator: {} }],
])('%s is missed by name', (feature, change) => {
  browserWith(change);
  expect(names()).toEqual([feature]);
});

test('storage and direct connections are missed where the browser has none', () => {
  browserWith();
  vi.unstubAllGlobals();
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('navigator', { locks: {} });
  vi.stubGlobal('crypto', { subtle: {} });
  expect(names()).toEqual(['storage (IndexedDB)', 'direct connections (WebRTC)']);
});
