// How a link is called.

export function linkWords(link: 'direct' | 'relayed' | null): string {
  if (link === null) return 'none';
  return link === 'direct' ? 'direct' : 'through the relay';
}
