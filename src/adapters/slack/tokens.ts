export interface Tokens {
  botToken: string;
  appToken?: string | undefined;
  signingSecret?: string | undefined;
}

/** How Slack reaches the app: over a socket that the app opens, or by signed requests to a port. */
export type Connection =
  | { kind: "socket"; appToken: string; appId?: string | undefined }
  | { kind: "http"; signingSecret: string };

/**
 * Looks at the tokens before anything connects: with swapped ones Slack's client would wait for ever. Throws with the remedy.
 */
export function readTokens({ botToken, appToken, signingSecret }: Tokens): Connection {
  if (botToken.startsWith("xapp-")) {
    throw new Error(
      appToken?.startsWith("xoxb-")
        ? "connecting to Slack: the two tokens are swapped; the bot token begins with xoxb-, the app token with xapp-"
        : "connecting to Slack: the bot token is an app token (xapp-); copy the Bot User OAuth Token (xoxb-) from the app's OAuth & Permissions page",
    );
  }
  if (!botToken.startsWith("xoxb-")) {
    throw new Error(
      `connecting to Slack: the bot token ${botToken === "" ? "is missing" : "does not begin with xoxb-"}; copy the Bot User OAuth Token from the app's OAuth & Permissions page`,
    );
  }
  if (appToken !== undefined && appToken !== "") {
    if (appToken.startsWith("xapp-")) {
      return { kind: "socket", appToken, appId: /^xapp-\d+-(A[A-Z0-9]+)-/.exec(appToken)?.[1] };
    }
    throw new Error(
      "connecting to Slack: the app token does not begin with xapp-; make one with the scope connections:write on the app's Basic Information page",
    );
  }
  if (signingSecret !== undefined && signingSecret !== "") return { kind: "http", signingSecret };
  throw new Error(
    "connecting to Slack: neither an app token (xapp-, for Socket Mode) nor a signing secret (for HTTP) is set; both are on the app's Basic Information page",
  );
}
