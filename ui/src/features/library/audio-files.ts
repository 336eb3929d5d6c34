/** Names of files that come with music in folders, and are none. */
const NO_AUDIO =
  /^\.|\.(jpe?g|png|gif|webp|bmp|txt|nfo|log|cue|m3u8?|pls|sfv|md5|pdf|html?|url|ini|db|json|xml|zip|docx?)$/i;

export interface Found {
  readonly files: readonly File[];
  /** How many files of folders were left out: by their names, they are no audio. */
  readonly left: number;
  /** How many of what was dropped could not be read. */
  readonly unreadable: number;
}

/** The files that were dropped, with those in folders. */
export async function droppedFiles({ items }: DataTransfer): Promise<Found> {
  // The entries are gone as soon as the event has been handled.
  const entries = [...items].filter(({ kind }) => kind === "file").map((item) => item.webkitGetAsEntry());
  const found = await Promise.all(entries.filter((entry) => entry !== null).map((entry) => filesOf(entry)));
  const dropped = found.flat();
  const files = dropped.filter((each) => each !== undefined);
  return { ...withoutOthers(files), unreadable: dropped.length - files.length };
}

/** The files that were chosen as a folder. */
export function filesOfFolder(files: Iterable<File>): Found {
  return { ...withoutOthers([...files].map((file) => ({ file, isInFolder: true }))), unreadable: 0 };
}

interface Dropped {
  readonly file: File;
  readonly isInFolder: boolean;
}

/** Of what lies in folders, only what may be audio is wanted; what was picked itself is the server's to judge. */
function withoutOthers(dropped: readonly Dropped[]): Pick<Found, "files" | "left"> {
  const wanted = dropped.filter(({ file, isInFolder }) => !isInFolder || !NO_AUDIO.test(file.name));
  return { files: wanted.map(({ file }) => file), left: dropped.length - wanted.length };
}

/** The files of an entry; undefined for each file or folder that cannot be read. */
async function filesOf(entry: FileSystemEntry, isInFolder = false): Promise<(Dropped | undefined)[]> {
  try {
    if (isFile(entry)) {
      const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
      return [{ file, isInFolder }];
    }
    const inside = await entriesOf(entry as FileSystemDirectoryEntry);
    return (await Promise.all(inside.map((each) => filesOf(each, true)))).flat();
  } catch {
    return [undefined];
  }
}

async function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  // Browsers give a hundred at a time.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return all;
    all.push(...some);
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
