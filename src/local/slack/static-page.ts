import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";

const folder = new URL("./page/", import.meta.url);
const types: Record<string, string> = {
  html: "text/html",
  css: "text/css",
  js: "text/javascript",
  svg: "image/svg+xml",
};

const headers = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' https: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

/** The page's file for this path; permalinks lead to the page itself, which finds the message. */
export async function servePage(pathname: string, response: ServerResponse): Promise<void> {
  const name = pathname === "/" || pathname.startsWith("/archives/") ? "page.html" : pathname.slice(1);
  const extension = /^[a-z0-9-]+\.(html|css|js|svg)$/.exec(name)?.[1];
  const content = extension === undefined ? null : await readFile(new URL(name, folder)).catch(missing);
  if (content === null || extension === undefined) {
    response.writeHead(404, { "content-type": "text/plain" }).end("There is no such page here.\n");
    return;
  }
  response.writeHead(200, { ...headers, "content-type": `${types[extension]}; charset=utf-8` }).end(content);
}

function missing(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}
