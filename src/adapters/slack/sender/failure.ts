import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from "@slack/web-api";

/** What a failed call to Slack means for what was to be sent. */
export type SlackFailure =
  | { kind: "rate-limited"; afterMs: number }
  /** Slack or the network is away; `isUnsent` is true only when the call surely had no effect. */
  | { kind: "away"; why: string; isUnsent: boolean }
  /** Slack answered no, and will answer no again until somebody does something. */
  | { kind: "refused"; error: string; why: string };

const passing = new Set([
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
  "team_added_to_org",
]);

const remedies: Record<string, string> = {
  channel_not_found:
    "create this public channel, or name another one; in a private channel, invite the bot and give its id instead of its name",
  not_in_channel: "invite the bot to the channel",
  is_archived: "unarchive the channel, or name another one",
  restricted_action: "let the app post in this channel (channel settings, posting permissions)",
  missing_scope: "add the missing scope by updating the app from manifest.yml, then reinstall it",
  invalid_auth: "the bot token is no longer valid: reinstall the app and set the new token",
  token_revoked: "the bot token was revoked: reinstall the app and set the new token",
  account_inactive: "the app was removed from the workspace: install it again",
  invalid_blocks: "this is a bug in LoomStack's message layout; please report it with this line",
  msg_too_long: "this is a bug in LoomStack's message layout; please report it with this line",
  msg_blocks_too_long: "this is a bug in LoomStack's message layout; please report it with this line",
};

/** Reads an error of the Web API client. What it does not know counts as away: waiting loses nothing, dropping would. */
export function readFailure(error: unknown): SlackFailure {
  if (error instanceof WebAPIRateLimitedError) {
    return { kind: "rate-limited", afterMs: Math.max(1, error.retryAfter) * 1000 };
  }
  if (error instanceof WebAPIPlatformError) return readPlatformError(error);
  if (error instanceof WebAPIRequestError || error instanceof WebAPIHTTPError) {
    return { kind: "away", why: error.message, isUnsent: false };
  }
  return { kind: "away", why: error instanceof Error ? error.message : String(error), isUnsent: false };
}

function readPlatformError(error: WebAPIPlatformError): SlackFailure {
  const name = error.data.error;
  if (name === "ratelimited" || name === "rate_limited") return { kind: "rate-limited", afterMs: 5000 };
  if (passing.has(name)) return { kind: "away", why: `Slack answered ${name}`, isUnsent: false };
  const details = error.data.response_metadata?.messages?.join("; ");
  const remedy = remedies[name] ?? "see this error in Slack's documentation of the method";
  const why = `Slack refused (${name}${details === undefined ? "" : `: ${details}`}): ${remedy}`;
  return { kind: "refused", error: name, why };
}
