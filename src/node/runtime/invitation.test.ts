// Invitations: what a link gives back, and everything that is refused.
import { expect, test } from 'vitest';
import { type ChannelId, isRejection } from '../base/index.ts';
import { invitationLink, parseInvitation } from './invitation.ts';

const invitation = {
  channel: 'ab'.repeat(32) as ChannelId,
  name: 'Río Grande consortium',
  relays: ['/ip4/127.0.0.1/tcp/8080/ws'],
  peers: ['12D3KooWA', '12D3KooWB'],
};

test('a link gives back the invitation that it was made of', () => {
  const link = invitationLink(invitation, 'http://localhost:8080/#/start');
  expect(link.startsWith('http://localhost:8080/#/join/')).toBe(true);
  expect(parseInvitation(`  ${link}\n`)).toEqual(invitation);
});

test('the JSON that an address serves is an invitation too', () => {
  expect(parseInvitation(JSON.stringify(invitation))).toEqual(invitation);
});

test.each([
  ['nothing', ''],
  ['another address', 'http://localhost:8080/#/start'],
  ['a link that was cut off', invitationLink(invitation, 'http://h/').slice(0, -10)],
  ['one with a changed character', invitationLink(invitation, 'http://h/').replace('#/join/h', '#/join/i')],
  ['JSON with a field of another type', JSON.stringify({ ...invitation, peers: 'all' })],
  ['JSON with too many peers', JSON.stringify({ ...invitation, peers: new Array(17).fill('p') })],
  ['something far too long', 'x'.repeat(20_000)],
])('%s is refused', (_what, typed) => {
  expect(isRejection(parseInvitation(typed))).toBe(true);
});
