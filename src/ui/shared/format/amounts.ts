// Sizes, durations and counts in words, with their units.

/** 512 B, 20.4 kB, 1.3 MB: decimal prefixes. */
export function sizeText(sizeBytes: number): string {
  if (sizeBytes < 1000) return `${sizeBytes} B`;
  let value = sizeBytes;
  let unit = 'B';
  for (const next of ['kB', 'MB', 'GB']) {
    if (value < 1000) break;
    value /= 1000;
    unit = next;
  }
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}

/** 12 s, 3 min, 2 h 5 min, 4 days. Never negative: clocks differ a little. */
export function durationText(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return countText(Math.floor(hours / 24), 'day');
}

/** 1.3 ms, 45 ms, or an em dash where it has not been measured. */
export function roundTripText(roundTripMs: number | null): string {
  if (roundTripMs === null) return '—';
  return `${roundTripMs < 10 ? roundTripMs.toFixed(1) : roundTripMs.toFixed(0)} ms`;
}

/** 1 block, 3 blocks. */
export function countText(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** First digits of an identifier, enough to tell a few apart on a screen. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}

/** A long digest in groups of eight. */
export function spacedId(id: string): string {
  return id.replaceAll(/(.{8})(?=.)/g, '$1 ');
}
