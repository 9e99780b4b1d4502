// A worker's whole program: one index of search tags, and what is asked of it.
import { expose } from 'comlink';
import { SearchDesk } from '../../crypto/index.ts';

const desk = new SearchDesk();
const searchProgram = {
  add: desk.add.bind(desk),
  remove: desk.remove.bind(desk),
  answer: desk.answer.bind(desk),
  about: desk.about.bind(desk),
  scopesOf: desk.scopesOf.bind(desk),
  find: desk.find.bind(desk),
  tagsFor: desk.tagsFor.bind(desk),
};
export type SearchProgram = typeof searchProgram;

expose(searchProgram);
