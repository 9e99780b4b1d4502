// What runs inside the tabs: it presses what a person would press and notes when the page shows what a person would see. It reaches
// into nothing but the page. Every function is sent to a tab as text, so it may use nothing from outside itself.

/** Watches the list of records and notes when each was first shown as final. */
export interface FinalWatch {
  /** When the list first showed the record as final, in milliseconds of the machine's clock. */
  seen(record: string): Promise<number>;
}

/** In the writer's tab, on the page "Records". `shown` are the words of a final record's badge. */
export function watchFinal(shown: string): FinalWatch {
  const seenMs = new Map<string, number>();
  const waiting = new Map<string, (atMs: number) => void>();
  const look = (): void => {
    for (const row of document.querySelectorAll('main li')) {
      const record = row.querySelector('a')?.hash.split('/').at(-1) ?? '';
      if (seenMs.has(record) || !row.textContent.includes(shown)) continue;
      seenMs.set(record, Date.now());
      waiting.get(record)?.(Date.now());
    }
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  look();
  return {
    seen: (record) =>
      new Promise((resolve) => {
        const atMs = seenMs.get(record);
        if (atMs === undefined) waiting.set(record, resolve);
        else resolve(atMs);
      }),
  };
}

/** In the patient's tab: opens a record that awaits her, presses the button when it can be pressed, and tells when that was. */
export async function openAndPress({ record, button }: { readonly record: string; readonly button: string }): Promise<number> {
  const until = <T>(find: () => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        observer.disconnect();
        resolve(found);
      };
      const observer = new MutationObserver(look);
      observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
      look();
    });
  const buttons = (): HTMLButtonElement[] => [...document.querySelectorAll('main button')] as HTMLButtonElement[];
  const pressable = (): HTMLButtonElement | undefined =>
    buttons().find(({ textContent, disabled }) => !disabled && textContent.includes(button));
  // By way of her first page, so that what is pressed belongs to this record.
  location.hash = '#/home';
  await until(() => (pressable() === undefined && document.querySelector('main h1')?.textContent === 'Home' ? true : undefined));
  location.hash = `#/records/${record}`;
  const found = await until(pressable);
  const pressedMs = Date.now();
  found.click();
  return pressedMs;
}

/** On a record's page: when its way reached a stage as that page tells it, in milliseconds; null where it does not tell. */
export function stageTime(stage: string): number | null {
  for (const item of document.querySelectorAll('main ol[aria-label^="The record\'s way"] li')) {
    if (item.querySelector('.name')?.textContent !== stage) continue;
    const time = item.querySelector('time')?.dateTime;
    return time === undefined ? null : Date.parse(time);
  }
  return null;
}

/** On the page on which everything begins: when a button was there, in milliseconds since the address was opened. */
export function sinceOpened(button: string): number | null {
  const there = [...document.querySelectorAll('button')].some(({ textContent, disabled }) => !disabled && textContent.includes(button));
  return there ? performance.now() : null;
}
