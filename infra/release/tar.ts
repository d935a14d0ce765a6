/**
 * The part of POSIX ustar that a bundle needs: folders, files and symbolic links of 0:0 with a fixed time. tar-stream packs asynchronously, and a Pulumi
 * program wants its plain values at once; the tests read the result with tar-stream and with GNU tar.
 */

export interface TarEntry {
  /** Relative, with `/`; folders end with `/`. */
  readonly path: string;
  readonly mode: number;
  readonly content?: Buffer;
  /** Where a symbolic link leads. */
  readonly link?: string;
}

const BLOCK = 512;

/** @throws Error when a path does not fit ustar (255 bytes, the last part 100). */
export function packTar(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap((entry) => {
    const content = entry.content ?? Buffer.alloc(0);
    return [header(entry, content.length), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function header(entry: TarEntry, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const { name, prefix } = splitPath(entry.path);
  name.copy(block, 0);
  octal(block, 100, 8, entry.mode);
  octal(block, 108, 8, 0);
  octal(block, 116, 8, 0);
  octal(block, 124, 12, size);
  octal(block, 136, 12, 0);
  block.write(entry.link !== undefined ? "2" : entry.path.endsWith("/") ? "5" : "0", 156);
  if (entry.link !== undefined) linkName(entry.path, entry.link).copy(block, 157);
  block.write("ustar\u000000", 257);
  prefix.copy(block, 345);
  block.fill(" ", 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\u0000 `, 148);
  return block;
}

function octal(block: Buffer, offset: number, width: number, value: number): void {
  block.write(value.toString(8).padStart(width - 1, "0"), offset);
}

function linkName(path: string, link: string): Buffer {
  const target = Buffer.from(link);
  if (target.length <= 100) return target;
  throw new Error(`the symbolic link ${path} leads to a path that is too long for a tar header (${target.length} bytes); shorten it`);
}

/** ustar has 100 bytes for the end of a path and 155 for what stands before a `/`. */
function splitPath(path: string): { name: Buffer; prefix: Buffer } {
  const whole = Buffer.from(path);
  if (whole.length <= 100) return { name: whole, prefix: Buffer.alloc(0) };
  for (let cut = path.indexOf("/"); cut > 0 && cut < path.length - 1; cut = path.indexOf("/", cut + 1)) {
    const name = Buffer.from(path.slice(cut + 1));
    const prefix = Buffer.from(path.slice(0, cut));
    if (name.length <= 100 && prefix.length <= 155) return { name, prefix };
  }
  throw new Error(`the path ${path} is too long for a tar header (${whole.length} bytes); shorten it`);
}
