import { StringDecoder } from "node:string_decoder";

export interface CappedOutput {
  push: (chunk: Buffer) => void;
  read: () => { output: string; isCut: boolean };
}

/** Keeps the first and the last half of what a program prints: a cause stands at the start, a summary at the end. */
export function cappedOutput(bytesMax: number): CappedOutput {
  const half = Math.max(1, Math.floor(bytesMax / 2));
  const head = fixedHead(half);
  const tail = ring(half);
  let total = 0;
  return {
    push: (chunk) => {
      total += chunk.length;
      const rest = chunk.subarray(head.take(chunk));
      if (rest.length > 0) tail.write(rest);
    },
    read: () => {
      const leftOut = total - head.bytes().length - tail.bytes().length;
      const parts = [head.bytes(), tail.bytes()];
      if (leftOut === 0) return { output: Buffer.concat(parts).toString("utf8"), isCut: false };
      const start = new StringDecoder("utf8").write(head.bytes());
      return {
        output: `${start}\n… ${leftOut} bytes left out …\n${fromWholeCharacter(tail.bytes())}`,
        isCut: true,
      };
    },
  };
}

function fixedHead(size: number) {
  let buffer: Buffer | null = null;
  let length = 0;
  return {
    /** Answers how many bytes of the chunk it kept. */
    take: (chunk: Buffer): number => {
      buffer ??= Buffer.alloc(size);
      const kept = chunk.copy(buffer, length);
      length += kept;
      return kept;
    },
    bytes: (): Buffer => buffer?.subarray(0, length) ?? Buffer.alloc(0),
  };
}

function ring(size: number) {
  // Allocated at the first byte: most programs never fill their first half.
  let buffer: Buffer | null = null;
  let at = 0;
  let isFull = false;
  return {
    write: (chunk: Buffer) => {
      buffer ??= Buffer.alloc(size);
      const last = chunk.subarray(Math.max(0, chunk.length - size));
      const untilEnd = Math.min(last.length, size - at);
      last.copy(buffer, at, 0, untilEnd);
      last.copy(buffer, 0, untilEnd);
      isFull ||= at + last.length >= size;
      at = (at + last.length) % size;
    },
    bytes: (): Buffer => {
      if (buffer === null) return Buffer.alloc(0);
      return isFull ? Buffer.concat([buffer.subarray(at), buffer.subarray(0, at)]) : buffer.subarray(0, at);
    },
  };
}

function fromWholeCharacter(bytes: Buffer): string {
  let start = 0;
  while (start < 4 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
  return bytes.toString("utf8", start);
}
