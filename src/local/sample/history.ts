import { growth } from "./chapters/growth.ts";
import { invoices } from "./chapters/invoices.ts";
import { lately } from "./chapters/lately.ts";
import { prices } from "./chapters/prices.ts";
import { shelves } from "./chapters/shelves.ts";
import { spring } from "./chapters/spring.ts";
import type { Entry } from "./entries.ts";

/** The shop's whole history, oldest first. */
export const history: readonly Entry[] = [
  ...prices,
  ...invoices,
  ...shelves,
  ...growth,
  ...spring,
  ...lately,
];
