/**
 * Remembers the ids that were seen last. Slack repeats an event that was not acknowledged; another process may still see it a
 * second time, which is harmless because answering twice changes nothing.
 */
export function createRecentIds(max: number): { isNew(id: string): boolean } {
  const seen = new Set<string>();
  return {
    isNew(id) {
      if (seen.has(id)) return false;
      seen.add(id);
      for (const oldest of seen) {
        if (seen.size <= max) break;
        seen.delete(oldest);
      }
      return true;
    },
  };
}
