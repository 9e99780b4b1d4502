// A box that scrolls sideways on a narrow screen must be reachable by keyboard; one that does not must be no extra stop.
import type { Attachment } from 'svelte/attachments';

export const scrollable: Attachment<HTMLElement> = (box) => {
  const judge = (): void => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute('tabindex');
  };
  const observer = new ResizeObserver(judge);
  observer.observe(box);
  if (box.firstElementChild !== null) observer.observe(box.firstElementChild);
  return () => observer.disconnect();
};
