// Headers of everything the relay serves. The page may run its own scripts and nothing else: no inline script, no eval, no frame
// around it, nothing from other hosts. WebSockets go to any host, because a consortium may name another relay.
import type { OutgoingHttpHeaders } from 'node:http';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  // Widths and positions that scripts compute are written into style attributes.
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "media-src 'self' blob:",
  "connect-src 'self' ws: wss:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
];

const YEAR_SECONDS = 31_536_000;

/** For every answer. `secure` adds what only makes sense over HTTPS. */
export function securityHeaders(secure: boolean): OutgoingHttpHeaders {
  return {
    'content-security-policy': POLICY.join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(self), microphone=(), geolocation=(), payment=(), usb=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...(secure ? { 'strict-transport-security': `max-age=${YEAR_SECONDS}` } : {}),
  };
}

/** Hashed assets never change; the page itself is never kept; the rest is asked for again each time. */
export function cachingOf(route: string): string {
  if (/^\/assets\/.+-[\w-]{8,}\.\w+$/u.test(route)) return `public, max-age=${YEAR_SECONDS}, immutable`;
  return route === '/' || route.endsWith('.html') || route.endsWith('.json') ? 'no-store' : 'no-cache';
}
