import type { Change, ChangedFile } from "../../src/domain/change.ts";

export const fileOf = (
  path: string,
  before: string | null,
  after: string | null,
  from?: string,
): ChangedFile => ({
  path,
  ...(from === undefined ? {} : { from }),
  status:
    from !== undefined ? "renamed" : before === null ? "added" : after === null ? "deleted" : "modified",
  before,
  after,
  added: after === null ? 0 : 1,
  removed: before === null ? 0 : 1,
  isBinary: false,
});

export const changeOf = (files: ChangedFile[], more: Partial<Change> = {}): Change => ({
  digest: "d",
  base: "b",
  head: "h",
  tree: "t",
  files,
  authorEmails: [],
  repository: "shop",
  loop: "triage",
  runId: "r-mine",
  branch: "loom/triage/r-mine",
  title: "Mine",
  intent: { why: "The test fails.", deliberateTests: [] },
  state: "proposed",
  ...more,
});
