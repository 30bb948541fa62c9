/** The checker's answer. `reasons` are sentences for people; a pass may carry remarks. */
export type Verdict = { kind: "pass"; remarks: string[] } | { kind: "reject"; reasons: string[] };
