// institutions/: clinics that sign as "a member" where a channel hides them (P2-11, P2-12, P2-20, P2-24, T14, R12). Its door.
import type { ChannelId } from '../../base/index.ts';
import { reject } from '../../base/index.ts';
import type { ActionOf, Author, Judgement } from '../author.ts';
import type { State } from '../state.ts';
import { bar } from './barring.ts';
import { admit, enrol, hold } from './enrolling.ts';
import { answer, ask } from './openings.ts';
import { appoint, deal, hidesInstitutions, openTermKey } from './terms.ts';

export { epochsToBar } from './barring.ts';
export { enrolmentIn } from './enrolling.ts';
export { judgeHidden, tagRefusal, useTag } from './hidden-author.ts';
export { openingIn } from './openings.ts';
export { currentTerm, epochAt, hidesInstitutions, termIn, termLabel } from './terms.ts';

export function workOnInstitutions(state: State, { deed }: ActionOf<'institutions'>, author: Author, channel: ChannelId): Judgement {
  if (!hidesInstitutions(state)) return reject('not-hidden', 'on this channel slips name their institutions');
  switch (deed.kind) {
    case 'appoint':
      return appoint(state, deed, author);
    case 'deal':
      return deal(state, deed, author, channel);
    case 'open':
      return openTermKey(state, deed, author, channel);
    case 'enrol':
      return enrol(state, deed, author);
    case 'hold':
      return hold(state, deed, author);
    case 'admit':
      return admit(state, deed, author);
    case 'bar':
      return bar(state, deed, author);
    case 'ask':
      return ask(state, deed, author);
    case 'answer':
      return answer(state, deed, author);
  }
}
