// Pauses between tries. Never in step: many nodes that lost the same relay at once must not come back at once.

/** The first pause after the first failure; doubles with every further one up to the last, then between half and one and a half times that. `draw` is even in [0, 1). */
export function pauseMs(failures: number, firstMs: number, lastMs: number, draw: () => number): number {
  return Math.min(lastMs, firstMs * 2 ** Math.min(Math.max(0, failures - 1), 16)) * (0.5 + draw());
}
