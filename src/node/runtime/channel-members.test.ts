// A further channel against what the consortium says of it: its founding block when a member joins, its members ever after (P1-05, R14).
import { describe, expect, test } from 'vitest';
import { present } from '../base/index.ts';
import { channelIn } from '../contracts/index.ts';
import { Consortium, Person, people, testSettings } from '../ledger/consortium.ts';
import { foundingRefusal } from './channel-founding.ts';
import { mirrorTask } from './channel-mirror.ts';

const settings = { ...testSettings, kind: 'private' as const, archiveQuorum: false };

function scene() {
  const north = new Person('North', 'clinic');
  const archives = people('archive', 2);
  const home = new Consortium({ archives, others: [north] });
  const ward = new Consortium({ archives, clinics: [north], settings });
  const members = [north, ...archives].map(({ party }) => party);
  const opened = ward.ledger.channel;
  home.do(north, { kind: 'open-channel', opened, settings, members });
  const entry = () => present(channelIn(home.ledger.state, opened), 'the opening');
  return { north, archives, home, ward, opened, entry, task: () => mirrorTask(opened, entry(), home.ledger, ward.ledger) };
}

describe('the founding block of a channel', () => {
  test('is taken where rules, members and their keys are those that were announced', () => {
    const { home, ward, entry } = scene();
    expect(foundingRefusal(home.ledger, entry(), ward.founding)).toBeNull();
  });

  test('is refused with other rules, for others, or with other keys', () => {
    const { home, ward, entry, north, archives } = scene();
    const quicker = new Consortium({ archives, clinics: [north], settings: { ...settings, blockMs: 1 } });
    expect(foundingRefusal(home.ledger, entry(), quicker.founding)).toMatchObject({ reason: 'other-settings' });
    const fewer = new Consortium({ archives: archives.slice(1), clinics: [north], settings });
    expect(foundingRefusal(home.ledger, entry(), fewer.founding)).toMatchObject({ reason: 'other-members' });
    const elsewhere = new Consortium({ archives });
    expect(foundingRefusal(elsewhere.ledger, entry(), ward.founding)).toMatchObject({ reason: 'other-keys' });
  });
});

describe('the opener says in its channel what the consortium says of a member', () => {
  test('nothing while both agree', () => {
    expect(scene().task()).toBeNull();
  });

  test('that it was revoked, and that once', () => {
    const { home, ward, archives, task } = scene();
    const [gone] = archives;
    home.do(home.authority, { kind: 'revoke', party: present(gone, 'a member').party, reason: 'closed' });
    expect(task()).toMatchObject({ kind: 'revoke', party: gone?.party, reason: 'closed' });
    ward.do(ward.authority, { kind: 'revoke', party: present(gone, 'a member').party, reason: 'closed' });
    expect(task()).toBeNull();
  });

  test('that it left', () => {
    const { home, archives, opened, task } = scene();
    const gone = present(archives[1], 'a member');
    home.do(gone, { kind: 'leave-channel', opened });
    expect(task()).toMatchObject({ kind: 'revoke', party: gone.party });
  });

  test('that it has a new member key (R14)', () => {
    const { home, archives, task } = scene();
    const renewed = new Person(present(archives[0], 'a member').name, 'archive');
    renewed.renewMemberKey();
    expect(home.do(home.authority, renewed.certify())).toBe('done');
    expect(task()).toMatchObject({ kind: 'certify', party: renewed.party });
  });
});
