import { queueContract } from "../../contracts/queue.ts";
import { pglitePlace } from "../../contracts/queue-place.ts";

queueContract("PGlite", pglitePlace);
