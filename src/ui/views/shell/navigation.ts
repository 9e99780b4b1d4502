// Where each role can go, in the order of its work.
import type { LucideIcon } from '@lucide/svelte';
import BookOpenCheck from '@lucide/svelte/icons/book-open-check';
import Blocks from '@lucide/svelte/icons/blocks';
import CircleHelp from '@lucide/svelte/icons/circle-question-mark';
import Eye from '@lucide/svelte/icons/eye';
import FileText from '@lucide/svelte/icons/file-text';
import Fingerprint from '@lucide/svelte/icons/fingerprint-pattern';
import House from '@lucide/svelte/icons/house';
import KeyRound from '@lucide/svelte/icons/key-round';
import Landmark from '@lucide/svelte/icons/landmark';
import QrCode from '@lucide/svelte/icons/qr-code';
import Settings from '@lucide/svelte/icons/settings';
import Users from '@lucide/svelte/icons/users';
import Waypoints from '@lucide/svelte/icons/waypoints';
import type { NodeView } from '../../node.ts';
import { type Route, href } from '../../domain/index.ts';

export interface NavigationItem {
  readonly label: string;
  readonly href: string;
  readonly icon: LucideIcon;
  /** Routes on which it is the current one. */
  readonly routes: readonly Route['name'][];
  /** How many things wait there. */
  readonly waiting: number;
}

function item(label: string, to: string, icon: LucideIcon, routes: readonly Route['name'][], waiting = 0): NavigationItem {
  return { label, href: to, icon, routes, waiting };
}

export function navigationOf(view: NodeView): readonly NavigationItem[] {
  const everybody = [
    item('Ledger', href.ledger, Blocks, ['ledger', 'block']),
    item('Network', href.network, Waypoints, ['network', 'joining']),
    item('Keys and recovery', href.keys, Fingerprint, ['keys']),
    item('Settings', href.settings, Settings, ['settings']),
    item('Help', href.help, CircleHelp, ['help']),
  ];
  if (view.identity.role === 'patient') {
    const own = view.records.filter((record) => record.access === 'patient');
    const awaiting = own.filter((record) => record.status === 'awaiting-patient').length;
    const open = view.requests.filter((request) => request.answer === 'open').length;
    return [
      item('Home', href.home, House, ['home'], awaiting),
      item('My records', href.records, FileText, ['records', 'record']),
      item('Access', href.access, KeyRound, ['access'], open),
      item('Reads', href.reads, Eye, ['reads']),
      item('My code', href.code, QrCode, ['code']),
      ...everybody,
    ];
  }
  const applications = view.identity.authority ? view.applications.filter((application) => application.state === 'open').length : 0;
  const clinic = [
    item('Patients', href.patients, Users, ['home', 'patients', 'register', 'patient', 'visit', 'import']),
    item('Records', href.records, BookOpenCheck, ['records', 'record']),
  ];
  return [...clinic, item('Supervision centre', href.centre, Landmark, ['centre'], applications), ...everybody];
}
