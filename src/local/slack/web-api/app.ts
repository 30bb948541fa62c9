import { z } from "zod";
import { type Method, method, ok, refuse } from "./method.ts";

export const appMethods: Record<string, Method> = {
  "api.test": method({
    token: "any",
    args: z.looseObject({ error: z.string().optional() }),
    run: (args) => (args.error === undefined ? ok({ args }) : { ...refuse(args.error), args }),
  }),

  "auth.test": method({
    token: "bot",
    args: z.looseObject({}),
    run: (_, { identity, manifest, baseUrl }) =>
      ok({
        url: `${baseUrl}/`,
        team: identity.teamName,
        user: manifest.botName,
        team_id: identity.teamId,
        user_id: identity.botUserId,
        bot_id: identity.botId,
        is_enterprise_install: false,
      }),
  }),

  "apps.connections.open": method({
    token: "app",
    args: z.looseObject({}),
    run(_, { identity, manifest, baseUrl, socketTicket }) {
      if (socketTicket === null || !manifest.socketMode) return refuse("socket_mode_not_enabled");
      const url = `${baseUrl.replace(/^http/, "ws")}/link/?ticket=${socketTicket()}&app_id=${identity.appId}`;
      return ok({ url });
    },
  }),
};
