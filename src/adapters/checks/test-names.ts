import { isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import type { TestResult, TestStatus } from "../../domain/test-report.ts";

/** One test as a report tells it, before it has a name that lasts. */
export interface ToldTest {
  /** As told: absolute, relative or an address. */
  file?: string;
  /** Suites from the outside in, then the test. */
  names: string[];
  status: TestStatus;
  message: string;
}

/** What a reader may ask of the checkout that a report is about. */
export interface Place {
  /** Absolute paths of the checkout's root, as given and as resolved. */
  roots: string[];
  isFile: (relativePath: string) => boolean;
}

const messageMax = 4_000;
const nameMax = 500;
const separator = " › ";

/** Gives every test an id that is the same on each machine and in each run of the same tests. */
export function toResults(told: ToldTest[], roots: string[]): TestResult[] {
  const seen = new Map<string, number>();
  return told.map((test) => {
    const { file, names } = located(test, roots);
    const path = names.map((name) => oneLine(withoutRoots(name, roots))).filter((name) => name !== "");
    const name = path.join(separator) || file || "(a test without a name)";
    const id = file === undefined || path.length === 0 ? name : file + separator + name;
    const count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    return {
      id: count === 1 ? id : `${id} #${count}`,
      name,
      ...(file === undefined ? {} : { file }),
      status: test.status,
      message: test.status === "failed" ? cleanText(test.message, roots).slice(0, messageMax) : "",
    };
  });
}

/** A test that is a whole file (it did not load) is told by its path: it has a file and no name of its own. */
function located({ file, names }: ToldTest, roots: string[]): { file?: string; names: string[] } {
  const found = file === undefined ? undefined : insideRoots(file, roots);
  const [only] = names;
  if (names.length === 1 && only !== undefined) {
    const named = isAbsolute(only) ? insideRoots(only, roots) : only;
    if (named !== undefined && (named === found || (isAbsolute(only) && found === undefined)))
      return { file: named, names: [] };
  }
  return found === undefined ? { names } : { file: found, names };
}

/** Relative to the root with `/`; undefined for a file outside, whose path would differ on each machine. */
export function insideRoots(file: string, roots: string[]): string | undefined {
  const path = file.startsWith("file://") ? fromAddress(file) : file;
  if (!isAbsolute(path)) return path.replace(/^\.\//, "").replaceAll(sep, "/") || undefined;
  const root = roots.find((candidate) => path.startsWith(candidate + sep));
  return root === undefined ? undefined : relative(root, path).replaceAll(sep, "/");
}

function fromAddress(address: string): string {
  try {
    return fileURLToPath(address);
  } catch {
    // Not an address of this machine; then it is only a name.
    return address;
  }
}

/** For people: no terminal codes, no control characters, no path of this machine's checkout. */
export const cleanText = (text: string, roots: string[]): string =>
  withoutRoots(stripVTControlCharacters(text), roots)
    .replaceAll("\r\n", "\n")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out; newline and tab stay.
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "")
    .trim();

function withoutRoots(text: string, roots: string[]): string {
  return roots.reduce(
    (rest, root) => rest.replaceAll(`file://${root}/`, "").replaceAll(`${root}/`, "").replaceAll(root, "."),
    text,
  );
}

const oneLine = (name: string): string => cleanText(name, []).replace(/\s+/g, " ").trim().slice(0, nameMax);
