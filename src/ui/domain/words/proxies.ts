// Proxies of a grant in plain words: who holds a piece of the patient's permission, how many are needed, what they signed after its end.
import type { GrantView, PartyId, ProxiesView, ProxyCandidate, ProxyView } from '../../node.ts';

const PROXY_STATE_WORDS: Readonly<Record<ProxyView['state'], string>> = {
  sent: 'no answer yet',
  held: 'holds its piece',
  deleted: 'deleted its piece',
};

const are = (count: number): string => (count === 1 ? '1 is' : `${count} are`);
const proxiesOf = (count: number): string => `${count} ${count === 1 ? 'proxy' : 'proxies'}`;

export function proxyStateWords({ state }: ProxyView): string {
  return PROXY_STATE_WORDS[state];
}

/** Of a live grant: who can turn the keys. Of one that ended: who has signed that its piece is gone, and who has not. */
export function proxiesWords(proxies: ProxiesView, ended: GrantView['ended']): string {
  const { threshold, proxies: all } = proxies;
  const of = proxiesOf(all.length);
  const inState = (state: ProxyView['state']): readonly ProxyView[] => all.filter((proxy) => proxy.state === state);
  if (ended !== 'no') {
    const open = all.filter(({ state }) => state !== 'deleted').map(({ name }) => name);
    const said = `${all.length - open.length} of ${of} deleted their pieces`;
    return open.length === 0 ? `${said}, and signed that they did.` : `${said}; not yet: ${open.join(', ')}.`;
  }
  const held = `${inState('held').length} of ${of} ${inState('held').length === 1 ? 'holds a piece' : 'hold their pieces'}; ${are(threshold)} needed to read.`;
  return all.length === 1 ? `${held} ${ONE_PROXY}` : held;
}

/** Before a grant to this reader is given; null: not chosen yet. */
export function candidatesWords(candidates: readonly ProxyCandidate[], reader: PartyId | null): string {
  const names = candidates.filter(({ party }) => party !== reader).map(({ name }) => name);
  if (names.length === 0)
    return 'No proxy is there: your page wraps the keys for the clinic itself, and must be open for every later version.';
  const said = `Your permission is cut into pieces for ${proxiesOf(names.length)} (${names.join(', ')})`;
  if (names.length === 1) return `${said}. ${ONE_PROXY}`;
  return `${said}; more than half of them are needed to read, and none can read by itself. After that your page may be closed.`;
}

const ONE_PROXY = 'One proxy alone decides: together with the reader it could turn keys without asking the ledger.';
