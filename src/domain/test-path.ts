/** Whether a path is a test by the usual habits of JavaScript, Python, Go, Java, Ruby and C projects. */
export function isTestPath(path: string): boolean {
  const folders = path.split("/");
  const file = folders.pop() ?? "";
  // A workflow that runs tests is none.
  if (folders[0] === ".github") return false;
  if (folders.some((folder) => /^(tests?|specs?|__tests__|testing|e2e)$/i.test(folder))) return true;
  return /(^test_.*|[._-](test|tests|spec)\.[a-z0-9]+|_test\.[a-z0-9]+|Tests?\.(java|kt|cs|swift))$/.test(
    file,
  );
}
