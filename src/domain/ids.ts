/** A string that says whose name it is: a RunId is not accepted where a FindingId is asked for. */
type Named<Whose extends string> = string & { readonly whose?: Whose };

/** `r-` and 10 characters of [0-9a-z]; also the last part of the run's branch. */
export type RunId = Named<"run">;
/** `f-` and 12 hex characters of the finding's fingerprint: the same problem found twice has the same id. */
export type FindingId = Named<"finding">;
/** `h-` and 10 characters of [0-9a-z]. Opaque: never the authority for a decision. */
export type HoldId = Named<"hold">;
/** sha256 over repository, base, head, tree and the verbatim diff, in hex: what an approval is bound to. */
export type ChangeDigest = Named<"change">;
/** A full 40-character git object name. */
export type Sha = Named<"sha">;

export type LoopName = Named<"loop">;
export type RepositoryName = Named<"repository">;
export type PersonId = Named<"person">;
export type GroupName = Named<"group">;
export type ChannelName = Named<"channel">;
/** `<file relative to the root> › <suite › test name>`; the file part is absent when the report does not name it. */
export type TestId = Named<"test">;
