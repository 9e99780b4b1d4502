// Whether the browser promised to keep this origin's data, and how much room there is. Asking for the promise may show a
// question or be refused; its answer is shown and nothing waits for it. Source: WHATWG Storage Standard.

export interface StorageEstimate {
  /** Null where the browser does not say. */
  readonly persisted: boolean | null;
  readonly usedBytes: number | null;
  readonly quotaBytes: number | null;
}

export async function storageEstimate(): Promise<StorageEstimate> {
  const storage = (globalThis.navigator as Partial<Navigator> | undefined)?.storage as Partial<StorageManager> | undefined;
  const [persisted, estimate] = await Promise.all([
    storage?.persist?.().catch(() => null) ?? null,
    storage?.estimate?.().catch(() => null) ?? null,
  ]);
  return { persisted, usedBytes: estimate?.usage ?? null, quotaBytes: estimate?.quota ?? null };
}
