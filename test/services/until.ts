/** Waits for a fact, looking every few milliseconds; throws with its name when it has not come true in time. */
export async function until(
  fact: string,
  isTrue: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain for: ${fact}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
