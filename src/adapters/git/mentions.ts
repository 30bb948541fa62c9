import type { Sha } from "../../domain/ids.ts";
import type { Mention } from "../../ports/symbols.ts";
import { asTheyAre } from "./change-record.ts";
import { type Mirror, tryGit, wordsOf } from "./mirror.ts";
import { fullName } from "./names.ts";
import { pathText } from "./path-text.ts";

const bytesAMention = 400;

/** Lines of a commit's files on which one of the words stands; null when there are more than `max`. */
export const mentions = async (
  mirror: Mirror,
  at: Sha,
  wish: { words: string[]; extensions: string[]; max: number },
): Promise<Mention[] | null> => {
  const words = wish.words.filter((word) => word !== "" && !/[\n\0]/.test(word));
  if (words.length === 0 || wish.extensions.length === 0) return [];
  const patterns = words.flatMap((word) => ["-e", word]);
  const args = ["grep", "-z", "-n", "-o", "-w", "-F", "-I", "--no-color", ...patterns, fullName(at), "--"];
  const ended = await tryGit(mirror, [...args, ...wish.extensions.map((extension) => `*.${extension}`)], {
    // Here a path is a pattern: files of a kind, wherever they are.
    env: { ...asTheyAre, GIT_LITERAL_PATHSPECS: "0" },
    bytesMax: wish.max * bytesAMention,
    cut: true,
  });
  // 1: nothing found.
  if (!ended.isCut && ended.exit > 1)
    throw new Error(`looking for ${words.join(", ")} in ${at} of ${mirror.name}: ${wordsOf(ended)}`);
  const found = readMentions(ended.stdout.toString("latin1"), at);
  return ended.isCut || found.length > wish.max ? null : found;
};

/** `<commit>:<path> NUL <line> NUL <word>`, a line each. A path may hold a newline, a word cannot. */
function readMentions(output: string, at: Sha): Mention[] {
  const found: Mention[] = [];
  const record = /([^\0]+)\0(\d+)\0([^\n]*)\n/g;
  for (const [, name = "", line = "", word = ""] of output.matchAll(record))
    found.push({ word, path: pathText(name.slice(at.length + 1)), line: Number(line) });
  return found;
}
