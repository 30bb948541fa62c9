/** Markup that is safe to put into a page. Made by `html` alone. */
export interface Markup {
  markup: string;
}

type Piece = string | number | Markup | Markup[];

/** A template whose values are escaped, unless they are markup already. */
export function html(texts: TemplateStringsArray, ...pieces: Piece[]): Markup {
  return { markup: texts.reduce((page, text, at) => `${page}${written(pieces[at - 1] ?? "")}${text}`) };
}

const written = (piece: Piece): string => {
  if (typeof piece === "string" || typeof piece === "number") return escaped(String(piece));
  return Array.isArray(piece) ? piece.map((one) => one.markup).join("") : piece.markup;
};

const entities = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
]);

/** Control characters are shown as what they are, so that no text from a repository can move or hide another. */
const escaped = (text: string): string =>
  text
    .replace(/[&<>"']/g, (character) => entities.get(character) ?? "")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
