// Notes and documents as rows: text is shown, what is no text is named with its kind and size.
import type { FileKind } from '../api.ts';
import { bytesToText } from '../codec/index.ts';
import { fromBase64 } from './base64.ts';
import { type FhirObject, type FhirResource, isObject, listOf, textOf } from './bundle.ts';
import { fileKindOf, fileOfLink } from './files/index.ts';
import { labelled } from './observations.ts';
import type { ReadableRow } from './readable-row.ts';
import { conceptText, narrativeText } from './values.ts';

const FILE_WORDS: Readonly<Record<FileKind | 'unknown', string>> = {
  'image/jpeg': 'Photo',
  'image/png': 'Picture',
  'image/webp': 'Picture',
  'application/pdf': 'PDF document',
  'application/dicom': 'DICOM image',
  unknown: 'A file of a kind that is not shown',
};
/** More is cut, with a sign that it was. */
const MAX_SHOWN_CHARS = 20_000;

export function documentRows(resource: FhirResource): readonly ReadableRow[] {
  const date = textOf(resource.date);
  const name = textOf(resource.description) || conceptText(resource.type) || 'Document';
  const attachments = listOf(resource.content)
    .filter(isObject)
    .map((content) => content.attachment)
    .filter(isObject);
  const rows = attachments.map((attachment) => ({
    label: labelled(textOf(attachment.title) || name, date),
    value: attachmentText(attachment),
    date,
    ...fileField(attachment, name),
  }));
  return rows.length > 0 ? rows : [{ label: labelled(name, date), value: 'No content', date }];
}

export function compositionRows(resource: FhirResource): readonly ReadableRow[] {
  const date = textOf(resource.date);
  const sections = listOf(resource.section).filter(isObject);
  const rows = sections.map((section) => ({
    label: labelled(textOf(section.title) || conceptText(section.code) || 'Section', date),
    value: cut(narrativeText(section.text)) || 'See the entries of this record',
    date,
  }));
  return [
    {
      label: labelled(textOf(resource.title) || 'Document', date),
      value: cut(narrativeText(resource.text)) || conceptText(resource.type),
      date,
    },
    ...rows,
  ];
}

/** The sealed file that an attachment points to. What is not of a known kind is named and never shown. */
function fileField(attachment: FhirObject, name: string): Pick<ReadableRow, 'file'> {
  const file = fileOfLink(attachment.url);
  const kind = fileKindOf(attachment.contentType);
  const sizeBytes = typeof attachment.size === 'number' ? attachment.size : 0;
  return file === null || kind === null ? {} : { file: { file, kind, sizeBytes, title: textOf(attachment.title) || name } };
}

function attachmentText(attachment: FhirObject): string {
  const type = textOf(attachment.contentType);
  const bytes = fromBase64(textOf(attachment.data));
  if (fileOfLink(attachment.url) !== null) return FILE_WORDS[fileKindOf(attachment.contentType) ?? 'unknown'];
  if (bytes === null || bytes.byteLength === 0)
    return textOf(attachment.url) === '' ? 'No content' : `Stored elsewhere (${type || 'unknown kind'})`;
  const text = type.startsWith('text/plain') ? bytesToText(bytes) : null;
  return typeof text === 'string' ? cut(text) : `${type || 'Unknown kind'}, ${Math.max(1, Math.round(bytes.byteLength / 1024))} kB`;
}

function cut(text: string): string {
  return text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}…` : text;
}
