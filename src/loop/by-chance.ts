const words = "it fails by chance";

/** Why nobody works on a test that fails and passes on the same commit. */
export const byChance = (subject: string): string =>
  `${subject} failed before and passes now on the same commit: ${words}.`;

/** Whether a run gave up for that reason. */
export const isByChance = (reason: string): boolean => reason.endsWith(`${words}.`);
