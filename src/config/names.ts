/** What people may call things in the files: one place, so that every file says the same. */
export const channelName = {
  pattern: /^[a-z0-9_-]{1,80}$/,
  wanted: 'a channel\'s name without #, e.g. "triage": 1 to 80 of a-z, 0-9, - and _',
};
export const plainName = {
  pattern: /^[a-z0-9][a-z0-9_-]{0,63}$/,
  wanted: "a name of 1 to 64 of a-z, 0-9, - and _ that begins with a letter or digit",
};
export const repositoryName = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
  wanted: "a name of 1 to 64 letters, digits, - and _ that begins with a letter or digit",
};
export const variableName = {
  pattern: /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
  wanted: "the name of an environment variable",
};

/** Words that commands use for all loops together. */
export const reservedLoopNames: readonly string[] = ["everything", "all"];
