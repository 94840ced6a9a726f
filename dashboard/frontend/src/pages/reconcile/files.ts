/** What the server takes at once; it refuses more by itself. */
export const MOST_FILES = 20;
export const MOST_BYTES = 64 * 1024 * 1024;

/** The files of a choice added to those there are; one of the same name takes its place. */
export function added(files: readonly File[], more: readonly File[]): File[] {
  const names = new Set(more.map((one) => one.name));
  return [...files.filter((one) => !names.has(one.name)), ...more];
}

/** Why these cannot be sent; undefined if they can. */
export function faultOf(files: readonly { name: string; size: number }[]): string | undefined {
  const empty = files.find((one) => one.size === 0);
  if (empty) return `${empty.name} is empty: export it again.`;
  if (files.length > MOST_FILES) {
    return `These are ${files.length} files, and at most ${MOST_FILES} are taken at once.`;
  }
  const bytes = files.reduce((sum, one) => sum + one.size, 0);
  if (bytes > MOST_BYTES) {
    return `These are ${size(bytes)}, and at most ${size(MOST_BYTES)} are taken at once: compare a shorter window, or use voicegw reconcile on the server.`;
  }
  return undefined;
}

/** `640 B`, `12 kB`, `64 MB`. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} kB`;
  return `${(bytes / 1024 / 1024).toFixed(bytes % (1024 * 1024) === 0 ? 0 : 1)} MB`;
}
