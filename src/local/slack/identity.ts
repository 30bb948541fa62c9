import { createHmac } from "node:crypto";

export interface Identity {
  teamId: string;
  teamName: string;
  teamDomain: string;
  appId: string;
  botId: string;
  botUserId: string;
  botToken: string;
  appToken: string;
  signingSecret: string;
}

/** The user that speaks for the workspace itself, as Slackbot does. */
export const slackbotId = "USLACKBOT";

/** Ids are fixed; tokens follow from the secret, so that an app keeps its tokens when the workspace restarts. */
export function identityFor(signingSecret: string): Identity {
  const derived = (purpose: string) =>
    createHmac("sha256", signingSecret).update(purpose).digest("hex").slice(0, 24);
  return {
    teamId: "T01",
    teamName: "Local",
    teamDomain: "local",
    appId: "A01",
    botId: "B01",
    botUserId: "U01BOT",
    botToken: `xoxb-local-${derived("bot token")}`,
    appToken: `xapp-1-A01-${derived("app token")}`,
    signingSecret,
  };
}
