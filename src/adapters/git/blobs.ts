import type { RepositoryName, Sha } from "../../domain/ids.ts";
import { mirrorOf } from "./fetch.ts";
import { askGit, type Place } from "./mirror.ts";
import { fullName } from "./names.ts";

/** The texts of blobs, each read once, in two calls of git. Null for what is missing, no text, or over `bytesMax`. */
export const readTexts = async (
  place: Place,
  name: RepositoryName,
  blobs: Sha[],
  bytesMax: number,
): Promise<Map<Sha, string | null>> => {
  const wanted = [...new Set(blobs)];
  const texts = new Map<Sha, string | null>(wanted.map((sha) => [sha, null]));
  if (wanted.length === 0) return texts;
  const mirror = await mirrorOf(place, name);
  const ask = (shas: Sha[], option: string) =>
    askGit(mirror, "reading files", ["cat-file", option, "--buffer"], {
      input: shas.map((sha) => `${fullName(sha)}\n`).join(""),
    });
  const sizes = (await ask(wanted, "--batch-check")).toString("latin1").split("\n");
  const readable = sizes.flatMap((line) => {
    const [sha = "", type, size] = line.split(" ");
    return type === "blob" && Number(size) <= bytesMax ? [sha] : [];
  });
  if (readable.length === 0) return texts;
  const output = await ask(readable, "--batch");
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(0x0a, at);
    const [sha = "", , size = "0"] = output.subarray(at, end).toString("latin1").split(" ");
    const bytes = output.subarray(end + 1, end + 1 + Number(size));
    if (!bytes.includes(0)) texts.set(sha, bytes.toString("utf8"));
    at = end + 1 + Number(size) + 1;
  }
  return texts;
};
