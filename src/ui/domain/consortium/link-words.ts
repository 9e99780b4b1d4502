// How a link is called.

/** `grouped`: members of other groups are reached through their groups. */
export function linkWords(link: 'direct' | 'relayed' | null, grouped = false): string {
  if (link === null) return grouped ? 'through groups' : 'none';
  return link === 'direct' ? 'direct' : 'through the relay';
}
