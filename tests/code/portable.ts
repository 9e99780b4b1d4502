// What must not be in a file that others will clone: hosts of package registries, paths of one machine, work left for later.
import { type SourceFile, isCode, isComponent } from './source.ts';

const REGISTRY = /\bregistry\.[a-z0-9-]+\.[a-z]{2,}|"resolved":\s*"https?:/u;
/** A path that exists only where it was written. Programs of the operating system (/usr, /etc, /proc) are the same everywhere. */
const MACHINE_PATH = /(?:^|[\s"'`(=])(?:\/(?:work|home|root|Users|tmp|mnt)\/[\w.-]|[A-Z]:\\\\?Users)/mu;
const LEFT_FOR_LATER = /\b(?:TODO|FIXME|XXX|HACK)\b/u;

/** Every breach as a sentence with its line. */
export function notPortable(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((source) =>
    source.text.split('\n').flatMap((line, index) => {
      const place = `${source.file}:${index + 1}`;
      const breaches: string[] = [];
      if (REGISTRY.test(line)) breaches.push(`${place} names a package registry`);
      if (MACHINE_PATH.test(line)) breaches.push(`${place} names a path of one machine`);
      if ((isCode(source) || isComponent(source)) && LEFT_FOR_LATER.test(line)) breaches.push(`${place} leaves work for later`);
      return breaches;
    }),
  );
}
