/** What the workspace answered to something a person did. */
export interface Answer {
  ok: boolean;
  error?: string;
  message?: string;
  errors?: Record<string, string>;
  ts?: string;
}

/** Does something as the person who uses the page. Never rejects: a lost connection is an answer too. */
export async function act(name: string, body: Record<string, unknown>): Promise<Answer> {
  try {
    const response = await fetch(`/local/${name}`, { method: "POST", body: JSON.stringify(body) });
    return (await response.json()) as Answer;
  } catch {
    return { ok: false, error: "offline", message: "The workspace cannot be reached. Is it still running?" };
  }
}
