/** What the operator's environment holds, as given at start. */
export type Environment = { [name: string]: string | undefined };

/** A git variable could point a maker's git at another repository, or run a program of its choice. */
const isGit = (name: string): boolean => /^GIT_/i.test(name);

/** The loop's own variables and, of the operator's, the named ones only. What is left out is told in words. */
export function makerEnvironment(
  wish: { env: Record<string, string>; passEnv: string[] },
  operator: Environment,
): { env: { [name: string]: string }; problems: string[] } {
  const env: { [name: string]: string } = {};
  const problems: string[] = [];
  const put = (name: string, value: string | undefined): void => {
    if (isGit(name)) problems.push(`${name} is not passed to a program: no GIT_ variable is`);
    else if (value === undefined)
      problems.push(`${name} is to be passed to the program, but it is not set here`);
    else env[name] = value;
  };
  for (const [name, value] of Object.entries(wish.env)) put(name, value);
  for (const name of wish.passEnv) put(name, Object.hasOwn(operator, name) ? operator[name] : undefined);
  return { env, problems };
}
