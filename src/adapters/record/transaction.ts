import type { TraceEvent } from "../../domain/event.ts";
import type { RunId } from "../../domain/ids.ts";
import type { RecordTx } from "../../ports/record-tx.ts";
import { followRenames } from "./change-index.ts";
import { putChange, setChangeState } from "./changes.ts";
import { claim } from "./claim.ts";
import { askRelease, holdsClaims, releaseClaims, takeLapsed } from "./claims.ts";
import { answerConflict, endConflict, putConflict, stepConflict } from "./conflicts.ts";
import type { Database } from "./database.ts";
import { appendEvents } from "./events.ts";
import { addNote, closeUnseen, seeFinding, setFate } from "./findings.ts";
import { liftFreeze, putFreeze } from "./freezes.ts";
import { dropHint, topicOf, type WrittenHint, writeHints, writeWakeUp } from "./hints.ts";
import { answerHold, putHold, turnHold } from "./holds.ts";
import { putInbox, settleInbox } from "./inbox.ts";
import { countFailure, setHouse, setSwitch, setTicked } from "./loops.ts";
import { countHits, endEntry, forgetIdle, remember } from "./memory.ts";
import { say } from "./messages.ts";
import { keepReport } from "./reports.ts";
import { forgetRulings, keepRuling } from "./rulings.ts";
import { bumpVersion, endRun, failRun, keepStage, openRun, parkRun, wakeRun } from "./runs.ts";
import { reserve } from "./spendings.ts";

/**
 * What a transaction writes last: events, because their lock lets no other transaction append until the commit; and hints,
 * because a run that is hinted at several times needs one hint.
 */
interface Pending {
  events: TraceEvent[];
  hints: Map<string, WrittenHint>;
  hasMessages: boolean;
}

export interface Written<T> {
  result: T;
  wrote: ("hints" | "messages")[];
}

/** Runs `work` with a transaction's verbs and then writes what belongs at its end. */
export async function writeWith<T>(tx: Database, work: (tx: RecordTx) => Promise<T>): Promise<Written<T>> {
  const pending: Pending = { events: [], hints: new Map(), hasMessages: false };
  const result = await work(recordTx(tx, pending));
  await writeHints(tx, pending.hints);
  await appendEvents(tx, pending.events);
  return {
    result,
    wrote: [
      ...(pending.hints.size > 0 ? ["hints" as const] : []),
      ...(pending.hasMessages ? ["messages" as const] : []),
    ],
  };
}

function recordTx(tx: Database, pending: Pending): RecordTx {
  return {
    append: async (event) => {
      pending.events.push(event);
    },
    say: async (message) => {
      if (await say(tx, message)) pending.hasMessages = true;
    },
    ...runVerbs(tx, pending),

    seeFinding: (finding, loop, at) => seeFinding(tx, finding, loop, at),
    setFate: (id, fate, change) => setFate(tx, id, fate, change),
    addNote: (id, note) => addNote(tx, id, note),
    closeUnseen: (query) => closeUnseen(tx, query),

    claim: (wish) => claim(tx, wish),
    holdsClaims: (keys, holder, epoch) => holdsClaims(tx, keys, holder, epoch),
    releaseClaims: (holder, keys) => releaseClaims(tx, holder, keys),
    askRelease: (key, by, withinMs) => askRelease(tx, key, by, withinMs),
    takeLapsed: (limit) => takeLapsed(tx, limit),
    ...memoryVerbs(tx),
    reserve: (wish) => reserve(tx, wish),

    putChange: (change, indexed) => putChange(tx, change, indexed),
    followRenames: (repository, moved) => followRenames(tx, repository, moved),
    setChangeState: (runId, state, landed) => setChangeState(tx, runId, state, landed),
    putConflict: (conflict, runId) => putConflict(tx, conflict, runId),
    answerConflict: (id, answer) => answerConflict(tx, id, answer),
    endConflict: (id) => endConflict(tx, id),
    stepConflict: (id, step) => stepConflict(tx, id, step),

    keepRuling: (made, policies) => keepRuling(tx, made, policies),
    forgetRulings: (now) => forgetRulings(tx, now),
    putHold: (hold) => putHold(tx, hold),
    answerHold: (id, given) => answerHold(tx, id, given),
    turnHold: (id, turn) => turnHold(tx, id, turn),

    putFreeze: (freeze) => putFreeze(tx, freeze),
    liftFreeze: (zone) => liftFreeze(tx, zone),

    putInbox: (item) => putInbox(tx, item),
    settleInbox: (id, settled) => settleInbox(tx, id, settled),

    setSwitch: (loop, to, by, why) => setSwitch(tx, loop, to, { by, why }),
    setTicked: (loop, at, commit) => setTicked(tx, loop, at, commit),
    countFailure: (loop, failed) => countFailure(tx, loop, failed),
    setPaused: (stop) => setHouse(tx, { pausedBy: stop?.by ?? null, pausedWhy: stop?.why ?? null }),
    setDigestSent: (at) => setHouse(tx, { digestSentAt: at }),
  };
}

type MemoryVerbs = Pick<RecordTx, "remember" | "endEntry" | "countHits" | "forgetIdle">;

const memoryVerbs = (tx: Database): MemoryVerbs => ({
  remember: (entry, limits, supersedes) => remember(tx, entry, limits, supersedes),
  endEntry: (id, state, supersededBy) => endEntry(tx, id, state, supersededBy),
  countHits: (ids, at) => countHits(tx, ids, at),
  forgetIdle: (limits, now) => forgetIdle(tx, limits, now),
});

type RunVerbs = Pick<
  RecordTx,
  "hint" | "openRun" | "wake" | "park" | "endRun" | "failRun" | "keepStage" | "keepReport"
>;

function runVerbs(tx: Database, pending: Pending): RunVerbs {
  const hintRun = (runId: RunId, version: number, { isNext = false, delayMs = 0 } = {}): void => {
    const hint = { kind: "advance", runId, ...(isNext ? { isNext } : {}) } as const;
    pending.hints.set(topicOf(hint), { hint, version, delayMs });
  };
  return {
    hint: async (hint) => {
      if (hint.kind === "tick") {
        pending.hints.set(topicOf(hint), { hint, delayMs: 0 });
        return;
      }
      const version = await bumpVersion(tx, hint.runId);
      if (version !== null) hintRun(hint.runId, version);
    },
    openRun: async (run) => {
      const isOpened = await openRun(tx, run);
      if (isOpened) hintRun(run.id, 1);
      return isOpened;
    },
    wake: async (runId) => {
      const woken = await wakeRun(tx, runId);
      await writeWakeUp(tx, runId, undefined);
      if (woken !== null) hintRun(runId, woken.version, { isNext: woken.hasBegun });
      return woken !== null;
    },
    park: async (runId, until) => {
      const version = await parkRun(tx, runId);
      await writeWakeUp(tx, runId, version === null ? until : undefined);
      if (version !== null) hintRun(runId, version, { isNext: true });
    },
    endRun: async (runId, outcome, at) => {
      await endRun(tx, runId, outcome, at);
      await writeWakeUp(tx, runId, undefined);
      const topic = topicOf({ kind: "advance", runId });
      pending.hints.delete(topic);
      await dropHint(tx, topic);
    },
    failRun: async (runId) => {
      const { failures, version } = await failRun(tx, runId);
      hintRun(runId, version, { delayMs: retryDelayMs(failures) });
      return failures;
    },
    keepStage: (runId, key, result) => keepStage(tx, runId, key, result),
    keepReport: (commit, checkDigest, report) => keepReport(tx, commit, checkDigest, report),
  };
}

/** 1, 4, 16, then 60 seconds: a pass that threw is tried again soon, and then with patience. */
const retryDelayMs = (failures: number): number => Math.min(60_000, 1000 * 4 ** (failures - 1));
