import type { IncomingMessage } from "node:http";

const loopbackNames = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Why a request must be refused, or null. The server listens on loopback, where every site that the
 * person visits could reach it through the browser: by a name that it points here (DNS rebinding), or
 * by a cross-site request, which carries that site's Origin.
 */
export function foreignRequest(request: IncomingMessage): string | null {
  const host = request.headers.host ?? "";
  if (!URL.canParse(`http://${host}`) || !loopbackNames.has(new URL(`http://${host}`).hostname)) {
    return "the Host header must be 127.0.0.1 or localhost";
  }
  const { origin } = request.headers;
  if (origin !== undefined && origin !== `http://${host}`) return "requests from other origins are refused";
  return null;
}
